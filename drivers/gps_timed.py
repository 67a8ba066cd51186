"""GPS_Timer and GPS_RWTimer: AS_GPS and GPS with the time of day to the microsecond, by the pulse per second.

    gps = GPS_Timer(StreamReader(uart), Pin(15, Pin.IN))
    await gps.ready()
    hours, minutes, seconds, us = gps.get_t_split()

The pulse tells when a second begins, RMC which one it was: see `pps`. Sentences must come in the second that they are
about: at 9600 baud, no more than 900 characters each second.
"""

from ..core.lazy import above
from .gps import AS_GPS, RMC, check_callback
from .gps_rw import GPS
from .nmea import NMEA
from .pps import Pulses


class _Timed:
    """What both have. Times are local: `local_offset` is in them.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | what AS_GPS or GPS has | tasks of the loop in which it was made | as there | as there |
    | `get_ms()`, `get_t_split()` | these | never | nothing |
    | `await ready()`, `pulse()`, `set_rtc()`, `delta()`, `calibrate()` | these, any number | the task | to wait |
    | `acquired`, `pulses_lost`, `pulse_noise` | any context | never | nothing |

    `pps_cb(gps, *pps_cb_args)` is called by a task, soon after each pulse, and not by the interrupt as upstream's is:
    so it may do whatever tasks do, and what it raises is reported. When the pulse came is in `acquired`. When no pulse
    came for 2.5 s the time is not known any more, until a pulse and RMC have come again.
    """

    def _listen(self, pps_pin, pps_cb, pps_cb_args):
        self._pps_cb = pps_cb
        told = (self,)  # MicroPython has no * in a tuple
        self._pps_args = told + tuple(pps_cb_args)
        self._pulses = Pulses(pps_pin, None if pps_cb is None else self._pulsed)

    def _pulsed(self):
        return self._pps_cb(*self._pps_args)

    @property
    def acquired(self):
        """When the last pulse came, in microseconds, as `ticks_us` counts."""
        return self._pulses.acquired

    @property
    def pulses_lost(self):
        """How often pulses ceased to come, when the time had been known."""
        return self._pulses.lost

    @property
    def pulse_noise(self):
        """How many edges came too soon after another to be a pulse."""
        return self._pulses.noise

    def take(self, line):
        """As NMEA has it."""
        kind = NMEA.take(self, line)
        if kind == RMC:
            self._pulses.settle(self._local()[1], self.msecs)
        return kind

    async def ready(self):
        """Wait until the time is known. EOFError, OSError, RuntimeError as `data_received`."""
        while not self._pulses.settled:
            await self._next()

    async def pulse(self):
        """Wait for the next pulse; return `acquired`. RuntimeError after `close`."""
        await self._pulses.next()
        return self._pulses.acquired

    def get_ms(self):
        """Milliseconds since local midnight. RuntimeError if the time is not known."""
        second, us = self._pulses.now()
        return second * 1000 + us // 1000

    def get_t_split(self):
        """[hours, minutes, seconds, us] of the local day, a list that the next call uses again. Raises as `get_ms`."""
        second, us = self._pulses.now()
        split = self._split
        split[0] = second // 3600
        split[1] = second // 60 % 60
        split[2] = second % 60
        split[3] = us
        return split

    def set_rtc(self):
        """Awaitable: set the board's clock to local time, at a pulse. OSError where there is no `machine.RTC`; as
        `ready`."""
        return above("drivers.gps_clock", "set_clock")(self)

    def delta(self):
        """Awaitable: microseconds by which the board's clock is ahead of the receiver's. Waits for a pulse.

        STM32 only, whose clock tells fractions of a second: OSError elsewhere. It blocks the loop for up to 4 ms.
        """
        return above("drivers.gps_clock", "delta")(self)

    def calibrate(self, minutes=5):
        """Awaitable: set the board's clock, measure how fast it goes, and have it corrected from then on. The factor.

        A step of the factor, -511 to 512, is 2**-20, 0.95 ppm. Every 10 s it looks, as `delta` does, until three looks
        in a row found the same within a step, at most for so many minutes; the longer, the more exact. STM32 only:
        OSError elsewhere. ValueError for less than a minute, RuntimeError for a clock that is off by more than can be
        corrected; as `ready`. If it fails or is cancelled the clock is corrected as it was before.
        """
        return above("drivers.gps_clock", "calibrate")(self, minutes)

    def _stop(self):
        self._pulses.stop()


class GPS_Timer(_Timed, AS_GPS):
    """AS_GPS with a pulse per second at `pps_pin`: see the module, and `_Timed` for what it has more.

    Args as AS_GPS, after `pps_pin`, and `pps_cb(gps, *pps_cb_args)`. TypeError for a pin that can't interrupt.
    """

    def __init__(
        self, sreader, pps_pin, local_offset=0, fix_cb=None, cb_mask=RMC, fix_cb_args=(), pps_cb=None, pps_cb_args=()
    ):
        check_callback("pps_cb", pps_cb)
        self._split = [0, 0, 0, 0]
        self._listen(pps_pin, pps_cb, pps_cb_args)
        try:
            AS_GPS.__init__(self, sreader, local_offset, fix_cb, cb_mask, fix_cb_args)
        except BaseException:
            self._stop()
            raise

    def close(self):
        """End it, and its interrupt. Again: nothing happens."""
        self._stop()
        AS_GPS.close(self)


class GPS_RWTimer(_Timed, GPS):
    """GPS with a pulse per second at `pps_pin`: see the module, and `_Timed` for what it has more.

    Args as GPS, after `pps_pin`, and `pps_cb(gps, *pps_cb_args)`. TypeError for a pin that can't interrupt.
    """

    def __init__(
        self, sreader, swriter, pps_pin, local_offset=0, fix_cb=None, cb_mask=RMC, fix_cb_args=(), msg_cb=None,
        msg_cb_args=(), pps_cb=None, pps_cb_args=(),
    ):  # fmt: skip
        check_callback("pps_cb", pps_cb)
        self._split = [0, 0, 0, 0]
        self._listen(pps_pin, pps_cb, pps_cb_args)
        try:
            GPS.__init__(self, sreader, swriter, local_offset, fix_cb, cb_mask, fix_cb_args, msg_cb, msg_cb_args)
        except BaseException:
            self._stop()
            raise

    def close(self):
        """End it, and its interrupt. Again: nothing happens."""
        self._stop()
        GPS.close(self)
