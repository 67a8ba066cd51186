"""The far side of `executors`: what a process, an interpreter or a worker of a cluster does with one call.

It needs nothing of the library. What comes and goes is pickled here, so that whatever can't be is told by its name, and
nothing that a function raises can break the executor.
"""

from __future__ import annotations

import faulthandler
import mmap
import os
import pickle
import shutil
import signal
import struct
import threading
import traceback
from collections.abc import Callable
from typing import Any

RETURNED, RAISED, UNSENT, UNKNOWN = range(4)  # returned; raised; its result can't be sent; it can't be loaded here

# How a process is asked where it is, see `stacks_cpython`. In a folder its number and one of these is the name of
NOTE = ".job"  # a file: the number of its job, and the ident of the thread that makes the calls
STACKS = ".stacks"  # a FIFO: where it is
LAYOUT = struct.Struct("QQ")
SIGNAL: Any = getattr(signal, "SIGUSR2", None)

_number = struct.Struct("Q")
_note = None  # that file, in memory: a function that closes descriptors which are not its own does not change it


def prepare(folder: str | None = None) -> None:
    """Begin a process: it leaves Ctrl-C to its parent, does not outlive it, and says in `folder` where it is."""
    import multiprocessing

    # A handler, not SIG_IGN: that would be handed on to the programs that a job starts.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent, folder), daemon=True).start()
    if folder is not None:
        try:
            _can_be_asked(os.path.join(folder, str(os.getpid())))
        except OSError:
            pass  # a file system without FIFOs, say


def _end_with(parent: Any, folder: str | None) -> None:
    parent.join()  # sleeps in the kernel
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _can_be_asked(base: str) -> None:
    global _note
    os.mkfifo(base + STACKS, 0o600)
    # Open at both ends, and never waiting: nothing that is written while nobody reads can stop or end the process.
    faulthandler.register(SIGNAL, os.open(base + STACKS, os.O_RDWR | os.O_NONBLOCK), all_threads=True)
    with open(base, "xb+", buffering=0) as file:
        file.write(LAYOUT.pack(0, threading.get_ident()))
        _note = mmap.mmap(file.fileno(), LAYOUT.size)
    os.rename(base, base + NOTE)  # last: without a handler the signal would end the process


def call(payload: bytes, by_value: bool = False, number: int = 0) -> tuple[Any, ...]:
    """Make the call that was pickled in `payload`; `by_value`: with cloudpickle. Raises nothing.

    `number`: by which the parent knows it, if it should ask where this process is.
    """
    if _note is not None:
        _number.pack_into(_note, 0, number)
    dumps: Callable[[Any], bytes] = pickle.dumps
    try:
        if by_value:
            import cloudpickle

            dumps = cloudpickle.dumps
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


def _sent(error: BaseException, dumps: Callable[[Any], bytes]) -> bytes | None:
    """`error` pickled, or None if it would not arrive."""
    try:
        data = dumps(error)
        if type(pickle.loads(data)) is type(error):
            return data
    except BaseException:
        pass
    return None


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(it has no text)"


def _text(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
