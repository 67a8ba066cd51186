"""What a test, or a script outside, has to let a board's time pass and to wait for what happens on it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .timekeeper import Wakeable

if TYPE_CHECKING:
    from .hardware import Hardware
    from .interrupts import Interrupts
    from .line import Line
    from .timekeeper import Timekeeper

__tracebackhide__ = True  # pytest shows the test's own line
T = TypeVar("T")
PATIENCE = 60.0  # seconds


class Driven:
    """The part of a Board that is for who drives it. Any thread, but for the hardware's; all times are the board's.

    In virtual time what is due at the end of a wait has happened when it returns, so it finds the board at rest.
    """

    time: Timekeeper
    hardware: Hardware
    interrupts: Interrupts

    def run(self, seconds: float = 0.0, *, ms: float = 0.0, us: float = 0.0) -> None:
        """Let so much time pass. ValueError if it is less than none."""
        length = round(seconds * 1e6 + ms * 1e3 + us)
        if not length >= 0:
            raise ValueError(f"time passes forwards only: run({length} us)")
        self._wait(self.time.now() + length, None)

    def settle(self, timeout: float = 1.0) -> None:
        """Wait until every thread of the board waits, and what was caused has been done. No time passes by this.

        TimeoutError if after `timeout` seconds something still computes.
        """
        self._check()
        if not self.time.settle(self.time.now() + _us(timeout)):
            from . import who_waits

            raise TimeoutError(f"the board has not come to rest within {timeout} s:\n{who_waits.report(self.time)}")

    def wait_until(self, condition: Callable[[], T], timeout: float = PATIENCE) -> T:
        """Wait until `condition()` is true, and return what it gave. It is called whenever something has happened.

        TimeoutError after `timeout` seconds.
        """
        self._check()
        end = self.time.now() + _us(timeout)
        while True:
            value = condition()
            if value:
                return value
            if self.time.now() >= end:
                name = getattr(condition, "__qualname__", repr(condition))
                raise TimeoutError(f"{name}() was not true within {timeout} s, but {value!r}")
            self.time.step(end)

    def wait_level(self, pin: str | int | Line, level: int, timeout: float = PATIENCE) -> int:
        """Wait until the pin is at `level`, 0 or 1; returns since when, in us, or now if it was so already.

        A pulse that is over when the caller goes on counts too. ValueError for no such pin; TimeoutError after
        `timeout` seconds.
        """
        line = self.line(pin) if isinstance(pin, str | int) else pin
        bell = Wakeable()
        seen: list[int] = []

        def watch(got: int, when: int) -> None:
            if got == level:
                seen.append(when)
                bell.notify()

        edges = line.edges
        line.watch(watch)
        try:
            now = self.time.now()
            if line.level() == level:
                return now
            self._wait(now + _us(timeout), bell)
        finally:
            line.unwatch(watch)
        if not seen:
            raise TimeoutError(
                f"{line.name} was not {level} within {timeout} s: it is {line.level()}, and had "
                f"{line.edges - edges} edges meanwhile"
            )
        return seen[0]

    def line(self, pin: str | int) -> Line:
        raise NotImplementedError

    def _wait(self, until: int, bell: Wakeable | None) -> None:
        self._check()
        if threading.current_thread() is self.interrupts.main:
            self.interrupts.sleep(until, bell)
        else:
            self.time.sleep(until, bell, last=True)

    def _check(self) -> None:
        if self.hardware.here():
            raise RuntimeError("a handler or an alarm of the board can't wait for the board: it would never come")


def _us(seconds: float) -> int:
    if not seconds >= 0:
        raise ValueError(f"a timeout is a number of seconds, 0 or more, not {seconds!r}")
    return round(seconds * 1e6)
