"""What the panel shows of a board: a fixed state, as text."""

import io

import pytest

rich_console = pytest.importorskip("rich.console", reason="the extra `cli` is not installed")

from twincore.desktop.board import Board  # noqa: E402
from twincore.desktop.chips import Button, HD44780Backpack, NeoPixel  # noqa: E402
from twincore.desktop.picture import picture  # noqa: E402
from twincore.desktop.ps import TaskInfo  # noqa: E402

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


@pytest.fixture
def board():
    with Board("pyboard", virtual=True) as board, board.core("test", main=True):
        yield board


def shown(board, keys=(), tasks=(), unfinished="", color=None):
    console = rich_console.Console(
        file=io.StringIO(), width=72, force_terminal=color is not None, color_system=color, legacy_windows=False
    )
    console.print(picture(board, dict(keys), tasks, unfinished))
    text = console.file.getvalue()
    return text if color else "\n".join(line.strip("│ ") for line in text.splitlines())


def test_an_unused_board_shows_its_kind_and_its_time(board):
    board.time.sleep(1_250_000)
    assert shown(board).splitlines()[0].startswith("╭─ pyboard, 1.2 s of virtual time ─")
    assert "no pin is used yet" in shown(board)


def test_pins_show_level_direction_wires_and_edges(board):
    board.line("X10").link(board.line("X2"))
    for level in (1, 0, 1):
        board.line("X2").output(level)
    board.line("X3").watch(lambda level, when: None)
    board.line("X4")  # asked for, and not used
    board.line("X5").output(0)
    board.pwm["X5"] = (1000.0, 0.25)
    board.line("X6").output(0)
    board.users["X6"] = "UART(1)"
    rows = [line.split() for line in shown(board).splitlines() if line.startswith("X")]
    assert rows == [
        ["X2", "▔", "1", "out,", "wired", "to", "X10", "3"],
        ["X3", "▁", "0", "in", "0"],
        ["X5", "▁", "0", "PWM", "1000", "Hz,", "25%", "0"],
        ["X6", "▁", "0", "UART(1)", "0"],
        ["X10", "▔", "1", "in,", "wired", "to", "X2", "3"],
    ]


def test_leds_are_dots_of_their_colours_and_no_pins(board):
    board.line("LED1").output(1)
    board.line("LED2").output(0)
    board.line("LED4").output(1)
    text = shown(board)
    assert "● LED1  ○ LED2  ● LED4" in text and "edges" not in text and "LED3" not in text
    coloured = shown(board, color="standard")
    assert "\x1b[31m● \x1b[0mLED1" in coloured and "\x1b[34m● \x1b[0mLED4" in coloured


def test_an_led_strip_has_its_colours(board):
    board.pixels["X1"] = [(255, 0, 0), (0, 0, 255)]
    text = shown(board, color="truecolor")
    assert "\x1b[38;2;255;0;0m●" in text and "\x1b[38;2;0;0;255m●" in text and "LED strip at X1" in text


def test_a_strip_that_is_plugged_in_shows_what_it_has_read_and_not_what_was_meant(board):
    strip = NeoPixel(board, "X1", 2)
    strip.name = "lights"
    strip.colours = [(0, 0, 0), (0, 255, 0)]
    board.pixels["X1"] = [(255, 0, 0), (0, 0, 255)]
    text = shown(board, color="truecolor")
    assert "\x1b[38;2;0;255;0m●" in text and "lights" in text
    assert "38;2;255;0;0" not in text and "LED strip at" not in text


def test_devices_show_their_state_and_displays_their_rows(board):
    button = Button(board, "X1")
    button.name = "start"
    display = HD44780Backpack(board, 1)
    display.text = lambda: ["Hello", "[bold] world"]
    lines = shown(board).splitlines()
    assert "start  X1 released" in lines
    assert [line for line in lines if "Hello" in line or "[bold] world" in line]


def test_a_device_that_fails_to_say_how_it_is_does_not_end_the_panel(board):
    class Broken:
        name = "broken"

        def state(self):
            raise ValueError("in two minds")

    board.devices.append(Broken())
    assert "broken: ValueError('in two minds')" in shown(board)


def test_keys_tasks_and_an_unfinished_line_are_shown(board):
    tasks = [TaskInfo(f"<Task {n} main>", "waiting", "sleep[1]", 0.5, f"app.py:{n}") for n in range(10)]
    lines = shown(board, {"s": "start", "<": "knob back"}, tasks, "name? ").splitlines()
    assert lines[0] == "name?"
    assert "s  start   <  knob back" in lines
    rows = [line.split() for line in lines if line.startswith("<Task")]
    assert len(rows) == 8 and rows[3] == ["<Task", "3", "main>", "waiting", "sleep[1]", "app.py:3"]
    assert "and 2 more" in lines
