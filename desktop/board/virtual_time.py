"""Time that jumps to the next event when everything waits: an hour takes a moment, and a run repeats exactly.

The threads that take part, its contexts, run in turn, one at a time, each until it waits: so what happens, and in what
order, does not depend on the system's scheduling. Threads outside run whenever the system lets them; what they do
reaches a context at its next wait.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .timekeeper import Sleeper, Timekeeper, Wakeable

SLICE = 100  # us that a context computes before one that was notified has its turn
NEVER = sys.maxsize


class _Context:
    """One thread that takes part. All but `sleeper.wake` under the timekeeper's lock."""

    def __init__(self, name: str, first: bool) -> None:
        self.name = name
        self.first = first
        self.until = 0  # it waits for this time, NEVER without limit
        self.turn = Wakeable()  # where it sleeps while others have their turn
        self.sleeper: Sleeper = self.turn
        self.waits = False

    def ready(self, now: int) -> bool:
        return self.until <= now or self.sleeper.ready()


class VirtualTime(Timekeeper):
    """See the module. A deadlock, everything waiting for ever, stays one: a thread outside may end it."""

    virtual = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._time = 0
        self._contexts: list[_Context] = []
        self._running: _Context | None = None
        self._held = 0
        self._look = 0  # the time at which `spend` next looks for others that are ready
        self._own = threading.local()

    def now(self) -> int:
        return self._time

    def spend(self, us: int) -> None:
        """The caller has computed for so long. A thread outside takes no time."""
        own = getattr(self._own, "context", None)
        if own is None:
            return
        self._time += us
        if self._time >= self._look:
            self._look = self._time + SLICE
            self._wait(own, self._time, own.turn, True)

    def sleep(self, until: int | None, sleeper: Sleeper | None = None) -> None:
        if sleeper is None:
            sleeper = Wakeable()
        own = getattr(self._own, "context", None)
        if own is not None:
            self._wait(own, NEVER if until is None else until, sleeper, False)
            return
        with self.context("a thread from outside"):
            self._wait(self._own.context, NEVER if until is None else until, sleeper, False)

    @contextmanager
    def context(self, name: str, first: bool = False) -> Iterator[None]:
        if getattr(self._own, "context", None) is not None:
            yield
            return
        with self._take_part(self._join(name, first)):
            yield

    def start(self, fn: Callable[[], object], name: str, first: bool = False) -> threading.Thread:
        own = self._join(name, first)

        def run() -> None:
            with self._take_part(own):
                fn()

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def _join(self, name: str, first: bool) -> _Context:
        own = _Context(name, first)
        with self._lock:
            own.until = self._time
            own.waits = True
            self._contexts.insert(0 if first else len(self._contexts), own)
        return own

    @contextmanager
    def _take_part(self, own: _Context) -> Iterator[None]:
        self._own.context = own
        try:
            self._await_turn(own, own.turn)
            yield
        finally:
            self._own.context = None
            with self._lock:
                self._contexts.remove(own)
                if self._running is own:
                    self._running = None
                self._choose()

    def hold(self) -> None:
        with self._lock:
            self._held += 1

    def release(self) -> None:
        with self._lock:
            self._held -= 1
            self._choose()

    def call_outside(self, fn: Callable[[], None]) -> None:
        """Run `fn`, which blocks in a way that no timekeeper knows of: the others go on, time does not jump."""
        own = getattr(self._own, "context", None)
        if own is None:
            fn()
            return
        with self._lock:
            self._held += 1
            self._contexts.remove(own)
            self._running = None
            self._choose()
        try:
            fn()
        finally:
            with self._lock:
                self._held -= 1
                self._contexts.insert(0 if own.first else len(self._contexts), own)
            self._wait(own, self._time, own.turn, True)

    def _wait(self, own: _Context, until: int, sleeper: Sleeper, in_turn: bool) -> None:
        """Let the others run until it is `own`'s turn: at `until`, or when its sleeper is ready.

        `in_turn`: it could go on, but behind the others that can.
        """
        with self._lock:
            if not in_turn and sleeper.ready():
                return
            own.until = until
            own.sleeper = sleeper
            own.waits = True
            if in_turn:  # to the end of the line
                self._contexts.remove(own)
                self._contexts.insert(0 if own.first else len(self._contexts), own)
            if self._running is own:
                self._running = None
            self._choose()
        self._await_turn(own, sleeper)

    def _await_turn(self, own: _Context, sleeper: Sleeper) -> None:
        try:
            while True:
                with self._lock:
                    if self._running is None:
                        self._choose()
                    if self._running is own:
                        return
                (own.turn if sleeper.ready() else sleeper).block(None)
        except BaseException:  # Ctrl-C: it runs now, whoever else does
            with self._lock:
                own.waits = False
                if self._running is None:
                    self._running = own
            raise

    def _choose(self) -> None:
        """If nobody runs, give the next its turn, and let time pass for it if need be. With the lock."""
        if self._running is not None:
            return
        contexts = self._contexts
        waiting = [context for context in contexts if context.waits]
        chosen = next((context for context in waiting if context.ready(self._time)), None)
        if chosen is None:
            if self._held or len(waiting) < len(contexts) or not waiting:
                return
            chosen = min(waiting, key=lambda context: context.until)
            if chosen.until == NEVER:
                return
            self._time = chosen.until
        chosen.waits = False
        self._running = chosen
        self._look = self._time + SLICE
        chosen.turn.wake()
        chosen.sleeper.wake()
