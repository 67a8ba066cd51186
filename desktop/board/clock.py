"""The clock that twincore's loops and waiting threads have on a simulated board."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from twincore.core.clocks_cpython import with_clock
from twincore.core.native import Clock  # type: ignore[attr-defined]  # made in C

from .interrupts import Interrupts
from .timekeeper import Timekeeper

GRACE = 10_000  # real microseconds that streams are given to speak before virtual time jumps
TICK = 1000  # us: how often streams that are Python objects are asked, unless they call `call_when_ready(fn)` back
POLL, BROKEN = 3, 8 | 16 | 32  # of MicroPython's ioctl, as in core/io_queue.py


class BoardClock(Clock):
    """Shows the board's time. An idle loop sleeps in it; if it is the main one, it runs what is scheduled meanwhile."""

    def __init__(self, time: Timekeeper, interrupts: Interrupts) -> None:
        self.jumps = True
        self._time = time
        self._interrupts = interrupts

    @property
    def time(self) -> Timekeeper:
        """What it shows."""
        return self._time

    def now(self) -> int:
        return self._time.now()

    def hold(self) -> None:
        self._time.hold()

    def release(self) -> None:
        self._time.release()

    def job(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """`fn`, to be called in a thread of `offload` for a task: it sleeps and waits in the board's time."""

        @wraps(fn)
        def work(*args: Any, **kwargs: Any) -> Any:
            with self._time.job(), with_clock(lambda: self):
                return fn(*args, **kwargs)

        return work

    def sleep(self, loop: Any, timeout: int) -> None:
        """Until the loop has something to do, for at most `timeout` microseconds (-1: no limit)."""
        sleeper = _LoopSleeper(loop)
        io = loop.io
        streams: list[Any] = []  # of the board: they tell when they are ready
        if io is not None:
            loop.sleep_for(0)
            streams = [watched for watched in io.asking if hasattr(watched.stream, "call_when_ready")]
            waiting = sum((watched.reader.task is not None) + (watched.writer.task is not None) for watched in streams)
            if len(io.asking) > len(streams):
                if not 0 <= timeout < TICK:
                    timeout = TICK
            elif waiting == io.watching:
                sleeper.streams = streams
            elif self._time.virtual and timeout:
                loop.sleep_for(GRACE)
        until = None if timeout < 0 else self._time.now() + timeout
        for watched in streams:
            watched.stream.call_when_ready(sleeper.wake)
        try:
            if not sleeper.ready():
                self._interrupts.sleep(until, sleeper)
        finally:
            for watched in streams:
                watched.stream.call_when_ready(None)

    def sleep_in(self, bell: Any, timeout: int) -> None:
        """A thread's sleep in its doorbell `bell`."""
        until = None if timeout < 0 else self._time.now() + timeout
        self._interrupts.sleep(until, _BellSleeper(bell))


class _LoopSleeper:
    def __init__(self, loop: Any) -> None:
        self.streams: list[Any] = []  # if it waits for these and no others, it need not ask them time and again
        self._loop = loop

    def ready(self) -> bool:
        return bool(self._loop.has_ready() or self._loop.bell.pending) or any(
            watched.stream.ioctl(POLL, watched.events | BROKEN) for watched in self.streams
        )

    def block(self, seconds: float | None) -> None:
        timeout = -1 if seconds is None else int(seconds * 1e6) + 1
        if self.streams:
            self._loop.bell.sleep(timeout)
        else:
            self._loop.sleep_for(timeout)

    def wake(self) -> None:
        self._loop.bell.wake()


class _BellSleeper:
    def __init__(self, bell: Any) -> None:
        self._bell = bell

    def ready(self) -> bool:
        return len(self._bell.pending) > 0

    def block(self, seconds: float | None) -> None:
        self._bell.sleep(-1 if seconds is None else int(seconds * 1e6) + 1)

    def wake(self) -> None:
        self._bell.wake()
