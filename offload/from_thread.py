"""The other way: what a function that runs in a pool's thread asks of the scheduler that awaits it.

    def work():                                   # await unblock(work)
        answer = from_thread.run(ask, "how?")     # await ask("how?"), as a task of that loop
        from_thread.run_sync(event.set)           # event.set(), there

On MicroPython the loop's thread says `threadsafe.open_for_calls(loop)` first.
"""

from ..core.errors import CancelledError
from ..core.loop import Loop
from ..threadsafe.calls import call_soon_threadsafe, run_coroutine_threadsafe
from .token import checkpoint, current


def run(async_fn, *args):
    """The result of `await async_fn(*args)`, as a task of the loop that awaits this job. Blocks the calling thread.

    Raises what it raises; JobCancelled if the job is not wanted any more when this is called, or, with
    on_cancel="signal", meanwhile: the task is cancelled then; LoopStopped or LoopClosed if the loop ends meanwhile.
    RuntimeError outside a job.
    """
    loop = _loop()
    job = current()
    limits = job.limits
    handle = run_coroutine_threadsafe(async_fn(*args), loop)
    if limits is None:
        return handle.result()
    limits.asked = handle
    try:
        if job.cancelled:
            handle.cancel()
        return handle.result()
    except CancelledError:
        checkpoint()
        raise
    finally:
        limits.asked = None


def run_sync(fn, *args):
    """The result of `fn(*args)`, called by the loop that awaits this job, between two steps of tasks. As `run` else."""
    return run(_call, fn, args)


async def _call(fn, args):
    return fn(*args)


def start_soon(fn, *args):
    """Have that loop call `fn(*args)`; blocks for nothing. See `call_soon_threadsafe`."""
    return call_soon_threadsafe(_loop(), fn, *args)


def _loop():
    checkpoint()
    queue = current().queue
    if not isinstance(queue, Loop):
        raise RuntimeError(
            "no loop of twincore awaits this job; for a loop of asyncio there is asyncio.run_coroutine_threadsafe"
        )
    return queue
