"""wait_for and wait_for_ms: await something, but not longer than so long."""

import pytest

from support import run, ticks_diff, ticks_ms

WAYS = pytest.mark.parametrize("name, short, long", [("wait_for", 0.005, 5), ("wait_for_ms", 5, 5000)])


async def value(core, result, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    return result


async def failing(core, error):
    await core.sleep(0)
    raise error


async def forever(core, log, cleanup=0):
    try:
        await core.Event().wait()
    finally:
        for _ in range(cleanup):
            await core.sleep(0)
        log.append("cleaned up")


@WAYS
@pytest.mark.rp2040(seeds=1)
def test_the_result_of_what_ends_in_time_is_returned(core, name, short, long):
    async def main():
        wait = getattr(core, name)
        start = ticks_ms()
        task = core.create_task(value(core, 2, 3))
        results = [await wait(value(core, 1), long), await wait(task, long), await wait(task, long)]
        assert ticks_diff(ticks_ms(), start) < 1000
        return results

    assert run(core, main) == [1, 2, 2]


@WAYS
def test_what_it_raises_is_raised(core, name, short, long):
    async def main():
        with pytest.raises(ValueError, match="mine"):
            await getattr(core, name)(failing(core, ValueError("mine")), long)
        with pytest.raises(core.CancelledError):
            await getattr(core, name)(failing(core, core.CancelledError()), long)

    run(core, main)


@WAYS
@pytest.mark.rp2040
def test_when_the_time_is_up_it_is_cancelled_and_timeout_error_raised_after_its_cleanup(core, name, short, long):
    log = []

    async def main():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await getattr(core, name)(forever(core, log, 2), short)
        assert 4 <= ticks_diff(ticks_ms(), start) < 500
        assert log == ["cleaned up"]

    run(core, main)


def test_timeout_error_is_no_cancelled_error_and_the_task_goes_on(core):
    async def main():
        for _ in range(3):
            try:
                await core.wait_for_ms(core.Event().wait(), 1)
            except Exception as error:
                assert isinstance(error, core.TimeoutError)
        return "goes on"

    assert run(core, main) == "goes on"


@pytest.mark.cpython
def test_timeout_error_is_the_builtin(core):
    assert core.TimeoutError is TimeoutError


@pytest.mark.parametrize("name", ["wait_for", "wait_for_ms"])
def test_without_a_timeout_it_waits_as_long_as_it_takes(core, name):
    async def main():
        return await getattr(core, name)(value(core, 7, 5), None)

    assert run(core, main) == 7


@pytest.mark.parametrize("name", ["wait_for", "wait_for_ms"])
@pytest.mark.parametrize("timeout", [0, -1])
def test_with_no_time_it_gets_one_turn(core, name, timeout):
    log = []

    async def main():
        wait = getattr(core, name)
        assert await wait(value(core, "in one turn"), timeout) == "in one turn"
        with pytest.raises(core.TimeoutError):
            await wait(forever(core, log), timeout)

    run(core, main)
    assert log == ["cleaned up"]


@pytest.mark.parametrize("name", ["wait_for", "wait_for_ms"])
@pytest.mark.parametrize("timeout, error", [(float("nan"), ValueError), ("1", TypeError)])
def test_what_is_no_timeout_is_refused(core, name, timeout, error):
    async def main():
        with pytest.raises(error):
            await getattr(core, name)(core.sleep_ms(1), timeout)

    run(core, main)


@pytest.mark.parametrize("thing", [None, 3])
def test_what_cannot_be_awaited_is_refused(core, thing):
    async def main():
        with pytest.raises(TypeError, match="coroutine expected"):
            await core.wait_for(thing, 1)
        with pytest.raises(TypeError, match="call it"):
            await core.wait_for(value, 1)

    run(core, main)


def test_cancelling_the_caller_cancels_what_is_awaited_and_waits_for_its_cleanup(core):
    """Defect 31: upstream raises at once, while the inner task still cleans up."""
    log = []

    async def caller():
        try:
            await core.wait_for(forever(core, log, 3), 100)
        finally:
            log.append("caller ends")

    async def main():
        task = core.create_task(caller())
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == ["cleaned up", "caller ends"]


def test_one_that_ignores_the_cancel_delays_the_timeout_error_until_it_ends(core):
    log = []

    async def stubborn():
        for _ in range(2):
            try:
                await core.sleep_ms(10)
            except core.CancelledError:
                log.append("ignored")
        log.append("ended")

    async def main():
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(stubborn(), 3)
        log.append("timed out")

    run(core, main)
    assert log == ["ignored", "ended", "timed out"]


def test_a_failure_during_the_cleanup_is_reported_and_the_timeout_error_raised(core):
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))

    async def bad():
        try:
            await core.Event().wait()
        finally:
            raise ValueError("in the cleanup")

    async def main():
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(bad(), 2)
        for _ in range(3):
            await core.sleep(0)

    core.run(main())
    assert [str(context["exception"]) for context in contexts] == ["in the cleanup"]


def test_a_sleep_can_be_waited_for(core):
    """Defect 31: upstream's wait_for(sleep_ms()) fails."""

    async def main():
        assert await core.wait_for(core.sleep_ms(1), 1) is None
        assert await core.wait_for_ms(core.sleep(0), 1000) is None
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(core.sleep_ms(1000), 2)

    run(core, main)


def test_upstreams_third_argument_is_accepted(core):
    async def main():
        return await core.wait_for(value(core, 1), 1000, core.sleep_ms)

    assert run(core, main) == 1


def test_they_nest_and_the_shorter_time_counts(core):
    async def main():
        event = core.Event()
        with pytest.raises(core.TimeoutError):
            await core.wait_for(core.wait_for_ms(event.wait(), 2), 5)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(core.wait_for(event.wait(), 5), 2)
        event.set()
        return await core.wait_for(core.wait_for(event.wait(), 5), 5)

    assert run(core, main) is True


def test_several_may_wait_for_one_task_and_its_end_reaches_all(core):
    async def main():
        task = core.create_task(core.sleep_ms(3))
        return await core.gather(*[core.wait_for(task, 5) for _ in range(3)])

    assert run(core, main) == [None, None, None]


def test_it_leaves_no_timer_behind(core):
    async def main():
        await core.wait_for(value(core, 1, 2), 1000)
        return len(core.get_event_loop().timers)

    assert run(core, main, limit=None) == 0


def test_a_plain_generator_is_awaited_as_a_task_would_run_it(core):
    ended = []

    def steps(ms):
        try:
            yield from core.sleep_ms(ms)
        finally:
            ended.append(ms)
        return ms

    async def main():
        found = [await core.wait_for(steps(1), 5), await core.wait_for_ms(steps(2), None)]
        with pytest.raises(core.TimeoutError):
            await core.wait_for(steps(1000), 0.001)
        return found

    assert run(core, main) == [1, 2] and ended == [1, 2, 1000]
