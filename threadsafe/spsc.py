"""SPSCQueue: items from one context to one other, with neither a lock nor an allocation: what a hard ISR may always feed.

A ThreadSafeQueue may be fed by an ISR, too; but on RP2 its few bytecodes take the interrupts, and the other core's, away,
and a producer waits for another's to end. Here nobody waits for anybody: each index has one writer.
"""

from ..core.errors import WrongContextError
from ..core.native import MICROPYTHON, ident
from ..core.task import PENDING
from .queue import ThreadSafeQueue, _Get

if MICROPYTHON:
    from .spsc_micropython import SingleLine, SpscStore

_two_producers = WrongContextError("an SPSCQueue has one producer: use a ThreadSafeQueue for several")
_two_consumers = WrongContextError("an SPSCQueue has one consumer: use a ThreadSafeQueue for several")
_checking = [not MICROPYTHON]


def check_single(on=True):
    """On MicroPython, for debugging: look after that each SPSCQueue has one producer and one consumer. Elsewhere always.

    Two interrupt handlers, or one and the code that it interrupts, are one context to it.
    """
    _checking[0] = on or not MICROPYTHON


class SPSCQueue(ThreadSafeQueue):
    """A queue with a single producer and a single consumer: each a hard ISR, a thread, a core, or the tasks of one loop.

    ThreadSafeQueue's methods and contract, but for these: one context puts and one gets, else WrongContextError (on a
    board where `check_single` is on); nothing is locked, no interrupt kept waiting; "drop_oldest" is a ValueError, since
    the producer can't take items. On a board one task or thread at a time waits on either side.
    """

    def __init__(self, buf, overflow="raise"):
        if overflow == "drop_oldest":
            raise ValueError("an SPSCQueue can't drop_oldest: only its consumer takes items; use a ThreadSafeQueue")
        ThreadSafeQueue.__init__(self, buf, overflow)
        self._producer = self._consumer = None
        if MICROPYTHON:
            self._get = _Get(self)

    if MICROPYTHON:

        def _make_store(self, buf):
            return SpscStore([None] * buf if isinstance(buf, int) else buf)

        def _make_line(self):
            return SingleLine()

        def put_sync(self, v, block=None, timeout=None):
            self.put_or_wait(v, block, timeout)

    def try_put(self, v):
        if _checking[0] and self._producer != ident():
            self._check_producer()
        if not ThreadSafeQueue.try_put(self, v):
            return False
        if MICROPYTHON:
            self.putters.next = self.putters
        return True

    def try_get(self):
        if _checking[0] and self._consumer != ident():
            self._check_consumer()
        item = ThreadSafeQueue.try_get(self)
        if MICROPYTHON and item is not PENDING:
            self.getters.next = self.getters
        return item

    def try_put_many(self, items, start):
        if _checking[0] and self._producer != ident():
            self._check_producer()
        count = ThreadSafeQueue.try_put_many(self, items, start)
        if MICROPYTHON and count:
            self.putters.next = self.putters
        return count

    def try_get_many(self, most):
        if _checking[0] and self._consumer != ident():
            self._check_consumer()
        items = ThreadSafeQueue.try_get_many(self, most)
        if MICROPYTHON and items is not PENDING:
            self.getters.next = self.getters
        return items

    def _check_producer(self):
        if self._producer is not None:
            raise _two_producers
        self._producer = ident()

    def _check_consumer(self):
        if self._consumer is not None:
            raise _two_consumers
        self._consumer = ident()
