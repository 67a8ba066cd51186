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
from typing import Protocol

LONGEST = 1_000_000.0  # seconds in one sleep: above it some platforms overflow


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


class Timekeeper:
    """What both kinds of time have in common.

    | method | who may call | blocks |
    |---|---|---|
    | `now`, `spend` | any thread | never in real time; in virtual time `spend` may let others go first |
    | `sleep` | any thread | until the time, or until notified |
    | `start` | any thread | never |
    | `context` | a thread that is to take part in virtual time | until it is its turn |
    | `hold`, `release` | any thread | never |
    """

    virtual = False

    def now(self) -> int:
        """Microseconds since this timekeeper was made."""
        raise NotImplementedError

    def spend(self, us: int) -> None:
        """The caller has computed for so long. Real time passes by itself."""

    def sleep(self, until: int | None, sleeper: Sleeper | None = None) -> None:
        """Wait until that time (None: for ever) or until `sleeper` is ready, which the caller looks at then."""
        raise NotImplementedError

    @contextmanager
    def context(self, name: str, first: bool = False) -> Iterator[None]:
        """The calling thread is one of the board's: in virtual time it and the others run in turn, one at a time.

        `first`: at the same time it goes before the others, as hardware does.
        """
        yield

    def start(self, fn: Callable[[], object], name: str, first: bool = False) -> threading.Thread:
        """Start a thread that runs `fn()` as a context. In virtual time it takes part from here on, not from later."""
        thread = threading.Thread(target=fn, name=name, daemon=True)
        thread.start()
        return thread

    def hold(self) -> None:
        """Work that is not the board's is under way, and somebody of the board waits for it: time must not jump."""

    def release(self) -> None:
        """It has ended."""

    def call_outside(self, fn: Callable[[], None]) -> None:
        """Run `fn`, which blocks in a way that no timekeeper knows of."""
        fn()


class RealTime(Timekeeper):
    """The system's monotonic clock."""

    def __init__(self) -> None:
        self._start = time.monotonic_ns()

    def now(self) -> int:
        return (time.monotonic_ns() - self._start) // 1000

    def sleep(self, until: int | None, sleeper: Sleeper | None = None) -> None:
        if sleeper is None:
            sleeper = Wakeable()
        while not sleeper.ready():
            left = None if until is None else (until - self.now()) / 1e6
            if left is not None and left <= 0:
                return
            sleeper.block(left)
