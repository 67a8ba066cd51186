"""Ctrl-C while a loop runs: raised where it harms nothing. CPython.

Python raises KeyboardInterrupt between any two bytecodes of the main thread. In a task's own code that is where it is
wanted: a task that never yields is ended by it. In the middle of what the scheduler does, or a primitive or a stream, it
would leave a task that is in no line, and so never woken again. There the signal rings the loop's doorbell instead, and
the loop raises the KeyboardInterrupt in its next pass, between two steps. A second one does not wait for that.
"""

from _signal import SIGINT, default_int_handler, getsignal, signal
from sys import _getframe
from threading import main_thread

from .cell import Cell
from .native import ident

OURS = ("core", "threadsafe", "primitives")  # the folders whose code is not to be cut off
CARRIERS = ("selectors", "socket", "ssl")  # modules of Python's that these call


class Interrupts(Cell):
    """What one loop does at Ctrl-C: as long as it runs, in the main thread, and unless the program sees to SIGINT itself."""

    def __init__(self, loop):
        self.rung = False  # and the KeyboardInterrupt not raised yet
        self.loop = loop
        self.caller = None  # the frame that runs the loop, while this handles SIGINT

    def enter(self):
        """The loop is about to run."""
        if ident() == main_thread().ident and getsignal(SIGINT) is default_int_handler:
            self.rung = False
            self.caller = _getframe(1)
            try:
                signal(SIGINT, self.handle)
            except ValueError:  # the main thread of a subinterpreter
                self.caller = None

    def leave(self):
        """It has ended its run. Raises the KeyboardInterrupt that it did not come to."""
        if self.caller is not None:
            if getsignal(SIGINT) == self.handle:  # else the program has set its own meanwhile
                signal(SIGINT, default_int_handler)
            self.caller = None
            self.answer()

    def handle(self, number, frame):
        """The signal came while `frame` ran. Main thread."""
        if self.rung or not self.cuts_off(frame):
            self.rung = False
            raise KeyboardInterrupt
        self.rung = True
        self.loop.bell.ring(self)

    def cuts_off(self, frame):
        """Whether what is raised in `frame` would cut off the scheduler or what it serves, and not the program's own code."""
        while frame is not self.caller:  # where the compiled loop is, which has no frame
            if frame is None:
                return False
            name = frame.f_globals.get("__name__", "")
            if name not in CARRIERS:
                package, _, rest = name.partition(".")
                return package in ("twincore", "twincore_pure") and rest.partition(".")[0] in OURS
            frame = frame.f_back
        return True

    def answer(self):
        """The loop's thread, between two steps."""
        if self.rung:
            self.rung = False
            raise KeyboardInterrupt
