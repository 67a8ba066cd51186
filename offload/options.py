"""What a job may be told apart from its function: how long it may take, and what becomes of it when its caller is gone.

    await pool.assign(copy, source).options(timeout=5, on_cancel="signal", progress=show)
"""

from ..core.native import MICROPYTHON
from ..core.times import units
from ..threadsafe.parking import check_timeout
from .job import JobCancelled, WorkerClosed, check_on_cancel
from .telling import Progress

if MICROPYTHON:
    from ..threadsafe.critical import enter, leave
else:
    from .coroutines_cpython import check_callback


def limited(job, timeout=None, on_cancel=None, dropped=None, progress=None):
    """`job`, to be awaited, under these rules.

    `timeout`: seconds from when it is first awaited, the time in the queue included; then TimeoutError is raised.
    `on_cancel`: what becomes of a function that runs when its caller is cancelled, or its time is up:
      "abandon": it runs on, and its caller goes on at once; `cancelled()` is true in it;
      "wait": its caller goes on when it has ended, and only then gets the CancelledError or TimeoutError;
      "signal": the same, but the function is told: `cancelled()` is true in it, and `checkpoint()` raises.
    `dropped`: called with the result and the error (one is None) that nobody wants any more, on the pool's thread: it
      closes what was opened in vain. Without one, an error is reported to the loop's exception handler.
    `progress`: called by the loop with the arguments of each `progress(...)` in the function, or the latest of them.
    What is not given is as the pool has it.
    """
    pool = job.pool
    timeout = check_timeout(pool.timeout if timeout is None else timeout)
    on_cancel = check_on_cancel(pool.on_cancel if on_cancel is None else on_cancel)
    for name, fn in (("dropped", dropped), ("progress", progress)):
        if not MICROPYTHON:
            check_callback(name, fn)
        elif not (fn is None or callable(fn)):
            raise TypeError(name + " is a function, not " + repr(fn))
    pool.check_options(on_cancel, progress)
    job.limits = Options(timeout, dropped, progress)
    job.kept = job.taken = False  # now, while nobody else looks at the job: see the end of `job`
    return job if on_cancel == "abandon" else Insisting(job, on_cancel == "signal")


class Options:
    """The rules of one job. Its task's thread only, but for `drop`."""

    def __init__(self, timeout, dropped, progress):
        self.timeout = timeout
        self.dropped = dropped
        self.progress = None if progress is None else Progress(progress)
        self.until = -1  # clock units
        self.begun = False
        self.asked = None  # the TaskHandle for which the function waits, see from_thread
        self.undropped = True if MICROPYTHON else [None]

    def begin(self, job, task):
        """`task` is about to be parked."""
        queue = task.queue
        if not self.begun:
            self.begun = True
            if self.timeout is not None:
                self.until = queue.clock.now() + units(self.timeout)
            if self.progress is not None:
                self.progress.open(queue)
        if self.until >= 0:
            queue.timers.push(task, self.until)

    def end(self, job):
        """The job has ended. The loop's thread."""
        if self.progress is not None:
            self.progress.close(job)

    def drop(self, job, error, here):
        """Nobody wants the outcome of `job`. Whoever comes first, its thread (`here`) or the loop's, says so.

        False if there is none to be told.
        """
        if self.dropped is None:
            return False
        if not isinstance(error, (WorkerClosed, JobCancelled)) and self._first():
            outcome = (None if error is not None else job.result, error)
            if here:
                _call(job, self.dropped, outcome)
            else:
                job.pool.afterwards(_call, (job, self.dropped, outcome))
        return True

    def _first(self):
        if MICROPYTHON:
            state = enter()
            first = self.undropped
            self.undropped = False
            leave(state)
            return first
        try:
            self.undropped.pop()
        except IndexError:
            return False
        return True


def _call(job, dropped, outcome):
    """Any thread."""
    try:
        dropped(*outcome)
    except Exception as error:
        job.pool.report("What was to be done with the late outcome of " + job.describe() + " failed", error)


class Insisting:
    """Awaitable: a job that is not left before its function has ended. See `limited`. `must`: nor before it has begun."""

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, job, signal, must=False):
        self.job = job
        self._signal = signal
        self._must = must
        job.kept = True
        job.taken = job.taken  # the instance's from now on: see the end of `job`

    def options(self, timeout=None, on_cancel=None, dropped=None, progress=None):
        """See Job.options."""
        return limited(self.job, timeout, on_cancel, dropped, progress)

    def start(self):
        """See Job.start."""
        self.job.start()

    def tell(self):
        """The function is not wanted any more."""
        job = self.job
        job.cancelled = True  # first: who begins to ask looks at this after that
        asked = None if job.limits is None else job.limits.asked
        if asked is not None:
            asked.cancel()

    def __await__(self):
        job = self.job
        gone = None  # the CancelledError or TimeoutError that its caller gets in the end
        while True:
            try:
                result = yield from job.__await__()
                if gone is None:
                    return result
                break
            except BaseException as error:
                if job.taken:
                    if gone is None:
                        raise
                    job.error = error
                    break
                if job.error is error or isinstance(error, WorkerClosed):
                    raise  # it could not be queued
                if not self._must and job.withdraw():
                    raise
                if self._signal:
                    self.tell()
                if isinstance(error, (GeneratorExit, KeyboardInterrupt, SystemExit)):
                    raise
                gone = error
                if job.limits is not None:
                    job.limits.until = -1
        job.report_late()
        raise gone

    __iter__ = __await__


def misused(job):
    """The error for who awaits `job`, which another task awaits, or which had its one outcome already."""
    if job.ended():
        return RuntimeError(job.describe() + " has failed, or was withdrawn, when it was awaited; make a new job")
    return RuntimeError(job.describe() + " is awaited by another task: one awaits a job; make one for each")
