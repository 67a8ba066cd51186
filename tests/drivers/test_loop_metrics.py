"""metrics: how busy a loop is. On CPython in virtual time, where a task's work takes what `advance` says."""

import pytest

from support import run


def measured(core, drivers, periods, load, seconds=1, clock=None):
    """The readings of so many periods, and the loop's clock before and after, with the task `load(clock)` beside."""
    clock = clock or core.VirtualClock()
    core.new_event_loop(clock)
    readings = []

    async def main():
        loop = core.get_event_loop()
        before = loop.clock
        task = core.create_task(load(before)) if load else None
        enough = core.Event()

        def report(reading):
            readings.append(reading)
            if len(readings) == periods:
                enough.set()

        metering = core.create_task(drivers.metrics(seconds, report)())
        await enough.wait()
        metering.cancel()
        await core.gather(metering, return_exceptions=True)
        assert loop.clock is before
        if task is not None:
            task.cancel()

    try:
        core.run(main())
    finally:
        core.new_event_loop()
    return readings


@pytest.mark.cpython
def test_an_idle_loop_goes_on_sleeping(core, drivers):
    clock = core.VirtualClock()
    for reading in measured(core, drivers, 3, None, clock=clock):
        assert reading.idle == 1.0 and reading.passes == 0
    assert clock.now() == 3_000_000


@pytest.mark.cpython
def test_the_share_of_work_and_the_longest_wait(core, drivers):
    async def load(clock):
        while True:
            for ms in (10, 0, 30):
                clock.advance(ms / 1000)  # as if it had computed
                await core.sleep(0)
            await core.sleep_ms(60)

    for reading in measured(core, drivers, 3, load):
        assert 0.58 <= reading.idle <= 0.62
        assert 38 <= reading.passes <= 41  # the fourth ends in its sleep
        assert (reading.longest_us, reading.shortest_us) == (30_000, 0)
        assert 9_500 <= reading.mean_us <= 10_500


@pytest.mark.cpython
def test_a_loop_that_is_never_idle(core, drivers):
    async def load(clock):
        while True:
            clock.advance(0.002)
            await core.sleep(0)

    for reading in measured(core, drivers, 2, load):
        assert reading.idle == 0
        assert 498 <= reading.passes <= 502
        assert reading.longest_us == reading.shortest_us == reading.mean_us == 2000


def test_it_prints_a_line_and_can_be_ended(core, drivers):
    async def main():
        lines = []
        task = core.create_task(drivers.metrics(0.1, lambda reading: lines.append(str(reading)))())
        while len(lines) < 2:
            for _ in range(10):
                await core.sleep(0)
            await core.sleep_ms(10)
        task.cancel()
        await core.gather(task, return_exceptions=True)
        assert lines[0].startswith("Max ") and " No. of passes " in lines[0] and " Idle " in lines[0]

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_on_a_real_clock_it_adds_up(core, drivers):
    async def main():
        readings = []
        task = core.create_task(drivers.metrics(0.2, readings.append)())
        while len(readings) < 2:
            await core.sleep_ms(20)
        task.cancel()
        for reading in readings:
            assert 0 <= reading.idle <= 1
            assert reading.shortest_us <= reading.mean_us <= reading.longest_us < 1_000_000
            assert reading.free is None or reading.free > 0

    run(core, main)


@pytest.mark.cpython
def test_another_clock_may_be_put_over_it_and_two_may_measure(core, drivers):
    async def main():
        loop = core.get_event_loop()
        inner = loop.clock
        first = core.create_task(drivers.metrics(1, print)())
        second = core.create_task(drivers.metrics(1, print)())
        await core.sleep_ms(1)
        for task in (first, second):
            task.cancel()
            await core.gather(task, return_exceptions=True)
            await core.sleep_ms(1)
        assert loop.clock is inner

    run(core, main)


@pytest.mark.cpython
def test_two_who_measure_see_the_same_and_let_the_loop_sleep(core, drivers):
    core.new_event_loop(core.VirtualClock())
    readings, longer = [], []

    async def main():
        clock = core.get_event_loop().clock

        async def load():
            while True:
                clock.advance(0.02)  # as if it had computed
                await core.sleep_ms(80)

        tasks = [core.create_task(load()), core.create_task(drivers.metrics(1, readings.append)())]
        tasks.append(core.create_task(drivers.metrics(2, longer.append)()))
        await core.sleep(4.1)
        tasks[1].cancel()
        await core.sleep(2.1)
        assert len(readings) == 4 and len(longer) == 3  # the other goes on
        for reading in readings + longer:
            assert 0.75 <= reading.idle <= 0.85
            assert reading.longest_us == 20_000 and 9 <= reading.passes <= 22
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert core.get_event_loop().clock is clock

    try:
        core.run(main())
    finally:
        core.new_event_loop()


def test_a_report_that_fails_is_reported_and_it_goes_on(core, drivers):
    async def main():
        reports, calls = [], []

        def fail(reading):
            calls.append(reading)
            raise KeyError("report")

        core.get_event_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))
        task = core.create_task(drivers.metrics(0.1, fail)())
        while len(calls) < 2:
            await core.sleep_ms(20)
        task.cancel()
        assert len(reports) == 2 and isinstance(reports[0], KeyError)

    run(core, main)


def test_what_makes_no_sense_is_refused(drivers):
    for seconds in (0, 301):
        with pytest.raises(ValueError, match="a period is 0.1 to 300 seconds"):
            drivers.metrics(seconds)
