"""Interrupts of a simulated board: hard handlers in the hardware's thread, soft ones where the main program allows it.

A hard handler runs while the program does, as on a board with two cores, which is the harder case for a program; who
causes one goes on when the handler has ended, as one whose core was interrupted. A soft handler, and what
`micropython.schedule` takes, runs in the main program, between two of its statements or while it sleeps.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from . import isr_rules
from .hardware import Hardware
from .timekeeper import Sleeper, Timekeeper, Wakeable


class Interrupts:
    """The interrupt controller of one board, and its queue of scheduled calls.

    | method | who may call | blocks |
    |---|---|---|
    | `request` | any thread | while a hard handler runs that it caused, unless interrupts are off |
    | `schedule` | any thread, a hard handler included | never |
    | `checkpoint`, `sleep` | the main program; `sleep` also others, who run nothing meanwhile | |
    | `disable`, `enable` | any thread | `disable` while a handler runs, or another thread has them disabled |
    """

    def __init__(
        self,
        time: Timekeeper,
        hardware: Hardware,
        depth: int,
        report: Callable[[BaseException, str], None],
        ints: int | None = None,
    ) -> None:
        self._time = time
        self._hardware = hardware
        self._depth = depth
        self._report = report
        self._ints = ints  # bits of a small integer, for isr_rules; None: handlers may do what they like
        self.emergency_buffer = 0  # bytes, see micropython.alloc_emergency_exception_buf
        self.main: threading.Thread | None = None
        self.scheduled: deque[tuple[Callable[[Any], object], Any]] = deque()
        self.dropped = 0  # soft interrupts that found the queue full
        self.idle: Wakeable | None = None  # of a program that sleeps until the next interrupt
        self._ending: BaseException | None = None
        self._bell = Wakeable()
        self._sleeper: Sleeper = self._bell  # where the main program sleeps
        self._running_scheduled = False
        self._guard = threading.Lock()  # of what follows
        self._masker: threading.Thread | None = None  # who has interrupts disabled
        self._masked: list[Callable[[], object]] = []  # what came meanwhile
        self._handling = False
        self._waiting: list[Wakeable] = []  # for a handler, or the other's `enable`

    # Causing them

    def request(
        self,
        handler: Callable[[Any], object],
        arg: Any,
        hard: bool,
        source: str,
        failed: Callable[[], object] | None = None,
    ) -> None:
        """An interrupt of `source`: have `handler(arg)` run. `failed()` is called if a hard one raises."""
        idle = self.idle
        if idle is not None:
            idle.notify()
        if not hard:
            if len(self.scheduled) >= self._depth:
                self.dropped += 1
                if self.dropped == 1:
                    full = RuntimeError("schedule queue full")
                    self._report(full, f"a soft interrupt of {source} was lost, as on a board")
                return
            self.schedule(handler, arg)
            return
        done = Wakeable()

        def run() -> None:
            try:
                self._handle(handler, arg, source, failed)
            finally:
                done.notify()

        me = threading.current_thread()
        with self._guard:
            if self._masker is not None:
                self._masked.append(run)
                if self._masker is me or self._hardware.here():
                    return
                here = False
            else:
                here = self._hardware.here() and not self._handling
                if not here:
                    self._hardware.soon(run)
        if here:
            run()
        elif not self._hardware.here():
            self._wait_for(done)

    def schedule(self, fn: Callable[[Any], object], arg: Any) -> None:
        """Have `fn(arg)` run in the main program soon. RuntimeError if too many wait already."""
        if len(self.scheduled) >= self._depth:
            raise RuntimeError("schedule queue full")
        self.scheduled.append((fn, arg))
        self._bell.pending = True
        self._sleeper.wake()

    def end(self, error: BaseException) -> None:
        """Have the main program raise `error` at its next checkpoint, or where it sleeps. Any thread."""
        self._ending = error
        self.scheduled.append((lambda nothing: None, None))
        self._bell.pending = True
        self._sleeper.wake()

    def forget(self) -> None:
        """Drop what is scheduled, and an `end` that came too late: another program is about to start."""
        self._ending = None
        self.scheduled.clear()

    def at(self, when: int, fn: Callable[..., object], *args: Any) -> Any:
        """See Hardware.at."""
        return self._hardware.at(when, fn, *args)

    def is_main(self) -> bool:
        """Whether the caller is the main program."""
        return threading.current_thread() is self.main

    def in_handler(self) -> bool:
        """Whether the caller is a hard handler."""
        return self._handling and self._hardware.here()

    def refuse(self, what: str) -> None:
        """For what allocates or blocks, `what` in words: raise what a board would, if the caller is a hard handler."""
        if self.in_handler():
            raise isr_rules.forbidden(what)

    # The main program's side

    def checkpoint(self) -> None:
        """Run what is scheduled, each once, not one within the other. The main program only; else nothing happens."""
        scheduled = self.scheduled
        if not scheduled or threading.current_thread() is not self.main:
            return
        self.raise_ending()
        if self._running_scheduled:
            return
        self._running_scheduled = True
        try:
            for _ in range(len(scheduled)):
                fn, arg = scheduled.popleft()
                try:
                    fn(arg)
                except Exception as error:
                    self._report(error, "in a scheduled call, or a soft interrupt handler")
        finally:
            self._running_scheduled = False

    def raise_ending(self) -> None:
        """Raise what `end` was told, and run nothing: for machine code. The main program only; else nothing happens."""
        if self._ending is None or threading.current_thread() is not self.main:
            return
        ending, self._ending = self._ending, None
        raise ending

    def sleep(self, until: int | None, sleeper: Sleeper | None = None) -> None:
        """Wait until that time or until `sleeper` is ready; in the main program what is scheduled runs meanwhile."""
        if threading.current_thread() is not self.main or self._running_scheduled:
            self._time.sleep(until, sleeper)
            return
        here = _Main(self, sleeper)
        before, self._sleeper = self._sleeper, here
        try:
            while True:
                self.checkpoint()
                if sleeper is not None and sleeper.ready():
                    return
                if until is not None and self._time.now() >= until:
                    return
                self._time.sleep(until, here)
        finally:
            self._sleeper = before

    # Off and on

    def disable(self) -> int:
        """Let no hard handler run from here on; returns what `enable` wants. May be nested."""
        me = threading.current_thread()
        while True:
            with self._guard:
                if self._masker is me:
                    return 0
                free = self._masker is None and (not self._handling or self._hardware.here())
                if free:
                    self._masker = me
                    return 1
                bell = Wakeable()
                self._waiting.append(bell)
            self._time.sleep(None, bell)

    def enable(self, state: int) -> None:
        """As it was before the `disable` that returned `state`. The handlers of what came meanwhile run first."""
        me = threading.current_thread()
        done = Wakeable()
        with self._guard:
            if not state or self._masker is not me:
                return
            self._masker = None
            waiting, self._waiting = self._waiting, []
            masked, self._masked = self._masked, []
            for run in masked:
                self._hardware.soon(run)
            if masked:
                self._hardware.soon(done.notify)
        for bell in waiting:
            bell.notify()
        if masked and not self._hardware.here():
            self._wait_for(done)

    def _handle(
        self, handler: Callable[[Any], object], arg: Any, source: str, failed: Callable[[], object] | None
    ) -> None:
        with self._guard:
            if self._masker is not None and self._masker is not threading.current_thread():
                self._masked.append(lambda: self._handle(handler, arg, source, failed))
                return
            self._handling = True
        try:
            isr_rules.run(handler, arg, self._ints)
        except BaseException as error:
            if failed is not None:
                failed()
            if isr_rules.refused(error):
                error.__traceback__ = None  # its text has the line; frames of the application there are none
            lost = self._ints is not None and not self.emergency_buffer and not isinstance(error, MemoryError)
            advice = f" ({isr_rules.EMERGENCY})" if lost else ""
            self._report(error, f"Uncaught exception in IRQ callback handler of {source}, which is off now{advice}")
        finally:
            with self._guard:
                self._handling = False
                waiting, self._waiting = self._waiting, []
            for bell in waiting:
                bell.notify()

    def _wait_for(self, done: Wakeable) -> None:
        self._time.sleep(None, done)


class _Main:
    """Where the main program sleeps: in `inner`, if given, and until something is scheduled."""

    def __init__(self, interrupts: Interrupts, inner: Sleeper | None) -> None:
        self._scheduled = interrupts.scheduled
        self._inner: Sleeper = inner if inner is not None else Wakeable()

    def ready(self) -> bool:
        return len(self._scheduled) > 0 or self._inner.ready()

    def block(self, seconds: float | None) -> None:
        self._inner.block(seconds)

    def wake(self) -> None:
        self._inner.wake()
