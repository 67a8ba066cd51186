"""Keyboard and SwArray with a simulated keypad whose contacts bounce, in virtual time."""

from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core, primitives
from twincore.desktop.board import Board
from twincore.desktop.chips import Keypad
from twincore.desktop.firmware.world import World
from twincore.primitives.sw_array import CLOSE, DOUBLE, LONG, OPEN, SUPPRESS

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

ALL = CLOSE | OPEN | LONG | DOUBLE
PRESSES = {  # ms that a key is pressed, let go, ... -> what is told, with SUPPRESS
    (150, 800): ([CLOSE, OPEN], [CLOSE, OPEN]),
    (700, 800): ([CLOSE, OPEN], [CLOSE, OPEN]),
    (1300, 800): ([CLOSE, LONG, OPEN], [LONG, OPEN]),
    (150, 150, 150, 800): ([CLOSE, OPEN, CLOSE, DOUBLE, OPEN], [DOUBLE, OPEN]),
    (150, 150, 1500, 800): ([CLOSE, OPEN, CLOSE, DOUBLE, OPEN], [DOUBLE, OPEN]),
}


@contextmanager
def on_board():
    """A board whose main core the test is, and its Pin."""
    with Board(virtual=True) as board, board.core("test", main=True):
        core.new_event_loop()
        try:
            yield board, World(board).import_module("machine").Pin
        finally:
            core.new_event_loop()
    core.new_event_loop()


def wire(board, Pin, rows, columns, seed=0):
    """A keypad, and the pins that it is at."""
    rows, columns = range(2, 2 + rows), range(10, 10 + columns)
    row_pins = [Pin(number, Pin.OPEN_DRAIN, value=1) for number in rows]
    column_pins = [Pin(number, Pin.IN, Pin.PULL_UP) for number in columns]
    pad = Keypad(board, list(rows), list(columns), bounce_us=10_000, bounces=15, seed=seed)
    return pad, row_pins, column_pins


async def play(pad, place, start, times):
    await core.sleep_ms(start)
    pressed = False
    for ms in times:
        pressed = not pressed
        (pad.press if pressed else pad.release)(place)
        await core.sleep_ms(ms)


plays = st.lists(st.tuples(st.integers(0, 400), st.lists(st.sampled_from(sorted(PRESSES)), max_size=3)), max_size=4)


@settings(max_examples=30, deadline=None)
@given(plays, st.booleans(), st.integers(0, 1000))
def test_keys_that_are_pressed_at_the_same_time_are_told_each_for_itself(plays, suppress, seed):
    """In one row, where no three keys are the corners of a rectangle."""
    told = []

    async def main(board, Pin):
        pad, rows, columns = wire(board, Pin, 1, 4, seed)
        array = primitives.SwArray(rows, columns, ALL | (SUPPRESS if suppress else 0), bufsize=100)
        tasks = [
            core.create_task(play(pad, (0, column), start, sum(presses, ())))
            for column, (start, presses) in enumerate(plays)
        ]
        for task in tasks:
            await task
        await core.sleep_ms(500)
        told.extend(array.get_nowait() for _ in range(array.qsize()))
        assert array.keymap() == 0 and array.lost == 0
        array.deinit()

    with on_board() as (board, Pin):
        core.run(main(board, Pin))
    for column, (_, presses) in enumerate(plays):
        expected = [what for times in presses for what in PRESSES[times][suppress]]
        assert [what for key, what in told if key == 3 - column] == expected


def test_two_keys_roll_over_and_three_make_a_ghost():
    async def main(board, Pin):
        pad, rows, columns = wire(board, Pin, 4, 3)
        keyboard = primitives.Keyboard(rows, columns)
        codes = []

        async def follow():
            async for code in keyboard:
                codes.append(code)

        task = core.create_task(follow())
        held = None
        for place in [(row, column) for row in range(4) for column in range(3)]:
            pad.press(place)  # before the one before it is let go of
            await core.sleep_ms(200)
            if held is not None:
                pad.release(held)
            held = place
            await core.sleep_ms(200)
        pad.release()
        await core.sleep_ms(200)
        assert codes == list(range(11, -1, -1))
        codes.clear()
        for place in ((0, 0), (0, 1), (1, 0)):
            pad.press(place)
            await core.sleep_ms(200)
        assert sorted(codes) == [7, 8, 10, 11]
        keyboard.deinit()
        await task
        assert [pin() for pin in columns] == [1, 1, 1]

    with on_board() as (board, Pin):
        core.run(main(board, Pin))


APP = """
import asyncio
from machine import Pin
from primitives import Keyboard, SwArray
from primitives.sw_array import CLOSE, LONG, SUPPRESS

async def main():
    rows = [Pin(n, Pin.OPEN_DRAIN) for n in (2, 3)]
    columns = [Pin(n, Pin.IN, Pin.PULL_UP) for n in (10, 11)]
    keyboard = Keyboard(rows, columns)
    print("ready")
    async for code in keyboard:
        print("key", code)
        if code == 0:
            break
    keyboard.deinit()
    array = SwArray(rows, columns, CLOSE | LONG | SUPPRESS)
    print("ready")
    async for code, event in array:
        print("switch", code, event)
        if event == LONG:
            break
    array.deinit()

asyncio.run(main())
"""


@pytest.mark.board(leaks="strict")
def test_an_application_with_upstreams_imports_runs_as_it_is(board, run_app):
    app = run_app("main.py", files={"main.py": APP})
    app.wait_output("ready")
    pad = Keypad(board, [2, 3], [10, 11], labels="3210", bounce_us=9000, bounces=12)
    for key in "3120":
        pad.click(key, 100)
        app.wait_output(f"key {key}\n", timeout=1)
        board.run(ms=200)
    app.wait_output("ready")
    pad.click("2", 100)
    app.wait_output("switch 2 1\n", timeout=1)
    board.run(ms=200)
    pad.click("1", 1200)
    assert app.wait(5) == 0
    assert app.output[-1] == "switch 1 4"
    board.run(ms=500)  # until the key is let go of
