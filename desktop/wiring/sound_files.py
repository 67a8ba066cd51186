"""WAV files at a simulated board's I2S: one that plays what the board sends, one that the board hears."""

from __future__ import annotations

import threading
import wave
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from ..board.i2s import Format, I2SBus, Sample


class Recording:
    """A file of what `bus` sends, from its first sound to its last, with silence between them.

    What has another format than what came before goes to a file of its own, out-2.wav after out.wav. Args: tell, called
    with a line if a file can't be written: then no more is.
    """

    def __init__(self, bus: I2SBus, path: Path, tell: Callable[[str], object]) -> None:
        self._bus = bus
        self._path = path
        self._tell = tell
        self._lock = threading.Lock()
        self._format: Format | None = None
        self._file: wave.Wave_write | None = None
        self._stream: IO[bytes] | None = None  # which it is written to
        self._files = 0
        self._begin = 0.0  # us: of the file
        self._frames = 0  # in it so far
        bus.on_sound.append(self._hear)

    def _hear(self, at: float, data: bytes, format: Format) -> None:
        with self._lock:
            try:
                self._write(at, data, format)
            except OSError as error:
                self._bus.on_sound.remove(self._hear)
                self._tell(f"{self._bus.name}: cannot write {self._path}: {error.strerror}\n")

    def _write(self, at: float, data: bytes, format: Format) -> None:
        if self._file is None or format != self._format:
            self._end()
            self._files += 1
            name = self._path.name if self._files == 1 else f"{self._path.stem}-{self._files}{self._path.suffix}"
            self._stream = self._path.with_name(name).open("wb")
            self._file = wave.open(self._stream, "wb")
            self._file.setnchannels(format.channels)
            self._file.setsampwidth(format.bits // 8)
            self._file.setframerate(format.rate)
            self._format, self._begin, self._frames = format, at, 0
        gap = round((at - self._begin) * format.rate / 1e6) - self._frames
        if gap > 0:
            self._file.writeframesraw(bytes(gap * format.frame))
        self._file.writeframesraw(data)
        self._frames += max(gap, 0) + len(data) // format.frame

    def _end(self) -> None:
        if self._file is not None and self._stream is not None:
            self._file.close()
            self._stream.close()
            self._file = None

    def close(self) -> None:
        """Behind the end of the application, which has turned its I2S off."""
        self._bus.catch_up()
        with self._lock:
            self._end()


def heard(path: Path, again: bool = False) -> Callable[[float], Sample]:
    """The sound of a WAV file, for I2SBus.sound: each frame at its time, then silence; `again`: then from its start.

    ValueError if it is no WAV file of whole numbers, or has no sound; OSError.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate, count = file.getparams()[:4]
            data = file.readframes(count)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path.name} is no WAV file that can be read: {str(error) or 'it ends too early'}") from None
    samples = _samples(data, width)
    count = len(samples) // channels
    if not count:
        raise ValueError(f"{path.name} has no sound in it")

    def at(us: float) -> Sample:
        number = round(us * rate / 1e6)
        if again:
            number %= count
        elif number >= count:
            return 0.0
        return (samples[number * channels], samples[number * channels + channels - 1])

    return at


def _samples(data: bytes, width: int) -> array[float]:
    """Each from -1.0 to 1.0."""
    if width == 1:  # which have no sign
        return array("d", [(byte - 128) / 128 for byte in data])
    full = 1 << 8 * width - 1
    starts = range(0, len(data) // width * width, width)
    return array("d", [int.from_bytes(data[at : at + width], "little", signed=True) / full for at in starts])
