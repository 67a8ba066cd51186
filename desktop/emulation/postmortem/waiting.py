"""What a core that sleeps waits for: a lock and who has it, or input.

A core in the firmware's C code has left no note of it. But the object it was called with is in its registers, or among
the first words of its stack, since the calls that lead to the sleep save them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .frames import Frame
from .memory import BadAddress
from .objects import Objects, in_flash

NEAR = 96  # words of the stack, of which `readline` uses most
MUTEX, OWNER = 4, 8  # offsets in a lock: pico-sdk's mutex, and in it the core that took it (ports/rp2, pico/mutex.h)
POLLIN = 1
CONSOLE, UART = "the console", "a UART"


def lock_waited_for(objects: Objects, registers: Sequence[int], frames: Iterable[Frame]) -> str:
    """Say which lock a sleeping core waits for and which core took it; "" if it waits for none."""
    near = _near(objects, registers)
    for mutex in near:
        lock = mutex - MUTEX
        if lock not in near or objects.kind(lock) != "lock":
            continue
        owner = objects.memory.byte(lock + OWNER)
        if owner not in (0, 1):  # nobody: released in that instant
            return ""
        known = (objects.globals(frame.code.module).items() for frame in frames)
        names = [name for variables in known for name, value in variables if value == lock]
        return f"waits for {f'the lock {names[0]}' if names else 'a lock'}, which core {owner} took"
    return ""


def input_waited_for(objects: Objects, registers: Sequence[int]) -> str:
    """CONSOLE or UART if what a sleeping core has called waits for input from there; else ""."""
    near = _near(objects, registers)
    if objects.built_in("input") in near:
        return CONSOLE
    return next((found for value in near if (found := input_of(objects, value) or _polled(objects, value))), "")


def input_of(objects: Objects, stream: int) -> str:
    """CONSOLE or UART if a stream is that; else ""."""
    kind = objects.kind(stream)
    if kind == "TextIOWrapper" and in_flash(stream) and objects.memory.word(stream + 4) == 0:  # its descriptor
        return CONSOLE
    return UART if kind == "UART" else ""


def _near(objects: Objects, registers: Sequence[int]) -> list[int]:
    words = list(registers[:13])
    for n in range(NEAR):
        try:
            words.append(objects.memory.word(registers[13] + 4 * n))
        except BadAddress:  # the stack's end
            break
    return [word for word in words if word and not word & 3]


def _polled(objects: Objects, value: int) -> str:
    """What of a poll object's streams, or of the lists that `select` was given, input may come from."""
    kind = objects.kind(value)
    if kind == "list":
        streams = objects.elements(value)
    elif kind == "poll":  # entered by their addresses, as small ints
        streams = [key >> 1 for key, entry in objects.items(value) if objects.memory.word(entry + 8) & POLLIN]
    else:
        return ""
    return next((found for stream in streams if (found := input_of(objects, stream))), "")
