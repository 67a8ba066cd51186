"""tasks and listing: what the tasks of a loop are doing, like ps. From inside, on the loop's own thread.

On a desktop `desktop.ps` adds the line that each is at, and prints the listing on a signal.
"""

from .context import get_event_loop
from .native import MICROPYTHON
from .task import Task
from .times import CLOCK_HZ

_WORDS = {  # what of our own stands for what users know
    "All": "WaitAll",
    "Any": "WaitAny",
    "Arrival": "Barrier",
    "Deadline": "wait_for",
    "Ended": "as_completed",
    "Gathering": "gather",
    "Getters": "Queue, to get",
    "Line": "RingbufQueue, to put",
    "ParkedTask": "ThreadSafeQueue",
    "Putters": "Queue, to put",
    "ReleasedTask": "ThreadSafeEvent or Message",
    "WaitingTask": "ThreadSafeLock, ThreadSafeSemaphore or ThreadSafeCondition",
    "Shield": "shield",
    "Sleep": "sleep",
    "Turn": "Condition",
    "Waiting": "wait",
}


_OF_MODULES = {  # of threadsafe, on CPython, where it is known what was awaited
    "batches": "ThreadSafeQueue",
    "broadcast": "Broadcast",
    "bytepipe": "BytePipe",
    "calls": "a task of another loop",
    "condition": "ThreadSafeCondition",
    "lock": "ThreadSafeLock or ThreadSafeSemaphore",
    "message": "Message",
    "pipestream": "a Stream of pipes",
    "queue": "ThreadSafeQueue",
    "snapshot": "Snapshot",
}


class TaskInfo:
    """One task. `state` is running, ready, waiting or failing; `waits_on` what for, in words; `since` for how many
    seconds it has waited, None where that is not known: MicroPython does not note it."""

    def __init__(self, task, state, waits_on, since):
        self.task = task
        self.name = repr(task)
        self.state = state
        self.waits_on = waits_on
        self.since = since


def tasks(loop=None):
    """The tasks of `loop` (default: this thread's) that have not ended, oldest first: a TaskInfo each."""
    if loop is None:
        loop = get_event_loop()
    found = []
    task = loop.newest
    while task is not None:
        found.append(_info(task, loop))
        task = task.older
    found.reverse()
    return found


def _info(task, loop):
    waits = task.data
    if task is loop.current:
        return TaskInfo(task, "running", "", None)
    if waits is None:
        return TaskInfo(task, "ready", "", None)
    if isinstance(waits, BaseException):
        return TaskInfo(task, "failing", repr(waits), None)
    now = loop.clock.now()
    words = _words(waits)
    if task.slot >= 0:
        words += ", " + str(round(max(0, task.when - now) / CLOCK_HZ, 3)) + " s left"
    since = None if MICROPYTHON else max(0, now - task.since) / CLOCK_HZ
    return TaskInfo(task, "waiting", words, since)


def _words(waits):
    """What a task waits on, as a user knows it."""
    if isinstance(waits, Task):
        return repr(waits)
    kind = type(waits).__name__.lstrip("_")
    if kind == "Direction":
        return "a stream, to " + ("read" if waits.event == 1 else "write")
    if kind == "Job":
        return waits.describe() + ", offloaded"
    awaited = getattr(waits, "awaited", None)
    if awaited is not None:
        word = _OF_MODULES.get(type(awaited).__module__.rpartition(".")[2])
        if word:
            return word
    return _WORDS.get(kind, kind)


def listing(loop=None):
    """`tasks` as a table."""
    return table(tasks(loop), ())


def table(infos, more):
    """A table of `infos`; `more`: (heading, text for each) of further columns."""
    rows = [["TASK", "STATE", "WAITS ON", "SINCE"] + [heading for heading, _ in more]]
    for n, info in enumerate(infos):
        since = "" if info.since is None else str(round(info.since, 3)) + " s"
        rows.append([info.name, info.state, info.waits_on, since] + [texts[n] for _, texts in more])
    widths = [max([len(row[column]) for row in rows]) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        lines.append("  ".join([cell + " " * (widths[n] - len(cell)) for n, cell in enumerate(row)]).rstrip())
    return "\n".join(lines)
