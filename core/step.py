"""One step of a task's coroutine, in the context variables (`contextvars`) that are the task's own.

This is the plain twin, used on MicroPython, which has no context variables, and uncompiled; `step.pyx` is the same in C
for CPython. Scheduler side only.
"""

from .native import MICROPYTHON

if MICROPYTHON:

    def runnable(obj):
        """Whether `obj` takes steps, as a coroutine does."""
        return hasattr(obj, "send")

    resume = next  # on a coroutine: the same as .send(None), one look-up less

    def throw(coro, exc):
        """Raise `exc` in `coro` where it waits; returns what it waits for next."""
        return coro.throw(exc)

else:
    from .step_cpython import Contexts, InContext, resume, runnable, throw  # noqa: F401
