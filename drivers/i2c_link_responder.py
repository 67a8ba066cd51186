"""Responder: the end of an I2C link that is the bus's master, for any board that has I2C. See i2c_link.py."""

from ..core.deadline import wait_for_ms
from ..core.sleep import sleep_ms
from .i2c_link import BREAK, Channel

DOWN_MS = 1  # upstream's Initiator has to see that this end's wire is down before it is up for what comes next


class Responder(Channel):
    """Args: i2c, a `machine.I2C` or SoftI2C; pin, to which the Initiator's `pin` leads, and pinack, likewise, both
    machine.Pin; verbose, print what happens. TypeError for others, ValueError for bad settings.

    `addr` is the Initiator's address. If the link is up and the Initiator begins no exchange for BREAK times `timeout`,
    it is taken to be gone. See Channel for the rest.
    """

    addr = 0x12

    def __init__(self, i2c, pin, pinack, verbose=True):
        if not hasattr(i2c, "readfrom_into"):
            raise TypeError("a Responder is the master of its bus: give it a machine.I2C, not " + repr(i2c))
        Channel.__init__(self, i2c, pinack, pin, verbose)

    async def _begin(self):
        await self._break()
        await self._wires.follow()

    async def _exchange_when_due(self):
        await wait_for_ms(self._wires.rise(), BREAK * self.timeout if self.synchronised else None)
        await self._limited(self._exchange())

    async def _exchange(self):
        await self._get(self._got)
        count = self._announced()
        if count:
            await self._wires.rise()
            await self._get(self._view[:count])
            self._receive(count)
        await sleep_ms(DOWN_MS)
        self._prepare()
        await self._give(self._header)
        if self._payload:
            await self._give(self._payload)
            self._sent()

    async def _get(self, buf):
        await self._patient(self._read, buf)
        self._wires.put(1)
        await self._wires.low()
        self._wires.put(0)

    async def _give(self, buf):
        self._wires.put(1)
        await self._wires.rise()
        await self._patient(self._write, buf)
        await self._wires.follow()

    def _read(self, buf):
        self._i2c.readfrom_into(self.addr, buf)

    def _write(self, buf):
        self._i2c.writeto(self.addr, buf)
