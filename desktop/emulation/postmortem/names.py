"""What an application calls an object that something waits for. MicroPython keeps no names of local variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .frames import Frame
from .memory import BadAddress
from .objects import Objects, in_ram

LIBRARY = "twincore/"


def name_of(objects: Objects, frames: Sequence[Frame], value: int) -> str:
    """A global's name, "pump.lock" of an attribute of one, or "lock of a Pump", whose method runs; else ""."""
    own = [frame for frame in frames if not frame.code.file.startswith(LIBRARY)]
    for name, found in _globals(objects, own):
        if found == value:
            return name
    for name, found in _globals(objects, own):
        for attribute, part in _attributes(objects, found):
            if part == value:
                return f"{name}.{attribute}"
    for frame in own:
        this = _this(objects, frame)
        for attribute, part in _attributes(objects, this):
            if part == value:
                return f"{attribute} of a {objects.kind(this)}"
    return ""


def words_for(objects: Objects, frames: Sequence[Frame], value: int) -> str:
    """Kind and name: "ThreadSafeQueue queue"; "a ThreadSafeQueue" where it has none."""
    kind, name = objects.kind(value), name_of(objects, frames, value)
    return f"the {kind} {name}" if name else f"a {kind}"


def whole_of(objects: Objects, frames: Sequence[Frame], part: int) -> int:
    """The object that has this one as an attribute, such as a lock the line of those who wait; 0 if it has no name."""
    own = [frame for frame in frames if not frame.code.file.startswith(LIBRARY)]
    known = [value for _, value in _globals(objects, own)]
    known += [value for this in (_this(objects, frame) for frame in own) for _, value in _attributes(objects, this)]
    return next((value for value in known if any(found == part for _, found in _attributes(objects, value))), 0)


def library_object(objects: Objects, frames: Sequence[Frame]) -> int:
    """The library's object whose method the application has called, outermost; 0 if it is in no such call.

    Args: frames, of one core, innermost first.
    """
    for frame in reversed(frames):
        if frame.code.file.startswith(LIBRARY):
            this = _this(objects, frame)
            return this if _is_instance(objects, this) else 0
    return 0


def _globals(objects: Objects, frames: Sequence[Frame]) -> Iterator[tuple[str, int]]:
    for module in dict.fromkeys(frame.code.module for frame in frames):
        try:
            yield from objects.globals(module).items()
        except BadAddress:  # caught in the middle of a change
            continue


def _attributes(objects: Objects, value: int) -> Iterator[tuple[str, int]]:
    if _is_instance(objects, value):
        try:
            yield from objects.attributes(value).items()
        except BadAddress:
            return


def _is_instance(objects: Objects, value: int) -> bool:
    """Whether it is of a class written in Python: those are made when they are imported, in RAM."""
    if value & 3 or not in_ram(value) or objects.kind(value) is None:
        return False
    return in_ram(objects.memory.word(value))


def _this(objects: Objects, frame: Frame) -> int:
    try:
        return frame.first_argument(objects)
    except BadAddress:
        return 0
