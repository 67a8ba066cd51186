"""How C awaits what tasks wait on: every compiled type has the slot, and classes in Python keep their methods."""

import importlib

import pytest

from support import run, submodule

pytestmark = pytest.mark.cpython

FOLDERS = ("core", "threadsafe", "offload")


def compiled_waits(root):
    """Every type derived from Wait that a compiled module of the library has."""
    found = {}
    for folder in FOLDERS:
        importlib.import_module(f"{root}.{folder}")
    wait = importlib.import_module(f"{root}.core.task").Wait
    waiting = [wait]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if not cls.__flags__ & (1 << 9):  # not made by a class statement
                found[f"{cls.__module__}.{cls.__name__}"] = cls
    return found


def test_c_awaits_every_compiled_wait(variant_is_compiled):
    is_quick = importlib.import_module("twincore.core.awaiting").is_quick
    found = compiled_waits("twincore")
    for name in ("Event", "Lock", "ThreadSafeFlag", "gather", "wait_for"):
        getattr(importlib.import_module("twincore.core"), name)
    found = compiled_waits("twincore")
    assert len(found) > 12
    parked = {"Cell", "Waiter", "ParkedTask", "ParkedThread", "ReleasedTask", "Sleep", "Moved", "WaitList", "Turn"}
    slow = [name for name, cls in found.items() if cls.__name__ not in parked and not is_quick(cls)]
    assert slow == []


def test_a_class_in_python_is_awaited_by_its_own_attempt(core):
    task = submodule(core, "task")

    class Twice(task.Wait):
        tries = 0

        def attempt(self):
            self.tries += 1
            return task.PENDING if self.tries < 2 else "result"

        def park(self, waiter):
            waiter.queue.wake(waiter)

    async def main():
        return await Twice()

    assert run(core, main) == "result"


def test_what_an_attempt_raises_is_raised_where_it_is_awaited(core):
    task = submodule(core, "task")

    class Failing(task.Wait):
        def attempt(self):
            raise KeyError("mine")

    async def main():
        with pytest.raises(KeyError, match="mine"):
            await Failing()

    run(core, main)


def test_only_compiled_waits_can_be_quickened(variant_is_compiled):
    awaiting = importlib.import_module("twincore.core.awaiting")
    task = importlib.import_module("twincore.core.task")

    class Own(task.Wait):
        pass

    for cls in (int, Own):
        with pytest.raises(TypeError, match="compiled"):
            awaiting.quicken(cls)
