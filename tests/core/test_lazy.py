"""What is loaded when it is first used: by any thread, while others use the package."""

import pytest

from support import run, start_thread, submodule


def pairs(core):
    """(name, its module), of all that are loaded on demand."""
    return [tuple(pair.split("=")) for pair in submodule(core, "lazy_names").LAZY.split()]


def lazy_names(core):
    """All of them, but for what this platform can't have."""
    try:
        import socket  # noqa: F401

        missing = ()
    except ImportError:  # a board without a network
        missing = ("connect", "server")
    return [name for name, module in pairs(core) if module not in missing]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.timeout(240)
def test_every_name_that_is_loaded_on_demand_is_there(core):
    for name in lazy_names(core):
        assert getattr(core, name) is not None, name


@pytest.mark.cpython
def test_import_star_has_all_names(core):
    """It had those that were loaded already, and modules of the library's own."""
    here = {}
    exec("from " + core.__name__ + " import *", here)
    del here["__builtins__"]
    assert {"create_task", "run", "sleep", "Task", "to_thread"}.union(lazy_names(core)) <= set(here)
    assert sorted(here) == core.__all__ and all(getattr(core, name) is here[name] for name in here)
    assert not {"sys", "load", "lazy_names", "native"} & set(here)


@pytest.mark.rp2040(seeds=1)
def test_a_name_that_is_not_there_is_an_attribute_error(core):
    with pytest.raises(AttributeError):
        core.nothing_of_that_name  # noqa: B018
    assert not hasattr(core, "gathering2")


@pytest.mark.rp2040
@pytest.mark.micropython
@pytest.mark.timeout(240)
def test_another_core_finds_its_names_while_more_are_loaded(core):
    """MicroPython's tables move as they grow: who looks a name up meanwhile may not find it (4 of 4 seeds)."""
    over = []
    names = lazy_names(core)

    def look():
        count = 0
        while not over:
            found = (core.sleep_ms, core.create_task, core.TimeoutError, core.current_task)
            assert None not in found
            count += 1
        return count

    thread = start_thread(look)
    try:
        for name in names:
            getattr(core, name)
    finally:
        over.append(True)
    assert thread.join() > 0


@pytest.mark.micropython
def test_threads_that_load_a_module_at_once_all_get_all_of_it(core):
    """MicroPython's import takes no lock: the second would find a module half made."""
    load = submodule(core, "lazy").load
    go = []

    def first_use():
        while not go:
            pass
        return [load(module, name) for module, name in (("taskgroup", "TaskGroup"), ("waiting", "wait"))]

    threads = [start_thread(first_use) for _ in range(4)]
    go.append(True)
    found = [thread.join() for thread in threads]
    assert all(one[0] is found[0][0] and one[1] is found[0][1] for one in found)


def test_a_name_is_loaded_inside_a_load(core):
    load = submodule(core, "lazy").load
    assert load("gathering", "gather") is core.gather
    assert load("waiting", "wait") is core.wait


def test_names_do_not_hide_behind_their_modules(core):
    """A module of the same name as what it offers would take its place once something else imports it."""
    names = lazy_names(core)
    assert len(names) > 30
    for _, module in pairs(core):
        assert module not in names or module == "core"

    async def main():
        await core.wait_for(core.sleep(0), 1)
        return await core.gather(core.sleep(0))

    assert run(core, main) == [None]
