"""Debug mode: a program says what it forgot, and where that came from. Off unless asked for, in one call.

    with debugging():
        core.run(main())

| reported | how |
|---|---|
| a coroutine, or a sleep, that was never awaited, with where it was created | RuntimeWarning, each time |
| a task's error that nobody saw, with where the task was created | the loop's exception handler |
| a second waiter on what can have one only | RuntimeError that names the first, and where it was created |
| a task, or a function the loop calls, that blocks it for longer than `stall` seconds, while it does | see stalls.py |

Tasks show where they were created wherever they are printed, in listings too (ps.py). For the calling thread and its
loop; it costs each coroutine that is created about as much as a call.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..core.sleep import wrap_with
from .stalls import Stall, print_stall, report_stalls

DEPTH = 4  # frames that are noted: where it was created, and who called that


async def _sleep(awaitable: Any) -> None:
    """A sleep as a coroutine, which CPython reports when it is not awaited."""
    await awaitable


class debugging:
    """Debug mode until the `with` block ends, or until `stop()`.

    `stall`: seconds after which a task that does not yield is reported, None: never; `report(stall)` says how.
    """

    def __init__(
        self, stall: float | None = 0.1, report: Callable[[Stall], object] = print_stall, loop: Any = None
    ) -> None:
        self._stalls = None if stall is None else report_stalls(stall, report, loop)  # first: it may refuse
        self._ended = False
        self._depth = sys.get_coroutine_origin_tracking_depth()
        sys.set_coroutine_origin_tracking_depth(DEPTH)
        self._filters = warnings.catch_warnings()
        self._filters.__enter__()
        warnings.simplefilter("always", RuntimeWarning)
        wrap_with(_sleep)

    def stop(self) -> None:
        """As it was before. Same thread; a second time does nothing."""
        if self._ended:
            return
        self._ended = True
        if self._stalls is not None:
            self._stalls.stop()
        wrap_with(None)
        self._filters.__exit__(None, None, None)
        sys.set_coroutine_origin_tracking_depth(self._depth)

    def __enter__(self) -> debugging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
