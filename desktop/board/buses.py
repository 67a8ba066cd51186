"""The buses of a simulated board, and what is plugged into them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from .hardware import Hardware
from .line import Line
from .timekeeper import Timekeeper


class Nak(Exception):
    """Raised by an I2C device that does not acknowledge what it was sent, its address included."""


class I2CDevice(Protocol):
    """A chip on an I2C bus. Called in the thread of the program that talks to it; by two cores as it comes."""

    def write(self, data: bytes, stop: bool) -> None:
        """The master has written `data`; `stop`: and has let the bus go. Nak if it isn't taken."""

    def read(self, count: int, stop: bool) -> bytes:
        """The `count` bytes that the master reads. Nak if the chip is busy."""


class SPIDevice(Protocol):
    """A chip on an SPI bus, while its chip select is low. One that is to be reached by SoftSPI on an emulated board,
    where the program makes each bit, has `offer() -> int` too: the byte that it gives to the next `exchange`.
    """

    def exchange(self, data: bytes) -> bytes:
        """As many bytes as it is sent. It does not wait: nothing on the bus could hold the clock."""


class NoDevice(LookupError):
    """Nothing answers on a bus at an address; the text names both, and what there is."""


class Beyond(Protocol):
    """What a bus leads to besides the devices that are plugged into it: a real one, with any devices on it."""

    def write(self, address: int, data: bytes, stop: bool) -> None:
        """As of an I2CDevice. NoDevice too."""

    def read(self, address: int, count: int, stop: bool) -> bytes:
        """Likewise."""

    def scan(self) -> list[int]:
        """The addresses that acknowledge."""


class I2CBus:
    """Devices by address. Any thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.beyond: Beyond | None = None
        self._devices: dict[int, I2CDevice] = {}
        self._lock = threading.RLock()

    def attach(self, address: int, device: I2CDevice) -> None:
        """Plug `device` in at the 7-bit `address`. ValueError if that is none, or is taken."""
        if not 0x08 <= address <= 0x77:
            raise ValueError(f"an I2C address is 0x08 to 0x77, not {address:#x}")
        with self._lock:
            if address in self._devices:
                raise ValueError(f"{self.name} has a device at {address:#x} already")
            self._devices[address] = device

    def detach(self, address: int) -> None:
        """Pull it out; another may be plugged in. ValueError if there is none."""
        with self._lock:
            if self._devices.pop(address, None) is None:
                raise ValueError(f"{self.name} has no device at {address:#x}")

    def join(self, other: I2CBus) -> None:
        """Wire it to another board's bus: each has the devices of both. ValueError if two have the same address."""
        with self._lock, other._lock:
            if self._devices is other._devices:
                return
            both = sorted(self._devices.keys() & other._devices.keys())
            if both:
                raise ValueError(f"{self.name} and {other.name} have each a device at {', '.join(map(hex, both))}")
            self._devices.update(other._devices)
            other._devices, other._lock = self._devices, self._lock

    def has(self, address: int) -> bool:
        """Whether a device is plugged in there, which may not answer just now."""
        return address in self._devices

    def scan(self) -> list[int]:
        """The addresses that acknowledge, in order."""
        with self._lock:
            devices = sorted(self._devices.items(), key=lambda item: item[0])
        found = []
        for address, device in devices:
            try:
                device.write(b"", True)
            except Nak:
                continue
            found.append(address)
        if self.beyond is not None:
            found = sorted({*found, *self.beyond.scan()} - {address for address, _ in devices if address not in found})
        return found

    def write(self, address: int, data: bytes, stop: bool = True) -> None:
        """Raises NoDevice, and Nak if it does not take the data."""
        if self.beyond is not None and address not in self._devices:
            self.beyond.write(address, data, stop)
        else:
            self._at(address).write(data, stop)

    def read(self, address: int, count: int, stop: bool = True) -> bytes:
        """Raises NoDevice, and Nak if it is busy. What a device leaves out reads as 0xff, the bus at rest."""
        if self.beyond is not None and address not in self._devices:
            return self.beyond.read(address, count, stop)
        return self._at(address).read(count, stop)[:count].ljust(count, b"\xff")

    def _at(self, address: int) -> I2CDevice:
        with self._lock:  # and not for the transfer: a device may sleep in it, for the board's time to pass
            device = self._devices.get(address)
            if device is not None:
                return device
            there = ", ".join(f"{other:#x}" for other in sorted(self._devices)) or "nothing"
            raise NoDevice(f"nothing answers at {address:#x} on {self.name}: there is {there}")


class SPIBus:
    """Devices, each with the line of its chip select, which is low while it is meant. Any thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.clocked = 0  # bytes so far, whoever was selected
        self._devices: list[tuple[Line | None, SPIDevice]] = []
        self._lock = threading.RLock()

    def attach(self, device: SPIDevice, select: Line | None = None) -> None:
        """Plug `device` in, meant while `select` is low; None: always."""
        with self._lock:
            self._devices.append((select, device))

    def detach(self, device: SPIDevice) -> None:
        """Pull it out. ValueError if it isn't there."""
        with self._lock:
            there = [other for _, other in self._devices]
            if device not in there:
                raise ValueError(f"{self.name} has no such device")
            del self._devices[there.index(device)]

    def exchange(self, data: bytes) -> bytes:
        """What is read while `data` is written: 0xff where no device is selected."""
        self.clocked += len(data)
        device = self._selected()
        return b"\xff" * len(data) if device is None else device.exchange(data)

    def offer(self) -> int:
        """The byte that is going to be read, if the device knows it before it is sent one; else 0xff."""
        offer: Callable[[], int] | None = getattr(self._selected(), "offer", None)
        return 0xFF if offer is None else offer()

    def _selected(self) -> SPIDevice | None:
        with self._lock:
            devices = list(self._devices)
        return next((device for select, device in devices if select is None or not select.level()), None)


class SerialPort:
    """The far end of a UART: `feed` sends to the board, at the speed of the line; `on_byte` hears what the board sends.

    Any thread. The board's side is `received`, `readable` and `transmit`.
    """

    def __init__(self, name: str, time: Timekeeper, hardware: Hardware) -> None:
        self.name = name
        self.baudrate = 115_200
        self.frame_bits = 10
        self.rx_size = 256  # what the board's driver buffers; more is lost, as on a board
        self.lost = 0
        self.rx: Line | None = None  # where the board's driver put it, so that it can be wired to another
        self.tx: Line | None = None
        self.received: deque[int] = deque()
        self.on_byte: list[Callable[[int], object]] = []  # called in the hardware's thread when the byte has gone out
        self.on_received: Callable[[], object] | None = None  # the board's driver, likewise
        self.on_idle: Callable[[], object] | None = None  # the line fell silent for a character's time
        self._time = time
        self._hardware = hardware
        self._in_free = 0  # when the line to the board is free again
        self._out_free = 0
        self._lock = threading.Lock()

    def byte_time(self) -> float:
        """Microseconds that a byte takes."""
        return 1e6 * self.frame_bits / self.baudrate

    def feed(self, data: bytes) -> int:
        """Send `data` to the board, behind what is under way. Returns when the last byte will be there."""
        with self._lock:
            start = max(self._time.now(), self._in_free)
            for number, byte in enumerate(data, 1):
                when = start + round(number * self.byte_time())
                self._hardware.at(when, self._arrive, byte)
                self._in_free = when
            return self._in_free

    def _arrive(self, byte: int) -> None:
        if len(self.received) >= self.rx_size:
            self.lost += 1
        else:
            self.received.append(byte)
        if self.on_received is not None:
            self.on_received()
        if self.on_idle is not None and self._in_free <= self._time.now():
            self._hardware.at(self._time.now() + round(self.byte_time()), self._idle, self._in_free)

    def _idle(self, since: int) -> None:
        if self._in_free == since and self.on_idle is not None:
            self.on_idle()

    def transmit(self, data: bytes) -> int:
        """The board sends `data`. Returns when the last byte will have gone out."""
        with self._lock:
            start = max(self._time.now(), self._out_free)
            for number, byte in enumerate(data, 1):
                when = start + round(number * self.byte_time())
                self._hardware.at(when, self._gone, byte)
                self._out_free = when
            return self._out_free

    def busy_until(self) -> int:
        """When the last byte that the board sends will have gone out."""
        return self._out_free

    def _gone(self, byte: int) -> None:
        for fn in self.on_byte:
            fn(byte)
        if self.tx is not None:
            for line in self.tx.joined():
                for port in line.hears:
                    port._arrive(_heard(byte, self.byte_time() / self.frame_bits, port.byte_time() / port.frame_bits))

    def place(self, tx: Line | None, rx: Line | None) -> None:
        """The board's driver has these pins. What is wired to `tx` and is the RX of a UART receives what it sends."""
        if self.rx is not None and self in self.rx.hears:
            self.rx.hears.remove(self)
        self.tx, self.rx = tx, rx
        if rx is not None:
            rx.hears.append(self)

    def silence(self) -> None:
        """The board's driver is off: nothing is received until it is on again; what is under way is lost."""
        self.place(None, None)
        self.on_received = self.on_idle = None
        self.received.clear()

    def cross(self, other: SerialPort) -> None:
        """Wire two UARTs to each other, or one to itself."""
        self.on_byte.append(lambda byte: other._arrive(byte))
        if other is not self:
            other.on_byte.append(lambda byte: self._arrive(byte))


def _heard(byte: int, sent: float, heard: float) -> int:
    """What a receiver makes of `byte` that samples a bit each `heard` us, when one lasts `sent` us."""
    if abs(sent - heard) < 0.04 * sent:  # UARTs put up with so much: they synchronise with each start bit
        return byte
    frame = byte << 1 | -1 << 9  # the start bit is low; behind the last bit the line is at rest, high
    return sum((frame >> int((bit + 1.5) * heard / sent) & 1) << bit for bit in range(8))
