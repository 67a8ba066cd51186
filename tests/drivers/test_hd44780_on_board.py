"""LCD against the simulated display, which says what its data sheet forbids: times, the state it begins in, rows."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
from twincore.drivers import LCD

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
PINS = (16, 17, 18, 19, 20, 21)


def on_board(test, rows=2, columns=16, khz=270):
    """`await test(board, display, pins)` on the main core of a board of its own; the display must have no complaint."""
    with Board(virtual=True) as board:
        machine = World(board).import_module("machine")
        display = chips.HD44780(board, PINS[0], PINS[1], PINS[2:], rows=rows, columns=columns, khz=khz)

        def main():
            pins = [machine.Pin(number, machine.Pin.OUT) for number in PINS]
            core.run(test(board, display, pins))

        on_main_core(board, main, seconds=100)
    assert display.errors == []


@pytest.mark.parametrize("khz", [190, 270, 350])
@pytest.mark.parametrize("rows,columns", [(1, 16), (2, 16), (3, 16), (4, 20)])
def test_text_on_every_row_of_a_display_as_slow_as_they_may_be(rows, columns, khz):
    """Defect 70: upstream is too fast for a clearing, and for the initialisation."""

    async def test(board, display, pins):
        lcd = LCD(pins, columns, rows)
        for row in range(rows):
            lcd[row] = "row " + str(row) + "!" * row
        await lcd.flush()
        assert display.text() == list(lcd)
        lcd.clear()
        lcd[rows - 1] = "x" * columns
        await lcd.flush()
        assert display.text() == [" " * columns] * (rows - 1) + ["x" * columns]
        lcd.deinit()

    on_board(test, rows, columns, khz)


@pytest.mark.parametrize("reset_works", [True, False])
def test_it_brings_a_display_to_a_known_state_after_power(reset_works):
    async def test(board, display, pins):
        display.power_up(reset_works)
        lcd = LCD(pins, 16)
        lcd[0] = "hello"
        await lcd.flush()
        assert display.text() == ["hello".ljust(16), " " * 16]
        lcd.deinit()

    on_board(test, khz=190)


def test_it_begins_anew_on_a_display_that_another_program_has_left_between_two_nibbles():
    async def test(board, display, pins):
        lcd = LCD(pins, 16)
        lcd[0] = "the old one"
        await lcd.flush()
        lcd.deinit()
        lcd._nibble(0)  # half of a byte
        lcd = LCD(pins, 16)
        lcd[1] = "the new one"
        await lcd.flush()
        assert display.text() == [" " * 16, "the new one".ljust(16)]
        lcd.deinit()

    on_board(test)


@pytest.mark.parametrize("reset_works", [True, False])
@pytest.mark.parametrize("after", ["all is written", "some is written"])
def test_a_display_that_lost_its_power_shows_all_again(reset_works, after):
    async def test(board, display, pins):
        lcd = LCD(pins, 16)
        lcd.custom(1, [0b10001] * 8)
        lcd[0] = "before \x01 after"
        lcd[1] = "the second row"
        if after == "all is written":
            await lcd.flush()
        else:
            while "before" not in display.text()[0]:
                await core.sleep_ms(1)
        await power_cycle(display, reset_works)
        lcd.reset()
        lcd[1] = "another"
        await lcd.flush()
        assert display.text() == ["before \x01 after".ljust(16), "another".ljust(16)]
        assert display.custom(1) == ["#...#"] * 8
        lcd.deinit()
        with pytest.raises(RuntimeError):
            lcd.reset()

    on_board(test)


async def power_cycle(display, reset_works):
    display.power_up(reset_works)
    await core.sleep_ms(20)  # the chip's own reset
    display.errors.clear()  # of what went on being written


def test_own_characters_are_drawn():
    async def test(board, display, pins):
        lcd = LCD(pins, 16)
        lcd.custom(5, [0b00100, 0b01110, 0b11111, 0, 0, 0, 0, 0b10101])
        lcd[0] = "up: " + chr(5)
        await lcd.flush()
        assert display.custom(5)[:3] == ["..#..", ".###.", "#####"] and display.custom(5)[7] == "#.#.#"
        assert display.text()[0] == "up: \x05".ljust(16)
        lcd.deinit()

    on_board(test)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4), st.text(st.characters(min_codepoint=32, max_codepoint=91), max_size=25),
                          st.integers(0, 3000)), max_size=20))  # fmt: skip
def test_in_the_end_it_shows_what_was_asked_for_last(steps):
    async def test(board, display, pins):
        lcd = LCD(pins, 20, 4)
        for row, text, us in steps:
            if row == 4:
                lcd.clear()
            else:
                lcd[row] = text
            await core.sleep(us / 1_000_000)
        await lcd.flush()
        assert display.text() == list(lcd)
        lcd.deinit()

    on_board(test, 4, 20, 190)


def test_others_run_between_any_two_characters():
    """The longest time that a task keeps others waiting, in passes: one character."""

    async def test(board, display, pins):
        lcd = LCD(pins, 20, 4)
        await lcd.flush()
        before, most = display.controller.instructions, 0
        for row in range(4):
            lcd[row] = "y" * 20
        flush = core.create_task(lcd.flush())
        while not flush.done():
            await core.sleep(0.00005)
            most = max(most, display.controller.instructions - before)
            before = display.controller.instructions
        assert most == 1
        lcd.deinit()

    on_board(test, 4, 20)


def test_pins_may_be_named_in_a_program_as_it_is_on_a_board(board, run_app):
    display = chips.HD44780(board, "GP16", "GP17", ["GP18", "GP19", "GP20", "GP21"])
    app = run_app(
        "main.py",
        files={
            "main.py": """
import asyncio
from twincore.drivers import LCD

async def main():
    lcd = LCD((16, 17, 18, 19, 20, 21), cols=16)
    lcd[0] = "Hello"
    lcd[1] = "board"
    await lcd.flush()
    lcd.deinit()

asyncio.run(main())
"""
        },
    )
    assert app.wait(timeout=10) == 0
    assert [row.strip() for row in display.text()] == ["Hello", "board"]
    assert display.errors == []
