"""The time of one board, or of several that are wired together: the system's here, one that jumps in `virtual_time`.

All times are whole microseconds since the timekeeper was made. A thread that waits does so here, with something that
can be notified meanwhile: a Wakeable, or the doorbell of a loop.
"""

from __future__ import annotations

import threading
import time
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

LONGEST = 1_000_000.0  # seconds in one sleep: above it some platforms overflow
GLANCE = 5_000  # us of real time after which a condition that nobody tells of is looked at again


class Sleeper(Protocol):
    """What a thread sleeps in. `wake` is for any thread, the others for the one that sleeps."""

    def ready(self) -> bool:
        """Whether there is something to do, so that there is no sleep."""

    def block(self, seconds: float | None) -> None:
        """Sleep until woken, for so long at most (None: no limit). May end for no reason."""

    def wake(self) -> None:
        """End the sleep, this one or the next."""


class Wakeable:
    """A Sleeper for a thread that waits for one thing: `notify` ends its wait, this one or the next. Any thread."""

    def __init__(self) -> None:
        self.pending = False
        self._lock = allocate_lock()
        self._lock.acquire()

    def notify(self) -> None:
        self.pending = True
        self.wake()

    def ready(self) -> bool:
        return self.pending

    def take(self) -> bool:
        """Whether it was notified; then it is no more."""
        pending, self.pending = self.pending, False
        return pending

    def block(self, seconds: float | None) -> None:
        self._lock.acquire(True, -1 if seconds is None else min(seconds, LONGEST))

    def wake(self) -> None:
        try:
            self._lock.release()
        except RuntimeError:  # somebody else has just woken it
            pass


@dataclass(frozen=True)
class Part:
    """A thread that takes part in the time. `thread`: its ident, None if it has not begun; `until`: None for ever."""

    name: str
    thread: int | None
    waits: bool
    until: int | None


class Timekeeper:
    """What both kinds of time have in common.

    | method | who may call | blocks |
    |---|---|---|
    | `now`, `spend` | any thread | never in real time; in virtual time `spend` may let others go first |
    | `sleep` | any thread | until the time, or until notified |
    | `start` | any thread | never |
    | `context` | a thread that is to take part in virtual time | until it is its turn |
    | `settle`, `step` | who drives the board: a test | until the others wait |
    | `hold`, `release` | any thread | never |
    """

    virtual = False

    def now(self) -> int:
        """Microseconds since this timekeeper was made."""
        raise NotImplementedError

    def spend(self, us: int) -> None:
        """The caller has computed for so long. Real time passes by itself."""

    def sleep(self, until: int | None, sleeper: Sleeper | None = None, last: bool = False) -> None:
        """Wait until that time (None: for ever) or until `sleeper` is ready, which the caller looks at then.

        `last`: in virtual time it goes on behind all others that can at the same time, as a test does.
        """
        raise NotImplementedError

    def settle(self, until: int) -> bool:
        """Wait until all other contexts wait, and no work is under way outside. False if it is `until` before that."""
        raise NotImplementedError

    def step(self, until: int) -> None:
        """Wait until something has happened, as far as can be known, at most until that time."""
        raise NotImplementedError

    def contexts(self) -> list[Part]:
        """The threads that take part. Any thread; a snapshot."""
        raise NotImplementedError

    @contextmanager
    def context(self, name: str, first: bool = False, patience: float | None = None) -> Iterator[None]:
        """The calling thread is one of the board's: in virtual time it and the others run in turn, one at a time.

        `first`: at the same time it goes before the others, as hardware does. `patience`: it gets a Deadlock when
        everything waits for ever and that many seconds have not changed it; None: it waits on.
        """
        yield

    def start(self, fn: Callable[[], object], name: str, first: bool = False) -> threading.Thread:
        """Start a thread that runs `fn()` as a context. In virtual time it takes part from here on, not from later."""
        thread = threading.Thread(target=fn, name=name, daemon=True)
        thread.start()
        return thread

    @contextmanager
    def job(self) -> Iterator[None]:
        """The calling thread works for a task of the board, for which time was held. It takes part meanwhile."""
        yield

    def hold(self) -> None:
        """Work that is not the board's is under way, and somebody of the board waits for it: time must not jump."""

    def release(self) -> None:
        """It has ended."""

    def call_outside(self, fn: Callable[[], None]) -> None:
        """Run `fn`, which blocks in a way that no timekeeper knows of."""
        fn()


class _Present:
    """A thread that takes part in real time. Written by itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.thread: int | None = None
        self.until: int | None = None
        self.sleeper: Sleeper | None = None  # where it sleeps, if it does
        self.naps = 0


class RealTime(Timekeeper):
    """The system's monotonic clock."""

    def __init__(self) -> None:
        self._start = time.monotonic_ns()
        self._lock = threading.Lock()
        self._present: list[_Present] = []
        self._held = 0
        self._settling: list[Wakeable] = []  # told whenever somebody may have come to rest
        self._own = threading.local()

    def now(self) -> int:
        return (time.monotonic_ns() - self._start) // 1000

    def sleep(self, until: int | None, sleeper: Sleeper | None = None, last: bool = False) -> None:
        if sleeper is None:
            sleeper = Wakeable()
        own: _Present | None = getattr(self._own, "context", None)
        if own is None:
            self._sleep(until, sleeper)
            return
        own.naps += 1
        own.until = until
        own.sleeper = sleeper
        if self._settling:
            self._tell()
        try:
            self._sleep(until, sleeper)
        finally:
            own.sleeper = None

    def _sleep(self, until: int | None, sleeper: Sleeper) -> None:
        while not sleeper.ready():
            left = None if until is None else (until - self.now()) / 1e6
            if left is not None and left <= 0:
                return
            sleeper.block(left)

    def settle(self, until: int) -> bool:
        bell = Wakeable()
        with self._lock:
            self._settling.append(bell)
        try:
            while True:
                bell.take()
                if self._at_rest():
                    return True
                left = until - self.now()
                if left <= 0:
                    return False
                bell.block(left / 1e6)
        finally:
            with self._lock:
                self._settling.remove(bell)

    def step(self, until: int) -> None:
        self.sleep(min(until, self.now() + GLANCE))

    def contexts(self) -> list[Part]:
        with self._lock:
            present = list(self._present)
        return [Part(each.name, each.thread, each.sleeper is not None, each.until) for each in present]

    def _at_rest(self) -> bool:
        """Whether all others sleep, and will not go on before their time.

        One that is seen asleep first may be woken by one that sleeps when it is seen: so all are looked at twice, and
        then the first is ready, or has begun another nap.
        """
        own = getattr(self._own, "context", None)
        with self._lock:
            others = [each for each in self._present if each is not own]
            if self._held:
                return False
        naps = [each.naps for each in others]
        return self._asleep(others) and self._asleep(others) and naps == [each.naps for each in others]

    def _asleep(self, others: list[_Present]) -> bool:
        now = self.now()
        for each in others:
            until, sleeper = each.until, each.sleeper
            if sleeper is None or sleeper.ready() or (until is not None and until <= now):
                return False
        return True

    def _tell(self) -> None:
        with self._lock:
            for bell in self._settling:
                bell.notify()

    @contextmanager
    def context(self, name: str, first: bool = False, patience: float | None = None) -> Iterator[None]:
        if getattr(self._own, "context", None) is not None:
            yield
            return
        with self._take_part(self._join(name)):
            yield

    def start(self, fn: Callable[[], object], name: str, first: bool = False) -> threading.Thread:
        own = self._join(name)

        def run() -> None:
            with self._take_part(own):
                fn()

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def _join(self, name: str) -> _Present:
        own = _Present(name)
        with self._lock:
            self._present.append(own)
        return own

    @contextmanager
    def _take_part(self, own: _Present) -> Iterator[None]:
        self._own.context = own
        own.thread = threading.get_ident()
        try:
            yield
        finally:
            self._own.context = None
            with self._lock:
                self._present.remove(own)
            self._tell()

    @contextmanager
    def job(self) -> Iterator[None]:
        """The calling thread works for a task of the board, for which time was held. It takes part meanwhile."""
        yield

    def hold(self) -> None:
        with self._lock:
            self._held += 1

    def release(self) -> None:
        with self._lock:
            self._held -= 1
        self._tell()

    def call_outside(self, fn: Callable[[], None]) -> None:
        self.hold()
        try:
            fn()
        finally:
            self.release()
