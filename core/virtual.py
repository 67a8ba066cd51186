"""VirtualClock: time that jumps instead of passing, so that a test of an hour takes a moment and repeats exactly.

    core.new_event_loop(core.VirtualClock())
    core.run(main())

Give the thread an ordinary loop again with `new_event_loop()`. For programs that talk to the world, leave the clock be.
"""

from .native import Clock
from .sleep import UNITS_PER_MS

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
        if self._held or timeout < 0:
            loop.sleep_for(-1)
            return
        if loop.io is not None and loop.io.watching:
            loop.sleep_for(GRACE)
        if len(loop.ready) == 0 and not loop.bell.has_rung():
            self._time += timeout

    def hold(self):
        self._held += 1

    def release(self):
        self._held -= 1
