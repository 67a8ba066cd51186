"""launch, schedule and set_global_exception: to call what may be a function or a coroutine function, now or later."""

import sys

from ..core.context import create_task, get_event_loop
from ..core.sleep import sleep_ms
from ..core.step import runnable


def check_call(func, args):
    """TypeError if `func(*args)` can't be: told at once, and not when the time for the call has come."""
    if not callable(func):
        raise TypeError("what is to be called is a function or a coroutine function, not " + repr(func))
    if not isinstance(args, (tuple, list)):
        raise TypeError("the arguments are a tuple, such as (led,), not " + repr(args))


def launch(func, args=()):
    """Call `func(*args)`; return its value, or the Task that runs it if that is a coroutine. Tasks of a loop only."""
    result = func(*args)
    if runnable(result):
        return create_task(result)
    return result


async def schedule(func, t, *args, **kwargs):
    """After `t` seconds call `func(*args, **kwargs)`, and await it if it is a coroutine; return its result.

    Upstream's way of use: `create_task(schedule(func, 10, arg))`.
    """
    await sleep_ms(int(t * 1000))
    result = func(*args, **kwargs)
    if runnable(result):
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
