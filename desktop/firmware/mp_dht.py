"""`dht`: DHT11 and DHT22, the sensors on one wire, and `machine.dht_readinto`, which asks one for its bytes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from . import pins_of
from .modules import module
from .pulses import Edges
from .runtime import os_error

if TYPE_CHECKING:
    from .world import World

ETIMEDOUT = 110
BEFORE, START = 250_000, 18_000  # us: for the sensor to be ready; held low, to ask it
ANSWERS_WITHIN, HELD_WITHIN, BIT_WITHIN = 100, 300, 200
IS_ONE = 48  # us of a bit's high from which on it is a 1


def readinto_of(world: World) -> Callable[..., None]:
    """`dht_readinto` for the application of one board."""

    def dht_readinto(pin: Any, buf: Any) -> None:
        """Put the five bytes of the sensor at `pin` into `buf`. OSError ETIMEDOUT if it does not answer. Blocks."""
        world.board.interrupts.refuse("wait for a sensor")
        line = world.board.line(pins_of.name_of(world.board, pin))
        line.output(None)
        world.sleep_us(BEFORE)
        line.output(0)
        world.sleep_us(START)
        with Edges(world, line) as edges:
            line.output(None)
            data = _listen(world, edges) if world.time.virtual else _answer(world, line)
        if data is None:
            raise os_error(ETIMEDOUT)
        buf[:5] = data

    return dht_readinto


def _listen(world: World, edges: Edges) -> bytes | None:
    now = world.time.now()
    held = edges.wait_for(0, now + ANSWERS_WITHIN)
    if held is None or edges.wait_for(1, held + HELD_WITHIN) is None:
        return None
    bits = 0
    when = edges.wait_for(0, held + HELD_WITHIN)
    for _ in range(40):
        rise = None if when is None else edges.wait_for(1, when + BIT_WITHIN)
        when = None if rise is None else edges.wait_for(0, rise + BIT_WITHIN)
        if rise is None or when is None:
            return None
        bits = bits << 1 | (when - rise > IS_ONE)
    return bits.to_bytes(5, "big")


def _answer(world: World, line: Any) -> bytes | None:
    """In real time: a desktop's threads do not come to 20 us, so the answer of the simulated sensor is had whole."""
    from ..chips.dht import DHT22

    for device in world.board.devices:
        if isinstance(device, DHT22) and device.line in line.joined() and not device.silent:
            return device.answer()
    return None


class DHTBase:
    """A sensor at a Pin: `measure` asks it."""

    _readinto: ClassVar[Callable[..., None]]

    def __init__(self, pin: Any) -> None:
        self.pin = pin
        self.buf = bytearray(5)

    def measure(self) -> None:
        """OSError ETIMEDOUT if there is no answer; Exception if the checksum is wrong."""
        self._readinto(self.pin, self.buf)
        if sum(self.buf[:4]) & 0xFF != self.buf[4]:
            raise Exception("checksum error")


class DHT11(DHTBase):
    """Whole degrees and percents."""

    def humidity(self) -> int:
        return self.buf[0]

    def temperature(self) -> int:
        return self.buf[2]


class DHT22(DHTBase):
    """Tenths of them."""

    def humidity(self) -> float:
        return (self.buf[0] << 8 | self.buf[1]) * 0.1

    def temperature(self) -> float:
        tenths = ((self.buf[2] & 0x7F) << 8 | self.buf[3]) * 0.1
        return -tenths if self.buf[2] & 0x80 else tenths


def make(world: World) -> ModuleType:
    """`dht` for the application of one board."""
    asks = {"_readinto": staticmethod(readinto_of(world))}
    return module("dht", **{kind.__name__: type(kind.__name__, (kind,), asks) for kind in (DHTBase, DHT11, DHT22)})
