"""LoopThread: a thread with a loop of twincore, for a program of asyncio.

    async with offload.LoopThread() as thread:
        reading = await thread.run(measure, 3)          # await measure(3), as a task of twincore

The other way round than AsyncioWorker. CPython only.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar, cast

from ..core.context import new_event_loop
from ..core.describing import describe
from ..core.errors import CancelledError, TimeoutError
from ..core.loop import Loop
from ..core.native import print_exception  # type: ignore[attr-defined]
from ..threadsafe.calls import LoopStopped, call_soon_threadsafe, run_coroutine_threadsafe
from ..threadsafe.event import ThreadSafeEvent
from ..threadsafe.inbox import LoopClosed
from ..threadsafe.parking import check_timeout
from . import fork_cpython
from .asyncio_call_cpython import FarCancelled, check_function
from .closing_cpython import Closing
from .job import WorkerClosed
from .start_cpython import where

T = TypeVar("T")
P = ParamSpec("P")

_count = 0


class LoopThread(Closing):
    """A thread that runs a loop of twincore. It starts at the first call and does not keep the process alive.

    | method | who may call | blocks |
    |---|---|---|
    | `await run(async_fn, *args, **kw)`, `await call(fn, *args, **kw)` | tasks of any other loop | the awaiting task |
    | `await close(timeout)` | the same | the awaiting task, until the thread has ended |
    | `closed()`, `loop()` | any thread | `loop()`, and the first call, for as long as a thread takes to start |

    Context variables travel. What the function raises is raised to the caller, SystemExit included, and the loop goes
    on. If the loop ends otherwise than by `close`, callers get WorkerClosed, perhaps before their tasks have been cancelled
    there, and so do later ones.
    """

    def __init__(self, name: str | None = None) -> None:
        global _count
        if name is None:
            _count += 1
            name = f"LoopThread-{_count}"
        self.name = name
        self._begin()
        self._gone: str | None = None  # why it takes no more calls, once it takes none
        fork_cpython.pools.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: Loop | None = None
        self._stopped = ThreadSafeEvent()  # its run is over
        self._ended = ThreadSafeEvent()
        self._running: dict[Any, Callable[..., Any]] = {}  # TaskHandle -> its function
        self._gave_up = False

    def loop(self) -> Loop:
        """Its Loop, for `threadsafe.call_soon_threadsafe` and the like; started if need be. WorkerClosed."""
        with self._lock:
            if self._gone is not None:
                raise WorkerClosed(f"{self._gone}, it takes no more calls; make a new one")
            if self._thread is None:
                thread = threading.Thread(target=self._serve, name=self.name, daemon=True)
                thread.start()
                self._thread = thread
        self._ready.wait()
        if self._loop is None:
            raise WorkerClosed(self._gone)
        return self._loop

    async def run(self, async_fn: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `await async_fn(*args, **kwargs)`, as a task of the thread's loop.

        If the caller is cancelled so is that task, and the caller goes on when it has ended. FarCancelled if it was
        cancelled there, not from here.
        """
        check_function(async_fn, "run")
        loop = self.loop()
        try:
            handle = run_coroutine_threadsafe(_outcome(async_fn, args, kwargs), loop)
        except LoopClosed:
            raise self._closed_before(async_fn) from None
        self._running[handle] = async_fn
        try:
            result, error = await self._end_of(handle, async_fn)
        finally:
            self._running.pop(handle, None)
        if error is not None:
            raise error
        return cast("T", result)

    async def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `fn(*args, **kwargs)`, called by the thread's loop, which it must not block."""
        check_function(fn, "call")
        return await self.run(_call, fn, args, kwargs)

    async def _end_of(self, handle: Any, fn: Callable[..., Any]) -> tuple[Any, BaseException | None]:
        outcome: tuple[Any, BaseException | None] = None, None
        gone: BaseException | None = None  # what the caller was cancelled by
        while True:
            try:
                outcome = await handle
                break
            except BaseException as error:
                if handle.done() and error is handle.exception():
                    outcome = None, error
                    break
                if isinstance(error, LoopStopped):
                    await self._stopped.wait()  # the thread is about to say why
                    outcome = None, LoopClosed()
                    break
                if isinstance(error, GeneratorExit):
                    handle.cancel()
                    raise
                gone = error
                if not handle.cancel():
                    break
        if gone is not None:
            raise gone
        failure = outcome[1]
        if isinstance(failure, (LoopClosed, CancelledError)):
            if self._gone is not None:
                raise self._closed_before(fn) from None
            if isinstance(failure, CancelledError):
                raise FarCancelled(f"{describe(fn)} was cancelled in its own loop") from failure
        return outcome

    def _closed_before(self, fn: Callable[..., Any]) -> WorkerClosed:
        return WorkerClosed(f"{self._gone}, before {describe(fn)} could end")

    def closed(self) -> bool:
        """Whether it takes no more calls."""
        return self._gone is not None

    def close(self, timeout: float | None = None) -> Coroutine[Any, Any, None]:
        """Take no more calls, at once; awaitable: cancel what runs, and wait until the thread has ended.

        After `timeout` seconds TimeoutError names what has not ended, with where the thread is.
        """
        timeout = check_timeout(timeout)
        with self._lock:
            first = self._gone is None
            if first:
                self._gone = f"{self.name} is closed"
        if self._thread is not None and first:
            self._ready.wait()
            if self._loop is None:
                return self._closing(timeout)
            try:
                call_soon_threadsafe(self._loop, self._loop.stop)
            except LoopClosed:
                pass
        return self._closing(timeout)

    async def _closing(self, timeout: float | None) -> None:
        thread = self._thread
        if thread is None:
            return
        try:
            await self._ended.wait(timeout)
        except TimeoutError:
            self._gave_up = True
            stuck = ", ".join(describe(fn) for fn in list(self._running.values())) or "a task"
            raise TimeoutError(
                f"{self.name} is still running {stuck} after {timeout} s{where(thread.ident)}"
            ) from None
        thread.join()  # it has only to return

    def forked(self) -> None:
        """In the child of a fork, which has none of the parent's threads."""
        started, gone = self._thread is not None, self._gone
        self._begin()
        if started and gone is None:
            self._gone = f"{self.name} has its thread in the process that this one was forked from"

    # Its thread.

    def _serve(self) -> None:
        try:
            loop = self._loop = new_event_loop()
        except BaseException as error:
            self._gone = f"{self.name} could not make its loop: {error!r}"
            self._ended.set()
            return
        finally:
            self._ready.set()
        how = "was stopped from inside"
        try:
            loop.run_forever()
        except BaseException as error:
            how = f"was ended by {error!r}"
        with self._lock:
            if self._gone is None:
                self._gone = f"{self.name} is gone: its loop {how}"
        self._stopped.set()
        try:
            loop.close(None)
        except BaseException as error:
            print(f"{self.name}: the loop's shutdown failed", file=sys.stderr)
            print_exception(error, sys.stderr)
        self._ended.set()


async def _outcome(
    fn: Callable[..., Awaitable[T]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[T | None, BaseException | None]:
    """(result, error): what would end the loop's run, such as SystemExit, is for the caller."""
    try:
        return await fn(*args, **kwargs), None
    except (Exception, CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        return None, error


async def _call(fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    return fn(*args, **kwargs)
