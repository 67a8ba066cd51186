"""What the cores of a stopped board were doing, in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TypedDict

from . import tasks
from .frames import Frame, frames_of_core
from .memory import BOOTROM_END, BadAddress, Memory
from .objects import Objects

HIDDEN = "<stdin>"  # the code that started the application


class CoreState(TypedDict):
    """A core as the emulator found it: 16 registers; asleep in WFE or WFI; held in reset; the exception it serves."""

    registers: list[int]
    asleep: bool
    held: bool
    interrupt: int


def autopsy(ram: bytes, firmware: bytes, cores: Sequence[CoreState]) -> str:
    """Say what each core was doing, with the frames of its Python code, and list the tasks of its event loop.

    Args: ram, the board's 264 kB; firmware, what its flash begins with.
    Where the memory makes no sense, as with a firmware of another layout, only the cores' addresses are told.
    """
    objects = Objects(Memory(ram, firmware))
    return "".join(_core(objects, number, core) for number, core in enumerate(cores))


def _core(objects: Objects, number: int, core: CoreState) -> str:
    place = core["registers"][15]
    if core["held"] or (number == 1 and place < BOOTROM_END):
        return f"core {number} runs no Python code: it was not started, or what it was started with has ended\n"
    how = "sleeps" if core["asleep"] else "runs"
    if core["interrupt"]:
        how += f" in interrupt {core['interrupt'] - 16}" if core["interrupt"] >= 16 else " in an exception"
    try:
        frames = frames_of_core(objects, core["registers"], core["asleep"])
    except BadAddress:
        frames = []
    if not frames:
        return f"core {number} {how} at 0x{place:08x}, in no Python code that can be made out\n"
    lines = _lines([frame for frame in reversed(frames) if frame.code.file != HIDDEN])
    return "\n".join([f"core {number} {how} (most recent call last):", *lines, *_tasks(objects, number, frames), ""])


def _lines(frames: Sequence[Frame]) -> list[str]:
    """A line a frame; what a scheduler does in several is one."""
    lines: list[str] = []
    for schedulers, some in itertools.groupby(frames, tasks.is_schedulers):
        group = list(some)
        if schedulers and len(group) > 1:
            lines.append(f"    the event loop, {group[0].code.file.partition('/')[0]}'s")
        else:
            lines += [f"    {frame}" for frame in group]
    return lines or ["    the console"]


def _tasks(objects: Objects, number: int, frames: Sequence[Frame]) -> list[str]:
    try:
        found = tasks.tasks_of_core(objects, frames)
    except (BadAddress, KeyError, ValueError):  # caught in the middle of a change
        return [f"the tasks of core {number} cannot be listed"]
    return [f"tasks of core {number}:", *(f"    {line}" for line in tasks.table(found))] if found else []
