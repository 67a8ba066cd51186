"""Many items at a time into a ThreadSafeQueue and out of it: `put_many`, `get_many` and their like, for throughput.

Loaded when first used: call one of them before another core does.
"""

from ..core.errors import TimeoutError
from ..core.queue_errors import QueueClosed
from ..core.shared import fair
from ..core.task import PENDING
from .parking import check_timeout, wait_in_thread
from .queue import Timed

ALL = 1 << 29


def _most(most):
    """`most` as a number. ValueError if it can't be one."""
    if most is None:
        return ALL
    if not isinstance(most, int) or most < 1:
        raise ValueError("a batch is of 1 item or more, not " + repr(most))
    return most


class PutMany(Timed):
    """`await queue.put_many(items)`."""

    def __init__(self, queue, items, timeout):
        Timed.__init__(self, queue, timeout)
        self.items = list(items)
        self.count = 0

    def attempt(self):
        return self.put_what_fits()

    def put_what_fits(self):
        """How many were put in all, once that is all there will be; else PENDING."""
        items = self.items
        try:
            while self.count < len(items):
                count = self.queue.try_put_many(items, self.count)
                if not count:
                    return self.count if self.late() else PENDING
                self.count += count
        except QueueClosed:
            if not self.count:
                raise
        return self.count

    def park(self, task):
        self.wait_to_put(task)


class GetMany(Timed):
    """`await queue.get_many(most)`."""

    def __init__(self, queue, most, timeout):
        Timed.__init__(self, queue, timeout)
        self.most = _most(most)

    def __await__(self):
        return fair(self, 8)  # a batch may be long

    __iter__ = __await__

    def attempt(self):
        items = self.queue.try_get_many(self.most)
        if items is PENDING and self.late():
            raise TimeoutError
        return items

    def park(self, task):
        self.wait_to_get(task)


class _NextBatch(GetMany):
    def attempt(self):
        try:
            return GetMany.attempt(self)
        except QueueClosed:
            raise StopAsyncIteration from None


class Batches:
    """`async for items in queue.batches(most)`. Several tasks may iterate."""

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, queue, most):
        self._queue = queue
        self._most = _most(most)

    def __aiter__(self):
        return self

    def __anext__(self):
        return _NextBatch(self._queue, self._most, None)


def put_many_in_thread(queue, items, block, timeout):
    """`queue.put_many_sync(...)`."""
    if timeout is not None:
        timeout = check_timeout(timeout)
        block = True
    put = PutMany(queue, items, None)
    result = put.put_what_fits()
    if result is PENDING and block:
        try:
            result = wait_in_thread(queue.putters, put.put_what_fits, timeout, "use `await queue.put_many(items)`")
        except TimeoutError:
            pass
    return put.count


def get_many_in_thread(queue, most, block, timeout):
    """`queue.get_many_sync(...)`."""
    if timeout is not None:
        timeout = check_timeout(timeout)
        block = True
    most = _most(most)
    items = queue.try_get_many(most)
    if items is not PENDING:
        return items
    if not block:
        return []
    return wait_in_thread(
        queue.getters, lambda: queue.try_get_many(most), timeout, "use `await queue.get_many()`"
    )
