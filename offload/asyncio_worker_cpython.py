"""AsyncioWorker: a thread with a loop of asyncio, or uvloop, so that tasks of twincore await what is made for that.

    async with offload.AsyncioWorker() as worker:
        page = await worker.run(fetch, url)             # await fetch(url), as a task of asyncio
        async with worker.iterate(rows, query) as rows:
            async for row in rows: ...

A call is a Job whose function is awaited there. One hop each way: the loop of asyncio is woken by its own
`call_soon_threadsafe`, the caller's by its doorbell. CPython only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from ..core.context import running_loop
from ..core.errors import TimeoutError
from ..threadsafe.parking import check_timeout
from . import fork_cpython
from .asyncio_call_cpython import AsyncioCall, AsyncioIteration, PlainJob, check_function
from .asyncio_thread_cpython import AsyncioThread, LoopFactory
from .closing_cpython import Closing
from .job import Job, WorkerClosed
from .pools import pool
from .start_cpython import where

if TYPE_CHECKING:
    from .job import _OnCancel

T = TypeVar("T")
P = ParamSpec("P")

_count = 0


class AsyncioWorker(AsyncioThread, Closing):
    """A thread that runs a loop of asyncio. It starts at the first call and does not keep the process alive.

    | method | who may call | blocks |
    |---|---|---|
    | `run(async_fn, *args, **kw)`, `call(fn, *args, **kw)` | tasks of any loop, asyncio's too | the awaiting task |
    | `iterate(source, *args, ahead=64)` | the same | the task that iterates, while there is no item |
    | `close(timeout)` | the same | the awaiting task, until the thread has ended |
    | `closed()`, `statistics()` | any thread | never |

    Calls begin in the order in which they are first awaited; there is no limit to how many run. They see a copy of the
    caller's context variables. What one raises, SystemExit included, is raised to its caller, and the loop goes on.
    `loop_factory` makes the loop, "uvloop": one of that; `debug`: asyncio's debug mode, None: as asyncio has it.

    If the loop ends otherwise than by `close`, as by its `stop()`, all callers get WorkerClosed, and so do later ones.
    So do callers in the child of a fork, if the thread had started.
    """

    timeout: float | None = None
    on_cancel: _OnCancel = "signal"

    def __init__(
        self, name: str | None = None, loop_factory: LoopFactory | Literal["uvloop"] | None = None,
        debug: bool | None = None,
    ) -> None:
        global _count
        if loop_factory == "uvloop":
            loop_factory = _of_uvloop()
        if not (loop_factory is None or callable(loop_factory)):
            raise TypeError(f"loop_factory is a function that makes a loop, or 'uvloop', not {loop_factory!r}")
        if name is None:
            _count += 1
            name = f"AsyncioWorker-{_count}"
        AsyncioThread.__init__(self, name, loop_factory or asyncio.new_event_loop, debug)
        fork_cpython.pools.add(self)

    def run(self, async_fn: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> AsyncioCall[T]:
        """Awaitable: the result of `await async_fn(*args, **kwargs)`, as a task of the other loop.

        If the caller is cancelled so is that task, and the caller goes on when it has ended; `.options(...)` chooses
        otherwise, and sets a timeout. FarCancelled if it was cancelled there, not from here.
        """
        check_function(async_fn, "run")
        job: Job[Any] = Job(self, async_fn, args, kwargs)
        return AsyncioCall(self, job)

    def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> AsyncioCall[T]:
        """Awaitable: the result of `fn(*args, **kwargs)`, called by the other loop, which it must not block."""
        check_function(fn, "call")
        return AsyncioCall(self, PlainJob(self, fn, args, kwargs))

    @overload
    def iterate(self, source: AsyncIterable[T], *, ahead: int = 64) -> AsyncioIteration[T]: ...
    @overload  # not a ParamSpec: that leaves no room for the keyword
    def iterate(self, source: Callable[..., AsyncIterable[T]], *args: Any, ahead: int = 64) -> AsyncioIteration[T]: ...
    def iterate(self, source: Any, *args: Any, ahead: int = 64) -> AsyncioIteration[Any]:
        """`async for` over an asynchronous iterable of the other loop, or what `source(*args)` gives.

        Up to `ahead` items wait for the task that iterates; then `source` waits for it. Its error is raised after
        the items that came before. `aclose()`, or the end of `async with`, closes it there.
        """
        return AsyncioIteration(self, source, args, ahead)

    def closed(self) -> bool:
        """Whether it takes no more calls."""
        return self.gone is not None

    def statistics(self) -> dict[str, int]:
        """How many calls are "queued", "running", "done", "failed" (they raised), "abandoned" (left by their caller)."""
        return {
            "queued": len(self._calls), "running": len(self._running()), "done": self._done, "failed": self._failed,
            "abandoned": self.abandoned,
        }

    def close(self, timeout: float | None = None) -> Coroutine[Any, Any, None]:
        """Take no more calls, at once, and cancel what runs; awaitable: until the loop and its thread have ended.

        Callers that still wait get WorkerClosed. asyncio's generators and default executor are shut down.
        After `timeout` seconds what has not ended is given up; TimeoutError names it, with where it is.
        """
        timeout = check_timeout(timeout)
        self._shut(f"{self.name} is closed")
        return self._closing(timeout)

    def _shut(self, why: str) -> None:
        with self._lock:
            if self.gone is None:
                self.gone = why
            loop = self._loop
            first, self._stopping = not self._stopping, True
        if loop is not None and first:
            self._post(loop.stop)

    async def _closing(self, timeout: float | None) -> None:
        thread = self._thread
        if thread is None:
            return
        loop = running_loop()
        if loop is not None:
            loop.clock.hold()  # a virtual time stands while threads are at work
        try:
            await self._ended.wait(timeout)
        except TimeoutError:
            stuck = self._stuck()
            if self._ended.is_set():
                return
            self._gave_up = True
            gone = WorkerClosed(f"{self.name} was closed before this call could end")
            for job in [*self._running(), *self._calls]:
                job.fail(gone)
            text = ", ".join(stuck) or "its shutdown" + where(thread.ident)
            raise TimeoutError(f"{self.name} is still running {text} after {timeout} s") from None
        finally:
            if loop is not None:
                loop.clock.release()
        thread.join()  # it has only to return

    # For Job and Options.

    def refusal(self, job: Job[Any]) -> WorkerClosed:
        """The error for `job`, which came too late."""
        return WorkerClosed(f"{self.gone}, it takes no more calls; make a new one for {job.describe()}")

    def check_options(self, on_cancel: _OnCancel, progress: Any) -> None:
        """Raise ValueError for what can't hold here."""
        if progress is not None:
            raise ValueError("progress is for functions that block; a task of asyncio can await a queue of threadsafe")

    def note_abandoned(self) -> None:
        """The caller of a job has gone while it ran."""
        with self._lock:
            self.abandoned += 1

    def afterwards(self, fn: Callable[..., object], args: tuple[Any, ...]) -> None:
        """Call `fn(*args)`, which raises nothing, on the loop's thread; if that has ended, on one of `pool()`."""
        if not self._post(fn, *args):
            pool().afterwards(fn, args)

    def cancel(self, job: Job[Any]) -> None:
        """Cancel the task of `job`, which has begun. Any thread."""
        job.cancelled = True
        self._post(self._cancel, job)


def _of_uvloop() -> LoopFactory:
    try:
        from uvloop import new_event_loop
    except ImportError:
        raise RuntimeError("loop_factory='uvloop' needs uvloop: pip install uvloop") from None
    return new_event_loop
