"""UrgentFirst: what comes from outside runs next, instead of behind every task that is ready. Scheduler side only.

    core.urgent_first()                     all of it: every flag, queue, event, job and stream
    core.ThreadSafeFlag(urgent=True)        one flag
    core.Stream(uart, urgent=True)          one stream

Without any of these a loop is round robin: what wakes goes behind those that are ready, and waits for as long as they
take together. With it, it waits for the step that is running and for urgent tasks before it. These can't starve the
others: after `burst` steps of urgent tasks one ordinary task has its turn, if one is ready. Only what outside woke is
urgent, and for one step: a task that sleeps, or waits for another task, is ordinary again.

It costs a look at the bell before each step, and at streams and timers whenever INTERVAL has passed.
"""

from .context import get_event_loop
from .native import MICROPYTHON, Ring
from .times import UNITS_PER_MS

INTERVAL = 1 if MICROPYTHON else UNITS_PER_MS // 10  # clock units: asking the system at each step would cost more
BURST = 8


class UrgentFirst:
    """The policy of one loop. `everything`: all that comes from outside is urgent, not only what says so."""

    def __init__(self, loop):
        self.loop = loop
        self.everything = False
        self.burst = BURST
        self.ring = Ring()  # urgent tasks that are ready
        self.room = 0  # that was reserved in it
        self.looked = 0  # when the system was asked last
        self.count = 0  # of those chosen
        self.owed = False  # an ordinary task has its turn next

    def arrive(self, task, urgent):
        """Make a parked task ready; see RunQueue.arrive."""
        queue = self.loop
        if not urgent and not self.everything:
            queue.wake(task)
            return
        if task.slot >= 0:
            queue.timers.remove(task)
        task.data = None
        if MICROPYTHON and len(self.ring) == self.room:
            self.ring.reserve(8)
            self.room += 8
        self.ring.push(task)

    def waiting(self):
        """Whether urgent tasks are ready."""
        return len(self.ring) > 0

    def choose(self):
        """The ring of which `count` tasks are to take a step: up to `burst` urgent ones, then an ordinary one."""
        loop = self.loop
        if self.owed:
            self.owed = False
            self.count = 1
            return loop.ready
        ring = self.ring
        if not ring and not loop.ready:
            loop.collect(True)
        else:
            passed = loop.clock.now() - self.looked
            if passed >= INTERVAL or passed < 0:  # on a board the clock is set back now and then
                self.looked += passed
                loop.collect(False)
            elif loop.bell.pending:
                loop.bell.answer()
        count = len(ring)
        if count:
            if loop.ready:
                self.owed = True
            self.count = self.burst if count > self.burst else count
            return ring
        self.count = 1 if loop.ready else 0
        return loop.ready


def attend(loop):
    """The UrgentFirst of `loop`, which has one from now on."""
    if loop.policy is None:
        loop.policy = UrgentFirst(loop)
    return loop.policy


def urgent_first(everything=True, burst=BURST):
    """Have the calling thread's loop run first what comes from outside; `everything` False: only what is urgent itself.

    `burst` is how many steps of urgent tasks may come before one of an ordinary task that is ready, 1 or more.
    """
    if burst < 1:
        raise ValueError("a burst is 1 step or more, not " + str(burst) + ": or urgent tasks would never run")
    policy = attend(get_event_loop())
    policy.everything = bool(everything)
    policy.burst = burst


def round_robin():
    """Have the calling thread's loop run what is ready in turn again. Flags and streams that are urgent themselves stay so."""
    policy = get_event_loop().policy
    if policy is not None:
        policy.everything = False


def roundrobin(v=None):
    """The switch of micropython-async's asyncio_alt: False lets I/O go first, True does not. Returns 0 or -1000, as there."""
    if v is not None:
        urgent_first(not v)
    policy = get_event_loop().policy
    return 0 if policy is None or not policy.everything else -1000
