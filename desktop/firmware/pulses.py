"""machine.time_pulse_us, which measures a pulse on a pin, and machine.bitstream, which sends bits on one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..board import Wakeable
from . import pins_of

if TYPE_CHECKING:
    from .world import World


class Edges:
    """The edges of a line while it is entered, for one thread that waits for them. The line is watched meanwhile."""

    def __init__(self, world: World, line: Any) -> None:
        self._world = world
        self._line = line
        self._seen: deque[tuple[int, int]] = deque()
        self._bell = Wakeable()

    def __enter__(self) -> Edges:
        self._line.watch(self._edge)
        return self

    def __exit__(self, *exc: object) -> None:
        self._line.unwatch(self._edge)

    def _edge(self, level: int, when: int) -> None:
        self._seen.append((level, when))
        self._bell.notify()

    def wait_for(self, level: int, until: int) -> int | None:
        """When the line next went to `level`; None if that is not before `until`."""
        while True:
            self._bell.take()
            while self._seen:
                found, when = self._seen.popleft()
                if when > until:
                    return None
                if found == level:
                    return when
            if self._world.time.now() >= until:
                return None
            self._world.sleep(until, self._bell, soft=False)


def time_pulse_us_of(world: World) -> Callable[..., int]:
    """`time_pulse_us` for the application of one board."""

    def time_pulse_us(pin: Any, pulse_level: int, timeout_us: int = 1_000_000) -> int:
        """How long the pulse of that level is: the one that is there, or else the next.

        -2 if none begins within the timeout, -1 if it does not end within it. Blocks.
        """
        world.board.interrupts.refuse("wait for a pulse")
        line = world.board.line(pins_of.name_of(world.board, pin))
        level = 1 if pulse_level else 0
        with Edges(world, line) as edges:
            start: int | None = world.time.now()
            assert start is not None
            if line.level() != level:
                start = edges.wait_for(level, start + timeout_us)
                if start is None:
                    return -2
            end = edges.wait_for(1 - level, start + timeout_us)
            return -1 if end is None else end - start

    return time_pulse_us


def bitstream_of(world: World) -> Callable[..., None]:
    """`bitstream` for the application of one board."""

    def bitstream(pin: Any, encoding: int, timing: Any, data: Any) -> None:
        """Take the time that the bits take; they reach what reads pulses, as a strip of LEDs does. There are no edges.

        Args: encoding, 0; timing, (high of a 0, low of it, high of a 1, low of it) in ns; data, bytes.
        """
        if encoding != 0:
            raise ValueError(f"encoding is 0, high-low pulse duration modulation, not {encoding!r}")
        if len(timing) != 4:
            raise ValueError(f"timing is a tuple of 4 times in ns, not {timing!r}")
        line = world.board.line(pins_of.name_of(world.board, pin))
        bits = 8 * len(data)
        ones = bin(int.from_bytes(bytes(data), "big")).count("1")
        began = world.time.now()
        world.time.spend(((bits - ones) * (timing[0] + timing[1]) + ones * (timing[2] + timing[3])) // 1000)
        hearing = [other.on_pulses for other in line.joined() if other.on_pulses is not None]
        if bits and hearing and line.outputs() is not None:
            pair = (timing[0], timing[1]), (timing[2], timing[3])
            pulses = [pair[byte >> bit & 1] for byte in bytes(data) for bit in range(7, -1, -1)]
            for hear in hearing:
                hear(pulses, began, world.time.now())

    return bitstream
