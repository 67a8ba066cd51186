"""Tasks that wait until a descriptor or stream can be read or written. Scheduler side only.

One task may wait to read and another to write the same stream; each is woken, or cancelled, without harm to the other.
What is waited for again and again by a Stream stays registered with the system between two waits, on CPython: that
saves two system calls each time. It is taken out when an event comes that nobody waits for, and when it is closed.
Python objects with MicroPython's `ioctl` are asked each millisecond on CPython; MicroPython's poll does that itself.
"""

import select

from .lazy import load
from .native import MICROPYTHON
from .task import PENDING, Wait
from .times import UNITS_PER_MS

if not MICROPYTHON:
    import selectors

READ, WRITE = select.POLLIN, select.POLLOUT
READER, WRITER = ~WRITE, ~READ  # whom an event concerns: an error or hang-up is everybody's
POLL, BROKEN = 3, 8 | 16 | 32  # of MicroPython's ioctl: the request, and what is always of interest
ASK_EVERY = UNITS_PER_MS  # clock units, for what no system call watches


class _Direction(Wait):
    """The one task that waits to read, or to write, one stream."""

    def __init__(self, io, watched, event):
        self.io = io
        self.watched = watched
        self.event = event
        self.task = None
        self.fresh = False

    def park(self, task):
        io = self.io
        watched = self.watched
        if io.bell is not task.queue.bell:
            task.queue.fail(task, load("misuse", "other_loops_stream")())
            return
        if self.task is not None or not (watched.events or io.adopt(watched)):
            task.queue.fail(
                task,
                RuntimeError(
                    "another task already waits to " + ("read" if self.event == READ else "write") + " this stream"
                    + ("" if self.task is None else ": " + repr(self.task)) + "; only one may at a time"
                ),
            )
            return
        self.task = task
        io.watching += 1
        if not watched.events & self.event or watched.is_gone():
            try:
                io.watch(watched)
            except Exception:
                self.task = None
                io.watching -= 1
                raise

    def unpark(self, task):
        self.task = None
        self.io.watching -= 1
        if not self.watched.kept:
            self.io.watch(self.watched)
        return True

    def release(self):
        """The task that waits, waiting no more."""
        task, self.task = self.task, None
        self.io.watching -= 1
        return task

    def __await__(self):
        self.fresh = True
        return self

    __iter__ = __await__

    def attempt(self):
        if self.fresh:
            self.fresh = False
            return PENDING
        return None


class Watched:
    """A stream, its `reader` and `writer` to wait for, and the events of it that the system watches now."""

    def __init__(self, io, stream, kept, urgent=False):
        self.stream = stream
        self.kept = kept  # stays registered while nobody waits
        self.urgent = urgent
        self.asked = not MICROPYTHON and hasattr(stream, "ioctl")  # and not watched by the system
        self.events = 0
        self.reader = _Direction(io, self, READ)
        self.writer = _Direction(io, self, WRITE)

    def wanted(self):
        return (READ if self.reader.task is not None else 0) | (WRITE if self.writer.task is not None else 0)

    def is_gone(self):
        """Whether it was closed behind our back: the system watches it no more, and says nothing."""
        return self.kept and not isinstance(self.stream, int) and self.stream.fileno() < 0


class IOQueue:
    """What one loop watches. `watching` is how many tasks wait, and what else is to be seen to by `sleep`."""

    def __init__(self, bell):
        self.bell = bell
        self.watching = 0
        self._streams = {}  # _key(stream) -> Watched
        if MICROPYTHON:
            self._stale = []  # those that were ready since the last sleep; each counts as one that waits
            bell.on_stream = self._stream_ready
        else:
            self.asking = []  # those with an `ioctl`, for which tasks wait
            self._selector = selectors.DefaultSelector()
            self._selector.register(bell.descriptor(), selectors.EVENT_READ)

    def queue_read(self, stream):
        """Awaitable: until `stream` can be read without blocking, or is at its end or broken."""
        return self._watched(stream).reader

    def queue_write(self, stream):
        """Awaitable: until `stream` can be written without blocking, or is broken."""
        return self._watched(stream).writer

    def _watched(self, stream):
        watched = self._streams.get(_key(stream))
        if watched is None or (watched.kept and not watched.wanted()):  # or it may be of a descriptor closed since
            watched = self._replace(watched, Watched(self, stream, False))
        return watched

    def keep(self, stream, urgent):
        """A Watched for one who waits for `stream` often, and calls `forget` before it is closed or given up."""
        watched = self._streams.get(_key(stream))
        if watched is None or not watched.wanted():
            kept = not MICROPYTHON and not hasattr(stream, "ioctl")
            watched = self._replace(watched, Watched(self, stream, kept, urgent))
        return watched

    def _replace(self, old, new):
        if old is not None:
            self._drop(old)
        self._streams[_key(new.stream)] = new
        return new

    def adopt(self, watched):
        """Make `watched` the one for its stream, unless tasks wait for another; returns whether it is."""
        other = self._streams.setdefault(_key(watched.stream), watched)
        if other is not watched:
            if other.wanted():
                return False
            self._replace(other, watched)
        return True

    def watch(self, watched):
        """Have the system watch it for what tasks wait for now, and nothing else."""
        events = watched.wanted()
        if watched.is_gone():
            self._drop(watched)
        elif events == watched.events:
            return
        before = watched.events
        try:
            self._tell_system(watched, before, events)
        except Exception:  # a regular file, or closed: nothing that can be watched
            if not before:
                self._streams.pop(_key(watched.stream), None)
            raise
        watched.events = events
        if not events:
            self._streams.pop(_key(watched.stream), None)

    def _tell_system(self, watched, before, events):
        stream = watched.stream
        if MICROPYTHON:
            if events:
                self.bell.poll.register(stream, events)  # also modifies
            else:
                self.bell.poll.unregister(stream)
        elif watched.asked:
            if not events:
                self.asking.remove(watched)
            elif not before:
                self.asking.append(watched)
        elif not events:
            try:
                self._selector.unregister(stream)
            except (KeyError, ValueError):  # it was closed, and its number is another's now
                pass
        else:
            mask = selectors.EVENT_READ if events & READ else 0
            mask |= selectors.EVENT_WRITE if events & WRITE else 0
            if before:
                self._selector.modify(stream, mask, watched)
                return
            try:
                self._selector.register(stream, mask, watched)
            except KeyError:  # under this number there was another stream, which may have been closed since
                other = self._selector.get_key(stream).data
                if other is None or other.wanted():
                    raise
                self._drop(other)
                self._selector.register(stream, mask, watched)

    def _drop(self, watched):
        """Watch it no more."""
        before, watched.events = watched.events, 0
        if self._streams.get(_key(watched.stream)) is watched:
            del self._streams[_key(watched.stream)]
        if before:
            self._tell_system(watched, before, 0)

    def _stream_ready(self, ready):
        stream = ready[0]
        watched = self._streams.get(stream if isinstance(stream, int) else id(stream))  # as `_key`
        if watched is not None:
            self._ready(watched, ready[1])

    def _ready(self, watched, events):
        """Wake those whose turn `events` is."""
        exact = not watched.kept
        if events & READER:
            exact = not self._wake(watched, watched.reader) or exact
        if events & WRITER:
            exact = not self._wake(watched, watched.writer) or exact
        if exact and not MICROPYTHON:
            self.watch(watched)
        elif exact and watched not in self._stale:
            self._stale.append(watched)
            self.watching += 1

    def _wake(self, watched, direction):
        """Whether somebody waits there."""
        task = direction.task
        if task is None:
            return False
        direction.task = None  # as `release`, without its call
        self.watching -= 1
        policy = task.queue.policy
        if policy is None:
            task.queue.wake(task)
        else:
            policy.arrive(task, watched.urgent)
        return True

    def _settle(self):
        """Watch no more what was ready and nobody waits for again: to tell the system each time would take longer."""
        stale = self._stale
        while stale:
            self.watching -= 1
            self.watch(stale.pop())

    def forget(self, stream, error):
        """`stream` is about to be closed: watch it no more; who waits for it gets `error()`, an exception."""
        watched = self._streams.get(_key(stream))
        if watched is not None:
            self._fail(watched, error)

    def _fail(self, watched, error):
        for direction in (watched.reader, watched.writer):
            if direction.task is not None:
                task = direction.release()
                task.queue.fail(task, error())
        self._drop(watched)

    def _events(self, watched):
        """What one with an `ioctl` is ready for. Should that fail, who waits for it gets the error, and nobody else."""
        try:
            events = watched.stream.ioctl(POLL, watched.events | BROKEN)
            if events < 0:
                raise OSError(-events, "the stream's ioctl() returned an error")
            return events
        except Exception as error:
            exc = error
        self._fail(watched, lambda: exc)
        return 0

    def _fail_broken(self):
        """`poll` raised: find whose `ioctl` did. Returns None if none has any, False if now that they are asked none fails:
        an error that was for once.
        """
        failed = None
        for watched in list(self._streams.values()):
            if hasattr(watched.stream, "ioctl"):
                self._events(watched)
                failed = bool(failed) or not watched.events  # it was dropped
        return failed

    def give_up(self, watched):
        """Its Stream is no more: watch it only for those who wait for it directly."""
        watched.kept = False
        if watched.events and self._selector.get_map() is not None:
            self.watch(watched)

    def sleep(self, timeout):
        """Wait for streams or the bell, for at most `timeout` clock units (-1: no limit), and wake whom it concerns."""
        if MICROPYTHON:
            if self._stale:
                self._settle()
            try:
                self.bell.sleep_watching(timeout)
            except OSError:  # of an `ioctl` written in Python. With a name for it the frame would be on the heap
                if self._fail_broken() is None:
                    raise
            except Exception:
                if not self._fail_broken():
                    raise
        else:
            self._select(timeout)  # apart: with its locals a board would have to allocate the frame

    def _select(self, timeout):
        if self.asking:
            if self._ask():
                timeout = 0
            elif not 0 <= timeout < ASK_EVERY:
                timeout = ASK_EVERY
        for key, mask in self.bell.sleep_in(self._selector.select, timeout):
            if key.data is None:
                self.bell.drain()
            else:
                events = (READ if mask & selectors.EVENT_READ else 0) | (WRITE if mask & selectors.EVENT_WRITE else 0)
                self._ready(key.data, events)

    def _ask(self):
        """Ask those with an `ioctl` whether they are ready; returns whether one was."""
        ready = False
        for watched in list(self.asking):
            events = self._events(watched)
            if events:
                ready = True
                self._ready(watched, events)
        return ready

    def close(self):
        """Watch nothing any more."""
        if not MICROPYTHON:
            self._selector.close()


def _key(stream):
    """What tells streams apart: a descriptor's number, whichever int object carries it; else the object."""
    return stream if isinstance(stream, int) else id(stream)
