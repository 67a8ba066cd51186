"""One step of a coroutine, and the context variables that it sees: the task's own, as with CPython's asyncio."""

import pytest

from support import CPYTHON, run, start_thread, submodule

if CPYTHON:
    import asyncio
    import contextvars

    var = contextvars.ContextVar("var", default="unset")


def ended(resume, coro):
    """What `coro` returned: `resume` raises a StopIteration with it, or returns one, where that is much cheaper."""
    try:
        stop = resume(coro)
    except StopIteration as error:
        stop = error
    assert isinstance(stop, StopIteration)
    return stop.value


@pytest.mark.parametrize("result", [None, 1, (), (1, 2), ValueError])
def test_resume_ends_with_the_result_as_it_is(core, result):
    async def child():
        return result

    assert ended(submodule(core, "step").resume, child()) == result


def test_resume_raises_what_the_coroutine_raises(core):
    async def child():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        submodule(core, "step").resume(child())


def test_resume_gives_what_the_coroutine_waits_for(core):
    event = core.Event()

    async def child():
        return await event.wait()

    coro = child()
    assert submodule(core, "step").resume(coro) is event
    assert ended(submodule(core, "step").resume, coro) is True


# Context variables.


def both(core, program, *args):
    """What `program(library, log, *args)` logs with twincore; with asyncio it must be the same."""
    logs = []
    for library, start in ((core, lambda coro: run_new(core, coro)), (asyncio, asyncio.run)):
        log = []
        contextvars.copy_context().run(start, program(library, log, *args))
        logs.append(log)
    assert logs[0] == logs[1]
    return logs[0]


def run_new(core, coro):
    core.new_event_loop()
    try:
        return core.run(coro)
    finally:
        core.new_event_loop()


@pytest.mark.cpython
def test_a_task_sees_what_was_set_where_it_was_created_and_nothing_set_later(core):
    async def child(lib, log, name):
        log.append((name, var.get()))
        await lib.sleep(0)
        log.append((name, var.get()))

    async def main(lib, log):
        first = lib.create_task(child(lib, log, "first"))
        var.set("main")
        second = lib.create_task(child(lib, log, "second"))
        await lib.gather(first, second)

    assert both(core, main) == [("first", "unset"), ("second", "main")] * 2


@pytest.mark.cpython
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_what_a_task_sets_no_other_sees_and_its_token_resets_it(core, steps):
    async def setter(lib, log):
        token = var.set("mine")
        for _ in range(steps):
            await lib.sleep(0)
        log.append(("setter", var.get()))
        var.reset(token)
        await lib.sleep(0)
        log.append(("setter", var.get()))

    async def other(lib, log):
        for _ in range(steps + 3):
            log.append(("other", var.get()))
            await lib.sleep(0)

    async def main(lib, log):
        await lib.gather(other(lib, log), setter(lib, log), other(lib, log))
        log.append(("main", var.get()))

    assert {value for name, value in both(core, main) if name != "setter"} == {"unset"}


@pytest.mark.cpython
@pytest.mark.parametrize("end", ["return", "raise", "cancelled", "caught"])
def test_what_a_task_sets_in_its_last_step_no_other_sees(core, end):
    async def child(lib):
        try:
            await lib.sleep(0 if end in ("return", "raise") else 10)
        except lib.CancelledError:
            var.set("in except")
            if end == "cancelled":
                raise
            await lib.sleep(0)
        var.set("last")
        if end == "raise":
            raise ValueError

    async def other(lib, log):
        log.append(var.get())
        await lib.sleep(0)
        log.append(var.get())

    async def main(lib, log):
        task = lib.create_task(child(lib))
        await lib.sleep(0)
        if end in ("cancelled", "caught"):
            task.cancel()
        await lib.gather(task, return_exceptions=True)
        await lib.gather(other(lib, log), other(lib, log))

    assert both(core, main) == ["unset"] * 4


@pytest.mark.cpython
def test_a_run_does_not_change_the_callers_variables_and_sees_them(core):
    async def main(lib, log):
        log.append(var.get())
        var.set("inside")
        await lib.sleep(0)

    var.set("outside")
    try:
        assert both(core, main) == ["outside"]
        assert var.get() == "outside"
    finally:
        var.set("unset")


@pytest.mark.cpython
def test_a_second_run_sees_what_was_set_since_the_first_and_a_task_left_over_does_not(core):
    log = []

    async def left():
        for _ in range(6):
            log.append(("left", var.get()))
            await core.sleep(0)

    async def main(name):
        if name == "first":
            core.create_task(left())
        await core.sleep(0)
        log.append((name, var.get()))
        await core.sleep(0)

    def program():
        core.new_event_loop()
        var.set(1)
        core.run(main("first"))
        var.set(2)
        core.run(main("second"))
        core.new_event_loop()

    contextvars.copy_context().run(program)
    assert ("first", 1) in log and ("second", 2) in log
    assert {value for name, value in log if name == "left"} == {1}


@pytest.mark.cpython
def test_a_task_can_be_given_a_context(core):
    async def child(lib, log):
        log.append(var.get())
        await lib.sleep(0)
        var.set("changed")

    async def main(lib, log):
        context = contextvars.copy_context()
        context.run(var.set, "given")
        await lib.create_task(child(lib, log), context=context)
        log.append(context[var])
        log.append(var.get())

    coro = main(core, [])
    with pytest.raises(TypeError, match="Context"):
        core.create_task(coro, context="no context")
    coro.close()
    assert both(core, main) == ["given", "changed", "unset"]


@pytest.mark.cpython
def test_a_task_of_its_own_context_is_like_any_other(core):
    """It is cancelled, awaited, named, listed and ends as others do."""

    async def child(log):
        var.set("own")
        try:
            await core.Event().wait()
        except core.CancelledError:
            log.append(var.get())
            return "result"

    async def main():
        log = []
        task = core.create_task(child(log), name="mine")
        await core.sleep(0)
        await core.sleep(0)
        assert "mine" in repr(task) and "child" in repr(task)
        assert task.coro.cr_frame is not None
        task.cancel()
        return await task, log, task.coro

    assert run(core, main) == ("result", ["own"], None)


@pytest.mark.cpython
def test_loops_of_two_threads_keep_their_variables_apart(core):
    async def spin(value):
        for n in range(300):
            var.set((value, n))
            await core.sleep(0)
            if var.get() != (value, n):
                return var.get()
        return "kept"

    async def main(value):
        return await core.gather(spin(value), spin(-value))

    threads = [start_thread(core.run, main(n)) for n in (1, 2, 3)]
    assert [thread.join() for thread in threads] == [["kept", "kept"]] * 3


@pytest.mark.cpython
def test_done_callbacks_see_the_variables_of_who_added_them(core):
    async def child(lib):
        var.set("child")
        await lib.sleep(0)

    async def main(lib, log):
        task = lib.create_task(child(lib))
        var.set("adder")
        task.add_done_callback(lambda task: log.append(var.get()))
        var.set("later")
        await task
        await lib.sleep(0)
        await lib.sleep(0)

    assert both(core, main) == ["adder"]
