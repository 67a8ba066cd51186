"""CPython's part of `step`, uncompiled: each task runs in a copy of the context that it was created in."""

from contextvars import Context, copy_context
from functools import partial
from operator import methodcaller
from types import CoroutineType


def runnable(obj):
    """Whether `obj` takes steps, as a coroutine does."""
    return isinstance(obj, CoroutineType) or hasattr(obj, "send")


resume = methodcaller("send", None)


def throw(coro, exc):
    """Raise `exc` in `coro` where it waits; returns what it waits for next."""
    return coro.throw(exc)


class InContext:
    """A coroutine that takes its steps in `context`. What else it is asked is answered by the coroutine."""

    def __init__(self, coro, context):
        if not isinstance(context, Context):
            raise TypeError("a contextvars.Context is expected, not " + repr(context))
        self.coro = coro
        self.context = context
        self.send = partial(context.run, coro.send)  # no Python code of ours in a step
        self.throw = partial(context.run, coro.throw)
        self.close = partial(context.run, coro.close)

    def __getattr__(self, name):
        return getattr(self.coro, name)


class Contexts:
    """The contexts of one loop's tasks."""

    def own(self, coro, context):
        """What the scheduler is to run for `coro` in `context`, None: a copy of the caller's."""
        return InContext(coro, copy_context() if context is None else context)

    def enter(self):
        """The loop begins to run."""

    def leave(self):
        """It has ended its run."""
