"""Polled: a blocking sensor driver, taken as it is, read on a worker or the second core; its readings in a queue.

    readings = ThreadSafeQueue(8, overflow="drop_oldest")
    async with Polled(sensor.read, 0.5, readings):
        async for reading in readings:
            if isinstance(reading, FailedReading): ...

For a function that is to be called now and then use `unblock` or a Worker: it returns to who awaits it.
"""

from ..core.context import create_task, get_event_loop
from ..core.deadline import wait_for
from ..core.gathering import gather
from ..core.queue_errors import QueueClosed, QueueFull
from ..core.sleep import sleep_ms
from ..core.times import CLOCK_HZ, UNITS_PER_MS
from ..offload.job import WorkerClosed
from ..offload.worker import Worker
from .arguments import check_time, check_worker
from .home import check_home


class FailedReading:
    """What stands in the queue in place of a reading that failed: `error` is what `read` raised."""

    def __init__(self, error):
        self.error = error

    def __repr__(self):
        return "FailedReading(" + repr(self.error) + ")"


class Polled:
    """Calls `read()` each `interval` seconds on a thread, and puts what it returns into `queue` there; it begins now.

    Args: read, it may block, and its code is for the thread (on RP2 for core 1: no interrupts are set up there, and no
    file opened); interval, from one beginning to the next; queue, a ThreadSafeQueue or what has its `put_sync`; worker,
    a Worker that it shares with others, one read at a time: on RP2 there can be one only. None: one of its own, which
    `stop` closes. ValueError for an interval that is not above 0, TypeError for what can't be called or is no
    queue or worker.

    | method | who may call | blocks |
    |---|---|---|
    | making it, `await stop()`, `async with` | tasks of one loop | the task, until a `read` that runs has ended |
    | `reads`, `failed`, `missed`, `late` | any context but a hard ISR | never |

    What `read` raises becomes a FailedReading, and the next is made as if nothing had been. A queue that is full, and
    does not drop, gets nothing: `missed` counts these. `reads` counts those that returned something, `failed` the
    others, `late` the times that were left out since `read`, or others on its worker, took longer than `interval`. It
    ends by itself when the queue is closed; the queue it does not close. An empty hand is a reading too: None.
    """

    def __init__(self, read, interval, queue, worker=None):
        if not callable(read):
            raise TypeError("read is a function without arguments, not " + repr(read))
        if not hasattr(queue, "put_sync"):
            raise TypeError("queue is a ThreadSafeQueue, or what has its put_sync, not " + repr(queue))
        check_time("interval", interval)
        if worker is not None:
            check_worker(worker)
        self._read = read
        self._queue = queue
        self._interval = max(UNITS_PER_MS, int(interval * CLOCK_HZ))
        self.reads = 0  # these three are the thread's
        self.failed = 0
        self.missed = 0
        self.late = 0
        self._own = worker is None
        self._worker = Worker() if worker is None else worker
        self._stopping = False
        self._sleeps = False
        self._loop = get_event_loop()
        self._task = create_task(self._run())

    async def stop(self, timeout=None):
        """Read no more; return when a `read` that runs has ended, its reading in the queue. Again: nothing happens.

        TimeoutError after `timeout` seconds: a thread can't be stopped.
        """
        if not self._task.done():
            check_home(self._loop, "this Polled")
        self._stopping = True
        if self._sleeps:
            self._task.cancel()
        if self._own:
            await self._worker.close(timeout, False)
        await wait_for(gather(self._task, return_exceptions=True), timeout)

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        await self.stop()

    async def _run(self):
        clock = get_event_loop().clock
        due = clock.now()
        while True:
            try:
                wanted = await self._worker.assign(self._once)
            except WorkerClosed:
                break
            if not wanted or self._stopping:
                break
            due += self._interval
            now = clock.now()
            if due < now:
                skipped = (now - due) // self._interval + 1
                self.late += skipped
                due += skipped * self._interval
            elif due - now > self._interval:  # the loop's clock was set back: see Clock.rebase
                due = now + self._interval
            self._sleeps = True
            await sleep_ms(-(-(due - now) // UNITS_PER_MS))
            self._sleeps = False

    def _once(self):
        """On the thread. False when nobody wants readings any more."""
        if self._stopping:
            return False
        try:
            reading = self._read()
            self.reads += 1
        except Exception as error:
            self.failed += 1
            reading = FailedReading(error)
        try:
            self._queue.put_sync(reading, False)
        except QueueFull:
            self.missed += 1
        except QueueClosed:
            return False
        return True
