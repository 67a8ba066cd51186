"""MillisecTimer: set now, awaited later, by any number, again and again."""

import pytest

from support import CPYTHON, run, ticks_diff, ticks_ms


@pytest.mark.rp2040(seeds=1)
def test_set_and_awaited_at_once_it_sleeps(core, primitives):
    async def main():
        timer = primitives.MillisecTimer()
        for ms in (10, 20, 0, 5):
            start = ticks_ms()
            assert await timer(ms) is None
            assert ticks_diff(ticks_ms(), start) >= ms - 1

    run(core, main)


def test_awaited_later_only_what_is_left_is_waited_for(core, primitives):
    async def main():
        timer = primitives.MillisecTimer()
        assert not timer.running()
        assert timer(10) is timer and timer.running()
        await core.sleep_ms(30)
        assert not timer.running()
        other = []

        async def other_task():
            other.append(1)

        core.create_task(other_task())
        await timer
        assert other == []  # it did not yield
        await core.sleep(0)

    run(core, main)


def test_all_who_await_it_go_on_in_order(core, primitives):
    log = []

    async def main():
        timer = primitives.MillisecTimer()

        async def wait(n):
            await timer
            log.append(n)

        timer(5)
        tasks = [core.create_task(wait(n)) for n in range(3)]
        for task in tasks:
            await task

    run(core, main)
    assert log == [0, 1, 2]


@pytest.mark.parametrize("first, then", [(10_000, 2), (5, 40)])
def test_set_anew_it_is_over_then_sooner_or_later(core, primitives, first, then):
    async def main():
        timer = primitives.MillisecTimer()

        async def wait():
            await timer(first)
            return ticks_ms()

        task = core.create_task(wait())
        await core.sleep_ms(1)
        start = ticks_ms()
        timer(then)
        assert ticks_diff(await task, start) >= then - 1

    run(core, main, limit=5)


def test_a_cancelled_wait_concerns_nobody_else(core, primitives):
    async def main():
        timer = primitives.MillisecTimer()
        timer(30)

        async def wait():
            await timer

        tasks = [core.create_task(wait()) for _ in range(2)]
        await core.sleep(0)
        tasks[0].cancel()
        await tasks[1]
        assert tasks[0].done() and not timer.running()
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(timer(10_000), 1)
        timer.deinit()

    run(core, main)


def test_it_can_be_one_of_several_events(core, primitives):
    async def main():
        timer, event = primitives.MillisecTimer(), core.Event()
        timer(5)
        assert await primitives.WaitAny((event, timer)).wait() is timer

    run(core, main)


def test_after_deinit_nothing_is_left_and_nothing_works(core, primitives):
    async def main():
        timers = core.get_event_loop().timers
        await core.sleep(0)
        before = len(timers)
        timer = primitives.MillisecTimer()

        async def wait():
            await timer(10_000)

        task = core.create_task(wait())
        await core.sleep(0)
        assert len(timers) == before + 1
        timer.deinit()
        timer.deinit()
        assert len(timers) == before
        for wait in (task, timer):
            with pytest.raises(RuntimeError, match="deinit"):
                await wait
        with pytest.raises(RuntimeError, match="deinit"):
            timer(1)

    run(core, main)


def test_what_makes_no_sense_is_refused(core, primitives):
    async def main():
        timer = primitives.MillisecTimer()
        with pytest.raises(RuntimeError, match="was not set"):
            await timer
        for wrong in (-1, "x", None, float("nan")):
            with pytest.raises(ValueError, match="0 ms or more"):
                timer(wrong)
        assert not timer.running()

    run(core, main)


@pytest.mark.cpython
def test_it_goes_by_the_clock_of_the_loop_exactly(core, primitives):
    assert CPYTHON
    loop = core.new_event_loop(core.VirtualClock())

    async def main():
        timer = primitives.MillisecTimer()
        start = loop.clock.now()
        timer(1000)
        await core.sleep_ms(400)
        await timer
        assert loop.clock.now() - start == 1_000_000
        await timer(2.5)
        assert loop.clock.now() - start == 1_002_500

    try:
        core.run(main())
    finally:
        core.new_event_loop()
