"""What the panel shows of a simulated board, as text for a terminal: one function, which only looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel as Frame
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from .board import Board, Line
    from .ps import TaskInfo

COLOURS = {"LED1": "red", "LED2": "green", "LED3": "yellow", "LED4": "blue"}  # of a pyboard; others have a green one
TASKS = 8  # that are shown at most


def picture(
    board: Board, keys: Mapping[str, str], tasks: Sequence[TaskInfo] = (), unfinished: str = ""
) -> RenderableType:
    """The board as it is now.

    Args: keys, what each key of the keyboard does, in words; tasks, of the application's loop; unfinished, what the
    application has printed of a line that has not ended.
    """
    pins = {name: line for name, line in board.lines().items() if _in_use(line) or name in board.users}
    leds = {pin: number for number, pin in board.kind.leds.items() if pin in pins}
    parts: list[RenderableType] = []
    if leds:
        parts.append(Text("  ").join(_led(f"LED{number}", pins.pop(pin)) for pin, number in leds.items()))
    for pin, colours in board.pixels.items():
        if all(line.on_pulses is None for line in board.line(pin).joined()):  # else a strip shows what it made of it
            parts.append(_strip(f"LED strip at {pin}", colours))
    parts += [part for device in board.devices for part in _device(device)]
    if keys:
        parts.append(Text("  ").join(Text.assemble((f" {key} ", "reverse"), f" {what}") for key, what in keys.items()))
    if pins:
        parts.append(_pins(board, pins))
    if tasks:
        parts.append(_tasks(tasks))
    time = f"{board.time.now() / 1e6:.1f} s"
    if board.emulated:
        title = f"emulated {board.kind.name}, {time}"
    else:
        title = f"{board.kind.name}, {time}" + (" of virtual time" if board.time.virtual else "")
        title = f"{board.name}: {title}" if board.name != "board" else title
    inside = Group(*parts or [Text("no pin is used yet", "dim")])
    frame = Frame(inside, title=title, title_align="left", box=box.ROUNDED)
    return Group(Text(unfinished), frame) if unfinished else frame


def _in_use(line: Line) -> bool:
    return line.edges > 0 or line.outputs() is not None or line.listened() or len(line.joined()) > 1


def _led(name: str, line: Line) -> Text:
    return Text.assemble(("● ", COLOURS.get(name, "green")) if line.level() else ("○ ", "dim"), name)


def _strip(what: str, colours: Sequence[tuple[int, ...]]) -> Text:
    dots = [("●", f"rgb({','.join(str(part) for part in colour[:3])})") for colour in colours]
    return Text.assemble(*dots, f"  {what}")


def _device(device: Any) -> list[RenderableType]:
    """What the device says of itself; of one that says nothing, nothing."""
    state: Callable[[], Mapping[str, str]] | None = getattr(device, "state", None)
    if state is None:
        return []
    name = str(getattr(device, "name", "") or type(device).__name__)
    try:
        values = state()
    except Exception as error:  # a device that is just being changed, or a defect of it: the panel goes on
        return [Text(f"{name}: {error!r}", "red")]
    if not values:
        return []
    colours = getattr(device, "colours", None)
    words = ", ".join(f"{key} {value}" for key, value in values.items() if not key.startswith("row "))
    rows = [value for key, value in values.items() if key.startswith("row ")]
    screen = [Frame(Text("\n".join(rows)), expand=False, box=box.SQUARE)] if rows else []
    strip = [_strip(name, colours)] if colours else []
    return [Text.assemble((name, "bold"), "  ", words), *strip, *screen]


def _pins(board: Board, pins: Mapping[str, Line]) -> Table:
    table = Table("pin", "level", "direction", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("edges", justify="right")
    for name, line in sorted(pins.items(), key=lambda item: _in_order(item[0])):
        level = Text("▔ 1", "green") if line.level() else Text("▁ 0", "dim")
        way = "in" if line.outputs() is None else "out"
        if name in board.pwm:
            frequency, duty = board.pwm[name]
            way = f"PWM {frequency:g} Hz, {duty:.0%}"
        elif name in board.users:
            way = board.users[name]
        others = [other.name for other in line.joined() if other is not line]
        table.add_row(name, level, way + (f", wired to {', '.join(others)}" if others else ""), f"{line.edges:,}")
    return table


def _in_order(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)


def _tasks(tasks: Sequence[TaskInfo]) -> Table:
    table = Table("task", "state", "waits on", "at", box=box.SIMPLE_HEAD, pad_edge=False)
    for task in tasks[:TASKS]:
        table.add_row(Text(task.name), task.state, Text(task.waits_on), task.where)
    if len(tasks) > TASKS:
        table.add_row(f"and {len(tasks) - TASKS} more", "", "", "")
    return table
