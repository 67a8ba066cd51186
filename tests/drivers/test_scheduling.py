"""schedule and Sequence, in virtual time: what comes when, and that nothing is lost."""

import time

import pytest

from support import submodule

START = (2024, 2, 28, 23, 0, 0)  # a leap year


def seconds(*fields):
    return int(time.mktime(fields + (0, 0, -1)))  # noqa: RUF005  # MicroPython


class Calendar:
    """A calendar that begins with START and goes on as the loop's clock does; and may be set."""

    def __init__(self, core):
        self.hz = submodule(core, "times").CLOCK_HZ
        self.core = core
        self.ahead = seconds(*START) - self.passed()

    def passed(self):
        return self.core.get_event_loop().clock.now() // self.hz

    def __call__(self):
        return self.ahead + self.passed()

    def fields(self):
        return tuple(time.localtime(self())[:6])


def in_virtual_time(core, main):
    """Run `main(calendar, log, note)`; note(...) adds the time and what it was given to log, which is returned."""
    core.new_event_loop(core.VirtualClock())
    log = []
    try:
        calendar = Calendar(core)

        def note(*args):
            log.append((calendar.fields()[2:],) + args)  # noqa: RUF005  # MicroPython
            return len(log)

        core.run(main(calendar, log, note))
    finally:
        core.new_event_loop()
    return log


@pytest.mark.rp2040(seeds=1)
def test_a_function_is_called_with_its_arguments_so_many_times(core, drivers):
    async def main(calendar, log, note):
        assert await drivers.schedule(note, "a", 1, times=3, now=calendar, hrs=(0, 12)) == 3
        assert calendar.fields() == (2024, 3, 1, 0, 0, 0)

    log = in_virtual_time(core, main)
    assert log == [((29, 0, 0, 0), "a", 1), ((29, 12, 0, 0), "a", 1), ((1, 0, 0, 0), "a", 1)]


def test_of_a_coroutine_function_the_last_task_is_returned(core, drivers):
    async def main(calendar, log, note):
        async def work(what):
            note(what)
            await core.sleep(1)
            return "done"

        task = await drivers.schedule(work, "x", times=2, now=calendar, hrs=None, mins=None)
        assert len(log) == 1  # that task has not begun
        assert await task == "done"

    assert in_virtual_time(core, main) == [((28, 23, 0, 0), "x"), ((28, 23, 1, 0), "x")]


def test_no_times_is_nothing_at_all(core, drivers):
    """Defect 61: upstream's raises NameError."""

    async def main(calendar, log, note):
        assert await drivers.schedule(note, times=0, now=calendar) is None
        assert calendar.fields() == START

    assert in_virtual_time(core, main) == []


def test_an_event_is_set(core, drivers):
    async def main(calendar, log, note):
        event = core.Event()
        task = core.create_task(drivers.schedule(event, now=calendar, hrs=None, mins=30))
        for _ in range(2):
            await event.wait()
            event.clear()
            note()
        task.cancel()

    assert in_virtual_time(core, main) == [((28, 23, 30, 0),), ((29, 0, 30, 0),)]


def test_what_comes_in_the_same_second_is_not_lost(core, drivers):
    """Defect 59: upstream's Sequence has room for one; this is its documentation's example."""

    async def main(calendar, log, note):
        sequence = drivers.Sequence()
        for every in (3, 4, 5):
            minutes = range(0, 60, every)
            core.create_task(drivers.schedule(sequence, every, times=100, now=calendar, hrs=None, mins=minutes))

        async def count():
            async for (every,) in sequence:
                note(every)

        task = core.create_task(count())
        await core.sleep(3600 - 1)
        assert len(log) == 20 + 15 + 12
        assert [entry[1] for entry in log if entry[0][2] == 0] == [3, 4, 5]
        task.cancel()

    in_virtual_time(core, main)


def test_a_sequence_keeps_what_nobody_takes_yet_and_shares_it_out(core, drivers):
    async def main(calendar, log, note):
        sequence = drivers.Sequence()
        for n in range(300):
            sequence.trigger((n,))
        assert len(sequence) == 300
        taken = []

        async def take(name):
            async for (n,) in sequence:
                taken.append((n, name))
                await core.sleep(1)

        tasks = [core.create_task(take(name)) for name in "ab"]
        await core.sleep(200)
        assert [n for n, _ in taken] == list(range(300))
        assert len([name for _, name in taken if name == "a"]) == 150
        for task in tasks:
            task.cancel()

    in_virtual_time(core, main)


def test_a_busy_loop_loses_no_time(core, drivers):
    async def main(calendar, log, note):
        task = core.create_task(drivers.schedule(note, now=calendar, hrs=None, mins=None))
        await core.sleep(30)
        core.get_event_loop().clock.advance(150)  # as if a task had computed so long
        await core.sleep(1)
        assert [entry[0] for entry in log] == [(28, 23, 0, 0)] + 3 * [(28, 23, 3, 0)]
        await core.sleep(60)
        assert log[4:] == [((28, 23, 4, 0),)]
        task.cancel()

    in_virtual_time(core, main)


@pytest.mark.parametrize("days, expected", [(366, [(0, 30, 30)]), (-1, [(23, 30, 30)])])
def test_when_the_clock_is_set_it_goes_on_from_there(core, drivers, days, expected):
    """Set on by a year it leaves out the 8784 times in between; set back by a day it brings them again."""

    async def main(calendar, log, note):
        task = core.create_task(drivers.schedule(note, now=calendar, hrs=None, mins=30, secs=30))
        await core.sleep(2000)
        assert log == [((28, 23, 30, 30),)]
        log.clear()
        calendar.ahead += 86400 * days - (3600 if days < 0 else 0)
        await core.sleep(3600)
        assert [entry[0][1:] for entry in log] == expected
        task.cancel()

    in_virtual_time(core, main)


def test_a_correction_of_the_clock_brings_nothing_twice(core, drivers):
    async def main(calendar, log, note):
        task = core.create_task(drivers.schedule(note, now=calendar, hrs=None, mins=30, secs=30))
        await core.sleep(1800 + 35)
        calendar.ahead -= 30
        await core.sleep(3600 + 60)
        assert log == [((28, 23, 30, 30),), ((29, 0, 30, 30),)]
        task.cancel()

    in_virtual_time(core, main)


@pytest.mark.parametrize("seconds_on", [3, 5, 45, 59])
def test_a_correction_of_the_clock_leaves_nothing_out(core, drivers, seconds_on):
    """As a time server's, in the minute before something is due."""

    async def main(calendar, log, note):
        task = core.create_task(drivers.schedule(note, now=calendar, hrs=None, mins=30, secs=(15, 30)))
        await core.sleep(1800 + 12)
        calendar.ahead += seconds_on
        await core.sleep(60)
        assert len(log) == 2 and log[0][0] >= (28, 23, 30, 15)
        await core.sleep(3600)
        assert [entry[0] for entry in log[2:]] == [(29, 0, 30, 15), (29, 0, 30, 30)]
        task.cancel()

    in_virtual_time(core, main)


def test_a_call_that_fails_is_reported_and_the_next_comes(core, drivers):
    reports = []

    async def main(calendar, log, note):
        core.get_event_loop().set_exception_handler(lambda loop, context: reports.append(context["exception"]))

        def fail():
            note()
            raise KeyError(len(log))

        assert await drivers.schedule(fail, times=2, now=calendar, hrs=None) is None

    assert len(in_virtual_time(core, main)) == 2
    assert [error.args for error in reports] == [(1,), (2,)]


def test_without_a_calendar_it_is_the_systems_and_goes_on_with_virtual_time(core, drivers):
    async def main(calendar, log, note):
        await drivers.schedule(note, times=26, hrs=None, mins=(7, 37))
        hz = submodule(core, "times").CLOCK_HZ
        assert 25 * 1800 <= core.get_event_loop().clock.now() // hz <= 26 * 1800

    began = time.time()
    assert len(in_virtual_time(core, main)) == 26
    assert time.time() - began < 60


def test_what_makes_no_sense_is_refused_at_the_call(core, drivers):
    for times in (-1, 1.5, "2"):
        with pytest.raises(ValueError, match="times is how often"):
            drivers.schedule(print, times=times)
    with pytest.raises(TypeError, match="a function, an Event or a Sequence"):
        drivers.schedule(5)
    with pytest.raises(ValueError, match="mins is a number from 0 to 59"):
        drivers.schedule(print, mins=60)
    with pytest.raises(TypeError):
        drivers.schedule(print, minutes=5)


@pytest.mark.cpython
def test_on_a_simulated_board_it_goes_by_the_boards_time(board, run_app, variant):
    program = """
import asyncio, time
from as_drivers import Sequence, schedule

async def main():
    sequence = Sequence()
    for minutes in (2, 3):
        asyncio.create_task(schedule(sequence, minutes, times=3, hrs=None, mins=range(0, 60, minutes)))
    for _ in range(6):
        minutes, = await sequence.__anext__()
        print(minutes, time.localtime()[4] % minutes, time.localtime()[5])

asyncio.run(main())
"""
    app = run_app("main.py", files={"main.py": program})
    assert app.wait(timeout=1000) == 0
    assert sorted(app.output) == ["2 0 0"] * 3 + ["3 0 0"] * 3
