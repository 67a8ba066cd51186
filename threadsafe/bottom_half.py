"""BottomHalf: what a loop does after an interrupt. The interrupt notes what there is and rings; the loop does the rest.

    def show():                         # on the loop's thread, as a task's code is
        display.text(str(counter.count))

    half = BottomHalf(show)
    pin.irq(counter.moved, hard=True)   # which counts, and calls half.ring()
"""

from ..core.cell import Cell
from ..core.context import check_context, get_event_loop
from ..core.errors import CancelledError
from ..core.native import fence


class BottomHalf(Cell):
    """A function that a loop calls after `ring`, without a task for it. See Linux's bottom halves of its interrupts.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `ring(_=None)` | any context, hard ISR included; as it is as a handler: its argument is not used | never | nothing |
    | `run()` | the loop, on its thread | must not | |
    | making it, `stop()` | the loop's thread; before it runs, that where it will | never | |

    Args: run, the function, None for a class with a `run()` of its own; loop, None: the one of this thread.
    What was stored before `ring` is seen by the `run` that follows. There is one after the last ring for sure, and one
    for several that the loop has not come to: count what counts, and leave the rest to ThreadSafeQueue. Several bottom
    halves run in the order of their rings on CPython; on MicroPython in the order in which they ran before, or were
    made. What `run` raises is reported by the loop's exception handler, and the next ring finds it as before. After
    `stop`, in `run` too, nothing is called any more, not for earlier rings either, and rings do no harm; so it is while
    the loop does not run, until it does again.
    """

    def __init__(self, run=None, loop=None):
        if run is not None:
            if not callable(run):
                raise TypeError("run is what the loop is to call, not " + repr(run))
            self.run = run
        self.rung = False
        self.loop = get_event_loop() if loop is None else loop
        check_context(self.loop, "BottomHalf()")
        self.loop.bell.arm(self)

    def ring(self, _=None):
        """Have the loop call `run()`, soon."""
        fence()
        self.loop.bell.ring(self)

    def run(self):
        """What the loop does; of those who derive from this."""
        raise NotImplementedError

    def stop(self):
        """Call nothing any more. Again: nothing happens."""
        check_context(self.loop, "BottomHalf.stop()")
        self.run = _nothing  # for rings that are on their way
        self.loop.bell.disarm(self)

    def answer(self):
        # First of all: a ring from here on is another. And no jump before it, where a KeyboardInterrupt may come on
        # MicroPython: not armed it would never be called again.
        try:
            self.loop.bell.arm(self)
        except BaseException:  # that, in `arm`
            self.loop.bell.disarm(self)
            self.loop.bell.arm(self)
            raise
        try:
            self.run()
        except (Exception, CancelledError) as exc:
            self._report(exc)

    def _report(self, exc):
        self.loop.call_exception_handler({"message": "A bottom half has failed", "exception": exc, "future": self})


def _nothing():
    """What is left to do of one that was stopped."""
