"""launch, schedule and set_global_exception: to call what may be a function or a coroutine function, now or later."""

import sys

from ..core.context import create_task, get_event_loop
from ..core.sleep import sleep
from ..core.step import runnable
from ..core.task import Wait


def check_call(func, args):
    """TypeError if `func(*args)` can't be: told at once, and not when the time for the call has come."""
    if not callable(func):
        raise TypeError("what is to be called is a function or a coroutine function, not " + repr(func))
    if not isinstance(args, (tuple, list)):
        raise TypeError("the arguments are a tuple, such as (led,), not " + repr(args))


def starts(result):
    """Whether `result` of a call does nothing unless it is awaited: a coroutine, or what `queue.put(1)` gives.

    Not what is of use by itself, as an Event, a Lock, or a MillisecTimer, which returns itself when it is set.
    """
    return runnable(result) or (
        isinstance(result, Wait) and not hasattr(result, "wait") and not hasattr(result, "acquire")
    )


def launch(func, args=()):
    """Call `func(*args)`; return its value, or the Task that awaits it if it has to be. Tasks of a loop only."""
    result = func(*args)
    if starts(result):
        return create_task(result)
    return result


async def schedule(func, t, *args, **kwargs):
    """After `t` seconds call `func(*args, **kwargs)`, and await it if it is a coroutine; return its result.

    Upstream's way of use: `create_task(schedule(func, 10, arg))`. TypeError for what can't be called, or is no time.
    """
    check_call(func, args)
    await sleep(t)
    result = func(*args, **kwargs)
    if starts(result):
        result = await result
    return result


def set_global_exception():
    """End the program when a task fails that nobody awaits: print its traceback, and exit with code 1.

    As upstream's: for development, where a silent failure costs more than a stop. For this thread's loop.
    """
    get_event_loop().set_exception_handler(_report_and_exit)


def _report_and_exit(loop, context):
    loop.default_exception_handler(loop, context)
    sys.exit(1)
