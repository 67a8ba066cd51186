"""Snapshot: several fields published together, read as they were at one moment, by anybody, without a lock.

Use a Message for a single value, a ThreadSafeQueue where each one counts.

On CPython a tuple is published with one store. MicroPython's writer fills rows in turn, so that it never waits nor
allocates, and marks each with the number of what it holds:

    writer: fills the spare row; marks it; publishes its index; takes another row as spare, its mark off first
    reader: takes the index; notes the mark; copies the row; looks at the mark again

Of the ROWS, a published one is not the spare again before two more were published. So a copy fails only if that often
was published while it was made. The reader then asks for a pin, and tries again. If that fails too, the first of the
publications that spoilt it has seen the request, and left its own row out of the turns until the pin is taken back:
that row is read. So a read ends after three copies, however fast the writer is.
"""

from collections import namedtuple

from ..core.errors import TimeoutError
from ..core.native import MICROPYTHON, allocate_lock, fence
from ..core.queue_errors import QueueClosed
from ..core.shared import fair
from ..core.task import PENDING
from . import parking
from .event import ReleasedTask
from .faults import fault
from .parking import check_timeout, wait_in_thread
from .timed import TimedWait

ROWS = 4  # the published one, the spare, the one pinned, and one between
LAST = 0x3FFFFFFF  # of the numbers, which begin with 1 again after it: they stay small integers
TRIES = 100  # of a reader while another has the pin
_NONE = object()  # an argument that was not given


class _Slices:
    def __getitem__(self, index):
        return index


_ALL = _Slices()[:]  # of a row: a slice made before, so that a copy allocates nothing and is one step in C


class Snapshot:
    """The latest values of some fields, all of one moment. One writer at a time; any number of readers.

    `fields` are their names, or how many there are. With a `typecode` of `array`, such as "i" or "f", they are kept in
    arrays of that type; without one they are objects. A writer in a hard ISR needs integers that are no larger than
    small ones, in either.

    | method | who may call | blocks | allocates on MicroPython | closed |
    |---|---|---|---|---|
    | `publish(a, b, ...)` up to 6 fields; `spare[i] = v`, then `commit()` | one writer at a time, in any context, hard ISR and signal handler included | never | nothing | QueueClosed |
    | `read()` | any context but a hard ISR | never | the tuple | gives the last values |
    | `read_into(buf)`, `version`, `missed(since)`, `closed()` | any context | never | nothing | as before |
    | `await changed(since, timeout=None)`, `async for values in snapshot` | tasks of any loop, asyncio's too | the task; TimeoutError | to wait | QueueClosed; the end of `async for` |
    | `wait_sync(timeout=None, since=0)` | threads, a core without a loop | the thread; TimeoutError | to wait | QueueClosed |
    | `close()` | tasks, threads | never | nothing | again: nothing happens |

    A writer never waits for a reader. A read is at most three copies of a row; on MicroPython, while another context is
    at its third, at most TRIES more, then RuntimeError. Waiters are woken in order of arrival. What is published again
    before a reader comes round is skipped: `missed` tells how much. A cancelled wait concerns nobody else. `close` lets
    waiters see what they have not seen, then end. On MicroPython a value that is an object stays alive until it was
    overwritten ROWS times.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, fields, typecode=None):
        if isinstance(fields, int):
            count = fields
            self.fields = ()
            self._kind = None
        else:
            self.fields = tuple(fields)
            count = len(self.fields)
            self._kind = namedtuple("Fields", self.fields) if count else None
        if count < 1:
            raise ValueError("a snapshot has 1 field or more, not " + str(count))
        self._count = count
        if typecode is None:
            self._rows = [[None] * count for _ in range(ROWS if MICROPYTHON else 1)]
        else:
            from array import array

            self._rows = [array(typecode, [0] * count) for _ in range(ROWS if MICROPYTHON else 1)]
        self.version = 0  # of the latest values; 0: nothing was published
        self._closed = False
        self._line = parking.WaitLine()
        if MICROPYTHON:
            self._marks = [0] + [-1] * (ROWS - 1)  # the number of what each row holds; -1: being written
            self._latest = 0  # the row published
            self._next = 1  # the spare row
            self.spare = self._rows[1]
            self._request = 0  # of the reader that wants a row pinned; 0: nobody
            self._answered = 0  # the writer's: the last request that it saw
            self._pinned = -1  # the writer's: the row that it leaves out
            self._ticket = 0
            self._pinning = allocate_lock()  # for a reader: one has the pin at a time
        else:
            self.spare = self._rows[0]
            self._published = (0, self._tuple(self.spare))

    def publish(self, a, b=_NONE, c=_NONE, d=_NONE, e=_NONE, f=_NONE):
        """Publish a value for each field, in order. TypeError if it is not as many; QueueClosed. For more than 6: `spare`."""
        given = 1 + (b is not _NONE) + (c is not _NONE) + (d is not _NONE) + (e is not _NONE) + (f is not _NONE)
        if given != self._count:
            raise TypeError("publish() needs " + str(self._count) + " values, not " + str(given))
        row = self.spare
        row[0] = a
        if given > 1:
            row[1] = b
        if given > 2:
            row[2] = c
        if given > 3:
            row[3] = d
        if given > 4:
            row[4] = e
        if given > 5:
            row[5] = f
        self.commit()

    def commit(self):
        """Publish what was stored in `spare`, a row of the fields, and wake who waits. QueueClosed.

        `spare` is another row after that, with values of an earlier time: store every field.
        """
        if self._closed:
            raise fault(QueueClosed, "the snapshot was closed: nothing can be published any more")
        number = self.version % LAST + 1
        if MICROPYTHON:
            latest = self._next
            self._marks[latest] = number
            fence()  # the row and its mark before its index
            self._latest = latest
            self.version = number
            spare = (latest + 1) % ROWS
            if spare == self._pinned:
                spare = (spare + 1) % ROWS
            self._marks[spare] = -1
            self._next = spare
            self.spare = self._rows[spare]
            fence()  # the index before the looks at the request and the line, the mark before what goes into the row
            request = self._request
            if request != self._answered:
                self._pinned = latest if request else -1
                self._answered = request  # a reader looks at neither before this writer's next fence
        else:
            self._published = (number, self._tuple(self.spare))
            self.version = number
        if self._line.any():
            self._line.notify_all()

    def read(self):
        """The values as a tuple, a named one if the fields have names. None (or 0) each before the first `publish`."""
        return self.latest()[1]

    def latest(self):
        """(number, values) of one moment: what `version` was then, and what `read` gives."""
        if not MICROPYTHON:
            return self._published
        row = self._rows[0][:]
        number = self.read_into(row)
        return number, self._tuple(row)

    def read_into(self, buf):
        """Copy the values into `buf`, a list or an array of the snapshot's typecode. Returns their `version`.

        ValueError if its length is not the number of fields.
        """
        if len(buf) != self._count:
            raise ValueError("the buffer must have as many places as there are fields")
        if not MICROPYTHON:
            number, values = self._published
            for i, value in enumerate(values):
                buf[i] = value
            return number
        number = self._copy(buf)
        return number if number >= 0 else self._copy_pinned(buf)

    def missed(self, since):
        """How many were published after the one whose `version` was `since`: all but the last were overwritten."""
        return (self.number() - since) % LAST

    def changed(self, since=0, timeout=None):
        """Awaitable: until `version` is not `since`; returns it. By default until anything was published.

        TimeoutError after `timeout` seconds; QueueClosed.
        """
        return _Changed(self, since, timeout)

    def wait_sync(self, timeout=None, since=0):
        """As `changed`, for threads: block until `version` is not `since`; TimeoutError after `timeout` seconds."""
        timeout = check_timeout(timeout)
        wait = _Changed(self, since, None)
        number = wait.attempt()
        if number is not PENDING:
            return number
        return wait_in_thread(self._line, wait.attempt, timeout, "use `await snapshot.changed()`")

    def close(self):
        """Nothing more is published: who waits goes on, with an error, and `async for` ends."""
        self._closed = True
        if MICROPYTHON:
            fence()  # as in `commit`
        self._line.notify_all()

    def closed(self):
        """True from `close` on."""
        return self._closed

    def __aiter__(self):
        return SnapshotReader(self)

    def number(self):
        """`version` as a reader has to see it: on MicroPython a writer stores that a moment after the values."""
        if not MICROPYTHON:
            return self._published[0]
        number = self._marks[self._latest]
        return number if number >= 0 else self.version  # the writer came round to it: that is stored long since

    def _tuple(self, row):
        return tuple(row) if self._kind is None else self._kind(*row)

    # The reader's side of MicroPython.

    def _copy(self, buf):
        """The number of what is in `buf` now, -1 if the writer came round to it meanwhile."""
        latest = self._latest
        number = self._marks[latest]
        fence()
        self._move(latest, buf)
        fence()
        return number if self._marks[latest] == number else -1

    def _copy_pinned(self, buf):
        tries = 0
        while not self._pinning.acquire(0):  # nor wait: this may have cut into the one that has it
            number = self._copy(buf)
            if number >= 0:
                return number
            tries += 1
            if tries == TRIES:
                raise RuntimeError("another reader was being served for too long")
        try:
            self._ticket = ticket = self._ticket % LAST + 1
            self._request = ticket
            fence()
            number = self._copy(buf)
            if number < 0:
                pinned = self._pinned  # by the publication that followed the one that the copy was of, or by that one
                number = self._marks[pinned]
                self._move(pinned, buf)
            return number
        finally:
            self._request = 0
            self._pinning.release()

    def _move(self, index, buf):
        row = self._rows[index]
        if type(row) is type(buf):
            buf[_ALL] = row
        else:
            i = 0
            while i < self._count:
                buf[i] = row[i]
                i += 1


class _Changed(TimedWait):
    """One wait for another version than `since`. It stays another, so a notification is only a reason to look."""

    def __init__(self, snapshot, since, timeout):
        TimedWait.__init__(self, timeout)
        self.snapshot = snapshot
        self.since = since

    def attempt(self):
        snapshot = self.snapshot
        closed = snapshot._closed  # before the version: what was published before the close is to be seen
        if MICROPYTHON:
            fence()
        number = snapshot.number()
        if number != self.since:
            return self.result(number)
        if closed:
            return self.end()
        if self.late():
            raise TimeoutError
        return PENDING

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def result(self, number):
        return number

    def end(self):
        raise QueueClosed("the snapshot was closed: nothing new will come")

    def park(self, task):
        snapshot = self.snapshot
        parked = self.wait_as(task, ReleasedTask(task, snapshot._line))
        if snapshot.number() != self.since or snapshot._closed:
            parked.try_now()


class SnapshotReader(_Changed):
    """`async for` over a snapshot: the values of each version that it comes round for, in order, none twice."""

    def __init__(self, snapshot):
        _Changed.__init__(self, snapshot, 0, None)

    def result(self, number):
        if MICROPYTHON:
            fence()  # the values after the version that told of them
        self.since, values = self.snapshot.latest()
        return values

    def end(self):
        raise StopAsyncIteration

    def __aiter__(self):
        return self

    def __anext__(self):
        return self
