"""Service: a function that runs until it is told to stop, on a thread of its own, on RP2 on the second core.

For calls that end by themselves use `unblock` or a Worker. The function asks now and then whether it is to go on:

    def sample(readings):
        while not offload.cancelled():      # or offload.checkpoint(), which raises
            readings.put_sync(adc.read_u16(), block=True)
            time.sleep_ms(5)

    sampler = offload.Service(sample, readings)
    sampler.start()
    await sampler.stop(timeout=1)
    sampler.start()                         # again
"""

from ..core.context import get_event_loop, running_loop
from ..core.describing import describe
from ..core.errors import TimeoutError
from ..core.lazy import above
from ..core.native import MICROPYTHON, ident
from ..core.queue_errors import QueueClosed
from ..threadsafe.parking import check_timeout
from .job import JobCancelled
from .worker import Worker

if not MICROPYTHON:
    from ..core.clocks_cpython import of_this_thread

_count = 0


class Service:
    """`func(*args)` on a thread of its own, which can be told to stop, waited for, and started again.

    | method | who may call | blocks |
    |---|---|---|
    | `start()` | tasks | no; on RP2 up to 0.1 s while the thread before it ends |
    | `await wait(timeout)`, `await stop(timeout)`, `await restart(timeout)` | tasks | the task |
    | `stop_sync(timeout)` | threads, a program whose loop does not run any more | the thread |
    | `tell()`, `running()` | any context | never |

    `stop` tells the function: in it `offload.cancelled()` is true and `offload.checkpoint()` raises from then on. It
    calls `on_stop()`, if given, for what the function may wait in: `readings.close`, say. Once told, JobCancelled and
    QueueClosed are ways to end; any other exception is raised to who waits or stops, if nobody does it is given to the
    loop's exception handler, when it happens. `stack_size`: bytes, 0: 8192 on RP2, elsewhere as the system has it.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, func, *args, name=None, stack_size=0, on_stop=None):
        global _count
        for what, given in (("a service", func), ("on_stop", on_stop)):
            if not (callable(given) or given is on_stop is None):
                raise TypeError(what + " is a function, not " + describe(given))
        _count += 1
        self.name = name or "Service-" + str(_count)
        self._func = func
        self._args = args
        self._stack_size = stack_size
        self._on_stop = on_stop
        self._run = None

    def start(self):
        """Start it. RuntimeError if it runs already, or on RP2 if something else uses core 1: it says what."""
        if self.running():
            raise RuntimeError(self.name + " runs already, in " + describe(self._func) + ": stop it first")
        run = _Run(self)
        run.begin(self.name, self._stack_size)
        self._run = run

    def running(self):
        """Whether the function has begun and not ended, or is about to begin."""
        return self._run is not None and not self._run.ended.is_set()

    def tell(self):
        """Tell the function to stop, and do not wait for it. Nothing happens if it does not run, or knows."""
        run = self._run
        if run is not None and not run.job.cancelled:
            run.job.cancelled = True
            if self._on_stop is not None:
                self._on_stop()

    def stop(self, timeout=None):
        """Awaitable: until the function has ended, which is told to. Gives what it returned, or raises what it did.

        After `timeout` seconds TimeoutError says what is stuck. A thread can't be ended from outside: it may be waited
        for once more, else only a reset helps. None at once if it was never started.
        """
        timeout = check_timeout(timeout)
        self.tell()
        return self._outcome(timeout)

    def stop_sync(self, timeout=None):
        """As `stop`, for a thread, or a program that ends: after Ctrl-C no task can do it any more."""
        timeout = check_timeout(timeout)
        self.tell()
        run = self._run
        if run is None:
            return None
        try:
            run.ended.wait_sync(timeout)
        except TimeoutError:
            raise self._stuck(run, timeout) from None
        return run.outcome()

    def wait(self, timeout=None):
        """Awaitable: as `stop`, without telling it."""
        return self._outcome(check_timeout(timeout))

    async def restart(self, timeout=None):
        """`stop`, then `start`. What made it end, if it had failed, is not raised: it has been reported."""
        run = self._run
        if self.running():
            await self.stop(timeout)
        elif run is not None:
            run.waited_for = True
        self.start()

    async def _outcome(self, timeout):
        run = self._run
        if run is None:
            return None
        run.waited_for = True
        try:
            await run.ended.wait(timeout)
        except TimeoutError:
            raise self._stuck(run, timeout) from None
        return run.outcome()

    def _stuck(self, run, timeout):
        run.waited_for = False
        where = "" if MICROPYTHON else above("offload.start_cpython", "where")(run.thread)
        told = " was told to stop and" if run.job.cancelled else ""
        text = self.name + told + " is still in " + describe(self._func) + where + " after " + str(timeout) + " s"
        return TimeoutError(text)


class _Run:
    """One time that a service runs."""

    def __init__(self, service):
        self.service = service
        self.job = None
        self.thread = 0
        self.result = None
        self.error = None
        self.waited_for = False  # a task will see how it ends
        self.watcher = None
        self.clock = None if MICROPYTHON else of_this_thread()
        self.ended = None  # a ThreadSafeEvent

    def begin(self, name, stack_size):
        worker = Worker(name, 1, stack_size)
        self.ended = worker.ended()
        if self.clock is not None:
            self.clock.hold()  # a simulated board's time, until the job begins, and from its end until it is seen
        self.job = worker.assign(self)
        self.job.start()
        worker.shut()  # its thread ends with the job
        loop = _loop()
        self.watcher = loop.create_task(self.watch(loop))

    def __call__(self):
        """The thread's part."""
        self.thread = ident()
        service = self.service
        try:
            self.result = service._func(*service._args)
        except BaseException as error:
            if not (self.job.cancelled and isinstance(error, (JobCancelled, QueueClosed))):
                self.error = error

    async def watch(self, loop):
        await self.ended.wait()
        if self.clock is not None:
            # It may have told this task only, so far, and have others to tell: no time may pass before it has.
            above("offload.start_cpython", "join")(self.job.pool)
            self.clock.release()
        if self.error is not None and not self.waited_for:
            name = self.service.name
            loop.call_exception_handler(
                {"message": name + " has ended: " + describe(self.service._func) + " raised", "exception": self.error,
                 "future": self}
            )

    def outcome(self):
        if self.error is not None:
            raise self.error
        return self.result


def _loop():
    """The loop that runs here, asyncio's too, else the one that will."""
    loop = running_loop()
    if loop is None and not MICROPYTHON:
        import asyncio

        loop = asyncio._get_running_loop()
    return loop or get_event_loop()
