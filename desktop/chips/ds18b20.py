"""DS18B20, a thermometer of Maxim on a 1-Wire bus; any number may share the wire.

From its data sheet: a low of 480 us is a reset, to which each answers with a low of 120 us. Each bit then begins with a
fall that the host makes: it holds the wire low for less than 15 us to write a 1 or to read, for 60 us to write a 0; who
sends a 0 holds the wire low for longer. All numbers come with their lowest bit first.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import count

from twincore.desktop.board import Board

from .chip import Measured, SharedPin
from .wire_sensor import WireSensor

RESET_US, PRESENCE_AFTER, PRESENCE_US, SAMPLE_US = 480, 30, 120, 30
FAMILY = 0x28
READ_ROM, MATCH_ROM, SKIP_ROM, SEARCH_ROM, ALARM_SEARCH = 0x33, 0x55, 0xCC, 0xF0, 0xEC
CONVERT, WRITE, READ, COPY, RECALL, POWER = 0x44, 0x4E, 0xBE, 0x48, 0xB8, 0xB4
POWER_ON = 85 * 16  # what it says before it has measured
CONVERSION_US = 750_000  # at 12 bits; a half of that for each bit less
HEARS, BUSY = -1, -2  # what it does in the next slot; or it sends that bit

Talk = Generator[int, int, None]


def crc8(data: Iterable[int]) -> int:
    """The checksum of what these chips send: x^8 + x^5 + x^4 + 1."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


class DS18B20(WireSensor):
    """The thermometer at `pin`, and a resistor of the wire to the supply. `temperature`, in Celsius, is a number or a
    function of the board's time in us; `serial` is of 48 bits, no two chips have the same; 0: the next that is free.

    `silent` may be set: it does not answer; and `corrupt`: its checksums are wrong. In real time no slot could be made
    so exactly: there the board's driver calls `reset`, `hear` and `say`, and there are no edges. Raises
    ValueError for a pin that isn't there, or a serial number that another has.
    """

    def __init__(
        self, board: Board, pin: SharedPin, *, temperature: Measured = 20.0, serial: int = 0
    ) -> None:
        if not 0 <= serial < 1 << 48:
            raise ValueError(f"serial has 48 bits, unlike {serial!r}")
        taken = {device.serial for device in board.devices if isinstance(device, DS18B20)}
        if serial in taken:
            raise ValueError(f"another DS18B20 of this board has the serial number {serial:#x}")
        self.serial: int = serial or next(number for number in count(1) if number not in taken)
        self.rom = bytes((FAMILY,)) + self.serial.to_bytes(6, "little")
        self.rom += bytes((crc8(self.rom),))
        self.corrupt = False
        self._raw = POWER_ON
        self._measured = False
        self._pending: int | None = None  # measured, once it is ready
        self._ready = 0
        self._settings = bytearray(b"\x4b\x46\x7f")  # alarms above and below; 12 bits
        self._kept = bytes(self._settings)
        self._talk: Talk | None = None  # since the last reset; None: it is not meant, or has said all
        self._next = HEARS
        self._fell = 0
        self._deaf_until = 0  # presence pulses are no bits
        super().__init__(board, pin, temperature, f"DS18B20 {self.serial}")

    def state(self) -> dict[str, str]:
        return {self.line.name: "silent" if self.silent else f"{self.temperature:.1f} degrees"}

    def reset(self) -> bool:
        """The host resets the bus. Whether this chip shows its presence."""
        self._talk = None
        if not self.silent:
            self._talk = self._conversation()
            self._next = next(self._talk)
        return not self.silent

    def hear(self, bit: int) -> None:
        """The host writes a bit."""
        if self._talk is not None:
            self._step(bit)

    def say(self) -> int:
        """The host reads a bit: 0 if this chip holds the wire low, else 1."""
        if self._talk is None or self._next == HEARS:
            self.hear(1)  # a read slot looks like that
            return 1
        bit = self._bit()
        self._step(bit)
        return bit

    def _bit(self) -> int:
        return int(self.board.time.now() >= self._ready) if self._next == BUSY else self._next

    def _step(self, bit: int) -> None:
        assert self._talk is not None
        try:
            self._next = self._talk.send(bit)
        except StopIteration:
            self._talk = None

    def _edge(self, level: int, when: int) -> None:
        if not self.board.time.virtual:
            return
        if not level:
            self._fell = when
            if self._talk is not None and self._next != HEARS and when >= self._deaf_until and not self._bit():
                self._hold(when, SAMPLE_US)
        elif when - self._fell >= RESET_US:
            if self.reset():
                self._at(when + PRESENCE_AFTER, lambda: self._hold(when + PRESENCE_AFTER, PRESENCE_US))
                self._deaf_until = when + RESET_US // 2
        elif self._talk is not None and when >= self._deaf_until:
            self._step(int(when - self._fell < SAMPLE_US) if self._next == HEARS else self._bit())

    def _hold(self, since: int, us: int) -> None:
        self.line.drive(0, by=self._by)
        self._at(since + us, lambda: self.line.drive(None, by=self._by))

    def _conversation(self) -> Talk:
        command = yield from _heard()
        bits = [byte >> bit & 1 for byte in self.rom for bit in range(8)]
        if command == SEARCH_ROM or (command == ALARM_SEARCH and self._alarms()):
            for bit in bits:
                yield bit
                yield 1 - bit
                if (yield HEARS) != bit:
                    return
        elif command == MATCH_ROM:
            for bit in bits:
                if (yield HEARS) != bit:
                    return
        elif command == READ_ROM:
            yield from _said(self.rom)
        elif command != SKIP_ROM:
            return
        yield from self._function((yield from _heard()))

    def _function(self, command: int) -> Talk:
        if command == CONVERT:
            self._take()
            step = 12 - self._bits()
            sixteenths = round(min(125.0, max(-55.0, self.temperature)) * 16)
            self._pending = sixteenths >> step << step
            self._ready = self.board.time.now() + (CONVERSION_US >> step)
            while True:
                yield BUSY
        elif command == READ:
            self._take()
            data = (self._raw & 0xFFFF).to_bytes(2, "little") + self._settings + b"\xff\x0c\x10"
            yield from _said(data + bytes((crc8(data) ^ (0xFF if self.corrupt else 0),)))
        elif command == WRITE:
            for index in range(3):
                self._settings[index] = yield from _heard()
            self._settings[2] = self._settings[2] & 0x60 | 0x1F
        elif command == COPY:
            self._kept = bytes(self._settings)
        elif command == RECALL:
            self._settings[:] = self._kept
        elif command == POWER:
            yield 1  # it has a supply of its own

    def _alarms(self) -> bool:
        """Whether the temperature measured last, without its fraction, is at one of its limits or beyond it."""
        self._take()
        above, below = (limit - 256 * (limit > 127) for limit in self._settings[:2])
        return self._measured and not below < self._raw >> 4 < above

    def _bits(self) -> int:
        return 9 + (self._settings[2] >> 5 & 3)

    def _take(self) -> None:
        if self._pending is not None and self.board.time.now() >= self._ready:
            self._raw, self._pending = self._pending, None
            self._measured = True


def _heard() -> Generator[int, int, int]:
    byte = 0
    for bit in range(8):
        byte |= (yield HEARS) << bit
    return byte


def _said(data: bytes) -> Talk:
    for byte in data:
        for bit in range(8):
            yield byte >> bit & 1
