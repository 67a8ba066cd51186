"""Coroutines that a loop makes itself. Scheduler side only."""

from .lazy import load
from .native import MICROPYTHON
from .task import Task


def coroutine_of(obj):
    """A coroutine that awaits `obj`, which is none. TypeError if it can't be awaited."""
    if not hasattr(obj, "__await__") or isinstance(obj, (Task, type)):
        raise load("misuse", "not_a_coroutine")(obj)
    return _awaiting(obj)


async def _awaiting(awaitable):
    return await awaitable


async def cancel(task):
    """Cancel `task`, which could not do so itself."""
    task.cancel()


if not MICROPYTHON:

    class Steps:
        """Awaits a plain generator, of `yield from`s, as `create_task` runs it. MicroPython can await it as it is."""

        def __init__(self, generator):
            self._generator = generator

        def __await__(self):
            return (yield from self._generator)

        def close(self):
            self._generator.close()
