"""machine.PWM: its edges where somebody hears them, its level where nobody does, and what it is set to."""

import threading

import pytest


@pytest.fixture
def pwm(new_world):
    """A function: pwm(**settings) -> (the PWM at GP2, its world)."""

    def make(virtual=True, **settings):
        world = new_world("pico", virtual=virtual)
        m = world.import_module("machine")
        return m.PWM(m.Pin(2), **settings), world

    return make


def edges_of(world, until, line=2):
    """The edges of a line up to that time."""
    seen = []

    def note(level, when):
        seen.append((level, when))

    with world.main_program():
        world.board.line(line).watch(note)
        world.sleep(until)
        world.board.line(line).unwatch(note)
    return seen


def test_its_edges_come_at_their_times(pwm):
    _, world = pwm(freq=1000, duty_u16=16384)
    edges = edges_of(world, 2500)
    assert edges == [(0, 250), (1, 1000), (0, 1250), (1, 2000), (0, 2250)]


def test_a_wire_carries_them(pwm):
    _, world = pwm(freq=1000, duty_ns=100_000)
    world.board.line(2).link(world.board.line(3))
    assert edges_of(world, 1200, line=3) == [(0, 100), (1, 1000), (0, 1100)]


def test_unheard_it_makes_no_edges_and_has_its_level_all_the_same(pwm):
    p, world = pwm(freq=1000, duty_u16=32768)
    line = world.board.line(2)
    before = line.edges
    with world.main_program():
        levels = []
        for when in (100, 600, 1100, 1600, 1_000_100, 1_000_600):
            world.sleep(when)
            levels.append(line.level())
    assert levels == [1, 0, 1, 0, 1, 0]
    assert line.edges == before
    assert edges_of(world, 1_002_300) == [(1, 1_001_000), (0, 1_001_500), (1, 1_002_000)]
    p.deinit()
    assert edges_of(world, 1_010_000) == []


def test_a_program_measures_its_pulses(run):
    ran = run("""
from machine import Pin, PWM, time_pulse_us
pwm = PWM(Pin(2), freq=500, duty_u16=65535 // 4)
print(time_pulse_us(Pin(2), 0), time_pulse_us(Pin(2), 1))
pwm.duty_u16(0)
print(time_pulse_us(Pin(2), 1, 10_000), time_pulse_us(Pin(2), 0, 10_000))
""")
    assert ran.lines[1] == "-2 -1"
    low, high = map(int, ran.lines[0].split())
    assert (low, high) == (pytest.approx(1500, abs=2), pytest.approx(500, abs=2))


def test_pulses_are_measured_one_after_the_other_where_edges_fall_between_two_microseconds(run):
    ran = run("""
from machine import Pin, PWM, time_pulse_us
p = PWM(Pin(2), freq=1000, duty_u16=16384)     # high for 250.004 us
q = PWM(Pin(3), freq=3000, duty_u16=32768)     # a period of 333.33 us
for pin in (2, 3):
    print([time_pulse_us(Pin(pin), level, 10_000) for level in (1, 1, 1, 0, 0, 1, 0)])
""")
    first, second = ([int(each) for each in line.strip("[]").split(",")] for line in ran.lines)
    assert first[1:] == [250, 250, 750, 750, 250, 750]  # the one before had begun
    assert all(166 <= each <= 167 for each in second[1:])


def test_what_it_is_set_to_can_be_read(pwm):
    p, world = pwm(freq=50, duty_ns=1_500_000)
    assert (p.freq(), p.duty_ns(), p.duty_u16()) == (50, 1_500_000, 4915)
    assert world.board.pwm["GP2"] == (50, pytest.approx(0.075))
    p.freq(100)
    assert p.duty_ns() == 1_500_000  # a time stays as it is
    p.duty_u16(65535)
    assert world.board.pwm["GP2"] == (100, 1.0)
    assert world.board.line(2).level() == 1
    p.init(invert=True)
    assert world.board.line(2).level() == 0
    p.deinit()
    assert world.board.pwm == {}


def test_it_toggles_in_real_time(pwm):
    _, world = pwm(virtual=False, freq=500, duty_u16=32768)
    done, edges = threading.Event(), []

    def note(level, when):
        edges.append((level, when))
        if len(edges) == 6:
            done.set()

    world.board.line(2).watch(note)
    assert done.wait(20)
    assert [level for level, _ in edges[:6]] in ([0, 1] * 3, [1, 0] * 3)


def test_a_program_that_takes_the_pin_back_stops_it(pwm):
    p, world = pwm(freq=1000, duty_u16=32768)
    pin = world.import_module("machine").Pin(2)
    pin.init(pin.OUT, value=0)
    p.duty_u16(20_000)
    assert world.board.pwm == {}
    assert edges_of(world, 10_000) == []
    p.init(duty_u16=16384)
    assert world.board.pwm == {"GP2": (1000, pytest.approx(0.25, abs=1e-4))}
    assert len(edges_of(world, 15_000)) >= 9


@pytest.mark.parametrize(
    ("settings", "text"),
    [({"freq": 0}, "freq is 8 Hz"), ({"freq": 7}, "on a pico, not 7"), ({"freq": 1e9}, "62.5 MHz")],
)
def test_what_is_wrong_is_said(pwm, settings, text):
    with pytest.raises(ValueError, match=text):
        pwm(**settings)


def test_only_an_esp32_has_a_duty_of_1023(new_world):
    of_esp32, of_pico = (new_world(kind, name=kind).import_module("machine") for kind in ("esp32", "pico"))
    led = of_esp32.PWM(of_esp32.Pin(2), freq=1000)
    led.duty(256)
    assert (led.duty(), round(led.duty_u16() / 65535, 2)) == (256, 0.25)
    with pytest.raises(AttributeError, match="'PWM' object has no attribute 'duty'"):
        of_pico.PWM(of_pico.Pin(2), freq=1000).duty(256)
