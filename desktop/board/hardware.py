"""The thread in which a board's hardware acts: alarms at their times, and hard interrupt handlers, one at a time."""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from .timekeeper import Timekeeper, Wakeable


class Alarm:
    """A call at a time. `cancel` is for any thread; one that is running goes on."""

    def __init__(self, fn: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.fn: Callable[..., object] | None = fn
        self.args = args

    def cancel(self) -> None:
        self.fn = None
        self.args = ()


class Hardware:
    """Runs what is due, in order of time, and what is asked for at once. The thread starts with the first of them."""

    def __init__(self, time: Timekeeper, name: str, failed: Callable[[BaseException], None]) -> None:
        self._time = time
        self._name = name
        self._failed = failed
        self._alarms: list[tuple[int, int, Alarm]] = []
        self._numbers = count()
        self._requests: deque[Callable[[], object]] = deque()
        self._lock = threading.Lock()
        self._bell = Wakeable()
        self._thread: threading.Thread | None = None
        self._closed = False

    def here(self) -> bool:
        """Whether the caller is this thread."""
        return self._thread is threading.current_thread()

    def at(self, when: int, fn: Callable[..., object], *args: Any) -> Alarm:
        """Call `fn(*args)` at `when`, in microseconds of the board's time; at once if that is past. Any thread."""
        alarm = Alarm(fn, args)
        with self._lock:
            heapq.heappush(self._alarms, (when, next(self._numbers), alarm))
            first = self._alarms[0][2] is alarm
        if first:
            self._wake()
        return alarm

    def armed(self) -> list[Alarm]:
        """The alarms that have neither rung nor been cancelled, the next first. Any thread."""
        with self._lock:
            return [alarm for _, _, alarm in sorted(self._alarms) if alarm.fn is not None]

    def soon(self, fn: Callable[[], object]) -> None:
        """Call `fn()` before anything that is due later. Any thread."""
        self._requests.append(fn)
        self._wake()

    def close(self) -> None:
        """Drop what has not happened, and end the thread."""
        with self._lock:
            self._closed = True
            self._alarms.clear()
            thread = self._thread
        self._bell.notify()
        if thread is not None and thread is not threading.current_thread():
            self._time.call_outside(lambda: thread.join(5))

    def _wake(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None and not self._closed:
                    self._thread = self._time.start(self._run, self._name, first=True)
        self._bell.notify()

    def _run(self) -> None:
        while not self._closed:
            self._bell.take()
            self._work()
            if self._closed:
                return
            with self._lock:
                until = self._alarms[0][0] if self._alarms else None
            self._time.sleep(until, self._bell)

    def _work(self) -> None:
        while not self._closed:
            if self._requests:
                self._call(self._requests.popleft())
                continue
            with self._lock:
                if not self._alarms or self._alarms[0][0] > self._time.now():
                    return
                alarm = heapq.heappop(self._alarms)[2]
            fn, args = alarm.fn, alarm.args
            if fn is not None:
                self._call(fn, *args)

    def _call(self, fn: Callable[..., object], *args: Any) -> None:
        try:
            fn(*args)
        except BaseException as error:  # a simulated device's defect, or a test's: the board goes on
            self._failed(error)
