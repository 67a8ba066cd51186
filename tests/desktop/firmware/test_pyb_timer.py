"""pyb.Timer: hardware timers with hard callbacks, counters and pulses."""

import pytest


@pytest.fixture
def pyb(new_world):
    """`pyb` of a new pyboard, and its world."""
    world = new_world("pyboard")
    return world.import_module("pyb"), world


def test_it_calls_back_at_its_frequency(pyb):
    p, world = pyb
    times, count, now = [0] * 10, [0], world.time.now

    def tick(timer):
        times[count[0]] = now()
        count[0] += 1

    with world.main_program():
        timer = p.Timer(4, freq=100)
        timer.callback(tick)
        world.sleep(35_000)
        timer.callback(None)
        world.sleep(60_000)
        timer.callback(tick)
        world.sleep(75_000)
        timer.deinit()
        world.sleep(200_000)
    assert times[: count[0]] == [10_000, 20_000, 30_000, 70_000]


def test_prescaler_and_period_are_its_frequency(pyb):
    timer = pyb[0].Timer(4, prescaler=83, period=999)
    assert (timer.freq(), timer.source_freq()) == (1000, 84_000_000)
    timer.period(499)
    assert timer.freq() == 2000
    timer.freq(50)
    assert (timer.prescaler() + 1) * (timer.period() + 1) == 84_000_000 // 50
    assert pyb[0].Timer(1, freq=1).source_freq() == 168_000_000


def test_its_counter_runs(pyb):
    p, world = pyb
    with world.main_program():
        timer = p.Timer(2, prescaler=83, period=0x3FFFFFFF)  # counts microseconds
        world.sleep(1234)
        assert timer.counter() == 1234
        timer.counter(0)
        world.sleep(2000)
        assert timer.counter() == 766


def test_there_is_one_of_each(pyb):
    p, _ = pyb
    assert p.Timer(4, freq=10) is p.Timer(4)
    assert p.Timer(4).freq() == 10


def test_a_callback_that_raises_is_reported_and_off(pyb):
    p, world = pyb
    calls = [0]

    def bad(timer):
        calls[0] += 1
        raise ZeroDivisionError

    with world.main_program():
        p.Timer(5, freq=1000, callback=bad)
        world.sleep(5000)
    assert calls == [1]
    assert "Timer(5)" in "".join(world.printed)


def test_a_channel_makes_pulses(pyb):
    p, world = pyb
    edges = []

    def note(level, when):
        edges.append((level, when))

    timer = p.Timer(2, freq=1000)
    channel = timer.channel(2, p.Timer.PWM, pin=p.Pin("X2"), pulse_width_percent=30)
    assert channel.pulse_width_percent() == pytest.approx(30)
    assert world.board.pwm["X2"] == (1000, pytest.approx(0.3))
    with world.main_program():
        world.board.line("X2").watch(note)
        world.sleep(1500)
        timer.deinit()
    assert edges[:3] == [(0, 300), (1, 1000), (0, 1300)]
    assert world.board.pwm == {}
    assert timer.channel(2) is None


def test_a_channel_calls_back_when_the_counter_comes_to_its_number(pyb):
    p, world = pyb
    times, count, now = [0] * 10, [0], world.time.now

    def match(timer):
        times[count[0]] = now()
        count[0] += 1

    with world.main_program():
        timer = p.Timer(2, prescaler=83, period=999)  # counts microseconds, 1000 of them
        channel = timer.channel(1, p.Timer.OC_TIMING, compare=250, callback=match)
        world.sleep(1500)
        channel.compare(700)
        world.sleep(2000)
        channel.callback(None)
        world.sleep(5000)
        timer.channel(2, p.Timer.PWM, pulse_width_percent=40, callback=match)
        world.sleep(5900)
        timer.deinit()
        world.sleep(9000)
    assert times[: count[0]] == [250, 1250, 1700, 5400]


def test_a_channel_drives_its_pin_when_the_counter_comes_to_its_number(pyb):
    p, world = pyb
    lines = [world.board.line(f"X{n}") for n in (1, 2, 3, 4)]
    edges = [[], [], [], []]
    for line, seen in zip(lines, edges, strict=True):
        line.watch(lambda level, when, seen=seen: seen.append((when, level)))
    with world.main_program():
        timer = p.Timer(5, prescaler=83, period=999)
        timer.channel(1, p.Timer.OC_TOGGLE, pin=p.Pin("X1"), compare=100)
        timer.channel(2, p.Timer.OC_ACTIVE, pin=p.Pin("X2"), compare=200)
        timer.channel(3, p.Timer.OC_INACTIVE, pin=p.Pin("X3"), compare=300, polarity=p.Timer.LOW)
        timer.channel(4, p.Timer.OC_FORCED_ACTIVE, pin=p.Pin("X4"))
        world.sleep(2500)
        timer.deinit()
    assert edges == [[(100, 1), (1100, 0), (2100, 1)], [(200, 1)], [(0, 1)], [(0, 1)]]


@pytest.mark.parametrize(
    ("polarity", "expected"), [("RISING", [100, 300]), ("FALLING", [150]), ("BOTH", [100, 150, 300])]
)
def test_a_channel_captures_the_times_of_edges(pyb, polarity, expected):
    p, world = pyb
    captured, count = [0] * 10, [0]
    timer = p.Timer(2, prescaler=83, period=0x3FFFFFFF)

    def edge(timer):
        captured[count[0]] = channel.capture()
        count[0] += 1

    channel = timer.channel(4, p.Timer.IC, pin=p.Pin("X4"), polarity=getattr(p.Timer, polarity), callback=edge)
    line = world.board.line("X4")
    with world.main_program():
        for when, level in ((100, 1), (150, 0), (300, 1)):
            world.sleep(when)
            line.drive(level)
        assert captured[: count[0]] == expected
        timer.channel(4, p.Timer.OC_TIMING)
        line.drive(0)
    assert count == [len(expected)]


@pytest.mark.parametrize(("mode", "steps"), [("ENC_AB", 4), ("ENC_A", 2), ("ENC_B", 2)])
def test_two_channels_count_the_steps_of_an_encoder(pyb, mode, steps):
    p, world = pyb
    timer = p.Timer(8, prescaler=0, period=65535)
    pins = p.Pin("Y1"), p.Pin("Y2")
    for number, pin in enumerate(pins, 1):
        timer.channel(number, getattr(p.Timer, mode), pin=pin)
    a, b = (world.board.line(name) for name in ("Y1", "Y2"))

    def turn(first, second):
        for line, level in ((first, 1), (second, 1), (first, 0), (second, 0)):
            line.drive(level)

    with world.main_program():
        turn(a, b)
        turn(a, b)
        assert timer.counter() == 2 * steps
        for _ in range(3):
            turn(b, a)
        assert timer.counter() == 65536 - steps
        timer.counter(10)
        turn(a, b)
        assert timer.counter() == 10 + steps
        timer.deinit()
        turn(a, b)
        assert timer.counter() == 0


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda Timer: Timer(15), ValueError, r"Timer\(15\) doesn't exist: a pyboard has 1 to 14"),
        (lambda Timer: Timer(4, freq=0), ValueError, "freq is in Hz"),
        (lambda Timer: Timer(4, prescaler=3), TypeError, "either freq, or prescaler and period"),
        (lambda Timer: Timer(4, prescaler=3, period=1 << 16), ValueError, "period 0 to 0xffff"),
        (lambda Timer: Timer(4, freq=1, callback=3), ValueError, "callable, not int"),
        (lambda Timer: Timer(4, freq=1).channel(5), ValueError, "channels 1 to 4, not 5"),
        (lambda Timer: Timer(4, freq=1).channel(1, 12), ValueError, "invalid mode 12"),
        (lambda Timer: Timer(4, freq=1).channel(3, Timer.ENC_AB), ValueError, "channels 1 and 2 of a Timer, not 3"),
        (lambda Timer: Timer(4, freq=1).channel(1, Timer.OC_TIMING, callback=1), ValueError, "callable, not int"),
    ],
)
def test_what_is_wrong_is_said(pyb, make, error, text):
    with pytest.raises(error, match=text):
        make(pyb[0].Timer)


def test_it_ticks_in_real_time(run):
    ran = run("""
import asyncio, pyb
flag = asyncio.ThreadSafeFlag()
def tick(timer):
    flag.set()
async def main():
    timer = pyb.Timer(1, freq=500, callback=tick)
    for _ in range(3):
        await flag.wait()
    timer.deinit()
    print("three")
asyncio.run(main())
""", kind="pyboard", virtual=False)
    assert ran.text == "three\n"
