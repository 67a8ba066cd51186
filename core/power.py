"""power_mode: an idle loop spends its time in `machine.lightsleep`, on boards whose clock goes on meanwhile.

    core.power_mode(True)

Scheduler side only. The loop looks at its bell and its streams every SLICE milliseconds, so what wakes a task may find
it that much later: an interrupt, the second core, a UART. A task that yields all the time leaves nothing to save. On RP2
lightsleep stops both cores' clocks: end what runs on core 1 first. From `asyncio_alt` of micropython-async.
"""

from .context import get_event_loop
from .native import Clock
from .times import UNITS_PER_MS

SLICE = 20  # ms


class ClockOver(Clock):
    """Shows the time of `inner`, and has a `sleep(loop, timeout)` of its own for the loop's idle time."""

    def __init__(self, inner):
        Clock.__init__(self)
        self.jumps = True
        self.inner = inner

    def now(self):
        return self.inner.now()

    def rebase(self, by):
        self.inner.rebase(by)

    def hold(self):
        self.inner.hold()

    def release(self):
        self.inner.release()


class LowPowerClock(ClockOver):
    """Lets idle time pass in lightsleep."""

    def __init__(self, inner, lightsleep):
        ClockOver.__init__(self, inner)
        self.lightsleep = lightsleep

    def sleep(self, loop, timeout):
        """Until something happens, for at most `timeout` clock units (-1: no limit). What happens meanwhile is found
        after the slice."""
        end = self.now() + timeout
        while True:
            loop.sleep_for(0)
            if loop.has_ready() or loop.bell.pending:
                return
            left = SLICE
            if timeout >= 0:
                left = min(SLICE, (end - self.now()) // UNITS_PER_MS)
                if left <= 0:
                    if end > self.now():
                        loop.sleep_for(end - self.now())  # less than lightsleep can do
                    return
            self.lightsleep(left)


def power_mode(s=None):
    """Switch low power on or off for the calling thread's loop, unless `s` is None; return whether it is on.

    ValueError, and nothing changed, where there is no `machine.lightsleep` or it stops the clock.
    """
    loop = get_event_loop()
    on = isinstance(loop.clock, LowPowerClock)
    if s is None or bool(s) == on:
        return on
    loop.clock = LowPowerClock(loop.clock, _usable_lightsleep()) if s else loop.clock.inner
    return not on


def _usable_lightsleep():
    try:
        from machine import lightsleep
    except ImportError:
        raise ValueError("low power needs machine.lightsleep, which this platform does not have") from None
    clock = Clock()
    before = clock.now()
    lightsleep(10)
    if clock.now() - before < 8 * UNITS_PER_MS:
        raise ValueError("machine.lightsleep stops this platform's clock: a sleep would last too long; stay awake")
    return lightsleep
