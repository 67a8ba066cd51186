"""timeout, timeout_ms, timeout_at: a limit of time for a block."""

import pytest

from support import run, same_trace, ticks_diff, ticks_ms

WAYS = pytest.mark.parametrize("name, short, long", [("timeout", 0.005, 5), ("timeout_ms", 5, 5000)])


async def forever(core, log, cleanup=0):
    try:
        await core.Event().wait()
    finally:
        for _ in range(cleanup):
            await core.sleep_ms(1)
        log.append("cleaned up")


@WAYS
@pytest.mark.rp2040(seeds=1)
def test_when_the_time_is_up_the_block_is_cancelled_and_timeout_error_raised(core, name, short, long):
    log = []

    async def main():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            async with getattr(core, name)(short) as limit:
                await forever(core, log, 2)
        assert 4 <= ticks_diff(ticks_ms(), start) < 500
        assert limit.expired()
        await core.sleep(0)
        return "goes on"

    assert run(core, main) == "goes on"
    assert log == ["cleaned up"]


@WAYS
def test_a_block_that_ends_in_time_is_left_alone_and_no_timer_stays(core, name, short, long):
    async def main():
        async with getattr(core, name)(long) as limit:
            await core.sleep_ms(1)
        assert not limit.expired()
        loop = core.get_event_loop()
        assert len(loop.timers) == 0 and not loop.scopes

    run(core, main, limit=None)


@WAYS
def test_an_error_in_the_block_is_raised(core, name, short, long):
    async def main():
        with pytest.raises(ValueError, match="mine"):
            async with getattr(core, name)(long):
                raise ValueError("mine")
        assert len(core.get_event_loop().timers) == 0

    run(core, main, limit=None)


@pytest.mark.parametrize("name", ["timeout", "timeout_ms", "timeout_at"])
def test_none_is_no_limit(core, name):
    async def main():
        async with getattr(core, name)(None) as limit:
            assert limit.when() is None
            await core.sleep_ms(2)
        return limit.expired()

    assert run(core, main) is False


def test_more_than_a_century_is_no_limit(core):
    async def main():
        for time in (float("inf"), 1e300):
            async with core.timeout(time) as limit:
                assert limit.when() is None

    run(core, main)


@pytest.mark.parametrize("name", ["timeout", "timeout_ms"])
@pytest.mark.parametrize("time", [0, -1, -0.5])
def test_no_time_cancels_at_the_first_wait(core, name, time):
    log = []

    async def main():
        async with getattr(core, name)(time):
            log.append("did not wait")
        with pytest.raises(core.TimeoutError):
            async with getattr(core, name)(time):
                log.append("runs")
                await core.sleep(0)
                log.append("not reached")

    run(core, main)
    assert log == ["did not wait", "runs"]


@pytest.mark.parametrize("name", ["timeout", "timeout_ms", "timeout_at"])
@pytest.mark.parametrize("time, error", [(float("nan"), ValueError), ("1", TypeError)])
def test_what_is_no_time_is_refused(core, name, time, error):
    async def main():
        with pytest.raises(error):
            getattr(core, name)(time)

    run(core, main)


def test_timeout_at_and_when_are_times_on_the_loops_clock(core):
    async def main():
        now = core.get_event_loop().time()
        async with core.timeout_at(now + 5) as limit:
            assert abs(limit.when() - now - 5) < 0.01
        async with core.timeout(5) as limit:
            assert abs(limit.when() - now - 5) < 1
        with pytest.raises(core.TimeoutError):
            async with core.timeout_at(now - 1):
                await core.sleep(0)

    run(core, main)


def test_it_can_be_moved_either_way_or_taken_off(core):
    async def main():
        loop = core.get_event_loop()
        async with core.timeout_ms(5) as limit:
            limit.reschedule(loop.time() + 5)
            await core.sleep_ms(10)
        async with core.timeout_ms(5) as limit:
            limit.reschedule(None)
            assert limit.when() is None
            await core.sleep_ms(10)
        with pytest.raises(core.TimeoutError):
            async with core.timeout(None) as limit:
                limit.reschedule(loop.time() - 1)
                await core.sleep(5)
        with pytest.raises(RuntimeError, match="only in its block"):
            limit.reschedule(None)
        with pytest.raises(RuntimeError, match="only in its block"):
            core.timeout(1).reschedule(None)

    run(core, main)


def test_one_is_for_one_use(core):
    async def main():
        limit = core.timeout(1)
        async with limit:
            pass
        with pytest.raises(RuntimeError, match="one use"):
            async with limit:
                pass

    run(core, main)


# Whose cancel it is


def test_a_cancel_by_others_stays_one(core):
    log = []

    async def user():
        async with core.timeout(5):
            await forever(core, log)

    async def main():
        task = core.create_task(user())
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == ["cleaned up"]


@pytest.mark.parametrize("ms", [5, 40])
def test_a_cancel_stays_one_though_the_time_is_up_before_the_block_has_cleaned_up(core, ms):
    """Whichever comes first: the second CancelledError replaces the first."""

    async def user():
        async with core.timeout_ms(20):
            try:
                await core.sleep(5)
            finally:
                try:
                    await core.sleep_ms(60)
                except core.CancelledError:
                    raise core.CancelledError() from None

    async def main():
        task = core.create_task(user())
        await core.sleep_ms(ms)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)


def test_a_cancel_in_the_same_turn_as_the_timeout_wins(core):
    """In virtual time both fall due at once: the canceller runs between the timeout's firing and the task's turn."""

    async def user():
        async with core.timeout_ms(3):
            await core.Event().wait()

    async def main():
        task = core.create_task(user())
        await core.sleep_ms(3)  # set before the timeout is entered, so first among equals
        assert task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    core.new_event_loop(core.VirtualClock())
    try:
        core.run(main())
    finally:
        core.new_event_loop()


def test_a_timeout_that_fires_while_its_loop_is_closed_does_not_hide_the_cancel(core):
    seen = []

    async def user():
        try:
            async with core.timeout_ms(3):
                try:
                    await core.Event().wait()
                finally:
                    await core.sleep_ms(20)
        except BaseException as error:
            seen.append(type(error))
            raise

    async def main():
        core.create_task(user())
        await core.sleep(0)
        await core.sleep(0)

    core.new_event_loop()
    core.run(main())
    core.new_event_loop()
    assert seen == [core.CancelledError]


def test_a_block_that_ignores_the_cancel_ends_without_timeout_error(core):
    async def main():
        async with core.timeout_ms(2) as limit:
            try:
                await core.sleep(5)
            except core.CancelledError:
                pass
            await core.sleep_ms(1)
        return limit.expired()

    assert run(core, main) is True


def test_the_cancel_is_forwarded_to_the_task_awaited(core):
    log = []

    async def main():
        task = core.create_task(forever(core, log, 1))
        with pytest.raises(core.TimeoutError):
            async with core.timeout_ms(3):
                await task
        assert task.cancelled()

    run(core, main)
    assert log == ["cleaned up"]


@pytest.mark.parametrize("outer, inner", [(3, 5000), (5000, 3), (3, 3), (0, 0)])
def test_they_nest_and_the_one_that_is_up_raises(core, outer, inner):
    log = []

    async def main():
        try:
            async with core.timeout_ms(outer) as limit:
                try:
                    async with core.timeout_ms(inner):
                        await core.sleep(5)
                except core.TimeoutError:
                    log.append("inner")
                    assert not limit.expired()
        except core.TimeoutError:
            log.append("outer")

    run(core, main)
    assert log == (["inner"] if outer > inner else ["outer"])


def test_the_inner_one_that_is_up_later_does_not_hide_the_outer(core):
    log = []

    async def main():
        try:
            async with core.timeout_ms(3):
                try:
                    async with core.timeout_ms(10):
                        try:
                            await core.sleep(5)
                        finally:
                            await core.sleep(5)
                except core.TimeoutError:
                    log.append("inner")
        except core.TimeoutError:
            log.append("outer")

    run(core, main)
    assert log == ["outer"]


@pytest.mark.parametrize("way", ["event", "lock", "gather", "wait_for", "shield", "sleep0", "wait", "group", "flag"])
def test_it_cancels_every_kind_of_wait_and_leaves_nothing_behind(core, way):
    async def spin():
        while True:
            await core.sleep(0)

    async def waiting():
        event = core.Event()
        if way == "event":
            await event.wait()
        elif way == "lock":
            lock = core.Lock()
            await lock.acquire()
            await lock.acquire()
        elif way == "gather":
            await core.gather(event.wait(), spin())
        elif way == "wait_for":
            await core.wait_for(event.wait(), 5)
        elif way == "shield":
            await core.shield(helper)
        elif way == "sleep0":
            await spin()
        elif way == "wait":
            await core.wait([helper])
        elif way == "group":
            async with core.TaskGroup() as group:
                group.create_task(spin())
        elif way == "flag":
            await core.ThreadSafeFlag().wait()

    async def main():
        nonlocal helper
        helper = core.create_task(core.Event().wait())
        for _ in range(2):
            with pytest.raises(core.TimeoutError):
                async with core.timeout_ms(2):
                    await waiting()
            await core.sleep(0)
            await core.sleep(0)
        assert not helper.done()
        helper.cancel()
        loop = core.get_event_loop()
        assert len(loop.timers) == 0 and not loop.scopes

    helper = None
    run(core, main, limit=None)


@pytest.mark.cpython
def test_the_trace_is_that_of_asyncio(core):
    import asyncio

    if not hasattr(asyncio, "timeout"):
        pytest.skip("asyncio has timeout() from CPython 3.11 on")

    def traced(lib, unit, outer, inner, cancel, swallow):
        log = []

        async def block():
            try:
                async with lib.timeout(outer and outer * unit) as a:
                    log.append("a")
                    try:
                        async with lib.timeout(inner and inner * unit) as b:
                            log.append("b")
                            try:
                                await lib.sleep(3 * unit)
                                log.append("slept")
                            except lib.CancelledError:
                                log.append("cancelled")
                                await lib.sleep(3 * unit)
                                if not swallow:
                                    raise
                            log.append("end of b")
                    finally:
                        log.append(("b expired", b.expired()))
                    log.append("end of a")
            except TimeoutError:
                log.append("TimeoutError")
            finally:
                log.append(("a expired", a.expired()))

        async def main():
            task = lib.create_task(block())
            await lib.sleep(unit)
            if cancel:
                task.cancel()
            try:
                await task
            except lib.CancelledError:
                log.append("task cancelled")

        lib.run(main())
        return log

    for outer in (None, 0, 2):
        for inner in (None, 2, 5):
            for cancel in (False, True):
                for swallow in (False, True):
                    if (outer, inner) != (2, 2):
                        same_trace(core, asyncio, traced, outer, inner, cancel, swallow)
