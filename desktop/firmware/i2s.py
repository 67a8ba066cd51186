"""machine.I2S: sound that goes out, or comes in, at a steady rate, however fast the program writes or reads it.

What is at the other end is `board.i2s(id)`; the pins are taken, but have no edges. What is in the buffer of `ibuf`
bytes moves in blocks, as on a board: an RP2 and a pyboard send nothing until 128 bytes are there, and receive 128 at a
time, 8 for each frame; an ESP32 has blocks of 256 frames, of which the last one sent may be shorter.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..board.i2s import IN_BUFFER, Buffering, Format
from . import pins_of
from .modules import room, written
from .of_board import OfBoard, bound, describe
from .pin import INPUT_ONLY

if TYPE_CHECKING:
    from ..board.i2s import I2SBus
    from .world import World

READABLE, WRITABLE = 1, 4  # of ioctl(POLL)
POLL = 3
EPERM, EINVAL = 1, 22
MODES = {  # (RX, TX): the constants are numbers that differ between ports
    "rp2": (0, 1),
    "esp32": (1, 2),
    "pyboard": (0x300, 0x200),
}
PYBOARD = {"sck": ("Y6", "Y9"), "ws": ("Y5", "Y4"), "sd": ("Y8", "X22")}  # of the only one: pins of an STM32F405's I2S2
DMA = 128  # bytes of a block of an RP2's and a pyboard's
CHUNK = 512  # bytes of the buffer that they move at once in the background
ESP32_BLOCK = 256  # frames
WAYS = BLOCKING, BACKGROUND, STREAM = range(3)
ABSENT: Any = object()


class I2S(OfBoard):
    """Peripheral number `id`; the rest as `init`. There is one object for each: `I2S(0, ...) is I2S(0, ...)`."""

    MONO = 0
    STEREO = 1
    RX: ClassVar[int]
    TX: ClassVar[int]
    _made: ClassVar[dict[int, I2S]]
    _id: int
    _user: str
    _bus: I2SBus
    _handler: Callable[[I2S], object] | None = None
    _way = BLOCKING
    _shown: Mapping[str, Any] = {}  # what `init` was given

    def __new__(cls, id: Any, **settings: Any) -> I2S:
        cls._board.interrupts.refuse("make an I2S")
        number = pins_of.number_of(cls._board, "I2S", id)
        made = cls._made.get(number)
        if made is None:
            made = cls._made[number] = super().__new__(cls)
            made._id, made._user, made._bus = number, f"I2S({number})", cls._board.i2s(number)
            made._goes_on()
        return made

    def __init__(self, id: Any, **settings: Any) -> None:
        self.init(**settings)

    def init(
        self, *, sck: Any, ws: Any, sd: Any, mode: int, bits: int, format: int, rate: int, ibuf: int, mck: Any = ABSENT
    ) -> None:
        """Set it up anew. Args: sck, ws, sd, Pins; mode, RX or TX; bits, 16 or 32; format, MONO or STEREO; rate, Hz;
        ibuf, bytes of the buffer. ValueError for what can't be. A `mck` is refused, as on these boards."""
        self.deinit()
        if mck is not ABSENT:
            raise TypeError(f"I2S of a {self._board.kind.name} has no mck, and can't be given one: leave it out")
        if mode not in (self.RX, self.TX):
            raise ValueError(f"invalid mode {mode!r}: it is I2S.RX or I2S.TX")
        if bits not in (16, 32):
            raise ValueError(f"invalid bits {bits!r}: it is 16 or 32")
        if format not in (self.MONO, self.STEREO):
            raise ValueError(f"invalid format {format!r}: it is I2S.MONO or I2S.STEREO")
        if rate <= 0:
            raise ValueError(f"rate is in Hz and more than 0, not {rate!r}")
        sound = Format(mode == self.TX, bits, 2 if format == self.STEREO else 1, int(rate))
        buffering = self._buffering(sound, ibuf)
        pins = self._check_pins({"sck": sck, "ws": ws, "sd": sd}, sound.sends)
        pins_of.claim(self._board, self._user, *pins.values())
        self._way, self._handler = BLOCKING, None
        self._shown = {**pins, "mode": mode, "bits": bits, "format": format, "rate": rate, "ibuf": ibuf}
        self._bus.start(sound, buffering)

    def _buffering(self, sound: Format, ibuf: int) -> Buffering:
        if self._board.kind.platform == "esp32":
            size = ESP32_BLOCK * (sound.frame if sound.sends else IN_BUFFER)
            return Buffering(max(2, ibuf // size) * size, ESP32_BLOCK, sound.frame if sound.sends else size, None)
        if ibuf <= DMA:
            raise ValueError(f"invalid ibuf {ibuf!r}: a block has {DMA} bytes, so that it takes {DMA + 1} or more")
        sent = sound.bits // 4  # of both channels: mono is sent twice
        return Buffering(ibuf - 1, DMA // (sent if sound.sends else IN_BUFFER), DMA, CHUNK)

    def _check_pins(self, given: dict[str, Any], sends: bool) -> dict[str, str]:
        board, platform = self._board, self._board.kind.platform
        pins = {}
        for role, pin in given.items():
            if platform == "pyboard" and not hasattr(pin, "_line"):
                raise ValueError(f"{role.upper()} not a Pin type: give {role}=Pin({pin!r})")
            own = pins[role] = pins_of.name_of(board, pin)
            if platform == "pyboard" and own not in PYBOARD[role]:
                there = describe(PYBOARD[role])
                raise ValueError(f"invalid {role.upper()} pin: {self._user} can have it at {there}, not at {own}")
            if own in INPUT_ONLY and platform == "esp32" and (sends or role != "sd"):
                raise ValueError(f"invalid {role.upper()} pin: {own} of an esp32 is an input only")
        if platform == "rp2" and int(pins["ws"][2:]) != int(pins["sck"][2:]) + 1:
            raise ValueError(f"invalid ws (must be sck+1): that is the pin behind {pins['sck']}, not {pins['ws']}")
        if len(set(pins.values())) < len(pins):
            raise ValueError(f"sck, ws and sd are three pins, not {describe(pins.values())}")
        return pins

    def deinit(self) -> None:
        """Turn it off, and let the pins go. What is in the buffer is not heard any more."""
        self._bus.stop()
        pins_of.release(self._board, self._user)

    # Moving sound

    def write(self, buf: Any, *limits: int) -> int:
        """Send what is in `buf`; returns how many bytes. Blocks until all are in the buffer; with a handler (`irq`) it
        returns at once, and `buf` must stay as it is until that is called; once it was polled it takes what fits."""
        data = memoryview(written(buf, limits)).cast("B")
        self._check(sends=True)
        if self._way == BACKGROUND:
            return self._move(data)
        sent = self._bus.put(data)
        while sent < len(data) and self._way == BLOCKING:
            self._wait(len(data) - sent)
            sent += self._bus.put(data[sent:])
        return sent

    def readinto(self, buf: Any, *limits: int) -> int:
        """Fill `buf`; returns how many bytes. Blocks until it is full; with a handler (`irq`) it returns at once, and
        that is called when `buf` is full; once it was polled it takes what is there."""
        data = room(buf, limits)
        frame = self._check(sends=False).frame
        if len(data) % frame:
            raise OSError(EINVAL, f"a frame has {frame} bytes here, and a buffer of {len(data)} takes no whole number")
        if self._way == BACKGROUND:
            return self._move(data)
        count = self._bus.take(data)
        while count < len(data) and self._way == BLOCKING:
            self._wait(len(data) - count)
            count += self._bus.take(data[count:])
        return count

    def _check(self, sends: bool) -> Format:
        sound = self._bus.format
        if sound is None:
            raise OSError(EINVAL, f"{self._user} is off: call init first")
        if sound.sends != sends:
            way = "receive: mode=I2S.RX" if sends else "send: mode=I2S.TX"
            raise OSError(EPERM, f"{self._user} was set up to {way}")
        return sound

    def _wait(self, count: int) -> None:
        self._board.interrupts.refuse("wait for an I2S")
        self._world.sleep(self._bus.due(count))
        self._check(self._shown["mode"] == self.TX)

    def _move(self, data: memoryview) -> int:
        if data:
            self._check_room(len(data))
            self._bus.move(data, self._moved)
        return len(data)

    def _check_room(self, size: int) -> None:
        """That the buffer has room for one step in the background, which a board would wait for in vain."""
        sound, ibuf = self._bus.format, self._shown["ibuf"]
        if sound is None or self._board.kind.platform == "esp32":
            return
        step = min(CHUNK, size if sound.sends else -(-size // sound.frame * IN_BUFFER // DMA) * DMA)
        if ibuf <= step:
            raise ValueError(f"ibuf={ibuf} is too small: {step} bytes move at once in the background; make it larger")

    def _moved(self) -> None:
        if self._handler is not None:
            self._board.interrupts.request(self._handler, self, False, self._user)

    def irq(self, handler: Callable[[I2S], object] | None) -> None:
        """From now on `write` and `readinto` return at once, and `handler(i2s)` is called, as by micropython.schedule,
        when the whole buffer was moved. None: they block again, and what is left of that buffer is given up."""
        if handler is not None and not callable(handler):
            raise ValueError(f"invalid callback: {handler!r} can't be called")
        self._handler = handler
        self._go(BLOCKING if handler is None else BACKGROUND)

    def _go(self, way: int) -> None:
        if way != BACKGROUND:
            self._bus.halt()
        self._way = way

    # Being waited for

    def ioctl(self, request: int, arg: int = 0) -> int:
        """MicroPython's stream protocol: POLL (3). From then on `write` and `readinto` move what they can."""
        self._go(STREAM)
        if request != POLL:
            raise OSError(EINVAL, f"an I2S has no ioctl {request!r}")
        ready = 0
        for flag, sends in ((READABLE, False), (WRITABLE, True)):
            if arg & flag:
                self._check(sends)
                ready |= flag if self._bus.ready() else 0
        return ready

    def call_when_ready(self, fn: Callable[[], object] | None) -> None:
        """Have `fn` called, in any thread, when it may have become readable or writable."""
        if fn is not None and self._bus.format is not None and not self._bus.ready():
            self._board.at(self._bus.due(1), fn)

    @staticmethod
    def shift(*, buf: Any, bits: int, shift: int) -> None:
        """Shift each sample in `buf`, of 16 or 32 bits, to the left, or to the right if `shift` is negative."""
        if bits not in (16, 32):
            raise ValueError(f"invalid bits {bits!r}: it is 16 or 32")
        data = memoryview(buf).cast("B")
        whole = data[: len(data) // (bits // 8) * (bits // 8)]
        samples = array("h" if bits == 16 else "i", bytes(whole))
        if sys.byteorder == "big":
            samples.byteswap()
        top = 1 << bits - 1
        shifted = (((each << shift if shift >= 0 else each >> -shift) + top) % (2 * top) - top for each in samples)
        made = array(samples.typecode, shifted)
        if sys.byteorder == "big":
            made.byteswap()
        whole[:] = made.tobytes()

    def __repr__(self) -> str:
        lines = ("sck",), ("ws",), ("sd",), ("mode",), ("bits", "format"), ("rate", "ibuf")
        shown = [", ".join(f"{name}={self._shown.get(name)}" for name in line) for line in lines]
        return ",\n".join([f"I2S(id={self._id}", *shown]) + ")"


def i2s_class(world: World) -> type[I2S]:
    """The I2S of `world`'s application."""
    receives, sends = MODES[world.board.kind.platform]
    return bound(I2S, world, "machine", RX=receives, TX=sends, _made={})
