"""VirtualClock: time that jumps instead of passing, so that a test of an hour takes a moment and repeats exactly.

    core.new_event_loop(core.VirtualClock())
    core.run(main())

Give the thread an ordinary loop again with `new_event_loop()`. For programs that talk to the world, leave the clock be.
"""

from .native import MICROPYTHON, Clock
from .times import UNITS_PER_MS, units

GRACE = 10 * UNITS_PER_MS


class VirtualClock(Clock):
    """Stands still while tasks run, and jumps to the next timer when all of them wait.

    Not while a foreign context is at work for one of them: jobs of `offload` are known; a thread of the program's own
    is made known by `hold()` before and `release()` after it (the loop's thread only), or it may find that the time it
    had was over at once. Streams are given 10 real milliseconds to speak before time jumps.
    """

    def __init__(self):
        self.jumps = True
        self._time = 0  # clock units since this clock was made
        self._held = 0

    def now(self):
        return self._time

    def rebase(self, by):
        self._time -= by

    def sleep(self, loop, timeout):
        if timeout == 0:
            loop.sleep_for(0)
            return
        io = loop.io
        asking = io is not None and not MICROPYTHON and len(io.asking) > 0
        if self._held or (timeout < 0 and not asking):
            loop.sleep_for(-1)
            return
        if asking:  # streams that are Python objects may go by this clock: it ticks
            loop.sleep_for(0)
            if not 0 <= timeout < UNITS_PER_MS:
                timeout = UNITS_PER_MS
        elif io is not None and io.watching:
            loop.sleep_for(GRACE)
        if not loop.has_ready() and not loop.bell.pending:
            self._time += timeout

    def advance(self, seconds):
        """Let so much time pass at once, as if the running task had blocked."""
        self._time += units(seconds)

    def hold(self):
        self._held += 1

    def release(self):
        self._held -= 1
