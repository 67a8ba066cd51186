"""Alarm: a function called by the loop at a time. For the devices of this folder, on their loop's thread.

Programs use Delay_ms, which any context may trigger, or a task that sleeps.
"""

from ..core.timers import Timer


class Alarm(Timer):
    """Calls `call()`, a method or what is given, when it is time. What that raises is reported to the loop's handler.

    Times are in units of the loop's clock; `when` is the one it was set for last. While it is not set it costs nothing.
    """

    def __init__(self, loop, call=None):
        Timer.__init__(self)
        self.loop = loop
        if call is not None:
            self.call = call

    def set(self, when):
        """Call at `when`, and not when it was set for before; if that is over, at once."""
        self.stop()
        self.loop.timers.push(self, when)

    def again(self, period):
        """Call once more, `period` after it was due last; times that the loop is late for are left out.

        A period of less than a unit is one: with none the loop would do nothing else.
        """
        now = self.loop.clock.now()
        if period < 1:
            period = 1
        when = self.when + period
        self.set(when if when > now else now + period)

    def stop(self):
        """Do not call."""
        if self.slot >= 0:
            self.loop.timers.remove(self)

    def running(self):
        """Whether it is set, and has not called yet."""
        return self.slot >= 0

    def expire(self):
        try:
            self.call()
        except Exception as exc:
            report(self.loop, self.call, exc)


def report(loop, what, exc):
    """Tell the loop's handler that `what`, which a timer called, has failed: passed on, `exc` would end the run."""
    loop.call_exception_handler({"message": "What a device called has failed", "exception": exc, "future": what})
