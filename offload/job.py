"""A job: one call of a blocking function, made by a worker's thread for the task that awaits it."""

from ..core.errors import QueueClosed, describe
from ..core.native import MICROPYTHON, fence
from ..core.operation import PENDING, Operation, accelerate
from ..threadsafe.parking import ParkedTask

if MICROPYTHON:
    from ..threadsafe.critical import enter, leave

NEW, QUEUED, ENDED = 0, 1, 2


class WorkerClosed(RuntimeError):
    """The worker was closed, before this job, or while it ran longer than the time given to `close`."""


class Job(Operation):
    """Awaitable: calls `func(*args, **kwargs)` on a thread of `worker`; gives its result or raises its exception.

    One task awaits it. It is queued when it is first awaited, and waits in line while the queue is full. Cancelled
    before its function was called, it never will be; cancelled while that runs, it leaves it running, and its error,
    if it ends in one, is reported to the loop's exception handler.

    | method | who may call |
    |---|---|
    | `await` | one task |
    | `run()` | the worker's thread |
    | `fail(error)` | any thread |
    """

    def __init__(self, worker, func, args, kwargs):
        self.rung = False
        self.worker = worker
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.state = NEW
        self.result = None
        self.error = None
        self.unclaimed = [None]  # popped by whoever runs, withdraws or fails it: one of them
        self.task = None
        self.woken = False  # the task is in the ready ring, about to take the outcome
        self.given_up = False  # it has failed, but its function runs on
        self.queue = None  # of the loop whose task awaits it
        self.bell = None

    def claim(self):
        """True for the first caller, False for every other; any thread."""
        if MICROPYTHON:
            state = enter()
            first = self.unclaimed is not None
            self.unclaimed = None
            leave(state)
            return first
        try:
            self.unclaimed.pop()
        except IndexError:
            return False
        return True

    def run(self):
        """Call the function and hand its outcome over. Nothing escapes."""
        if not self.claim():
            return
        try:
            self.result = self.func(*self.args, **self.kwargs)
        except BaseException as error:
            self.error = error
        self._end()

    def fail(self, error):
        """End the job with `error`, unless it has ended. Used for jobs that will never run, or never end."""
        runs = not self.claim()
        if self.state != ENDED:
            self.error = error
            self.given_up = runs
            self._end()

    def _end(self):
        self.state = ENDED  # after the outcome, before the bell
        if MICROPYTHON:
            fence()
        bell = self.bell
        if bell is not None:
            bell.ring(self)

    def describe(self):
        """The function's name, for messages."""
        return describe(self.func)

    # The awaiting task's side.

    def attempt(self):
        if self.state == NEW:
            self.state = QUEUED  # first: the job may have ended by the time submit returns
            try:
                if not self.worker.submit(self):
                    self.state = NEW
                    return PENDING
            except QueueClosed:
                raise WorkerClosed(
                    self.worker.name + " is closed and takes no more jobs; make a new one for " + self.describe()
                ) from None
        if self.state != ENDED:
            return PENDING
        error = self.error
        if error is None:
            return self.result
        self.error = self.task = None  # the traceback holds frames that hold this job: no cycle
        if self.given_up and self.bell is not None:
            self.bell.arm(self)  # for the late error, if there is one
        if isinstance(error, (StopIteration, StopAsyncIteration)):
            raise RuntimeError(self.describe() + " raised " + type(error).__name__) from error
        raise error

    def park(self, task):
        if self.state == NEW:  # the queue is full
            queue = self.worker.queue
            parked = ParkedTask(task, queue.putters)
            if not queue.full() or queue.closed():
                parked.try_now()
            return
        self.task = task
        self.queue = task.queue
        task.queue.clock.hold()
        bell = task.queue.bell
        bell.arm(self)
        self.bell = bell  # from here on the end rings
        if MICROPYTHON:
            fence()
        if self.state == ENDED:  # it ended before that
            self.answer()

    def answer(self):
        task = self.task
        if task is None:  # it was cancelled
            self._report()
        elif not self.woken:  # when it is given up just as it ends, both ring
            self.woken = True
            task.queue.clock.release()
            task.queue.wake(task)
            task.data = self  # so that a cancel before it runs finds this

    def unpark(self, task):
        self.task = None
        if self.woken:
            self._report()
            return False
        self.queue.clock.release()
        if self.claim():  # it has not been started: withdrawn
            self.state = ENDED
            self.bell.disarm(self)
        return True

    def _report(self):
        """Nobody is left to see how it ended: say so if it was an error."""
        error, self.error = self.error, None
        if error is not None and not isinstance(error, WorkerClosed):
            self.queue.call_exception_handler(
                {"message": self.describe() + " failed after its caller was cancelled", "exception": error, "future": self}
            )


accelerate(Job)
