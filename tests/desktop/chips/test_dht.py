"""DHT11 and DHT22: what they answer, when, and to what. MicroPython reads them in outside/programs/dht_sensor.py."""

from itertools import pairwise

import pytest

from twincore.desktop.chips import DHT11, DHT22

pytestmark = pytest.mark.cpython


@pytest.fixture
def ask(board, until):
    """A function that holds the wire low for so long, and lets go."""

    def hold(us, pin=2):
        line = board.line(pin)
        line.output(0)
        until(board.time.now() + us - 1)
        line.output(None)

    return hold


def decoded(edges):
    """The bytes of an answer, by the lengths of its highs; what comes before is not among `edges`."""
    highs = [fall - rise for (rise, up), (fall, _) in pairwise(edges) if up][1:]
    assert set(highs) <= {26, 70}
    return int("".join("1" if high > 48 else "0" for high in highs), 2).to_bytes(5, "big")


@pytest.mark.parametrize(
    ("kind", "hold", "data"),
    [(DHT22, 1000, bytes((2, 140, 0x80, 101, 0x73))), (DHT11, 18_000, bytes((65, 0, 0, 0, 65)))],
)
def test_it_answers_in_forty_bits(board, until, edges, ask, kind, hold, data):
    sensor = kind(board, 2, temperature=-10.1, humidity=65.2)
    ask(hold)
    released = board.time.now()
    seen = edges(2)
    until(released + 10_000)
    assert [(when - released, level) for when, level in seen[:3]] == [(30, 0), (110, 1), (190, 0)]
    assert decoded(seen) == data
    assert board.line(2).level() == 1 and sensor.read == 1


def test_it_does_not_answer_a_short_pulse_nor_when_it_is_silent(board, until, edges, ask):
    sensor = DHT11(board, 2)
    ask(1000)
    seen = edges(2)
    until(board.time.now() + 10_000)
    sensor.silent = True
    ask(18_000)
    until(board.time.now() + 10_000)
    assert [level for _, level in seen] == [0, 1]
    assert sensor.read == 0 and sensor.state()["GP2"] == "silent"


def test_what_it_measures_may_change_and_has_limits(board):
    sensor = DHT22(board, 2, temperature=lambda us: 20 + us / 1e6)
    assert sensor.temperature == 20.0
    sensor.temperature, sensor.humidity = 200, -5
    assert sensor.answer() == bytes((0, 0, 800 >> 8, 800 & 0xFF, (800 >> 8) + (800 & 0xFF) & 0xFF))
    with pytest.raises(ValueError, match="humidity is a number"):
        sensor.humidity = "wet"


def test_when_it_is_taken_away_the_wire_is_free(board, until, ask):
    sensor = DHT22(board, 2)
    ask(1000)
    until(board.time.now() + 500)
    sensor.close()
    board.line(2).pull(0)
    until(board.time.now() + 10_000)
    assert board.line(2).level() == 0 and board.line(2).joined() == [board.line(2)]
