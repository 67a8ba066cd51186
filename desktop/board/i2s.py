"""The far end of an I2S peripheral, and what moves its sound: a buffer, from or into which goes block after block.

Nothing happens by itself: whoever looks has what went out and came in until then, counted from the start, so that times
are exact however late anybody looks. Only a transfer in the background has alarms, for its end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from .hardware import Alarm, Hardware
from .timekeeper import Timekeeper

Sample: TypeAlias = "float | tuple[float, float]"  # -1.0 to 1.0; of both channels, or (left, right)
IN_BUFFER = 8  # bytes of a frame that was received: boards read 32 bits of both channels, whatever the program wants
RECORDED = 1 << 24  # bytes that are kept for a test


@dataclass(frozen=True)
class Format:
    """What a peripheral was set to. `rate`: frames in a second, each of a sample for every channel."""

    sends: bool
    bits: int
    channels: int
    rate: int

    @property
    def frame(self) -> int:
        """Bytes of a frame, as the application has it."""
        return self.bits // 8 * self.channels


@dataclass(frozen=True)
class Buffering:
    """How a port does it.

    Args: size, bytes that the buffer takes; block, frames that go at once; least, bytes that have to be there then, or
    to receive, to be free; chunk, bytes of a step in the background, None: what there is room for.
    """

    size: int
    block: int
    least: int
    chunk: int | None


@dataclass
class Sound:
    """What went out without a gap. `at`: when it began, in us; `data`: as the application wrote it."""

    at: float
    format: Format
    data: bytearray = field(default_factory=bytearray)

    def frames(self) -> list[tuple[int, ...]]:
        """The samples of each frame: (left, right), or of mono (both,)."""
        width, channels, data = self.format.bits // 8, self.format.channels, self.data
        samples = [int.from_bytes(data[at : at + width], "little", signed=True) for at in range(0, len(data), width)]
        return [tuple(samples[at : at + channels]) for at in range(0, len(samples), channels)]

    def ends(self) -> float:
        """When the last frame has gone out, in us."""
        return self.at + len(self.data) // self.format.frame * 1e6 / self.format.rate


class I2SBus:
    """What a test has of an I2S peripheral: `sounds`, and `feed` or `sound` for what it hears. Any thread.

    `underruns`: gaps between two sounds; `lost`: frames that found the buffer full; `on_sound`: called with the time in
    us, the bytes and the Format of what goes out, in the thread of whoever looks. The rest is for the board's driver.
    """

    def __init__(self, name: str, time: Timekeeper, hardware: Hardware) -> None:
        self.name = name
        self.sound: Callable[[float], Sample] | None = None  # at so many us after the application began to listen
        self.on_sound: list[Callable[[float, bytes, Format], object]] = []
        self.format: Format | None = None
        self._time = time
        self._hardware = hardware
        self._lock = threading.RLock()
        self._heard = bytearray()
        self._sounds: list[Sound] = []
        self._recorded = 0
        self._underruns = self._lost = 0
        self._buffering = Buffering(0, 1, 1, None)
        self._buffer = bytearray()
        self._start = 0
        self._blocks = 0  # whose time has come, since then
        self._sounding = -1  # the block that would follow the last sound
        self._moving: memoryview | None = None  # what is still to be moved in the background
        self._moved: Callable[[], object] | None = None
        self._alarm: Alarm | None = None

    # For tests

    def sounds(self) -> list[Sound]:
        """What went out so far, a Sound from each gap to the next. Of more than 16 MB the first are kept."""
        with self._lock:
            self.catch_up()
            return list(self._sounds)

    def feed(self, data: bytes) -> None:
        """What is heard next, in the application's format, from when it listens; before, and after it, `sound` is."""
        with self._lock:
            self.catch_up()
            self._heard += data

    @property
    def underruns(self) -> int:
        with self._lock:
            self.catch_up()
            return self._underruns

    @property
    def lost(self) -> int:
        with self._lock:
            self.catch_up()
            return self._lost

    # For the board's driver

    def start(self, format: Format, buffering: Buffering) -> None:
        """Have the clock run from now on, with nothing in the buffer."""
        with self._lock:
            self.stop()
            self.format, self._buffering = format, buffering
            self._start = self._time.now()
            self._blocks, self._sounding = 0, -1

    def stop(self) -> None:
        """What is in the buffer now is lost."""
        with self._lock:
            self.catch_up()
            self.format = None
            self._buffer.clear()
            self._forget()

    def put(self, data: memoryview) -> int:
        """Take of `data` what there is room for; returns how many bytes."""
        with self._lock:
            self.catch_up()
            count = min(len(data), self._room())
            self._buffer += data[:count]
            return count

    def take(self, buf: memoryview) -> int:
        """Fill `buf`, which holds whole frames, with what there is; returns how many bytes."""
        with self._lock:
            self.catch_up()
            count = min(len(buf), len(self._buffer))
            buf[:count] = self._buffer[:count]
            del self._buffer[:count]
            return count

    def ready(self) -> bool:
        """Whether `put`, or `take`, would move something."""
        with self._lock:
            self.catch_up()
            return self.format is not None and (self._room() > 0 if self.format.sends else len(self._buffer) > 0)

    def due(self, count: int) -> int:
        """When so many more bytes can have been put, or taken, or the buffer is half empty or half full, if sooner."""
        with self._lock:
            self.catch_up()
            if self.format is None:
                return self._time.now()
            in_buffer = self.format.frame if self.format.sends else IN_BUFFER
            frames = min(-(-count // self.format.frame), self._buffering.size // 2 // in_buffer)
            return self._time_of(self._blocks + max(1, -(-frames // self._buffering.block)))

    def move(self, data: memoryview, moved: Callable[[], object]) -> None:
        """Put, or take, all of `data` in the background, and call `moved()` then. What is moved already is given up."""
        with self._lock:
            self.catch_up()
            self._forget()
            self._moving, self._moved = data, moved
            if self._buffering.chunk is None:
                self._move()
            self._arm()

    def halt(self) -> None:
        """Move no more in the background."""
        with self._lock:
            self.catch_up()
            self._forget()

    # Block after block

    def catch_up(self) -> None:
        """Do all that was to be done until now."""
        with self._lock:
            if self.format is None:
                return
            due = (self._time.now() - self._start) * self.format.rate // (1_000_000 * self._buffering.block)
            while self._blocks < due:
                if self._rests():
                    if not self.format.sends:
                        self._lost += (due - self._blocks) * self._buffering.block
                        del self._heard[: (due - self._blocks) * self._buffering.block * self.format.frame]
                    self._blocks = due
                    return
                self._blocks += 1
                if self.format.sends:
                    if self._buffering.chunk is not None:  # then the same interrupt does both, this first
                        self._move()
                    self._send(self.format)
                else:
                    self._receive(self.format)
                if self._buffering.chunk is None or not self.format.sends:
                    self._move()

    def _time_of(self, block: int) -> int:
        assert self.format is not None
        return self._start - -block * self._buffering.block * 1_000_000 // self.format.rate

    def _fill(self) -> int:
        """Bytes of the buffer that are in use."""
        format = self.format
        return len(self._buffer) * IN_BUFFER // format.frame if format and not format.sends else len(self._buffer)

    def _room(self) -> int:
        return self._buffering.size - self._fill()

    def _rests(self) -> bool:
        """Whether nothing changes until somebody puts or takes something."""
        if self._moving is not None:
            return False
        assert self.format is not None
        return (self._fill() if self.format.sends else self._room()) < self._buffering.least

    def _send(self, format: Format) -> None:
        if len(self._buffer) < self._buffering.least:
            return
        size = min(self._buffering.block * format.frame, len(self._buffer) // format.frame * format.frame)
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        at = self._start + self._blocks * self._buffering.block * 1e6 / format.rate
        if self._sounding != self._blocks:
            self._underruns += self._sounding >= 0
            if self._recorded < RECORDED:
                self._sounds.append(Sound(at, format))
        self._sounding = self._blocks + 1
        if self._recorded < RECORDED:
            self._sounds[-1].data += data
            self._recorded += size
        for fn in list(self.on_sound):
            fn(at, data, format)

    def _receive(self, format: Format) -> None:
        first = (self._blocks - 1) * self._buffering.block
        size = min(self._buffering.block, len(self._heard) // format.frame) * format.frame
        data = self._heard[:size]
        del self._heard[:size]
        if self._room() < self._buffering.least:
            self._lost += self._buffering.block
            return
        for number in range(first + len(data) // format.frame, first + self._buffering.block):
            data += self._frame(number, format)
        self._buffer += data

    def _frame(self, number: int, format: Format) -> bytes:
        if self.sound is None:
            return bytes(format.frame)
        value = self.sound(number * 1e6 / format.rate)
        both = value if isinstance(value, tuple) else (value, value)
        full = 1 << format.bits - 1
        numbers = [min(full - 1, max(-full, round(each * full))) for each in both[: format.channels]]
        return b"".join(each.to_bytes(format.bits // 8, "little", signed=True) for each in numbers)

    # In the background

    def _move(self) -> None:
        """One step of it."""
        moving, format = self._moving, self.format
        if moving is None or format is None:
            return
        most = self._room() if format.sends else len(self._buffer)
        if self._buffering.chunk is None:
            count = min(len(moving), most)
        else:
            chunk = self._buffering.chunk if format.sends else self._buffering.chunk * format.frame // IN_BUFFER
            count = min(len(moving), chunk)
            if count > most:
                return
        if format.sends:
            self._buffer += moving[:count]
        else:
            moving[:count] = self._buffer[:count]
            del self._buffer[:count]
        self._moving = moving[count:]
        if not self._moving:
            moved = self._moved
            self._forget()
            if moved is not None:
                moved()

    def _arm(self) -> None:
        if self._moving is not None:
            self._alarm = self._hardware.at(self._time_of(self._blocks + 1), self._rings)

    def _rings(self) -> None:
        with self._lock:
            self.catch_up()
            self._arm()

    def _forget(self) -> None:
        self._moving = self._moved = None
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
