"""Tasks: awaiting, cancelling, how they end and who hears of it."""

import pytest

from support import CPYTHON, run, start_thread


async def value(result):
    return result


async def failing(error):
    raise error


async def forever(core, log=None, name="task"):
    """Waits until it is cancelled, and logs it."""
    try:
        await core.Event().wait()
    except core.CancelledError:
        if log is not None:
            log.append(name + " cancelled")
        raise


class Odd:
    """Awaits something that is not for this scheduler."""

    def __await__(self):
        yield 5

    __iter__ = __await__


def handled(core):
    """A list of the contexts that the exception handler of the current loop is called with."""
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    return contexts


# Starting


@pytest.mark.rp2040
def test_tasks_first_run_in_the_order_they_were_created(core):
    log = []

    async def child(n):
        log.append(n)

    async def main():
        tasks = [core.create_task(child(n)) for n in range(5)]
        assert log == []  # none runs before its creator waits
        for task in tasks:
            await task

    run(core, main)
    assert log == [0, 1, 2, 3, 4]


def test_tasks_that_yield_take_turns(core):
    log = []

    async def child(name):
        for n in range(3):
            log.append(f"{name}{n}")
            await core.sleep(0)

    async def main():
        await core.gather(child("a"), child("b"))

    run(core, main)
    assert log == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_a_task_may_be_created_before_the_loop_runs(core):
    core.new_event_loop()
    task = core.create_task(value(4))

    async def main():
        return await task

    assert core.run(main()) == 4


@pytest.mark.parametrize("thing", [None, 3, "text", (), int])
def test_what_is_not_a_coroutine_is_refused(core, thing):
    async def main():
        with pytest.raises(TypeError, match="coroutine expected"):
            core.create_task(thing)

    run(core, main)


def test_a_function_in_place_of_its_coroutine_is_refused_with_the_hint_to_call_it(core):
    async def main():
        with pytest.raises(TypeError, match="call it"):
            core.create_task(forever)

    run(core, main)


def test_a_task_is_not_made_a_task_again(core):
    async def main():
        task = core.create_task(value(1))
        with pytest.raises(TypeError, match="coroutine expected"):
            core.create_task(task)
        return await task

    assert run(core, main) == 1


def test_anything_that_can_be_awaited_can_be_a_task(core):
    """Upstream's create_task(sleep(1)) fails (defect 31)."""

    async def main():
        event = core.Event()
        waiter = core.create_task(event.wait())
        await core.create_task(core.sleep_ms(1))
        event.set()
        return await waiter

    assert run(core, main) is True


def test_the_current_task_is_the_one_that_runs(core):
    async def child():
        return core.current_task()

    async def main():
        task = core.create_task(child())
        assert await task is task
        me = core.current_task()
        await core.sleep(0)
        assert core.current_task() is me
        assert me is not task

    run(core, main)


def test_outside_a_task_there_is_no_current_one(core):
    core.new_event_loop()
    with pytest.raises(RuntimeError, match="no running event loop"):
        core.current_task()
    core.run(value(1))
    with pytest.raises(RuntimeError, match="no running event loop"):
        core.current_task()


# Awaiting


@pytest.mark.parametrize("result", [None, 0, "text", (1, 2), (), [None], ValueError, {"a": 1}])
def test_awaiting_a_task_gives_its_result(core, result):
    async def main():
        task = core.create_task(value(result))
        first = await task
        assert first == await task  # and so does awaiting it again
        return first

    assert run(core, main) == result


def test_an_exception_that_is_returned_is_a_result(core):
    error = ValueError("mine")

    async def main():
        return await core.create_task(value(error))

    assert run(core, main) is error


@pytest.mark.rp2040
def test_awaiting_a_task_raises_its_exception(core):
    async def main():
        task = core.create_task(failing(ValueError("mine")))
        for _ in range(2):
            with pytest.raises(ValueError, match="mine"):
                await task

    run(core, main)


def test_awaiting_a_finished_task_does_not_yield(core):
    log = []

    async def other():
        log.append("other ran")

    async def main():
        task = core.create_task(value(1))
        await core.sleep(0)
        assert task.done()
        core.create_task(other())
        await task
        assert log == []

    run(core, main)


def test_several_waiters_are_woken_in_order_of_arrival(core):
    log = []

    async def waiter(n, task):
        log.append((n, await task))

    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        waiters = [core.create_task(waiter(n, task)) for n in (3, 1, 2)]
        await core.sleep(0)
        event.set()
        await core.gather(*waiters)

    run(core, main)
    assert log == [(3, True), (1, True), (2, True)]


def test_a_task_that_awaits_itself_gets_an_error(core):
    async def main():
        await core.current_task()

    with pytest.raises(RuntimeError, match="itself"):
        run(core, main)


def test_awaiting_what_belongs_to_another_scheduler_is_an_error_that_says_what_to_do(core):
    async def main():
        with pytest.raises(RuntimeError, match=r"offload\.unblock"):
            await Odd()
        return "goes on"

    assert run(core, main) == "goes on"


def test_a_task_of_another_threads_loop_cannot_be_awaited(core):
    async def child():
        await core.sleep(0)

    def elsewhere():
        loop = core.new_event_loop()
        return loop.create_task(child())

    task = start_thread(elsewhere).join()

    async def main():
        with pytest.raises(core.WrongContextError, match="threadsafe"):
            await task

    run(core, main)
    task.coro.close()


@pytest.mark.cpython
def test_awaiting_a_finished_task_again_and_again_retains_nothing(core):
    async def main():
        done = core.create_task(value(3))
        for _ in range(50):
            assert await done == 3
        assert done.data.__traceback__ is None or done.data.__traceback__.tb_next is None

    run(core, main)


# State


def test_a_task_is_done_when_it_has_ended_in_whatever_way(core):
    async def main():
        tasks = [
            core.create_task(value(1)),
            core.create_task(failing(ValueError())),
            core.create_task(failing(core.CancelledError())),
            core.create_task(forever(core)),
        ]
        assert [task.done() for task in tasks] == [False] * 4
        await core.sleep(0)
        assert [task.done() for task in tasks] == [True, True, True, False]
        tasks[3].cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert tasks[3].done()

    run(core, main)


def test_state_tells_running_awaited_ended_unseen_and_seen(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        assert task.state is True and task.coro is not None
        waiter = core.create_task(value(0))
        waiter.cancel()

        async def wait():
            return await task

        waiter = core.create_task(wait())
        await core.sleep(0)
        assert task.state is waiter
        waiter_and_task = (waiter, task)
        event.set()
        await core.sleep(0)
        await core.sleep(0)
        assert [t.coro for t in waiter_and_task] == [None, None]
        assert task.state is False  # its end was seen
        assert waiter.state is None  # nobody has asked yet
        assert isinstance(waiter.data, StopIteration) and waiter.data.value is True
        await waiter
        assert waiter.state is False

    run(core, main)


# Cancelling


@pytest.mark.rp2040
def test_cancel_raises_cancelled_error_where_the_task_waits(core):
    log = []

    async def main():
        task = core.create_task(forever(core, log))
        await core.sleep(0)
        assert task.cancel() is True
        assert log == []  # not before it runs
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == ["task cancelled"]


def test_cancel_ends_a_sleep_at_once(core):
    async def main():
        task = core.create_task(core.sleep(1000))
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)


def test_a_task_cancelled_before_it_ran_never_runs(core):
    log = []

    async def child():
        log.append("ran")

    async def main():
        task = core.create_task(child())
        assert task.cancel() is True
        with pytest.raises(core.CancelledError):
            await task
        assert task.done()

    run(core, main)
    assert log == []


def test_cancelling_a_finished_task_returns_false(core):
    async def main():
        task = core.create_task(value(1))
        await task
        assert task.cancel() is False
        assert await task == 1

    run(core, main)


def test_a_finished_task_whose_result_is_a_task_does_not_pass_the_cancel_on(core):
    async def main():
        inner = core.create_task(forever(core))
        outer = core.create_task(value(inner))
        await outer
        assert outer.cancel() is False
        assert not inner.done()
        await core.sleep(0)
        assert not inner.done()

    run(core, main)


def test_cancelling_twice_before_the_task_runs_raises_once(core):
    log = []

    async def child():
        for _ in range(3):
            try:
                await core.sleep(0)
                log.append("slept")
            except core.CancelledError:
                log.append("cancelled")

    async def main():
        task = core.create_task(child())
        await core.sleep(0)
        assert task.cancel() is True
        assert task.cancel() is True
        await task

    run(core, main)
    assert log == ["cancelled", "slept", "slept"]


def test_a_task_may_swallow_the_cancel_and_go_on(core):
    async def child():
        try:
            await core.Event().wait()
        except core.CancelledError:
            await core.sleep(0)
            return "went on"

    async def main():
        task = core.create_task(child())
        await core.sleep(0)
        task.cancel()
        return await task

    assert run(core, main) == "went on"


def test_a_cancelled_task_may_await_in_its_finally_block(core):
    log = []

    async def child():
        try:
            await core.Event().wait()
        finally:
            await core.sleep_ms(1)
            log.append("cleaned up")

    async def main():
        task = core.create_task(child())
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == ["cleaned up"]


def test_a_task_cannot_cancel_itself(core):
    """Defect 24: it is told what to do instead."""

    async def main():
        with pytest.raises(RuntimeError, match="can't cancel self"):
            core.current_task().cancel()

    run(core, main)


def test_a_cancel_is_forwarded_to_the_task_that_is_awaited(core):
    log = []

    async def outer(inner):
        try:
            await inner
        finally:
            log.append("outer ended")

    async def main():
        inner = core.create_task(forever(core, log, "inner"))
        middle = core.create_task(outer(inner))
        top = core.create_task(outer(middle))
        await core.sleep(0)
        await core.sleep(0)
        assert top.cancel() is True
        with pytest.raises(core.CancelledError):
            await top
        assert inner.done() and middle.done()

    run(core, main)
    assert log == ["inner cancelled", "outer ended", "outer ended"]


def test_cancelling_one_of_several_waiters_cancels_the_shared_task_for_all(core):
    """Defect 23: as upstream and as CPython; what is shared is to be shielded, or awaited through an Event."""

    async def wait(task):
        return await task

    async def main():
        shared = core.create_task(forever(core))
        waiters = [core.create_task(wait(shared)) for _ in range(3)]
        await core.sleep(0)
        waiters[1].cancel()
        results = await core.gather(shared, *waiters, return_exceptions=True)
        assert [type(result) for result in results] == [core.CancelledError] * 4

    run(core, main)


def test_a_task_that_swallows_a_forwarded_cancel_gives_its_result_to_the_waiter(core):
    async def stubborn():
        try:
            await core.Event().wait()
        except core.CancelledError:
            return "stayed"

    async def wait(task):
        return await task

    async def main():
        inner = core.create_task(stubborn())
        outer = core.create_task(wait(inner))
        await core.sleep(0)
        outer.cancel()
        return await outer

    assert run(core, main) == "stayed"


def test_cancelling_a_task_that_waits_for_the_canceller_cancels_the_canceller(core):
    log = []

    async def wait(task):
        await task

    async def main():
        me = core.current_task()
        waiter = core.create_task(wait(me))
        await core.sleep(0)
        assert waiter.cancel() is True
        log.append("goes on until it waits")
        try:
            await core.sleep(10)
        except core.CancelledError:
            log.append("cancelled")

    run(core, main)
    assert log == ["goes on until it waits", "cancelled"]


def test_cancelling_a_waiter_whose_task_has_just_ended_cancels_the_waiter(core):
    async def wait(task):
        return await task

    async def main():
        event = core.Event()
        inner = core.create_task(event.wait())
        outer = core.create_task(wait(inner))
        await core.sleep(0)
        event.set()
        while not inner.done():
            await core.sleep(0)
        if not outer.done():
            assert outer.cancel() is True
            with pytest.raises(core.CancelledError):
                await outer
        assert await inner is True

    run(core, main)


# Exceptions that nobody awaits


def test_an_exception_that_nobody_awaits_is_reported_once(core):
    async def main():
        contexts = handled(core)
        task = core.create_task(failing(ValueError("lost")))
        for _ in range(5):
            await core.sleep(0)
        assert len(contexts) == 1
        assert contexts[0]["message"] == "Task exception wasn't retrieved"
        assert str(contexts[0]["exception"]) == "lost"
        assert contexts[0]["future"] is task

    run(core, main)


def test_an_exception_that_was_reported_is_still_raised_to_a_late_waiter(core):
    async def main():
        contexts = handled(core)
        task = core.create_task(failing(ValueError("late")))
        for _ in range(5):
            await core.sleep(0)
        with pytest.raises(ValueError, match="late"):
            await task
        await core.sleep(0)
        assert len(contexts) == 1

    run(core, main)


def test_an_exception_that_somebody_awaits_is_not_reported(core):
    async def main():
        contexts = handled(core)
        with pytest.raises(ValueError):
            await core.create_task(failing(ValueError()))
        soon = core.create_task(failing(ValueError()))
        await core.sleep(0)
        assert soon.done()
        with pytest.raises(ValueError):
            await soon  # before it comes round again
        for _ in range(5):
            await core.sleep(0)
        assert contexts == []

    run(core, main)


def test_a_cancelled_task_is_not_reported(core):
    async def main():
        contexts = handled(core)
        task = core.create_task(forever(core))
        await core.sleep(0)
        task.cancel()
        for _ in range(5):
            await core.sleep(0)
        assert task.done()
        assert contexts == []

    run(core, main)


def test_each_report_has_a_context_of_its_own(core):
    """Defect 35: upstream's handler gets one shared dict, overwritten by the next failure."""

    async def main():
        contexts = handled(core)
        core.create_task(failing(ValueError("one")))
        core.create_task(failing(ValueError("two")))
        for _ in range(3):
            await core.sleep(0)
        return [str(context["exception"]) for context in contexts]

    assert run(core, main) == ["one", "two"]


def test_an_exception_just_before_the_end_of_the_run_is_reported_too(core):
    core.new_event_loop()
    contexts = handled(core)

    async def main():
        core.create_task(failing(ValueError("at the end")))
        await core.sleep(0)

    core.run(main())
    assert [str(context["exception"]) for context in contexts] == ["at the end"]
    core.new_event_loop()


# From another context


@pytest.mark.parametrize("call", ["create_task", "cancel", "loop.create_task", "stop"])
def test_a_scheduler_only_call_from_a_thread_names_the_class_to_use(core, call):
    async def main():
        loop = core.get_event_loop()
        task = core.create_task(forever(core))
        coro = value(1)
        await core.sleep(0)
        calls = {
            "create_task": lambda: core.create_task(coro),
            "loop.create_task": lambda: loop.create_task(coro),
            "cancel": task.cancel,
            "stop": loop.stop,
        }
        thread = start_thread(calls[call])
        with pytest.raises(core.WrongContextError, match=r"ThreadSafe(Event|Queue)"):
            thread.join()
        await core.sleep(0)
        assert not task.done()
        coro.close()

    run(core, main)


def test_wrong_context_is_a_runtime_error(core):
    assert issubclass(core.WrongContextError, RuntimeError)


def test_a_thread_may_ask_whether_a_task_is_done(core):
    async def main():
        task = core.create_task(forever(core))
        assert start_thread(task.done).join() is False

    run(core, main)


@pytest.mark.cpython
def test_the_traceback_of_an_awaited_exception_names_where_it_was_raised(core):
    import traceback

    async def main():
        await core.create_task(failing(ValueError()))

    with pytest.raises(ValueError) as caught:
        run(core, main)
    assert "failing" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_repr_says_what_a_task_runs(core):
    async def main():
        task = core.create_task(value(1))
        running = repr(task)
        await task
        assert "done" in repr(task)
        return running

    text = run(core, main)
    assert "Task" in text
    if CPYTHON:
        assert "value" in text
