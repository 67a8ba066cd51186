"""sleep and sleep_ms: how long, in what order, and that they allocate nothing on a board."""

import gc

import pytest

from support import run, ticks_diff, ticks_ms


@pytest.mark.rp2040
@pytest.mark.parametrize("name, time, least", [("sleep", 0.02, 20), ("sleep_ms", 20, 20), ("sleep", 0.0201, 20)])
def test_a_sleep_lasts_as_long_as_it_says(core, name, time, least):
    async def main():
        start = ticks_ms()
        assert await getattr(core, name)(time) is None
        return ticks_diff(ticks_ms(), start)

    assert least - 1 <= run(core, main) < least + 500


@pytest.mark.parametrize("name", ["sleep", "sleep_ms"])
@pytest.mark.parametrize("time", [0, -1, -1000000, -0.5])
def test_zero_or_less_yields_exactly_once(core, name, time):
    log = []

    async def other():
        for n in range(3):
            log.append(n)
            await core.sleep(0)

    async def main():
        task = core.create_task(other())
        await core.sleep(0)
        for _ in range(2):
            log.append("main")
            await getattr(core, name)(time)
        await task

    run(core, main)
    assert log == [0, "main", 1, "main", 2]


@pytest.mark.rp2040(seeds=1)
def test_sleepers_wake_in_order_of_their_times_and_equals_in_order_of_arrival(core):
    log = []

    async def child(name, ms):
        await core.sleep_ms(ms)
        log.append(name)

    async def main():
        await core.gather(
            child("c", 30), child("a", 10), child("d", 45), child("b1", 20), child("b2", 20), child("b3", 20)
        )

    run(core, main)
    assert log == ["a", "b1", "b2", "b3", "c", "d"]


@pytest.mark.parametrize("hold", [1, 2, 5])
def test_sleeps_that_are_held_back_harm_nothing(core, hold):
    """Defect 30: upstream's later sleeps all fail."""

    async def main():
        held = [core.sleep_ms(1000 + n) for n in range(hold)]
        start = ticks_ms()
        await core.sleep_ms(2)
        await core.sleep_ms(0)
        assert ticks_diff(ticks_ms(), start) < 500
        return held

    run(core, main)
    run(core, main)  # nor the next loop's


def test_sleeps_made_at_once_and_awaited_later_keep_their_own_times(core):
    async def main():
        long, short = core.sleep_ms(40), core.sleep_ms(2)
        start = ticks_ms()
        await short
        middle = ticks_ms()
        await long
        return ticks_diff(middle, start), ticks_diff(ticks_ms(), middle)

    first, second = run(core, main)
    assert first < 30 <= second


@pytest.mark.rp2040(seeds=1)
def test_a_sleep_made_while_another_task_sleeps_is_not_taken_for_that_tasks(core):
    held = []

    async def make():
        held.append(core.sleep_ms(60000))

    async def main():
        core.create_task(make())
        await core.sleep(0)
        core.create_task(make())
        await core.sleep_ms(1)

    run(core, main)
    assert len(held) == 2


@pytest.mark.rp2040(seeds=1)
def test_a_task_made_before_a_sleep_begins_before_it_ends_however_long_a_pass_takes(core):
    log = []

    async def note(name):
        log.append(name)

    async def sleeper():
        core.create_task(note("before"))
        await core.sleep_ms(1)
        log.append("after")

    async def busy():
        start = ticks_ms()
        while ticks_diff(ticks_ms(), start) < 3:
            pass

    async def main():
        await core.gather(sleeper(), busy())

    run(core, main)
    assert log == ["before", "after"]


def test_tasks_that_sleep_at_the_same_time_do_not_share_a_sleep(core):
    log = []

    async def child(n):
        for _ in range(3):
            await core.sleep_ms(0)
            log.append(n)
            await core.sleep_ms(1)

    async def main():
        await core.gather(child(0), child(1), child(2))

    run(core, main)
    assert sorted(log) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert log[:3] == [0, 1, 2]


def test_a_sleep_can_be_gathered_and_be_a_task(core):
    """Defect 31: upstream's sleeps are no coroutines, and cannot."""

    async def main():
        task = core.create_task(core.sleep_ms(1))
        return await core.gather(core.sleep_ms(3), core.sleep(0.001), task)

    assert run(core, main) == [None, None, None]


@pytest.mark.parametrize("seconds", [7 * 86400, 400 * 86400])
def test_a_sleep_may_be_longer_than_a_boards_ticks(core, seconds):
    """Defect 34: upstream raises OverflowError above 6.2 days."""

    async def main():
        task = core.create_task(core.sleep(seconds))
        other = core.create_task(core.sleep_ms(seconds * 1000))
        await core.sleep_ms(3)
        assert not task.done() and not other.done()
        for t in (task, other):
            t.cancel()
        await core.gather(task, other, return_exceptions=True)

    run(core, main)


@pytest.mark.parametrize("time", [float("inf"), 1e30])
def test_a_time_without_end_is_as_good_as_none(core, time):
    """It was an OverflowError, of wherever the number was too large."""

    async def main():
        task = core.create_task(core.sleep(time))
        await core.sleep_ms(2)
        assert not task.done()
        quick = core.create_task(core.sleep(0))
        assert await core.wait_for(core.sleep(0), time) is None
        assert await core.wait_for_ms(core.sleep(0), time) is None
        done, pending = await core.wait([quick], timeout=time)
        assert done == {quick} and not pending
        async for ended in core.as_completed([core.sleep(0)], timeout=time):
            assert ended.result() is None
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert len(core.get_event_loop().timers) == 0

    run(core, main, limit=None)


@pytest.mark.cpython
def test_milliseconds_without_end_as_well(core):
    async def main():
        for time in (float("inf"), 1e300, 10**30):
            task = core.create_task(core.sleep_ms(time))
            await core.sleep_ms(2)
            assert task.cancel()

    run(core, main)


@pytest.mark.micropython
def test_milliseconds_without_end_are_refused_on_a_board(core):
    """Or each sleep would pay for it."""

    async def main():
        with pytest.raises(OverflowError):
            core.sleep_ms(float("inf"))
        await core.sleep_ms(1)  # the next works

    run(core, main)


@pytest.mark.parametrize("name", ["sleep", "sleep_ms"])
@pytest.mark.parametrize("time, error", [(float("nan"), ValueError), ("1", TypeError), (None, TypeError)])
def test_what_is_no_time_is_refused(core, name, time, error):
    async def main():
        with pytest.raises(error):
            await getattr(core, name)(time)
        await core.sleep_ms(1)  # the next works

    run(core, main)


def test_sleep_ms_takes_a_fraction(core):
    async def main():
        await core.sleep_ms(1.5)
        await core.sleep_ms(0.5)
        return "slept"

    assert run(core, main) == "slept"


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
@pytest.mark.parametrize("name, time", [("sleep_ms", 0), ("sleep_ms", 1), ("sleep", 0)])
def test_sleeping_allocates_nothing(core, name, time):
    async def main():
        sleep = getattr(core, name)
        for _ in range(3):
            await sleep(time)
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        await sleep(time)
        await sleep(time)
        await sleep(time)
        after = gc.mem_alloc()
        gc.enable()
        return after - before

    grown = run(core, main)
    assert grown == 0, grown
