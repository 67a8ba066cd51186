"""The far side of `executors`: what a process, an interpreter or a worker of a cluster does with one call.

It needs nothing of the library. What comes and goes is pickled here, so that whatever can't be is told by its name, and
nothing that a function raises can break the executor.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
import traceback

RETURNED, RAISED, UNSENT, UNKNOWN = range(4)  # returned; raised; its result can't be sent; it can't be loaded here


def prepare() -> None:
    """Begin a process: it leaves Ctrl-C to its parent, and does not outlive it."""
    import multiprocessing

    # A handler, not SIG_IGN: that would be handed on to the programs that a job starts.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent) -> None:
    parent.join()  # sleeps in the kernel
    os._exit(1)


def call(payload: bytes, by_value: bool = False) -> tuple:
    """Make the call that was pickled in `payload`; `by_value`: with cloudpickle. Raises nothing."""
    dumps = pickle.dumps
    try:
        if by_value:
            from cloudpickle import dumps
        func, args, kwargs = pickle.loads(payload)
    except BaseException as error:
        return UNKNOWN, _text(error)
    try:
        result = func(*args, **kwargs)
    except BaseException as error:
        return RAISED, _sent(error, dumps), type(error).__name__, _words(error), _text(error)
    try:
        return RETURNED, dumps(result)
    except BaseException as error:
        return UNSENT, type(result).__name__, f"{type(error).__name__}: {_words(error)}"


def _sent(error, dumps):
    """`error` pickled, or None if it would not arrive."""
    try:
        data = dumps(error)
        if type(pickle.loads(data)) is type(error):
            return data
    except BaseException:
        pass
    return None


def _words(error) -> str:
    try:
        return str(error)
    except BaseException:
        return "(it has no text)"


def _text(error) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
