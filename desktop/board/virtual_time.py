"""Time that jumps to the next event when everything waits: an hour takes a moment, and a run repeats exactly.

The threads that take part, its contexts, run in turn, one at a time, each until it waits: so what happens, and in what
order, does not depend on the system's scheduling. Threads outside run whenever the system lets them; what they do
reaches a context at its next wait.
"""

from __future__ import annotations

import sys
import threading
import time as system_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .timekeeper import Part, Sleeper, Timekeeper, Wakeable

__tracebackhide__ = True  # pytest shows the test's own line when a deadlock is raised
SLICE = 100  # us that a context computes before one that was notified has its turn
LOOK = 1000  # us that others compute on end before `step` ends
QUEUED = 0.05  # real seconds after which work that is under way, and moves nothing, waits behind jobs that sleep
STUCK = 30.0  # real seconds in which nothing happens, after which who has patience with a deadlock has none with that
NEVER = sys.maxsize


class Deadlock(RuntimeError):
    """Nothing more will happen on the board; the text says what waits where."""


class _Context:
    """One thread that takes part. All but `sleeper.wake` under the timekeeper's lock."""

    def __init__(self, name: str, first: bool, patience: float | None = None) -> None:
        self.name = name
        self.first = first
        self.patience = patience
        self.thread: int | None = None
        self.job = False  # a thread's of a pool, for one call
        self.last = False  # it goes on behind others that can at the same time,
        self.since = NEVER  # for which it waits since then
        self.look = NEVER  # from then on it can go on too, but time does not jump there
        self.turns = NEVER  # it goes on when nobody else can, once there have been more turns than that
        self.until = 0  # it waits for this time, NEVER without limit
        self.turn = Wakeable()  # where it sleeps while others have their turn
        self.sleeper: Sleeper = self.turn
        self.waits = False

    def ready(self, now: int) -> bool:
        return self.until <= now or self.sleeper.ready()

    def go_on(self) -> None:
        """Its wait is over."""
        self.waits = self.last = False
        self.since = self.look = self.turns = NEVER


class VirtualTime(Timekeeper):
    """See the module. A deadlock, everything waiting for ever, stays one: a thread outside may end it.

    `passed`: each is called as `fn(before)` in a context that time has passed in, spent or slept away, since `before`.
    """

    virtual = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._time = 0
        self._contexts: list[_Context] = []
        self._running: _Context | None = None
        self._turns = 0  # so far
        self._held = 0
        self.passed: list[Callable[[int], object]] = []
        self._look = 0  # the time at which `spend` next looks for others that are ready
        self._own = threading.local()

    def now(self) -> int:
        return self._time

    def spend(self, us: int) -> None:
        """The caller has computed for so long. A thread outside takes no time."""
        own = getattr(self._own, "context", None)
        if own is None:
            return
        before = self._time
        self._time += us
        if self._time >= self._look:
            self._look = self._time + SLICE
            self._wait(own, self._time, own.turn, True)
        if self.passed:
            self._tell(before)

    def sleep(self, until: int | None, sleeper: Sleeper | None = None, last: bool = False) -> None:
        if sleeper is None:
            sleeper = Wakeable()
        own = getattr(self._own, "context", None)
        if own is None:
            with self.context("a thread from outside"):
                self.sleep(until, sleeper, last)
            return
        before = self._time
        own.last = last
        self._wait(own, NEVER if until is None else until, sleeper, False)
        if self.passed:
            self._tell(before)

    def settle(self, until: int) -> bool:
        return self._rest(until, turns=-1)

    def step(self, until: int) -> None:
        self._rest(until, look=self._time + LOOK)

    def _rest(self, until: int, turns: int | None = None, look: int = NEVER) -> bool:
        """Wait until nobody else can go on, and there have been more `turns` than that, by default than so far."""
        with self.context("a thread from outside"):
            own = self._own.context
            own.last = True
            own.look = look
            own.turns = self._turns if turns is None else turns
            self._wait(own, until, Wakeable(), False)
        return self._time < until

    def _tell(self, before: int) -> None:
        for fn in self.passed:
            fn(before)

    def contexts(self) -> list[Part]:
        with self._lock:
            return [
                Part(each.name, each.thread, each.waits, None if each.until == NEVER else each.until)
                for each in self._contexts
            ]

    @contextmanager
    def context(self, name: str, first: bool = False, patience: float | None = None) -> Iterator[None]:
        if getattr(self._own, "context", None) is not None:
            yield
            return
        with self._take_part(self._join(name, first, patience)):
            yield

    @contextmanager
    def job(self) -> Iterator[None]:
        own = self._join("a job", False)
        own.job = True
        self.release()
        with self._take_part(own):
            try:
                yield
            finally:
                self.hold()

    def start(self, fn: Callable[[], object], name: str, first: bool = False) -> threading.Thread:
        own = self._join(name, first)

        def run() -> None:
            with self._take_part(own):
                fn()

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def _join(self, name: str, first: bool, patience: float | None = None) -> _Context:
        own = _Context(name, first, patience)
        with self._lock:
            own.until = self._time
            own.waits = True
            self._contexts.insert(0 if first else len(self._contexts), own)
        return own

    @contextmanager
    def _take_part(self, own: _Context) -> Iterator[None]:
        self._own.context = own
        own.thread = threading.get_ident()
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
        own: _Context | None = getattr(self._own, "context", None)
        if own is None:
            fn()
            return
        with self._lock:
            self._held += 1
            self._contexts.remove(own)
            if self._running is own:
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
                own.go_on()
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
        quiet = _Quiet(self, own.patience)
        try:
            while True:
                with self._lock:
                    if self._running is None:
                        self._choose()
                    dead = quiet.look()
                    if own.job and self._running is None and quiet.seconds() >= QUEUED:
                        self._choose(True)
                    if self._running is own:
                        return
                if dead:
                    from . import who_waits

                    raise Deadlock(f"{dead}\n{who_waits.report(self)}")
                (own.turn if sleeper.ready() else sleeper).block(QUEUED if own.job else own.patience)
        except BaseException:  # Ctrl-C, or a deadlock: it runs now, whoever else does
            with self._lock:
                own.go_on()
                if self._running is None:
                    self._running = own
            raise

    def _choose(self, held: bool = False) -> None:
        """If nobody runs, give the next its turn, and let time pass for it if need be, `held` or not. With the lock."""
        if self._running is not None:
            return
        contexts = self._contexts
        waiting = [context for context in contexts if context.waits]
        chosen = self._next(waiting)
        if chosen is None:
            if (self._held > 0 and not held) or len(waiting) < len(contexts) or not waiting:
                return
            until = min([context.until for context in waiting])
            if until == NEVER:
                return
            self._time = until
            chosen = self._next(waiting)
            assert chosen is not None
        chosen.go_on()
        self._turns += 1
        self._running = chosen
        self._look = self._time + SLICE
        chosen.turn.wake()
        chosen.sleeper.wake()

    def _next(self, waiting: list[_Context]) -> _Context | None:
        """Who of those can go on now; None: time must pass first. With the lock."""
        now = self._time
        behind = None
        for context in waiting:
            if context.last:
                if context.ready(now) or context.look <= now:
                    if context.since < now:  # others have computed since, and would for ever
                        return context
                    context.since = now
                    behind = behind or context
                elif context.turns < self._turns and self._held <= 0:
                    behind = behind or context
        for context in waiting:
            if not context.last and context.ready(now):
                return context
        return behind

    def _dead(self) -> bool:
        """Whether everything waits for ever, as far as can be known in here. With the lock."""
        return self._running is None and self._held <= 0 and all(c.waits and c.until == NEVER for c in self._contexts)


class _Quiet:
    """For how long nothing has happened, in real time, as one context sees it that has patience for so long."""

    def __init__(self, time: VirtualTime, patience: float | None) -> None:
        self._time = time
        self._patience = patience
        self._seen: object = None
        self._since = 0.0

    def seconds(self) -> float:
        """How long it has been quiet, at the last `look`."""
        return system_time.monotonic() - self._since

    def look(self) -> str:
        """If that is too long: what is the matter. With the timekeeper's lock."""
        time = self._time
        seen = (time._turns, time._time, time._held)
        now = system_time.monotonic()
        if seen != self._seen:
            self._seen, self._since = seen, now
        elif self._patience is None:
            pass
        elif time._dead() and now - self._since >= self._patience:
            return "a deadlock: everything waits for ever"
        elif now - self._since >= STUCK:
            return f"nothing has happened for {STUCK:g} s, while time stood still"
        return ""
