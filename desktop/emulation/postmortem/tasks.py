"""The tasks of a board's event loops, twincore's and MicroPython's own: what each waits for, and where it is.

A loop is found through a core that runs it: by the frames of its scheduler on that core's stack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....core import task_list
from .frames import Frame, frames_of_coroutine
from .memory import RAM, BadAddress
from .names import whole_of, words_for
from .objects import FALSE, NONE, Objects
from .waiting import POLLIN, input_of

SCHEDULER = "twincore/core/"
BUILT_IN = "asyncio/"  # where the firmware has its own asyncio
CORO, DATA, STATE = 16, 20, 24  # in a task of the built-in asyncio, which is a C structure (extmod/modasyncio.c)
MOST_TASKS = 1000
PARKED = ("ParkedTask", "ReleasedTask", "WaitingTask")  # in the `line` of something of threadsafe


@dataclass(frozen=True)
class BoardTask:
    """One task; the words are those of `core.task_list`. `where`: the line of the application that it is at."""

    name: str
    state: str
    waits_on: str
    where: str
    input: str = ""  # what it waits on, if that is the console or a UART


def is_schedulers(frame: Frame) -> bool:
    """Whether it is a frame of an event loop, and not of what runs in it."""
    return frame.code.file.startswith((SCHEDULER, BUILT_IN))


def tasks_of_core(objects: Objects, frames: Sequence[Frame]) -> list[BoardTask]:
    """The tasks of the loop that a core with these frames runs, oldest first; none if it runs no loop."""
    for frame in frames:
        if frame.code.file.startswith(SCHEDULER) and objects.kind(loop := frame.first_argument(objects)) == "Loop":
            return list(_library_tasks(objects, loop, frames))
        if frame.code.file == BUILT_IN + "core.py":
            return list(_built_in_tasks(objects, objects.globals(frame.code.module), frames))
    return []


def table(tasks: Sequence[BoardTask]) -> list[str]:
    """Lines of a table."""
    rows = [
        ("TASK", "STATE", "WAITS ON", "AT"),
        *((task.name, task.state, task.waits_on, task.where) for task in tasks),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _library_tasks(objects: Objects, loop: int, here: Sequence[Frame]) -> Iterator[BoardTask]:
    """`here`: the frames of the core that runs the loop."""
    state = objects.attributes(loop)
    current = state.get("current", NONE)
    found: list[int] = []
    task = state.get("newest", NONE)
    while objects.kind(task) == "Task" and len(found) < MOST_TASKS:
        found.append(task)
        task = objects.attributes(task).get("older", NONE)
    for task in reversed(found):
        has = objects.attributes(task)
        frames = frames_of_coroutine(objects, has.get("coro", NONE))
        waits = has.get("data", NONE)
        if task == current:
            doing, what = "running", ""
        elif waits == NONE:
            doing, what = "ready", ""
        else:
            doing, what = "waiting", _words(objects, waits, [*frames, *here])
        name = objects.string(has.get("name")) or _function(frames)
        where = _where(here if task == current else frames)
        yield BoardTask(name, doing, what, where, _input(objects, waits))


def _words(objects: Objects, waits: int, frames: Sequence[Frame]) -> str:
    """What a task of the library waits on, as a user knows it; see `core.task_list`.

    Args: frames, in whose modules and objects its name is looked for.
    """
    kind = (objects.kind(waits) or "?").lstrip("_")
    if kind in PARKED:
        line = objects.attributes(waits).get("line", NONE)
        if whole := whole_of(objects, frames, line):
            return words_for(objects, frames, whole).removeprefix("the ")
    if kind in ("Task", "Job", "Direction"):
        has = objects.attributes(waits)
        if kind == "Task":
            name = objects.string(has.get("name"))
            return f"task {name or _function(frames_of_coroutine(objects, has.get('coro', NONE)))}"
        if kind == "Direction":
            return "a stream, to " + ("read" if objects.integer(has.get("event")) == 1 else "write")
        return "an offloaded call"
    return task_list._WORDS.get(kind, kind)


def _input(objects: Objects, waits: int) -> str:
    """What a task of the library reads, if that is the console or a UART."""
    if objects.kind(waits) != "_Direction":
        return ""
    has = objects.attributes(waits)
    if objects.integer(has.get("event")) != POLLIN:
        return ""
    return input_of(objects, objects.attributes(has["watched"]).get("stream", NONE))


def _built_in_tasks(objects: Objects, core: dict[str, int], here: Sequence[Frame]) -> Iterator[BoardTask]:
    """`core`: the globals of the module asyncio.core; `here`: the frames of the core that runs the loop.

    Tasks that wait for each other, or for an Event, are in no list of the loop: so the memory is searched for tasks.
    """
    streams = dict(_polled(objects, core))
    idle = here[0].code.name == "wait_io_event"
    current = NONE if idle else core.get("cur_task", NONE)  # which is the last that ran, while none does
    for task in _of_type(objects, core.get("Task", 0)):
        coro, data, state = (objects.memory.word(task + offset) for offset in (CORO, DATA, STATE))
        frames = frames_of_coroutine(objects, coro)
        if state in (NONE, FALSE) or not frames:  # it has ended
            continue
        name, where, doing, what, reads = _function(frames), _where(frames), "waiting", "", ""
        if task in streams:
            what, reads = streams[task]
        elif objects.kind(data) == "Task":
            what = f"task {_function(frames_of_coroutine(objects, objects.memory.word(data + CORO)))}"
        elif objects.kind(data) == "TaskQueue":  # of an Event or a Lock, as the file of its wait is called
            what = frames[0].code.file.removeprefix(BUILT_IN).removesuffix(".py").capitalize()
        elif task == current:
            doing, where = "running", _where(here)
        else:
            doing = "ready, or sleeps"
        yield BoardTask(name, doing, what, where, reads)


def _polled(objects: Objects, core: dict[str, int]) -> Iterator[tuple[int, tuple[str, str]]]:
    """(task, (what it waits on, its `input`)) of the tasks that wait for something that is polled."""
    queue = core.get("_io_queue", NONE)
    if objects.kind(queue) != "IOQueue":
        return
    for _, entry in objects.items(objects.attributes(queue)["map"]):
        reader, writer, stream = objects.elements(entry)
        what = objects.kind(stream) or "a stream"
        if reader != NONE:
            yield reader, (what, input_of(objects, stream))
        if writer != NONE:
            yield writer, (what + ", to write", "")


def _of_type(objects: Objects, kind: int) -> Iterator[int]:
    """The objects in RAM that begin with this type, and look like tasks."""
    wanted = kind.to_bytes(4, "little")
    at = objects.memory.ram.find(wanted)
    while at >= 0:
        if not at & 3:
            try:
                if objects.kind(objects.memory.word(RAM + at + CORO)) == "generator":
                    yield RAM + at
            except BadAddress:
                pass
        at = objects.memory.ram.find(wanted, at + 1)


def _function(frames: Sequence[Frame]) -> str:
    """The name of a coroutine: that of its outermost function."""
    return frames[-1].code.name if frames else "?"


def _where(frames: Sequence[Frame]) -> str:
    """The innermost line that is not the scheduler's own."""
    own = [frame for frame in frames if not frame.code.file.startswith(("twincore/", BUILT_IN))]
    return (own or list(frames))[0].where if frames else ""
