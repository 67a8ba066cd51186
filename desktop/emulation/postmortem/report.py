"""What the cores of a stopped board were doing, in words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from . import tasks
from .frames import Frame, frames_of_core
from .memory import BOOTROM_END, BadAddress, Memory
from .objects import Objects
from .waiting import input_waited_for, library_waited_for, lock_waited_for

HIDDEN = "<stdin>"  # the code that started the application


class CoreState(TypedDict):
    """A core as the emulator found it: 16 registers; asleep in WFE or WFI; held in reset; the exception it serves."""

    registers: list[int]
    asleep: bool
    held: bool
    interrupt: int


class Autopsy(NamedTuple):
    """What was found. `inputs`: "the console", "a UART", where something would go on if input came from there."""

    text: str
    inputs: tuple[str, ...]


def autopsy(ram: bytes, firmware: bytes, cores: Sequence[CoreState]) -> Autopsy:
    """Say what each core was doing, with the frames of its Python code, and list the tasks of its event loop.

    Args: ram, the board's 264 kB; firmware, what its flash begins with.
    Where the memory makes no sense, as with a firmware of another layout, only the cores' addresses are told.
    """
    objects = Objects(Memory(ram, firmware))
    found = [_core(objects, number, core) for number, core in enumerate(cores)]
    inputs = dict.fromkeys(name for one in found for name in one.inputs)
    return Autopsy("".join(one.text for one in found), tuple(inputs))


def _core(objects: Objects, number: int, core: CoreState) -> Autopsy:
    registers = core["registers"]
    place = registers[15]
    if core["held"] or (number == 1 and place < BOOTROM_END):
        text = f"core {number} runs no Python code: it was not started, or what it was started with has ended\n"
        return Autopsy(text, ())
    how = "sleeps" if core["asleep"] else "runs"
    if core["interrupt"]:
        how += f" in interrupt {core['interrupt'] - 16}" if core["interrupt"] >= 16 else " in an exception"
    try:
        frames = frames_of_core(objects, registers, core["asleep"])
    except BadAddress:
        frames = []
    if not frames:
        return Autopsy(f"core {number} {how} at 0x{place:08x}, in no Python code that can be made out\n", ())
    lines = _lines([frame for frame in reversed(frames) if frame.code.file != HIDDEN])
    try:
        found = tasks.tasks_of_core(objects, frames)
        told = [f"tasks of core {number}:", *(f"    {line}" for line in tasks.table(found))] if found else []
    except (BadAddress, KeyError, ValueError):  # caught in the middle of a change
        found, told = [], [f"the tasks of core {number} cannot be listed"]
    waits, inputs = _waits(objects, registers, frames) if core["asleep"] and not found else ("", [])
    inputs += [task.input for task in found if task.input]
    if waits:
        lines.append(f"    {waits}")
    text = "\n".join([f"core {number} {how} (most recent call last):", *lines, *told])
    return Autopsy(f"{text}\n", tuple(inputs))


def _waits(objects: Objects, registers: Sequence[int], frames: Sequence[Frame]) -> tuple[str, list[str]]:
    """What a core waits for that sleeps in a call of no event loop, in words, and where input would end that."""
    try:
        lock = lock_waited_for(objects, registers, frames)
        lock = lock or library_waited_for(objects, frames)
        source = "" if lock else input_waited_for(objects, registers)
    except BadAddress:
        return "", []
    return lock or (f"waits for input from {source}" if source else ""), [source] if source else []


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
