"""Switches and buttons on pins of a simulated board, in virtual time: bouncing contacts, the edges of each window."""

from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from twincore import core, primitives
from twincore.desktop.board import Board
from twincore.desktop.chips import Button
from twincore.desktop.firmware.world import World

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

DEBOUNCE, DOUBLE, LONG = 50_000, 400_000, 1_000_000  # us
LATE = 2000  # us that a loop may take to come to it
TIE = 50  # us: what is as close as that to the end of a window may be told as either

bounces = st.lists(st.integers(100, 10_000), max_size=60).map(lambda times: times[: len(times) // 2 * 2])
any_time = st.integers(1000, 1_500_000)


def about(window):
    """Just below it, just above it, anything."""
    return st.one_of(st.sampled_from([window - 100, window + 100]), any_time)


@st.composite
def movements(draw):
    """[(interval, bounces)]: a contact closes, opens, closes ... so many us after it did the opposite."""
    moves = []
    for _ in range(draw(st.integers(1, 4))):
        held = draw(st.one_of(about(DEBOUNCE), about(LONG)))
        to_next = draw(about(DOUBLE))
        moves += [(held, draw(bounces)), (to_next - held if to_next > held else draw(about(DEBOUNCE)), draw(bounces))]
    return [(draw(any_time), draw(bounces)), *moves]


@contextmanager
def on_board():
    """A board whose main core the test is, and its `machine`."""
    with Board(virtual=True) as board, board.core("test", main=True):
        core.new_event_loop()
        try:
            yield board, World(board).import_module("machine")
        finally:
            core.new_event_loop()
    core.new_event_loop()


def edges_of(moves):
    """The edges of a contact, (us, closed): after each interval it rests at the other side, having bounced before."""
    edges, rests, closed = [], 100_000, False
    for interval, times in moves:
        closed = not closed
        when = rests + max(interval - sum(times), 200)
        edges.append((when, closed))
        for number, ms in enumerate(times):
            when += ms
            edges.append((when, closed ^ (number % 2 == 0)))
        rests = when
    return edges


def presses_of(edges):
    """[closed at, opened at] of each press, debounced; the last may stay closed: opened at None."""
    presses = []
    for (when, closed), following in zip(edges, [*edges[1:], None], strict=True):
        if following is None or following[0] - when >= DEBOUNCE:
            if closed and (not presses or presses[-1][1] is not None):
                presses.append([when + DEBOUNCE, None])
            elif not closed and presses and presses[-1][1] is None:
                presses[-1][1] = when + DEBOUNCE
    return presses


def is_tie(edges):
    """Whether something happens just as a window ends."""
    presses = presses_of(edges)
    lengths = [(after - before, DEBOUNCE) for (before, _), (after, _) in pairwise(edges)]
    lengths += [(after - before, DOUBLE) for (before, _), (after, _) in pairwise(presses)]
    lengths += [(opened - closed, LONG) for closed, opened in presses if opened is not None]
    return any(abs(length - window) <= TIE for length, window in lengths)


def meaning_of(presses):
    """(what, closed at, opened at) of each press: "short", "long", "first" of two, "second"."""
    found = []
    for number, (closed, opened) in enumerate(presses):
        after = presses[number + 1][0] if number + 1 < len(presses) else None
        if found and found[-1][0] == "first":
            what = "second"
        elif after is not None and after - closed < DOUBLE:
            what = "first"
        else:
            what = "long" if opened is None or opened - closed > LONG else "short"
        found.append((what, closed, opened))
    return found


def plain(meaning):
    told = []
    for what, closed, opened in meaning:
        told += [(closed, "press")]
        told += {"second": [(closed, "double")], "long": [(closed + LONG, "long")]}.get(what, [])
        told += [(opened, "release")]
    return [each for each in told if each[0] is not None]


def exclusive(meaning):
    """What `EButton(suppress=True)` tells: a pair for each press, or two that are a double click."""
    told = []
    for what, closed, opened in meaning:
        if what == "short":
            told += [(max(opened, closed + DOUBLE), "press"), (max(opened, closed + DOUBLE), "release")]
        elif what in ("second", "long"):
            told += [(closed, "double") if what == "second" else (closed + LONG, "long"), (opened, "release")]
    return [each for each in told if each[0] is not None]


def functions(meaning):
    """What the functions of a `Pushbutton(suppress=True)` tell."""
    told = []
    for what, closed, opened in meaning:
        told += [(closed, "press")]
        if what == "short":
            told += [(max(opened, closed + DOUBLE), "release")]
        elif what != "first":
            told += [(closed, "double") if what == "second" else (closed + LONG, "long")]
    return told


def follow(board, button, log):
    async def one(name, event):
        while True:
            await event.wait()
            event.clear()
            log.append((board.time.now(), name))

    return [core.create_task(one(name, getattr(button, name))) for name in ("press", "release", "double", "long")]


def same(told, expected):
    """The same in the same order, and none of it too early or late."""
    assert [name for _, name in told] == [name for _, name in expected], (told, expected)
    for (when, name), (due, _) in zip(told, expected, strict=True):
        assert due <= when <= due + LATE, (name, when, due)


@settings(max_examples=100, deadline=None)
@given(movements())
def test_whatever_the_contacts_do_each_press_is_told_once_and_in_time(moves):
    edges = edges_of(moves)
    assume(not is_tie(edges))
    meaning = meaning_of(presses_of(edges))
    logs = [[], [], []]

    async def main(board, machine):
        pins = [machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP) for number in (2, 3, 4)]
        buttons = [
            primitives.EButton(pins[0]),
            primitives.EButton(pins[1], suppress=True),
            primitives.Pushbutton(pins[2], suppress=True),
        ]
        tasks = follow(board, buttons[0], logs[0]) + follow(board, buttons[1], logs[1])
        for name in ("press", "release", "double", "long"):
            getattr(buttons[2], f"{name}_func")(lambda name: logs[2].append((board.time.now(), name)), (name,))
        for when, closed in edges:
            for number in (2, 3, 4):
                board.at(when, board.line(number).drive, 0 if closed else 1)
        await core.sleep_ms(edges[-1][0] // 1000 + 2000)
        for task in tasks:
            task.cancel()
        for button in buttons:
            button.deinit()

    with on_board() as (board, machine):
        core.run(main(board, machine))
        assert not board.hardware.armed()
    same(logs[0], plain(meaning))
    same(logs[1], exclusive(meaning))
    same(logs[2], functions(meaning))


@settings(max_examples=40, deadline=None)
@given(movements())
def test_a_switch_is_told_once_and_in_time(moves):
    edges = edges_of(moves)
    assume(not is_tie(edges))
    expected = [each for press in presses_of(edges) for each in zip(press, ("close", "open"), strict=True)]
    log = []

    async def main(board, machine):
        switch = primitives.Switch(machine.Pin(2, machine.Pin.IN, machine.Pin.PULL_UP))
        for name in ("close", "open"):
            getattr(switch, f"{name}_func")(lambda name: log.append((board.time.now(), name)), (name,))
        for when, closed in edges:
            board.at(when, board.line(2).drive, 0 if closed else 1)
        await core.sleep_ms(edges[-1][0] // 1000 + 200)
        switch.deinit()

    with on_board() as (board, machine):
        core.run(main(board, machine))
    same(log, [each for each in expected if each[0] is not None])


@pytest.mark.parametrize("poll_ms", [1, 10])
def test_polled_a_button_tells_the_same(poll_ms):
    log = []

    async def main(board, machine):
        chip = Button(board, 2, resistor=True, bounce_us=5000, bounces=10)
        button = primitives.EButton(machine.Pin(2, machine.Pin.IN), suppress=True, poll_ms=poll_ms)
        tasks = follow(board, button, log)
        for ms, times in ((120, 1), (1200, 1), (120, 2)):
            chip.click(ms, times=times, gap_ms=120)
            await core.sleep_ms(2000)
        for task in tasks:
            task.cancel()
        button.deinit()
        await core.sleep_ms(100)
        assert not board.hardware.armed()

    with on_board() as (board, machine):
        core.run(main(board, machine))
    assert [name for _, name in log] == ["press", "release", "long", "release", "double", "release"]


def test_an_idle_button_wakes_nobody():
    async def main(board, machine):
        buttons = [primitives.EButton(machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)) for number in (2, 3)]
        loop = core.get_event_loop()
        before = loop.passes
        await core.sleep(3600)
        assert loop.passes - before <= 2
        for button in buttons:
            button.deinit()

    with on_board() as (board, machine):
        core.run(main(board, machine))


APP = """
import asyncio
from machine import Pin
from primitives import EButton, Pushbutton, WaitAny

async def main():
    button = EButton(Pin(2, Pin.IN, Pin.PULL_UP), suppress=True)
    other = Pushbutton(Pin(3, Pin.IN, Pin.PULL_UP))
    other.press_func(print, ("other pressed",))
    events = {"press": button.press, "double": button.double, "long": button.long}
    which = WaitAny(events.values())
    print("ready")
    for _ in range(4):
        event = await which.wait()
        which.clear()
        print([name for name in events if events[name] is event][0])
    button.deinit()
    other.deinit()

asyncio.run(main())
"""


@pytest.mark.board(leaks="strict")
def test_an_application_with_upstreams_imports_runs_as_it_is(board, run_app):
    app = run_app("main.py", files={"main.py": APP})
    app.wait_output("ready")
    first, second = Button(board, 2), Button(board, 3, bounce_us=9000, bounces=20)
    second.click(200)
    first.click(100)
    app.wait_output("press\n", timeout=1)
    first.click(100, times=2)
    app.wait_output("double\n", timeout=1)
    board.run(1)
    first.hold(1500)
    app.wait_output("long\n", timeout=1.2)
    board.run(1)
    first.click(100)
    assert app.wait(5) == 0
    assert app.output == ["ready", "other pressed", "press", "double", "long", "press"]


TOUCH = """
import asyncio
from machine import Pin
from primitives import ESP32Touch

async def main():
    button = ESP32Touch(Pin(4), suppress=True)
    done = asyncio.Event()
    button.release_func(print, ("short",))
    button.double_func(print, ("double",))
    button.long_func(print, ("long",))
    print("ready")
    await asyncio.sleep(8)
    button.deinit()
    try:
        ESP32Touch(Pin(5))
    except ValueError as error:
        print(error)

asyncio.run(main())
"""


@pytest.mark.board("esp32", leaks="strict")
def test_a_touch_pad_of_an_esp32_is_a_button(board, run_app):
    pad = board.analog(4)
    pad.value = 1.0
    app = run_app("main.py", files={"main.py": TOUCH})
    app.wait_output("ready")
    for ms in (200, 1500, 1500, 1500, 150, 150, 150, 1000):
        pad.value = 0.3 if pad.value == 1.0 else 1.0
        board.run(ms=ms)
    assert app.wait(10) == 0
    assert app.output[:-1] == ["ready", "short", "long", "double"]
    assert app.output[-1].startswith("Pin(5) is no touch pad")
