"""machine.Timer: when it ticks, in which context, and how it ends."""

import threading

import pytest

from twincore.desktop.board import Wakeable


@pytest.fixture
def ticking(new_world):
    """A function: ticking(kind, virtual) -> (machine, world)."""

    def make(kind="pico", virtual=True):
        world = new_world(kind, virtual=virtual)
        return world.import_module("machine"), world

    return make


def times_of(world, machine, until, **settings):
    """When a Timer with these settings calls back, up to `until` us."""
    times, count, now = [0] * 5000, [0], world.time.now

    def note(timer):
        times[count[0]] = now()
        count[0] += 1

    with world.main_program():
        timer = machine.Timer(-1, callback=note, **settings)
        world.sleep(until)
        timer.deinit()
        world.sleep(2 * until)
    return times[: count[0]]


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"period": 100}, [100_000, 200_000, 300_000]),
        ({"freq": 10}, [100_000, 200_000, 300_000]),
        ({"period": 3, "tick_hz": 30}, [100_000, 200_000, 300_000]),
        ({"period": 100, "mode": 0}, [100_000]),
        ({"freq": 9}, [111_111, 222_222, 333_333]),
    ],
)
def test_it_ticks_when_it_should(ticking, settings, expected, hard):
    machine, world = ticking()
    assert times_of(world, machine, 350_000, hard=hard, **settings) == expected


def test_periods_do_not_drift(ticking):
    machine, world = ticking()
    times = times_of(world, machine, 1_000_001, freq=3000, hard=True)
    assert len(times) == 3000
    assert max(abs(when - (number + 1) * 1e6 / 3000) for number, when in enumerate(times)) <= 0.5


def test_a_soft_callback_runs_in_the_main_thread_a_hard_one_does_not(ticking):
    machine, world = ticking()
    threads = [None, None]

    def soft(timer):
        threads[0] = threading.get_ident()

    def hard(timer):
        threads[1] = threading.get_ident()

    with world.main_program():
        machine.Timer(period=1, callback=soft)
        machine.Timer(period=1, callback=hard, hard=True)
        world.sleep(1500)
    assert threads[0] == threading.get_ident() != threads[1]
    assert threads[1] is not None


def test_a_callback_may_stop_or_restart_its_timer(ticking):
    machine, world = ticking()
    times, now = [0] * 8, world.time.now
    count = [0]

    def callback(timer):
        times[count[0]] = now()
        count[0] += 1
        if count[0] == 2:
            timer.init(period=10, callback=callback, hard=True)
        elif count[0] == 4:
            timer.deinit()

    with world.main_program():
        machine.Timer(period=100, callback=callback, hard=True)
        world.sleep(1_000_000)
    assert times[: count[0]] == [100_000, 200_000, 210_000, 220_000]


def test_a_hard_callback_that_raises_is_reported_and_its_timer_stops(ticking):
    machine, world = ticking()
    calls = [0]

    def bad(timer):
        calls[0] += 1
        raise ZeroDivisionError

    with world.main_program():
        machine.Timer(period=1, callback=bad, hard=True)
        world.sleep(10_000)
    assert calls == [1]
    assert "ZeroDivisionError" in "".join(world.printed)
    assert "Timer(-1" in "".join(world.printed)


def test_a_soft_callback_that_raises_is_reported_and_goes_on(run):
    ran = run("""
import time
from machine import Timer
def bad(timer):
    raise ZeroDivisionError
t = Timer(period=10, callback=bad)
time.sleep_ms(35)
""")
    assert ran.lines.count("ZeroDivisionError") == 3
    assert ran.code == 0


def test_in_real_time_it_ticks_and_leaves_no_thread(ticking):
    before = threading.active_count()
    machine, world = ticking(virtual=False)
    ticks, bell = [0], Wakeable()

    def tick(timer):
        ticks[0] += 1
        if ticks[0] == 5:
            bell.notify()

    with world.main_program():
        timer = machine.Timer(period=2, callback=tick)
        world.sleep(world.time.now() + 20_000_000, bell)
        timer.deinit()
    assert ticks[0] >= 5
    assert world.time.now() >= 10_000
    world.board.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("kind", "make", "text"),
    [
        ("pico", lambda Timer: Timer(3), r"Timer\(3\) doesn't exist: a pico has -1"),
        ("pyboard", lambda Timer: Timer(4), "pyb.Timer has 1 to 14"),
        ("esp32", lambda Timer: Timer(4, period=1), "0, 1, 2 and 3"),
        ("pico", lambda Timer: Timer(period=0 - 5), "more than 0"),
        ("pico", lambda Timer: Timer(freq=0), "freq is in Hz"),
        ("pico", lambda Timer: Timer(mode=1), "needs freq= or period="),
        ("pico", lambda Timer: Timer(period=5, mode=7), "mode 7"),
        ("pico", lambda Timer: Timer(period=5, callback=7), "callable, or None, not int"),
    ],
)
def test_what_is_wrong_is_said(ticking, kind, make, text):
    machine, _ = ticking(kind)
    with pytest.raises(ValueError, match=text):
        make(machine.Timer)


def test_a_hard_handler_cannot_make_a_timer(ticking):
    machine, world = ticking()
    with world.main_program():
        machine.Timer(period=1, callback=lambda timer: machine.Timer(), hard=True)
        world.sleep(2000)
    assert "MemoryError" in "".join(world.printed)
