"""The devices on an I2C adapter of this machine, as /dev/i2c-1, on a bus of a simulated board. Real time only.

Simulated chips on that bus have the first word at their addresses. The adapter has its own speed, which the kernel
knows and the board's `freq` does not change.
"""

from __future__ import annotations

import errno
import importlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..board.buses import Nak, NoDevice

if TYPE_CHECKING:
    from ..board.buses import I2CBus

NOBODY = (errno.ENXIO, errno.EREMOTEIO)  # what drivers say when nothing acknowledges
# Addresses of EEPROMs, some of which take an empty write for one of data: they are read from, as i2cdetect does.
READ_PROBED = (*range(0x30, 0x38), *range(0x50, 0x60))


class Adapter:
    """What is on `device` is on `bus` too. ImportError without smbus2; OSError, which `explained` explains."""

    def __init__(self, bus: I2CBus, device: str) -> None:
        smbus2 = importlib.import_module("smbus2")
        self._message: Any = smbus2.i2c_msg
        self.name = device
        self._lock = threading.Lock()
        self._held: list[Any] = []  # written without a stop: goes with what comes next, as the kernel needs it at once
        self._adapter: Any = smbus2.SMBus(device)
        if not self._adapter.funcs & smbus2.I2cFunc.I2C:
            self._adapter.close()
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        self._bus = bus
        bus.beyond = self

    def state(self) -> dict[str, str]:
        return {"at": self.name}

    def write(self, address: int, data: bytes, stop: bool) -> None:
        """As of an I2CDevice. NoDevice if it isn't acknowledged, OSError for what else went wrong."""
        if not data:
            self._probe(address)
            return
        with self._lock:
            self._held.append(self._message.write(address, data))
            if stop:
                self._transfer()

    def read(self, address: int, count: int, stop: bool) -> bytes:
        """As of an I2CDevice. Without a stop there is one all the same: the kernel gives the bus back each time."""
        with self._lock:
            message = self._message.read(address, count)
            self._held.append(message)
            self._transfer()
            return bytes(message)

    def _transfer(self) -> None:
        messages, self._held = self._held, []
        try:
            self._adapter.i2c_rdwr(*messages)
        except OSError as error:
            if error.errno in NOBODY:
                raise NoDevice(f"nothing acknowledges at {messages[-1].addr:#x} on {self.name}") from None
            raise

    def _probe(self, address: int) -> None:
        with self._lock:
            try:
                if address in READ_PROBED:
                    self._adapter.read_byte(address)
                else:
                    self._adapter.write_quick(address)
            except OSError as error:
                if error.errno != errno.EBUSY:  # the kernel has a driver for it: it is there
                    raise Nak from None

    def scan(self) -> list[int]:
        """The addresses that acknowledge, in order."""
        found = []
        for address in range(0x08, 0x78):
            try:
                self._probe(address)
            except Nak:
                continue
            found.append(address)
        return found

    def close(self) -> None:
        if self._bus.beyond is self:
            self._bus.beyond = None
            self._adapter.close()


def explained(error: OSError, device: str) -> str:
    """What a person can do about an error of `Adapter`."""
    if error.errno == errno.ENOENT:
        there = ", ".join(sorted(str(path) for path in Path("/dev").glob("i2c-*"))) or "none (the module i2c-dev?)"
        return f"there is no {device}: of I2C adapters there is {there}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"no permission for {device}: be in the group that has it (ls -l {device})"
    if error.errno in (errno.ENODEV, errno.ENOTTY, errno.EINVAL):
        return f"{device} is no I2C adapter"
    if error.errno == errno.EOPNOTSUPP:
        return f"{device} does SMBus only, and a board's I2C needs all of I2C"
    return f"{device}: {error}"
