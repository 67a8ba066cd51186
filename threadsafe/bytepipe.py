"""BytePipe: bytes from one context to another, such as from a serial port's interrupt to the task that parses them.

A ring with two counters, one moved by the writer alone, one by the reader alone: no lock. The writer stores bytes, then
its counter, then looks whether to wake the reader; the reader says what it waits for, then looks at the counter, then
sleeps. Likewise the other way round. Use a ThreadSafeQueue for items, a Snapshot for the latest state.
"""

from ..core.errors import TimeoutError
from ..core.native import MICROPYTHON, fence
from ..core.queue_errors import QueueClosed
from ..core.shared import fair
from ..core.stream_errors import IncompleteReadError
from ..core.task import PENDING
from . import parking
from .faults import fault
from .parking import ParkedTask, check_timeout, wait_in_thread
from .timed import TimedWait

SHORT = 32 if MICROPYTHON else 0  # bytes up to which MicroPython copies them singly: slices would be allocations


class BytePipe:
    """A pipe of `size` bytes, N means N, from one writer to one reader at a time (SPSC), each in any context.

    | method | who may call | blocks | allocates on MicroPython | full or empty | closed |
    |---|---|---|---|---|---|
    | `write(buf)`, `flush()` | the writer, in any context: hard ISR and signal handler included | never | nothing for 32 bytes or in a hard ISR, else little | what has no room is dropped and counted in `lost` | QueueClosed |
    | `write_sync(buf, timeout=None)` | the writer: a thread, a core without a loop | the thread | little | waits, then TimeoutError | QueueClosed |
    | `await awrite(buf)`, `await drain()` | the writer: a task | the task | little | waits, then TimeoutError | QueueClosed |
    | `take(n=-1)` | the reader, in any context but a hard ISR | never | the bytes | b"" | gives what is left |
    | `await read(n)`, `readinto`, `readexactly`, `readline` | the reader: a task | the task | the bytes | waits, then TimeoutError | gives what is left, then b"", 0, IncompleteReadError |
    | `read_sync(n)`, `wait_sync(pipe.readline(), timeout)` | the reader: a thread, a core without a loop | the thread | the bytes | likewise | likewise |
    | `any()`; `room()`; `closed()` | the reader; the writer; anybody: in any context | never | nothing | | |
    | `close()` | tasks, threads; the writer, to have all that it wrote read | never | nothing | | again: nothing happens |

    All that wait take a `timeout` in seconds, None: no limit. A second task that would wait in the same direction gets a
    RuntimeError. A wait that is cancelled or times out takes no byte with it: what a read had collected is there for the
    next one. A write that waits goes in as a whole or not at all if it fits in the pipe; what is longer goes in by
    parts, and those that went in before it was given up stay.

    `read` and `readinto` wait for `trigger` bytes, or as many as were asked for if that is less. The reader is woken
    before that by `flush`, by a writer that waits for room or drains, and by `close`; `readline` by a newline.
    """

    def __init__(self, size, trigger=1):
        if not isinstance(size, int) or not 0 < size <= 1 << 24:
            raise ValueError("a pipe holds 1 byte or more, up to 16 MB, not " + repr(size))
        if not isinstance(trigger, int) or not 0 < trigger <= size:
            raise ValueError("the trigger is 1 byte or more, and no more than the pipe holds; not " + repr(trigger))
        self.size = size
        self.trigger = trigger
        self.lost = 0  # bytes that `write` dropped, of 30 bits. The writer's
        self._wrap = size * (0x20000000 // size)  # the counters' modulus: they stay small integers
        self._ring = bytearray(size)
        self._view = memoryview(self._ring)
        self._head = 0  # bytes written, ever. The writer's
        self._tail = 0  # bytes read. The reader's
        self._flushed = 0  # the head when the reader was last told not to wait for more. The writer's
        self._seen = 0  # the head when the reader looked last. The reader's
        self._need = 1  # what the reader waits for: so many bytes,
        self._stop = -1  # or this one
        self._want = 1  # what the writer waits for: room for so many
        self._held = bytearray()  # read, but not given to anybody yet. The reader's
        self._closed = False
        self.readers = parking.WaitLine()
        self.writers = parking.WaitLine()

    # The writer's side.

    def write(self, buf, count=-1):
        """Add the first `count` bytes of `buf` (-1: all), as far as there is room; returns how many that were.

        `buf` is bytes, a bytearray or a memoryview of bytes.
        """
        if not MICROPYTHON:
            buf = memoryview(buf).cast("B")
        if not 0 <= count <= len(buf):
            count = len(buf)
        taken = self.push(buf, 0, count)
        if taken < count:
            self.lost = (self.lost + count - taken) & 0x3FFFFFFF
        return taken

    def flush(self):
        """Have the reader take what there is: it is not to wait for its trigger."""
        self._flushed = self._head
        fence()
        if self.readers.any():
            self.readers.notify()

    def write_sync(self, buf, timeout=None):
        """Add all of `buf`: block the calling thread until there is room. TimeoutError after `timeout` seconds."""
        self.wait_sync(self.awrite(buf), timeout)

    def awrite(self, buf, timeout=None):
        """Awaitable: add all of `buf`, when there is room."""
        job = [buf if MICROPYTHON else memoryview(buf).cast("B"), 0]  # and how many of them are in
        return _Transfer(self.writers, self.writable, self._try_write, job, timeout)

    def drain(self, timeout=None):
        """Awaitable: until the reader has taken everything. QueueClosed if it is closed before that."""
        return _Transfer(self.writers, self.writable, self._try_drain, None, timeout)

    def room(self):
        """How many bytes can be written now."""
        return self.size - (self._head - self._tail) % self._wrap

    def push(self, buf, start, count):
        """Add up to `count` of the bytes that `buf` has from `start` on, as there is room; returns how many. QueueClosed."""
        if self._closed:
            raise fault(QueueClosed, "the pipe was closed: nothing can be written any more")
        count = min(count, self.room())
        if count <= 0:
            return 0
        head = self._head
        at = head % self.size
        stop = self._stop
        found = count > SHORT  # or nobody looks
        if not (found and self._move(at, buf, start, count)):
            ring, size, end = self._ring, self.size, start + count
            while start < end:
                byte = buf[start]
                ring[at] = byte
                if byte == stop:
                    found = True
                start += 1
                at = (at + 1) % size
        fence()  # the bytes before their counter
        self._head = (head + count) % self._wrap
        fence()  # the counter before the look at the reader
        if self.readers.any():
            now = self._stop
            if self.size - self.room() >= self._need or (now >= 0 and (found or now != stop)):
                self.readers.notify()
        return count

    def _move(self, at, buf, start, count):
        """Copy in slices. Returns False if there is no memory for those, as in a hard ISR."""
        first = min(count, self.size - at)
        try:
            buf = memoryview(buf)[start : start + count]
            self._view[at : at + first] = buf[:first]
            if first < count:
                self._view[: count - first] = buf[first:]
        except MemoryError:
            return False
        return True

    def writable(self):
        """Whether there is the room that the writer waits for, or will never be."""
        return self._closed or self.room() >= self._want

    def _try_write(self, job):
        buf, done = job
        size = len(buf)
        while True:
            left = size - done
            want = left if left <= self.size else (self.size + 1) // 2
            if self._lacks(want):
                return PENDING
            done += self.push(buf, done, left)
            job[1] = done
            if done == size:
                return None

    def _try_drain(self, _):
        return PENDING if self._lacks(self.size) else None

    def _lacks(self, want):
        """Whether there is no room for `want` bytes now. Then the writer waits, and the reader is not to. QueueClosed."""
        self._want = want
        fence()  # what is wanted before the look: the reader does it the other way round
        if self.room() >= want:
            return False
        if self._closed:
            raise QueueClosed("the pipe was closed, and not everything was read")
        self.flush()
        return True

    # The reader's side.

    def any(self):
        """How many bytes can be read."""
        return len(self._held) + self.size - self.room()

    def take(self, n=-1):
        """Up to `n` bytes of what there is now, -1: all of it; b"" if there is nothing. Honours no trigger."""
        self._look(1, -1)
        return self._take(n)

    def read(self, n=-1, timeout=None):
        """Awaitable: up to `n` bytes, as soon as `trigger` have come; -1: all until it is closed. b"" at the end."""
        return _Transfer(self.readers, self.readable, self._try_read if n >= 0 else self._try_exactly, n, timeout)

    def readinto(self, buf, timeout=None):
        """Awaitable: fill `buf` with what there is, as soon as `trigger` have come. Gives how many bytes, 0 at the end."""
        return _Transfer(self.readers, self.readable, self._try_into, buf, timeout)

    def readexactly(self, n, timeout=None):
        """Awaitable: `n` bytes, which may be more than the pipe holds. IncompleteReadError if it is closed first."""
        if n < 0:
            raise ValueError("readexactly needs 0 bytes or more, not " + str(n))
        return _Transfer(self.readers, self.readable, self._try_exactly, n, timeout)

    def readline(self, timeout=None):
        """Awaitable: up to and with the next newline, however long; what is left if it is closed before that."""
        return _Transfer(self.readers, self.readable, self._try_line, None, timeout)

    def read_sync(self, n=-1, timeout=None):
        """As `read`: blocks the calling thread, TimeoutError after `timeout` seconds."""
        return self.wait_sync(self.read(n), timeout)

    def wait_sync(self, waiting, timeout=None):
        """Wait in a thread for what a task would await, as in `pipe.wait_sync(pipe.readline(), 5)`; returns its result."""
        timeout = check_timeout(timeout)
        result = waiting.attempt()
        if result is PENDING:
            result = wait_in_thread(waiting.line, waiting.attempt, timeout, "use `await`, as in `await pipe.read(n)`")
        return result

    def close(self):
        """Let nothing more in, wake who waits. What a write under way in another context adds may be read or not."""
        self._closed = True
        fence()
        self.readers.notify_all()
        self.writers.notify_all()

    def closed(self):
        """True from `close` on."""
        return self._closed

    def readable(self):
        """Whether something has happened since the reader looked: it is to look again."""
        return self._closed or self._head != self._seen or self._is_flushed()

    def _is_flushed(self):
        return 0 < (self._flushed - self._tail) % self._wrap <= (self._head - self._tail) % self._wrap

    def _look(self, need, stop):
        """Say what the reader waits for; then (how many bytes are in the ring, whether no more will come)."""
        self._need = need
        self._stop = stop
        fence()  # as in `_lacks`
        closed = self._closed
        fence()  # what was written before the close is to be seen
        head = self._seen = self._head
        fence()  # the counter before the bytes
        return (head - self._tail) % self._wrap, closed

    def _try_read(self, n):
        if n == 0:
            return b""
        need = 0 if self._held else min(n, self.trigger)
        flushed = self._is_flushed()  # before the look: what was flushed is there by then
        fill, closed = self._look(need, -1)
        return self._take(n) if flushed or closed or fill >= need else PENDING

    def _try_into(self, buf):
        data = self._try_read(len(buf))
        if data is not PENDING:
            memoryview(buf)[: len(data)] = data
            data = len(data)
        return data

    def _try_exactly(self, n):
        while True:
            missing = n - len(self._held) if n >= 0 else self.size + 1
            fill, closed = self._look(max(1, min(missing, self.size)), -1)
            if fill >= missing:
                return self._take(n)
            self._hold(self._peek(fill))
            if not fill or closed or n < 0:
                break  # else look again: less is missing now, and the writer is to know
        if closed and n >= 0:
            raise IncompleteReadError(self._take(-1), n)
        return self._take(-1) if closed else PENDING

    def _try_line(self, _):
        found = self._held.find(b"\n")  # it holds a whole line only if a read of another kind was given up
        if found >= 0:
            return self._take(found + 1)
        fill, closed = self._look(self.size, 10)
        data = self._peek(fill)
        found = data.find(b"\n")
        if found >= 0:
            return self._take(len(self._held) + found + 1)
        self._hold(data)
        return self._take(-1) if closed else PENDING

    def _peek(self, count):
        """The first `count` bytes in the ring."""
        at = self._tail % self.size
        rest = at + count - self.size
        data = bytes(self._view[at : at + count])
        return data if rest <= 0 else data + bytes(self._view[:rest])

    def _hold(self, data):
        """Keep `data`, the first bytes in the ring, and make room for more."""
        self._held.extend(data)
        self._advance(len(data))

    def _take(self, n):
        """Up to `n` bytes, of those held and of the ring; -1: all."""
        total = self.any()
        n = n if 0 <= n < total else total
        data = bytes(self._held[:n])
        if data:
            self._held = self._held[n:]
        part = self._peek(n - len(data))
        self._advance(len(part))
        return data + part if data else part

    def _advance(self, count):
        """The writer may have the place of the first `count` bytes in the ring."""
        if count:
            fence()  # they were read before that
            self._tail = (self._tail + count) % self._wrap
            fence()
            if self.writers.any() and self.room() >= self._want:
                self.writers.notify()


class _Transfer(TimedWait):
    """One wait of the reader or of the writer, in `line`: `step(arg)` tries, `ready()` says whether to try again."""

    def __init__(self, line, ready, step, arg, timeout):
        TimedWait.__init__(self, timeout)
        self.line = line
        self.ready = ready
        self.step = step
        self.arg = arg
        self.tried = False

    def __await__(self):
        return fair(self)

    __iter__ = __await__

    def attempt(self):
        self.tried = True
        result = self.step(self.arg)
        if result is PENDING and self.late():
            raise TimeoutError
        return result

    def park(self, task):
        if self.line.any():
            raise RuntimeError("another task or thread already waits to read, or to write, this pipe; only one may")
        if not self.tried:  # a turn for the others: what the other side is to look out for has not been said yet
            task.queue.wake(task)
            return
        parked = self.wait_as(task, ParkedTask(task, self.line))
        if self.ready():
            parked.try_now()
