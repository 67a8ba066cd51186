"""JobLine: jobs on their way to the threads of a pool, and which thread is woken, or started, for them.

A thread is woken for a job only if none is on its way already; once awake, and having found more than one job, it has
the next woken. So a hundred quick jobs at once wake two threads instead of a hundred, and jobs that block have as many
threads as they need as fast as each can say so.

As for any wait (see threadsafe.parking) both sides look twice: who puts a job in then looks whether a thread is on its
way (`waking`); a thread about to sleep takes that back, then looks for a job.
"""

from ..core.native import MICROPYTHON, Clock, fence
from ..core.queue_errors import QueueClosed
from ..core.task import PENDING
from ..threadsafe import parking
from ..threadsafe.parking import wait_in_thread
from ..threadsafe.store import make
from .job import Job

if MICROPYTHON:
    from ..threadsafe.critical import enter, leave
else:
    from collections import deque as Unbounded

    from ..core.parker_cpython import let_go

_NO_TASK = "a worker's thread runs no loop"


class Slot:
    """What one thread of a pool does and has done. Written by that thread only, read by any."""

    def __init__(self, clock):
        self.clock = clock
        self.taken = False  # the thread runs
        self.thread = 0  # its ident
        self.job = None  # which it runs
        self.since = 0  # when that began, on the pool's clock; -1: it waits for a permit of the limiter
        self.done = 0
        self.failed = 0
        self.longest = 0  # clock units

    def ended(self, error):
        """The function of the job has."""
        took = self.clock.now() - self.since
        if took > self.longest:
            self.longest = took
        if error is None:
            self.done += 1
        else:
            self.failed += 1
        self.job = None

    def add(self, other):
        """Count what `other` has done, too."""
        self.done += other.done
        self.failed += other.failed
        self.longest = max(self.longest, other.longest)

    def clear(self):
        """Begin to count anew."""
        self.done = self.failed = self.longest = 0


class Afterwork(Job):
    """What is done for nobody once a job is over, such as closing what it opened in vain. Not counted."""

    def run(self, slot=None):
        Job.run(self)

    def describe(self):
        return "what is to be done after a job"


class JobLine:
    """Base of Pool, which says how threads are started.

    | method | who may call |
    |---|---|
    | `submit(job)`, `follow(job)` | any context but a hard ISR; never blocks |
    | `serve_jobs(slot)`, `take()` | the pool's threads; they block |
    | `fail_queued(error)`, `shut()` | any context but a hard ISR |
    """

    def __init__(self, qsize, idle, limiter):
        if not isinstance(qsize, int) or qsize < 1:
            raise ValueError("a pool queues 1 job or more, not " + repr(qsize))
        self.qsize = qsize
        self.begin()
        self.idle_time = idle  # seconds, or None
        self.limiter = limiter
        self.clock = Clock()

    def begin(self):
        """Be empty."""
        self.jobs = make(self.qsize)
        self.after = Unbounded()  # Afterwork, done before all jobs: no more than one for each job that there was
        self.idle = parking.WaitLine()  # threads that wait for a job
        self.putters = parking.WaitLine()  # tasks that wait for room
        self.waking = False  # a thread is on its way

    def start_another(self):
        """Start a thread if there may be one more. Returns False if not."""
        raise NotImplementedError

    def submit(self, job):
        """Put `job` in the line and see to a thread for it. False if there is no room; QueueClosed."""
        if MICROPYTHON:
            idle = self.idle
            if not self.waking and idle.next is not idle:
                self.waking = True
                done = self.jobs.put_for(job, idle)
                if done > 1:
                    return True
                self.waking = False  # whoever was in the line is on the way already, or there was no room
                if done:
                    self._wake()
                    return True
        if not self.jobs.put(job):
            if self.jobs.closed:
                raise QueueClosed
            return False
        if MICROPYTHON:
            fence()
        if not self.waking:
            self._wake()
        return True

    def follow(self, job):
        """Put in `job`, an Afterwork, for which there is always room, and see to a thread for it."""
        self.after.append(job)
        if MICROPYTHON:
            fence()
        if not self.waking:
            self._wake()

    def _some(self):
        return True if self.after else len(self.jobs) > 0

    def _wake(self):
        """Have a thread look for jobs, if there is one that does nothing, or can be."""
        while True:
            self.waking = True
            if self.idle.any():
                self.idle.notify()
                return
            try:
                if self.start_another():
                    return
            except BaseException:
                self.waking = False
                raise
            self.waking = False
            if MICROPYTHON:
                fence()
            if not self.idle.any() or not self._some():
                return  # whoever ends a job looks for the next

    def serve_jobs(self, slot):
        """Do the jobs that come, until there are none for so long that TimeoutError is raised, or QueueClosed."""
        limiter = self.limiter
        self.waking = False
        if MICROPYTHON:
            fence()
        job = self.take()
        if self._some() and not self.waking:
            self._wake()
        try:
            while True:
                slot.since = slot.clock.now() if limiter is None else -1
                slot.job = job
                if limiter is None:
                    job.run(slot)
                else:
                    limiter.acquire_sync()
                    slot.since = slot.clock.now()  # to wait is not to run
                    try:
                        job.run(slot)
                    finally:
                        limiter.release()
                slot.job = job = None
                job = self.take()
        finally:
            if not MICROPYTHON:
                let_go()

    def take(self):
        """The next job."""
        job = self._next()
        if job is PENDING:
            job = wait_in_thread(self.idle, self.look, self.idle_time, _NO_TASK)
            if not self.waking and not (MICROPYTHON and self.size == 1) and self._some():
                self._wake()
        putters = self.putters
        if (putters.next is not putters) if MICROPYTHON else putters.any():
            putters.notify()
        return job

    def _next(self):
        if self.after:
            try:
                return self.after.popleft()
            except IndexError:  # another thread was faster
                pass
        return self.jobs.get()

    def look(self):
        """A try of a thread that has nothing to do: a job, PENDING or QueueClosed."""
        self.waking = False
        if MICROPYTHON:
            fence()
        after = self.after
        if MICROPYTHON and after.first is after.last:
            job = self.jobs.get()  # as `_next`, without its call
        else:
            job = self._next()
        if job is PENDING and self.jobs.closed and self.jobs.drained():
            raise QueueClosed
        return job

    def fail_queued(self, error):
        """End the jobs that are in the line with `error`, but for Afterwork. Any context but a hard ISR."""
        job = self.jobs.get()
        while job is not PENDING:
            job.fail(error)
            job = self.jobs.get()

    def has_room(self):
        """Whether `submit` would not be in vain."""
        return self.jobs.room() or self.jobs.closed

    def shut(self):
        """Let no more jobs in, and the threads end when those that are in are done."""
        self.jobs.close()
        self.putters.notify_all()
        self.idle.notify_all()

    def closed(self):
        """True once it takes no more jobs."""
        return self.jobs.closed


if MICROPYTHON:

    class Unbounded:
        """As a deque: any context. A chain of nodes [next, item]; the last is its own next.

        An item stays in its node until another is taken: the collector marks while the other core goes on, and would
        free in use what left its node for that core's stack, scanned already. Nothing in a section branches, see
        `store_micropython`.
        """

        def __init__(self):
            node = [None, None]
            node[0] = node
            self.first = self.last = node  # the first was taken already

        def __bool__(self):
            return self.first is not self.last

        def append(self, item):
            node = [None, item]
            node[0] = node
            state = enter()
            try:
                self.last[0] = node
                self.last = node
            finally:
                leave(state)

        def popleft(self):
            state = enter()
            try:
                taken = self.first
                node = taken[0]
                item = node[1]
                taken[1] = None
                self.first = node
            finally:
                leave(state)
            if node is taken:
                raise IndexError
            return item
