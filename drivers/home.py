"""check_home: a driver with a task of its own refuses calls from another loop, and those after its loop has ended.

For methods that wait, or that wake the task. What would happen otherwise, beside a wait for ever:

    its task, in loop A                       a task in loop B
                                              await event.wait()      the event is B's from now on
    event.set(): WrongContextError,
    of which the driver's own task ends

Interrupts and threads do not come here: they have a flag, or a queue of threadsafe.
"""

from ..core.context import get_event_loop
from ..core.errors import WrongContextError
from ..core.native import ident


def check_home(loop, what, instead="a ThreadSafeQueue between them"):
    """WrongContextError unless the caller's loop is `loop`, in which `what` was made. `instead`: what others use."""
    if loop.thread != ident() or get_event_loop() is not loop:
        text = what + " belongs to the tasks of the loop in which it was made"
        text += ", which has ended: make another" if loop.closed else ", and this is none of them: use " + instead
        raise WrongContextError(text)
