"""gather: several at once."""

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


async def forever(core, log, name):
    try:
        await core.Event().wait()
    finally:
        log.append(name)


@pytest.mark.rp2040
@pytest.mark.parametrize("rounds", [(0, 0, 0), (3, 1, 2), (0, 5, 0)])
def test_results_come_in_the_order_of_the_arguments(core, rounds):
    async def main():
        return await core.gather(*[value(core, n, rounds[n]) for n in range(3)])

    assert run(core, main) == [0, 1, 2]


@pytest.mark.parametrize("return_exceptions", [False, True])
def test_of_nothing_it_is_an_empty_list(core, return_exceptions):
    async def main():
        return await core.gather(return_exceptions=return_exceptions)

    assert run(core, main) == []


def test_tasks_that_have_ended_are_welcome(core):
    async def main():
        done = core.create_task(value(core, 1))
        failed = core.create_task(failing(core, ValueError()))
        await core.sleep(0)
        assert done.done() and failed.done()
        one, error, two = await core.gather(done, failed, value(core, 2), return_exceptions=True)
        assert (one, two) == (1, 2) and isinstance(error, ValueError)
        with pytest.raises(ValueError):
            await core.gather(done, failed)
        return await core.gather(done, done)

    assert run(core, main) == [1, 1]


def test_the_first_exception_is_raised_at_once_while_the_others_run_on(core):
    log = []

    async def slow():
        for n in range(5):
            await core.sleep(0)
            log.append(n)
        return "slow"

    async def main():
        task = core.create_task(slow())
        with pytest.raises(ValueError, match="first"):
            await core.gather(task, failing(core, ValueError("first"), 1), failing(core, KeyError("second"), 3))
        assert len(log) < 4
        assert await task == "slow"

    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    core.run(main())
    assert [type(context["exception"]) for context in contexts] == [KeyError]  # the second is not lost


def test_with_return_exceptions_each_takes_its_results_place(core):
    async def main():
        cancelled = core.create_task(core.sleep(10))
        await core.sleep(0)
        cancelled.cancel()
        return await core.gather(
            value(core, 1, 2), failing(core, ValueError("mine")), cancelled, value(core, 4), return_exceptions=True
        )

    one, error, cancelled, four = run(core, main)
    assert (one, four) == (1, 4)
    assert isinstance(error, ValueError) and str(error) == "mine"
    assert isinstance(cancelled, core.CancelledError)


def test_cancelling_it_cancels_the_children_that_have_not_ended(core):
    log = []

    async def main():
        done = core.create_task(value(core, 1))
        task = core.create_task(core.gather(forever(core, log, "a"), done, forever(core, log, "b")))
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        await core.sleep(0)
        assert sorted(log) == ["a", "b"]
        assert await done == 1

    run(core, main)


@pytest.mark.parametrize("return_exceptions", [False, True])
def test_cancelling_it_raises_whatever_return_exceptions_says(core, return_exceptions):
    log = []

    async def main():
        task = core.create_task(core.gather(forever(core, log, "a"), return_exceptions=return_exceptions))
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == ["a"]


def test_the_same_task_may_be_given_twice(core):
    """Defect 25."""

    async def main():
        task = core.create_task(value(core, 1, 2))
        assert await core.gather(task, task, value(core, 2)) == [1, 1, 2]
        failed = core.create_task(failing(core, ValueError(), 2))
        with pytest.raises(ValueError):
            await core.gather(failed, failed)

    run(core, main)


def test_a_task_may_be_in_two_gathers_and_awaited_too(core):
    """Defects 17, 25: upstream raises, and its scheduler dies when such a task ends."""

    async def wait(task):
        return await task

    async def main():
        task = core.create_task(value(core, 1, 3))
        return await core.gather(core.gather(task, value(core, 2)), core.gather(task, task), wait(task))

    assert run(core, main) == [[1, 2], [1, 1], 1]


def test_cancelling_one_that_was_given_the_same_task_twice_leaves_nothing_behind(core):
    log = []

    async def main():
        child = core.create_task(forever(core, log, "child"))
        task = core.create_task(core.gather(child, child))
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        with pytest.raises(core.CancelledError):
            await child

    run(core, main)
    assert log == ["child"]


@pytest.mark.parametrize("thing", [None, 3, "text"])
def test_one_that_cannot_be_awaited_is_refused_and_the_others_do_not_start(core, thing):
    log = []

    async def child():
        log.append("ran")

    async def main():
        with pytest.raises(TypeError, match="coroutine expected"):
            await core.gather(child(), thing)
        await core.sleep(0)
        await core.sleep(0)

    run(core, main)
    assert log == []


def test_gathers_nest_and_a_cancel_reaches_the_innermost(core):
    log = []

    async def main():
        task = core.create_task(core.gather(core.gather(forever(core, log, "in")), forever(core, log, "out")))
        for _ in range(4):
            await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        for _ in range(4):
            await core.sleep(0)

    run(core, main)
    assert sorted(log) == ["in", "out"]


def test_a_failure_that_gather_raised_is_not_reported_again(core):
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))

    async def main():
        with pytest.raises(ValueError):
            await core.gather(failing(core, ValueError()), value(core, 1, 3))
        for _ in range(5):
            await core.sleep(0)

    core.run(main())
    assert contexts == []
