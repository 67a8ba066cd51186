"""NECTransmitter: sends what an NEC remote control sends, by a light-emitting diode at a pin.

    transmitter = NECTransmitter(PWM(Pin(2), freq=38000, duty_u16=0), Worker())
    await transmitter.send(0x59, 0x16)

A worker thread, or the second core, switches the carrier: no task of the loop is late for it, nor it for them.
"""

from ..core.context import get_event_loop
from ..core.errors import TimeoutError
from ..core.lock import Lock
from ..core.native import MICROPYTHON
from ..core.sleep import sleep_ms
from ..core.times import UNITS_PER_MS
from ..threadsafe.event import ThreadSafeEvent
from .arguments import check_time, check_worker
from .home import check_home
from .nec_times import EVERY_MS, encode, repeat

if MICROPYTHON:
    from time import sleep_us, ticks_add, ticks_diff, ticks_us

THIRD = 21845  # of the carrier's period the light is on, as remote controls have it


class NECTransmitter:
    """Sends codes on `output`, one after another, 108 ms from beginning to beginning or more.

    Args: output, a machine.PWM, set up with the frequency of the carrier, 38 kHz as a rule, and a duty of 0; or a
    machine.Pin, an output, where something else makes the carrier; worker, an offload.Worker, which it may share: each
    code occupies it for up to 77 ms; mark, the level of a Pin while there is to be light. On RP2 the worker is core 1.
    TypeError for an output that is neither, and for what is no worker.

    All of it is for tasks of the loop in which it was made. A code of which the sender is cancelled goes to its end.
    """

    def __init__(self, output, worker, mark=1):
        if not (hasattr(output, "duty_u16") or callable(output)):
            raise TypeError("an output is a machine.PWM or a machine.Pin, not " + repr(output))
        check_worker(worker)
        if mark not in (0, 1):
            raise ValueError("mark is the level 0 or 1, not " + repr(mark))
        self.sent = 0  # codes, repeats included
        self._switch = getattr(output, "duty_u16", output)
        self._levels = (THIRD, 0) if hasattr(output, "duty_u16") else (mark, 1 - mark)  # of marks and spaces
        self._worker = worker
        self._lock = Lock()
        self._loop = get_event_loop()
        self._clock = self._loop.clock
        self._free = self._clock.now()  # when the next may begin
        self._never = None if MICROPYTHON else ThreadSafeEvent()
        self._switch(self._levels[1])

    async def send(self, address, data, extended=None):
        """Send a code: address, 0 to 0xff, or to 0xffff in the extended format, which `extended` may ask for or refuse;
        data, 0 to 0xff. Returns when it is sent. ValueError naming the range.
        """
        await self.hold(address, data, 0, extended)

    async def hold(self, address, data, ms, extended=None):
        """A key held for `ms`: its code, and as many repeats as begin in that time."""
        check_home(self._loop, "this transmitter")
        check_time("the time for which a key is held", ms, "ms", 0)
        times = encode(address, data, address > 0xFF if extended is None else extended)
        async with self._lock:
            await self._send(times)
            for _ in range(int(ms // EVERY_MS)):
                await self._send(repeat())

    async def _send(self, times):
        clock = self._clock
        wait = min(self._free - clock.now(), EVERY_MS * UNITS_PER_MS)  # the clock may be set back: see Clock.rebase
        if wait > 0:
            await sleep_ms(-(-wait // UNITS_PER_MS))
        self._free = clock.now() + EVERY_MS * UNITS_PER_MS
        await self._worker.assign(self._play, times)
        self.sent += 1

    def _play(self, times):
        """On the worker: marks and spaces in turn, then darkness."""
        switch = self._switch
        mark, space = self._levels
        if MICROPYTHON:
            until = ticks_us()
        level = mark
        try:
            for us in times:
                switch(level)
                level = space if level == mark else mark
                if MICROPYTHON:
                    until = ticks_add(until, us)  # of the beginning: what it takes to switch does not add up
                    us = ticks_diff(until, ticks_us())
                    if us > 0:
                        sleep_us(us)
                else:
                    self._pause(us)
        finally:
            switch(space)

    def _pause(self, us):
        try:
            self._never.wait_sync((us + 0.5) / 1000000)  # a wait of threadsafe: it goes by the time of the loop's board
        except TimeoutError:
            pass
