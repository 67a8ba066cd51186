"""Tasks that wait until a descriptor or stream can be read or written. Scheduler side only.

One task may wait to read and another to write the same stream; each is woken, or cancelled, without harm to the other.
"""

import select

from .native import MICROPYTHON
from .task import Wait

if not MICROPYTHON:
    import selectors

READ, WRITE = 0, 1
POLL_BOTH = select.POLLIN | select.POLLOUT


class _Direction(Wait):
    """The one task that waits to read, or to write, one stream."""

    def __init__(self, io, entry, stream, direction):
        self.io = io
        self.entry = entry
        self.stream = stream
        self.direction = direction
        self.task = None
        self.fresh = False

    def park(self, task):
        if self.task is not None or not self.io.adopt(self.stream, self.entry):
            task.queue.fail(
                task,
                RuntimeError(
                    "another task already waits to " + ("write", "read")[self.direction == READ]
                    + " this stream; only one may at a time"
                ),
            )
            return
        self.task = task
        try:
            self.io.watch(self.stream, self.entry)
        except Exception:
            self.task = None
            raise

    def unpark(self, task):
        self.task = None
        self.io.watch(self.stream, self.entry)
        return True

    def __await__(self):
        self.fresh = True
        return self

    __iter__ = __await__

    def __next__(self):
        if self.fresh:
            self.fresh = False
            return self
        raise StopIteration


class IOQueue:
    """What one loop watches. `watching` is how many streams have a waiting task."""

    def __init__(self, bell):
        self.bell = bell
        self.watching = 0
        self._streams = {}  # _key(stream) -> [reader, writer, events registered]
        if MICROPYTHON:
            bell.on_stream = self._ready
        else:
            self._selector = selectors.DefaultSelector()
            self._selector.register(bell.descriptor(), selectors.EVENT_READ)

    def queue_read(self, stream):
        """Awaitable: until `stream` can be read without blocking, or is at its end or broken."""
        return self._entry(stream)[READ]

    def queue_write(self, stream):
        """Awaitable: until `stream` can be written without blocking, or is broken."""
        return self._entry(stream)[WRITE]

    def _entry(self, stream):
        entry = self._streams.get(_key(stream))
        if entry is None:
            entry = [None, None, 0]
            entry[READ] = _Direction(self, entry, stream, READ)
            entry[WRITE] = _Direction(self, entry, stream, WRITE)
            self._streams[_key(stream)] = entry
        return entry

    def adopt(self, stream, entry):
        """Make `entry` the one for `stream`, if no other is; returns whether it is."""
        return self._streams.setdefault(_key(stream), entry) is entry

    def watch(self, stream, entry):
        """Have the system watch `stream` for what the tasks in `entry` wait for now, and nothing else."""
        events = (select.POLLIN if entry[READ].task else 0) | (select.POLLOUT if entry[WRITE].task else 0)
        before = entry[2]
        if events == before:
            return
        try:
            self._tell_system(stream, before, events)
        except Exception:  # a regular file, or closed: nothing that can be watched
            if not before:
                del self._streams[_key(stream)]
            raise
        entry[2] = events
        self.watching += (events != 0) - (before != 0)
        if not events:
            del self._streams[_key(stream)]

    def _tell_system(self, stream, before, events):
        if MICROPYTHON:
            if events:
                self.bell.poll.register(stream, events)  # also modifies
            else:
                self.bell.poll.unregister(stream)
        elif not events:
            self._selector.unregister(stream)
        else:
            mask = selectors.EVENT_READ if events & select.POLLIN else 0
            mask |= selectors.EVENT_WRITE if events & select.POLLOUT else 0
            if before:
                self._selector.modify(stream, mask)
            else:
                self._selector.register(stream, mask)

    def _ready(self, stream, events):
        """Wake those whose turn `events` is; an error or hang-up is everybody's."""
        entry = self._streams.get(_key(stream))
        if entry is None:
            return
        for direction, event in ((READ, select.POLLIN), (WRITE, select.POLLOUT)):
            wait = entry[direction]
            if wait.task is not None and events & ~(POLL_BOTH ^ event):
                task, wait.task = wait.task, None
                task.queue.wake(task)
        self.watch(stream, entry)

    def forget(self, stream, error):
        """`stream` is about to be closed: watch it no more; who waits for it gets `error()`, an exception."""
        entry = self._streams.get(_key(stream))
        if entry is None:
            return
        for wait in (entry[READ], entry[WRITE]):
            if wait.task is not None:
                task, wait.task = wait.task, None
                task.queue.fail(task, error())
        self.watch(stream, entry)

    def sleep(self, timeout):
        """Wait for streams or the bell, for at most `timeout` clock units (-1: no limit), and wake whom it concerns."""
        if MICROPYTHON:
            self.bell.sleep(timeout)
            return
        for key, mask in self.bell.sleep_in(self._selector.select, timeout):
            if key.fd == self.bell.descriptor():
                self.bell.drain()
            else:
                events = (select.POLLIN if mask & selectors.EVENT_READ else 0) | (
                    select.POLLOUT if mask & selectors.EVENT_WRITE else 0
                )
                self._ready(key.fileobj, events)

    def close(self):
        """Watch nothing any more."""
        if not MICROPYTHON:
            self._selector.close()


def _key(stream):
    """What tells streams apart: a descriptor's number, whichever int object carries it; else the object."""
    return stream if isinstance(stream, int) else id(stream)
