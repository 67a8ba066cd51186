"""A call from one loop to another's thread, and an iteration: see asyncio_worker, which makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from inspect import iscoroutinefunction
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..core.describing import describe
from ..core.queue_errors import QueueClosed
from ..threadsafe.parking import check_timeout
from ..threadsafe.queue import ThreadSafeQueue
from .coroutines_cpython import check_callback
from .job import Job, JobCancelled, WorkerClosed, check_on_cancel
from .options import Insisting, Options

if TYPE_CHECKING:
    from .asyncio_worker_cpython import AsyncioWorker
    from .job import _OnCancel

T = TypeVar("T")
Dropped = Callable[[Any, "BaseException | None"], object]


class FarCancelled(RuntimeError):
    """What was awaited in another loop was cancelled there; the caller was not."""


class AsyncioCall(Insisting, Generic[T]):  # type: ignore[type-arg]  # as StrandJob
    """Awaitable, once: a call to an AsyncioWorker."""

    def __init__(self, worker: AsyncioWorker, job: Job[T]) -> None:
        Insisting.__init__(self, job, True)
        self._worker = worker

    def options(  # type: ignore[override]
        self, timeout: float | None = None, on_cancel: _OnCancel = "signal", dropped: Dropped | None = None
    ) -> AsyncioCall[T]:
        """The same call, under these rules.

        `timeout`: seconds from when it is first awaited, then TimeoutError; what becomes of the task of asyncio is as if
        the caller was cancelled: `on_cancel`
          "signal": it is cancelled, and the caller goes on when it has ended;
          "wait": it runs to its end, and only then the caller goes on;
          "abandon": it runs on, and the caller goes on at once.
        `dropped(result, error)` is called by the loop of asyncio with what came too late (one is None).
        """
        job = self.job
        check_on_cancel(on_cancel)
        check_callback("dropped", dropped)
        job.limits = Options(check_timeout(timeout), dropped, None)
        job.kept = on_cancel != "abandon"
        self._signal = on_cancel == "signal"
        return self

    def close(self) -> bool:
        """Cancel it. To be awaited then, unless False is returned: it never began."""
        if self.job.withdraw():
            return False
        if not self.job.ended():
            self.tell()
        return True

    def tell(self) -> None:
        """Cancel the task of asyncio."""
        self._worker.cancel(self.job)

    def __await__(self) -> Generator[Any, Any, T]:
        result: T = yield from (Insisting.__await__(self) if self.job.kept else self.job.__await__())
        return result

    __iter__ = __await__


class PlainJob(Job):  # type: ignore[type-arg]
    """Its function is called, not awaited."""

    def finish(self, result: Any, error: BaseException | None) -> None:
        self.pool.count(error is None)
        Job.finish(self, result, error)


class StreamJob(Job):  # type: ignore[type-arg]
    """Carries the items of an asynchronous iterable; however it ends, who waits for one is told."""

    def __init__(self, worker: AsyncioWorker, source: Any, args: tuple[Any, ...], ahead: int) -> None:
        super().__init__(worker, self.carry, (), {})
        self.source = source
        self.source_args = args
        self.items: ThreadSafeQueue[Any] = ThreadSafeQueue(ahead)

    async def carry(self) -> None:
        """A task of asyncio."""
        source = self.source(*self.source_args) if callable(self.source) else self.source
        iterator = source.__aiter__()
        put, try_put = self.items.put, self.items.try_put  # type: ignore[attr-defined]
        try:
            async for item in iterator:
                if not try_put(item):
                    await put(item)
        finally:
            if hasattr(iterator, "aclose"):
                await iterator.aclose()

    def describe(self) -> str:
        name: str | None = getattr(self.source, "__qualname__", None)
        return name or repr(self.source)

    def finish(self, result: Any, error: BaseException | None) -> None:
        Job.finish(self, result, error)
        self.items.close()

    def fail(self, error: BaseException) -> None:
        Job.fail(self, error)
        self.items.close()


class AsyncioIteration(Generic[T]):
    """See AsyncioWorker.iterate. One task iterates at a time; cancelled, it loses no item."""

    def __init__(self, worker: AsyncioWorker, source: Any, args: tuple[Any, ...], ahead: int) -> None:
        if not callable(source) and (args or not hasattr(source, "__aiter__")):
            raise TypeError(
                f"an asynchronous iterable, or a function that makes one and its arguments, is expected, not {source!r}"
            )
        self._job = StreamJob(worker, source, args, ahead)
        self._call = AsyncioCall(worker, self._job)
        self._begun = self._ended = False

    def __aiter__(self) -> AsyncioIteration[T]:
        return self

    async def __anext__(self) -> T:
        if self._ended:
            raise StopAsyncIteration
        if not self._begun:
            self._call.start()
            self._begun = True
        try:
            item: T = await self._job.items.get()
            return item
        except QueueClosed:
            pass
        self._ended = True
        await self._call
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close the iterable in its loop, and wait until its `finally` blocks have run. What those raise is raised."""
        if self._ended:
            return
        self._ended = True
        if self._begun and self._call.close():
            try:
                await self._call
            except (JobCancelled, WorkerClosed):
                pass

    async def __aenter__(self) -> AsyncioIteration[T]:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        # Left without aclose, by a `break` say: nobody would take what the iterable gives, which waited for ever.
        if getattr(self, "_begun", False) and not self._ended:
            self._call.close()


def check_function(fn: Any, name: str) -> None:
    """TypeError unless `fn` can be called; `name` is the method that was given it."""
    if not callable(fn):
        raise TypeError(
            f"a function and its arguments are expected, not {describe(fn)}; write {name}(fn, arg), without calling fn"
        )
    if name == "call" and iscoroutinefunction(fn):
        raise TypeError(f"{describe(fn)} is a coroutine function: write run({describe(fn)}, ...), which awaits it there")


def where_task(task: asyncio.Task[Any]) -> str:
    """Where `task` waits, innermost first."""
    steps: list[str] = []
    step: Any = task.get_coro()
    while step is not None and getattr(step, "cr_frame", None) is not None:
        frame = step.cr_frame
        if frame.f_code.co_filename != __file__:
            steps.append(f"{frame.f_code.co_name}, {frame.f_code.co_filename}:{frame.f_lineno}")
        step = step.cr_await
    return f" (waits in {'; called by '.join(reversed(steps))})" if steps else ""
