"""Coroutine functions are refused where a plain function is called: the coroutine would be made, and never awaited."""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_COROUTINE, iscoroutinefunction

from ..core.describing import describe


def check_not_async(func: Callable[..., object]) -> None:
    """TypeError for a coroutine function that a thread is to call. Asked of every job, so no more than plain functions."""
    code = getattr(func, "__code__", None)
    if code is not None and code.co_flags & CO_COROUTINE:
        name = describe(func)
        raise TypeError(
            f"{name} is a coroutine function, which needs no thread: await {name}(...); what needs a loop of asyncio is "
            f"awaited by AsyncioWorker().run({name}, ...)"
        )


def check_callback(name: str, fn: Callable[..., object] | None) -> None:
    """TypeError unless `fn`, given as `name`, is None or can be called for what it does."""
    if fn is None:
        return
    if not callable(fn):
        raise TypeError(f"{name} is a function, not {fn!r}")
    called = fn if isinstance(fn, type) else getattr(fn, "__call__", fn)  # noqa: B004
    if iscoroutinefunction(fn) or iscoroutinefunction(called):
        raise TypeError(
            f"{name} is called, not awaited, and {describe(fn)} is a coroutine function: give a plain one, which may "
            "start a task or put something in a queue"
        )
