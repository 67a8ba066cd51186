"""What a fork leaves in the child: nothing of the parent's loops. Their tasks and streams stay the parent's alone.

Only the thread that forked is there. What the system watches for a loop it watches for both processes, so the child
closes its descriptors of that and takes nothing out. CPython only.
"""

import os
from _thread import allocate_lock

from . import context, lazy
from .native import set_own

inherited = []  # the parent's loops: kept, or their tasks' `finally` blocks would run here too
_timers = []  # those of them that were taken out: likewise


def _forked():
    lazy._loading = allocate_lock()  # whoever held them is in the parent
    lazy._loader = None
    context._replacing = allocate_lock()
    loops, context._loops = context._loops, {}
    set_own(None)
    for loop in loops.values():
        _disown(loop)
        inherited.append(loop)


def _disown(loop):
    """A task that forked ends its step, and the run then ends."""
    loop.thread = 0  # nobody's: `check_context` refuses whoever calls
    loop.stopping = True
    loop.running = False  # to who waits here for one of its tasks, or calls it
    loop.closed = True
    if loop.inbox is not None:
        loop.inbox.forked()
    if loop.bell._asleep:  # a signal handler forked: the pass goes on behind it, and nothing is to fall due there
        while len(loop.timers):
            _timers.append(loop.timers.pop())
    io, loop.io = loop.io, None
    if io is not None:
        io.close()
        io.bell = None
    loop.bell.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
