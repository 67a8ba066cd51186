"""What a call that can't be right is told: what was wrong, and what to do. Any context.

Loaded when it is first needed, so that a board on which nothing is wrong does not pay for the words.
"""

from .describing import describe
from .errors import WrongContextError

# Scheduler-only calls, and what another context uses instead.
_INSTEAD = {
    "create_task()": "threadsafe.create_task_threadsafe, or a ThreadSafeQueue of work that a task of this loop gets",
    "run()": "a loop of that thread's own: new_event_loop() there",
    "Loop.close()": "new_event_loop() on that thread",
    "Loop.stop()": "threadsafe.call_soon_threadsafe(loop, loop.stop), or a ThreadSafeEvent that a task waits for",
    "Server.close()": "threadsafe.call_soon_threadsafe(loop, server.close), or a ThreadSafeEvent that a task waits for",
    "Stream.close()": "a threadsafe.ThreadSafeQueue that a task of the stream's loop serves",
    "Stream.write()": "a threadsafe.ThreadSafeQueue that a task of the stream's loop serves",
    "Task.add_done_callback()": "a task of that loop that awaits it",
    "Task.cancel()": "threadsafe.call_soon_threadsafe(loop, task.cancel), or a ThreadSafeEvent that a task waits for",
    "Task.remove_done_callback()": "a task of that loop",
    "Timeout.reschedule()": "a threadsafe.Message that the task itself, or another of its loop, waits for",
    # All methods of a class:
    "Broker": "a Gate, which publishes for other contexts",
    "Event": "threadsafe.ThreadSafeEvent",
    "Lock": "threadsafe.ThreadSafeLock",
    "Queue": "threadsafe.ThreadSafeQueue",
    "RingbufQueue": "threadsafe.ThreadSafeQueue",
    "Semaphore": "threadsafe.ThreadSafeSemaphore",
}


def _instead(what):
    found = _INSTEAD.get(what) or _INSTEAD.get(what.split(".")[0])
    return "use " + (found or "threadsafe.call_soon_threadsafe, which has the loop call it")


def wrong_context(what, thread):
    """`what` was called from a thread or core that does not run the scheduler, which `thread` does."""
    if not thread:
        return forked(what)
    return WrongContextError(
        what + " was called from another context than the thread that runs its scheduler; " + _instead(what)
    )


def forked(what):
    """`what` was called on, or ended with, a loop that a fork copied from the parent process."""
    return WrongContextError(
        what + ": this process was forked, and its parent's loop, with its tasks and streams, is the parent's only; "
        "make a loop here with run() or new_event_loop()"
    )


def cancels_itself():
    """The current task was to be cancelled by itself."""
    return RuntimeError("can't cancel self: raise CancelledError, or return")


def runs_already():
    """A loop was to be run while it is running."""
    return RuntimeError("this loop is running already, run() can't be called in a task of it: use await, or create_task")


def ended_early(loop):
    """The run of `loop` ended, and its main task has not."""
    if not loop.thread:
        return forked("run()")
    return RuntimeError("the loop was stopped before its main task ended")


def no_loop_here(what=None):
    """The same, from a thread that runs no loop while another does; without `what`, it asked for its loop."""
    if what is not None:
        return WrongContextError(
            what + " was called from a thread that runs no loop, another does; " + _instead(what)
        )
    return WrongContextError(
        "this context runs no loop, another does: hand work to that one through threadsafe "
        "(ThreadSafeQueue, ThreadSafeEvent, Message), or make a loop here with run() or new_event_loop()"
    )


def other_loops_stream():
    """What a loop gave to wait for a stream was awaited in another."""
    return WrongContextError("a stream is waited for in the loop whose queue_read or queue_write was called")


def waits_for_itself(awaited, task):
    """`task` awaits `awaited`, itself or one that waits for it: none of them could ever go on."""
    if awaited is task:
        return RuntimeError("a task can't await itself")
    return RuntimeError("tasks can't wait for each other: " + repr(awaited) + " waits for this one already")


def other_loops_task():
    """A task of another loop was to be awaited."""
    return WrongContextError("a task of another loop can't be awaited; pass its result through threadsafe")


def not_a_coroutine(obj):
    """`obj` was to be run as a task."""
    text = "coroutine expected, not " + describe(obj)
    if callable(obj):
        text += ": call it, as in " + describe(obj) + "()"
    return TypeError(text)


def not_waitable(obj):
    """A task yielded `obj`."""
    text = describe(obj)
    if callable(obj):
        text += ": call it, as in " + text + "()"
    return RuntimeError(
        "a task can wait only for what twincore makes, not for " + text
        + "; a blocking function goes through offload.unblock"
    )


def not_a_time(seconds):
    """`seconds` was to be waited for, and is no number."""
    if seconds != seconds:
        return ValueError("a time must be a number, not NaN")
    return TypeError("a time is a number of seconds, not " + describe(seconds))
