"""What a core that sleeps waits for: a lock and who has it, or input.

A core in the firmware's C code has left no note of it. But the object it was called with is in its registers, or among
the first words of its stack, since the calls that lead to the sleep save them there.
"""

from __future__ import annotations

from collections.abc import Sequence

from .frames import Frame
from .memory import BadAddress
from .names import library_object, name_of, words_for
from .objects import Objects, in_flash

NEAR = 96  # words of the stack, of which `readline` uses most
MUTEX, OWNER = 4, 8  # offsets in a lock: pico-sdk's mutex, and in it the core that took it (ports/rp2, pico/mutex.h)
POLLIN = 1
MOST_SELECTED = 64  # streams of one `select`
PARKED = "wait_in_thread", "twincore/threadsafe/parking.py"
CONSOLE, UART = "the console", "a UART"


def lock_waited_for(objects: Objects, registers: Sequence[int], frames: Sequence[Frame]) -> str:
    """Say which lock a sleeping core waits for and which core took it; "" if it waits for none."""
    near = _near(objects, registers)
    for mutex in near:
        lock = mutex - MUTEX
        if lock not in near or objects.kind(lock) != "lock":
            continue
        owner = objects.memory.byte(lock + OWNER)
        if owner not in (0, 1):  # nobody: released in that instant
            return ""
        name = name_of(objects, frames, lock)
        return f"waits for {f'the lock {name}' if name else 'a lock'}, which core {owner} took"
    return ""


def library_waited_for(objects: Objects, frames: Sequence[Frame]) -> str:
    """Say in which of the library's objects a core's thread waits; "" if in none."""
    if not any(frame.code.name == PARKED[0] and frame.code.file == PARKED[1] for frame in frames):
        return ""
    waits = library_object(objects, frames)
    return f"waits for {words_for(objects, frames, waits)}" if waits else ""


def input_waited_for(objects: Objects, registers: Sequence[int]) -> str:
    """CONSOLE or UART if what a sleeping core has called waits for input from there; else ""."""
    near = _near(objects, registers)
    if objects.built_in("input") in near:
        return CONSOLE
    return next((found for value in near if (found := input_of(objects, value) or _polled(objects, value))), "") or (
        _selected(objects, registers[13])
    )


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
    elif kind == "poll":
        streams = _streams(objects, value)
    else:
        return ""
    return next((found for stream in streams if (found := input_of(objects, stream))), "")


def _streams(objects: Objects, polled: int) -> list[int]:
    """Those of a poll object, a dict but for its type, that are to be read. Their addresses are keys, as small ints."""
    return [key >> 1 for key, entry in objects.items(polled) if objects.memory.word(entry + 8) & POLLIN]


def _selected(objects: Objects, stack: int) -> str:
    """The same of a call of `select.select`, which has that dict on its stack, without a type before it."""
    for address in range(stack, stack + 4 * NEAR, 4):
        try:
            entries = objects.items(address - 4)
            if not 0 < len(entries) <= MOST_SELECTED or any(
                not key & 1 or objects.memory.word(entry) != key >> 1 for key, entry in entries
            ):
                continue
            streams = _streams(objects, address - 4)
        except BadAddress:
            continue
        found = next((found for stream in streams if (found := input_of(objects, stream))), "")
        if found:
            return found
    return ""
