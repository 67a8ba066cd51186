"""What a Task tells of itself: result, exception, callbacks at its end, its name."""

import pytest

from support import run


async def value(core, result, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    return result


async def failing(core, error, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    raise error


def handled(core):
    """A list of what the exception handler of a new loop is called with."""
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    return contexts


def test_the_result_of_a_task_that_returned(core):
    async def main():
        task = core.create_task(value(core, 7))
        await core.sleep(0)
        assert task.exception() is None and not task.cancelled()
        return task.result()

    assert run(core, main) == 7


def test_the_exception_of_a_task_that_failed_and_it_counts_as_seen(core):
    contexts = handled(core)

    async def main():
        task = core.create_task(failing(core, ValueError("mine"), 1))
        await core.sleep(0)
        await core.sleep(0)
        assert isinstance(task.exception(), ValueError) and not task.cancelled()
        with pytest.raises(ValueError, match="mine"):
            task.result()
        for _ in range(4):
            await core.sleep(0)

    core.run(main())
    assert contexts == []


def test_of_a_cancelled_task_both_are_the_cancelled_error(core):
    async def main():
        task = core.create_task(value(core, 1, 10))
        await core.sleep(0)
        assert not task.cancelled()
        task.cancel()
        await core.sleep(0)
        assert task.cancelled()
        assert isinstance(task.exception(), core.CancelledError)
        with pytest.raises(core.CancelledError):
            task.result()

    run(core, main)


def test_asking_too_early_is_an_error(core):
    async def main():
        task = core.create_task(value(core, 1))
        with pytest.raises(RuntimeError, match="not ended"):
            task.result()
        with pytest.raises(RuntimeError, match="not ended"):
            task.exception()
        await task

    run(core, main)


def test_callbacks_are_called_in_order_after_the_end(core):
    log = []

    async def main():
        task = core.create_task(value(core, 5, 1))
        task.add_done_callback(lambda t: log.append(("first", t is task, t.result())))
        task.add_done_callback(lambda t: log.append("second"))
        assert await task == 5
        await core.sleep(0)

    run(core, main)
    assert log == [("first", True, 5), "second"]


def test_a_callback_for_a_task_that_has_ended_is_called_at_the_next_turn(core):
    log = []

    async def main():
        task = core.create_task(value(core, 5))
        await task
        task.add_done_callback(lambda t: log.append(t.result()))
        assert log == []
        await core.sleep(0)
        assert log == [5]

    run(core, main)


def test_a_callback_may_do_what_a_task_may(core):
    log = []

    async def main():
        other = core.create_task(value(core, 1, 100))
        me = core.current_task()

        def ended(task):
            log.append(core.current_task() is not me)
            other.cancel()
            core.create_task(later())

        async def later():
            log.append("later")

        task = core.create_task(value(core, 1, 1))
        task.add_done_callback(ended)
        with pytest.raises(core.CancelledError):
            await other
        await core.sleep(0)

    run(core, main)
    assert log == [True, "later"]


def test_a_callback_that_fails_is_reported_and_the_next_is_called(core):
    contexts = handled(core)
    log = []

    def bad(task):
        raise ValueError("in the callback")

    async def main():
        task = core.create_task(value(core, 1, 1))
        task.add_done_callback(bad)
        task.add_done_callback(lambda t: log.append("next"))
        await task
        await core.sleep(0)

    core.run(main())
    assert log == ["next"]
    assert [str(context["exception"]) for context in contexts] == ["in the callback"]


@pytest.mark.parametrize("rounds", [0, 3])
def test_a_callback_taken_back_is_not_called(core, rounds):
    log = []

    async def main():
        task = core.create_task(value(core, 1, rounds))
        for fn in (log.append, print, log.append):
            task.add_done_callback(fn)
        assert task.remove_done_callback(log.append) == 2
        assert task.remove_done_callback(log.append) == 0
        assert task.remove_done_callback(print) == 1
        assert task.remove_done_callback(print) == 0
        await task
        await core.sleep(0)

    run(core, main)
    assert log == []


@pytest.mark.parametrize("looks, reports", [(False, 1), (True, 0)])
def test_an_error_is_reported_despite_a_callback_unless_that_looks_at_it(core, looks, reports):
    contexts = handled(core)

    async def main():
        task = core.create_task(failing(core, ValueError("unseen"), 1))
        task.add_done_callback(lambda t: t.exception() if looks else None)
        for _ in range(6):
            await core.sleep(0)

    core.run(main())
    assert len(contexts) == reports


def test_an_error_that_is_awaited_is_not_reported_because_of_a_callback(core):
    contexts = handled(core)

    async def main():
        for _ in range(2):
            task = core.create_task(failing(core, ValueError(), 1))
            task.add_done_callback(lambda t: None)
            with pytest.raises(ValueError):
                await task
            await core.sleep(0)

    core.run(main())
    assert contexts == []


def test_a_task_with_a_callback_can_be_awaited_and_the_wait_given_up(core):
    log = []

    async def main():
        task = core.create_task(value(core, 3, 5))
        task.add_done_callback(lambda t: log.append("called"))
        waiter = core.create_task(core.wait_for(core.shield(task), 10))
        await core.sleep(0)
        await core.sleep(0)
        waiter.cancel()
        with pytest.raises(core.CancelledError):
            await waiter
        assert await task == 3
        await core.sleep(0)

    run(core, main)
    assert log == ["called"]


def test_a_name_is_kept_beyond_the_end_and_shown(core):
    async def main():
        task = core.create_task(value(core, 1))
        other = core.create_task(value(core, 1))
        assert task.get_name() != other.get_name() and task.get_name() == task.get_name()
        task.set_name("reader")
        assert task.get_name() == "reader" and "reader" in repr(task)
        task.set_name(5)
        await task
        assert task.get_name() == "5" and "5" in repr(task)
        assert other.get_name() != "5" and await other == 1

    run(core, main)
