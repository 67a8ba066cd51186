"""Encoder at a simulated knob, in virtual time: exact counts at every speed, whatever its contacts do."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.chips.waveform import play
from twincore.desktop.firmware.world import World
from twincore.primitives import Encoder

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
LEVELS = ((1, 1), (0, 1), (0, 0), (1, 0))  # contacts A and B of a knob with pull-ups, clockwise


def on_board(test, kind="pico"):
    """`await test(board, Pin)` on the main core of a board of its own."""
    with Board(kind, virtual=True) as board:
        pin = World(board).import_module("machine").Pin
        return on_main_core(board, lambda: core.run(test(board, pin)), seconds=100)


def inputs(pin):
    return pin(2, pin.IN, pin.PULL_UP), pin(3, pin.IN, pin.PULL_UP)


async def until(board, when):
    """Sleep until the board's clock shows `when`, and a bit more."""
    await core.sleep_ms((when - board.time.now()) // 1000 + 2)


@pytest.mark.parametrize("rate", [10, 1000, 5000])  # detents a second: 40 to 20 000 edges
def test_it_counts_exactly_at_up_to_20_000_edges_a_second_with_reversals(rate):
    turns = (300, -200, 1, -1, 55, -400, 7)
    log = []

    async def test(board, pin):
        knob = chips.Encoder(board, 2, 3, bounce_us=0)
        encoder = Encoder(*inputs(pin), callback=lambda *a: log.append(a))
        over = 0
        for turn in turns:
            over = knob.turn(turn, rate=rate)
        await until(board, over + 110_000)
        assert encoder.skipped == 0
        assert encoder.value() == 4 * sum(turns)
        encoder.deinit()

    on_board(test)
    assert log[-1][0] == sum(delta for _, delta in log) == 4 * sum(turns)


def test_it_reverses_at_every_edge_at_full_speed():
    async def test(board, pin):
        encoder = Encoder(*inputs(pin), delay=1)
        at, way = 0, 1
        steps = [[], []]
        for n in range(600):
            at += way
            way = -way if n % 3 else way
            for contact in range(2):
                steps[contact].append((50, LEVELS[at % 4][contact]))
        for contact, line in enumerate((2, 3)):
            play(board, line, steps[contact], start=1000)
        seen = []

        async def read():
            async for value in encoder:
                seen.append(value)

        reader = core.create_task(read())
        await until(board, 1000 + 600 * 50)
        assert encoder.value() == at and encoder.skipped == 0
        encoder.deinit()
        await reader
        return seen

    seen = on_board(test)
    assert len(seen) > 10


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 1 << 32),
    st.lists(st.integers(-6, 6), min_size=1, max_size=5),
    st.sampled_from([1.0, 20.0, 300.0]),
    st.integers(0, 30),
    st.sampled_from([100, 2000, 10_000]),
)
def test_contacts_that_bounce_neither_add_nor_take(seed, turns, rate, bounces, bounce_us):
    async def test(board, pin):
        knob = chips.Encoder(board, 2, 3, bounce_us=bounce_us, bounces=bounces, seed=seed)
        encoder = Encoder(*inputs(pin), div=4, delay=10)
        over = 0
        for turn in turns:
            over = max(over, knob.turn(turn, rate))  # no turn at all says nothing of the bounces of one before
        await until(board, over)
        assert encoder.value() == sum(turns) == knob.position
        assert encoder.skipped == 0
        encoder.deinit()

    on_board(test)


def test_a_knob_turned_slowly_gives_one_call_a_detent():
    log = []

    async def test(board, pin):
        knob = chips.Encoder(board, 2, 3, bounce_us=2000, bounces=5)
        encoder = Encoder(*inputs(pin), div=4, vmin=-1, vmax=2, callback=lambda *a: log.append(a), delay=50)
        for turn in (3, -5):
            await until(board, knob.turn(turn, rate=2))
        encoder.deinit()
        knob.turn(2)
        await core.sleep_ms(1000)

    on_board(test)
    assert log == [(1, 1), (2, 1), (1, -1), (0, -1), (-1, -1)]


def test_an_idle_encoder_wakes_nothing():
    async def test(board, pin):
        chips.Encoder(board, 2, 3)
        encoder = Encoder(*inputs(pin))
        await core.sleep_ms(10)
        loop = core.get_event_loop()
        passes = loop.passes
        await core.sleep_ms(100_000)
        passes = loop.passes - passes
        encoder.deinit()
        return passes

    assert on_board(test) <= 2


@pytest.mark.parametrize("kind, names", [("esp32", (4, 5)), ("pyboard", ("X1", "X2"))])
def test_it_works_with_the_interrupts_of_other_boards(kind, names):
    """An ESP32 has no hard ones."""

    async def test(board, pin):
        knob = chips.Encoder(board, *names, bounce_us=0)
        encoder = Encoder(*(pin(name, pin.IN, pin.PULL_UP) for name in names), delay=10)
        await until(board, knob.turn(5, rate=50))
        await until(board, knob.turn(-7, rate=50))
        assert (encoder.value(), encoder.skipped) == (-8, 0)
        encoder.deinit()

    on_board(test, kind)
