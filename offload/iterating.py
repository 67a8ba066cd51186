"""iterate: what a blocking iterable gives, item by item, for a task; fetched in batches by a pool's thread.

    async with offload.iterate(read_rows, path) as rows:     # read_rows is a generator function, or any iterable
        async for row in rows:
            ...

One hop between the threads for each batch, and while a task works on one the next is fetched, and no more: a task that
is slow holds the iterable back. No thread is kept between batches.
"""

from ..core.native import MICROPYTHON, Clock
from ..core.shared import TURN, SharedWait, fair
from ..core.times import units
from .arrivals import Arrivals, quick
from .job import Job
from .options import Insisting
from .pools import pool as named_pool

LINGER = units(0.005)  # what has come so far is handed over after that time, even if the batch is not full

if not MICROPYTHON:
    from contextvars import copy_context


@quick
class iterate(Arrivals):
    """`async for` over a blocking iterable, or what the generator function `source(*args)` gives.

    `batch`: items that are fetched at a time, at most; `ahead`: how many batches may be fetched while a task works on
    one, 0 for none. `pool`: whose threads fetch; a Worker for an iterable that must stay on one thread. Otherwise the
    threads take turns, one at a time. One task iterates at a time. Cancelled, it loses no item.

    `aclose()`, or the end of `async with`, closes on such a thread the generator that `source` made; it is awaited by
    the task that iterates. An error of the iterable is raised after the items that came before it.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, source, *args, batch=64, ahead=1, pool=None):
        Arrivals.__init__(self, [])
        self._fetcher = None
        if not (isinstance(batch, int) and batch >= 1):
            raise ValueError("a batch is 1 item or more, not " + repr(batch))
        if not (isinstance(ahead, int) and ahead >= 0):
            raise ValueError("ahead is a number of batches, 0 or more, not " + repr(ahead))
        if not callable(source) and (args or not (MICROPYTHON or hasattr(source, "__iter__"))):
            raise TypeError("an iterable, or a function that makes one and its arguments, is expected, not " + repr(source))
        remote = getattr(pool, "_remote", None)
        if remote is not None:
            remote.check_local("iterate")
        self._fetcher = _Fetcher(source, args)  # what jobs hold: they don't keep this
        self._batch = batch
        self._ahead = ahead
        self._pool = named_pool() if pool is None else pool
        self._error = None  # that the iterable ended with
        self._job = None  # that fetches the next batch
        self._context = None if MICROPYTHON else copy_context()

    async def _fill(self):
        """Have the next batch. False if there will be none; raises the iterable's error."""
        job = self._job
        if job is None:
            if self._error is not None or self._fetcher.closed:
                error, self._error = self._error, StopIteration()
                self._fetcher.closed = True
                if isinstance(error, (StopIteration, type(None))):
                    return False
                raise error
            job = self._job = self._fetching(self._batch)
        await turn
        try:
            items, self._error = await job
        except BaseException:
            if job.taken:  # it failed; else this was a cancel, perhaps as it ended, and the batch is for the next
                self._job = None
            raise
        items.reverse()
        self.here.extend(items)
        self._job = None
        if self._ahead and self._error is None and not self._fetcher.closed:
            job = self._fetching(self._batch * self._ahead)
            try:
                job.start()
            except RuntimeError:  # it can't be fetched any more: said when what is here is used up
                job = None
            self._job = job
        return True

    def _fetching(self, count):
        job = Job(self._pool, self._fetcher.fetch, (count,), {})
        if not MICROPYTHON:
            job.context = self._context
        job.kept = True
        job.taken = False  # while nobody else looks at the job: see the end of `job`
        return job

    async def aclose(self):
        """Fetch no more, and close the generator. It may be called again."""
        self._fetcher.closed = True
        job, self._job = self._job, None
        self.here.clear()
        try:
            if job is not None and not job.withdraw():
                await Insisting(job, False)
        finally:
            if self._fetcher.iterator is not None:
                await Insisting(Job(self._pool, self._fetcher.close, (), {}), False, True)

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        await self.aclose()

    def __del__(self):
        # Left without aclose, by a `break` say: let a thread close the generator, if one is to be had.
        fetcher = self._fetcher
        if fetcher is not None and not fetcher.closed:
            fetcher.closed = True
            if fetcher.iterator is not None:
                self._pool.afterwards(_close, (self._pool, fetcher))


class _Fetcher:
    """The iterable, for one thread at a time."""

    def __init__(self, source, args):
        self._source = source
        self._args = args
        self._own = callable(source)  # what it made is closed
        self._clock = Clock()
        self.iterator = None
        self.closed = False

    def fetch(self, count):
        """A list of items, `count` at most, and what the iterable ended with, if it did."""
        items = []
        if self.closed:  # left before a thread came to this
            return items, StopIteration()
        try:
            if self.iterator is None:
                self.iterator = iter(self._source(*self._args) if self._own else self._source)
            clock = self._clock
            end = clock.now() + LINGER
            for item in self.iterator:
                items.append(item)
                count -= 1
                if not count or clock.now() >= end or self.closed:
                    return items, None
        except BaseException as error:
            return items, error
        return items, StopIteration()

    def close(self):
        """End the generator, if it is one that was made here."""
        iterator, self.iterator = self.iterator, None
        if self._own and hasattr(iterator, "close"):
            iterator.close()


def _close(pool, fetcher):
    try:
        fetcher.close()
    except ValueError:  # a thread fetches still; that found it closed, and it goes when it is dropped there
        pass
    except Exception as error:
        pool.report("A generator failed as it was closed", error)


class Turn(SharedWait):
    """Awaited for each batch: the other tasks have their turn now and then, though the next may be there already."""

    def __await__(self):
        return fair(self, TURN)

    __iter__ = __await__

    def attempt(self):
        return None

    def park(self, task):
        task.queue.wake(task)


turn = Turn()
