"""Ctrl-C that is not lost: CPython drops the KeyboardInterrupt that it raises in a callback or a finalizer.

It calls those from C, prints "Exception ignored in", and goes on. While modules are imported, one in five hundred
Ctrl-C comes into the callback with which the import system drops its locks.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

SOON = 0.01  # seconds: by then the callback has returned


def raise_again_what_is_dropped() -> None:
    """From now on have a KeyboardInterrupt that is dropped come again, outside of what dropped it. Main thread only."""
    told_before = sys.unraisablehook

    def told(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            told_before(unraisable)
            return
        timer = threading.Timer(SOON, _interrupt, [threading.main_thread()])
        timer.daemon = True
        timer.start()

    sys.unraisablehook = told


def _interrupt(thread: threading.Thread) -> None:
    """As the terminal does: a call of the system that the thread waits in is interrupted, too."""
    if hasattr(signal, "pthread_kill") and thread.ident is not None:
        signal.pthread_kill(thread.ident, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)
