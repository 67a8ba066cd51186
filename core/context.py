"""Which loop the calling context runs: one current loop per thread or core, and the functions that act on it."""

from . import loop as _loop
from .lazy import load
from .native import MICROPYTHON, allocate_lock, ident

if not MICROPYTHON:
    from . import clocks_cpython
    from .native import own, set_own

_loops = {}  # thread -> Loop; replaced whole, never mutated, since other threads and cores read it
_replacing = allocate_lock()
check_blocking = None  # if it is checked, called before a thread blocks; see checking.py, and simulated boards


def _mine():
    if MICROPYTHON:
        return _loops.get(ident())
    return own()  # and not _loops: a new thread may be given the ident of one that has ended


def get_event_loop(runq_len=0, waitq_len=0):
    """The calling thread's Loop. The arguments are accepted for old code and ignored.

    Made at the first call; but a thread that has none gets a WrongContextError while a loop runs in another thread:
    what it would start here would never run.
    """
    loop = _mine()
    if loop is None:
        if _foreign():
            raise load("misuse", "no_loop_here")()
        loop = _adopt(_new_loop())
    return loop


def _foreign():
    """Whether the calling thread has no loop and another's is running."""
    if _mine() is None:
        for loop in _loops.values():
            if loop.running:
                return True
    return False


def check_context(queue, what):
    """Raise WrongContextError if `what` was called from a thread that has no business with `queue`'s tasks.

    With `queue` None, nobody having waited yet, that is a thread without a loop while another's runs.
    """
    if queue is not None:
        queue.check_context(what)
    elif not MICROPYTHON and _foreign():
        raise load("misuse", "no_loop_here")(what)


def new_event_loop(clock=None):
    """Give the calling thread a new Loop, with `clock` if given (see VirtualClock), and return it.

    What the old one still had is closed: `finally` blocks run, nothing is retained. RuntimeError if it is running.
    """
    old = _mine()
    if old is not None:
        old.close()
    return _adopt(_new_loop(clock))


def _new_loop(clock=None):
    if clock is None and not MICROPYTHON:
        clock = clocks_cpython.of_this_thread()
    return _loop.Loop(clock)


def _adopt(loop):
    global _loops
    with _replacing:
        loops = _loops.copy()
        loops[loop.thread] = loop
        _loops = loops
    if not MICROPYTHON:
        set_own(loop)
    return loop


def create_task(coro, name=None, context=None):
    """Start the coroutine `coro` on the current loop; returns its Task. Legal before `run`. See Loop.create_task."""
    loop = _mine()
    if loop is None:
        loop = get_event_loop()
    return loop.create_task(coro, name, context)


def running_loop():
    """The calling thread's Loop if it is running now, else None."""
    loop = _mine()
    return loop if loop is not None and loop.running else None


def current_task():
    """The task that is running. RuntimeError outside a task."""
    loop = _mine()
    task = None if loop is None else loop.current
    if task is None:
        raise RuntimeError("no running event loop")
    return task


def run(coro):
    """Run the coroutine `coro` on this thread's loop; return its value or raise its exception.

    Other tasks are neither cancelled nor awaited: they stay, and go on at the next run; `new_event_loop()` drops them.
    Called in a thread without a loop it makes one there.
    """
    loop = _mine()
    if loop is None:
        loop = _adopt(_new_loop())
    if loop.running:
        if hasattr(coro, "close"):
            coro.close()
        raise load("misuse", "runs_already")()
    return loop.run_until_complete(coro)
