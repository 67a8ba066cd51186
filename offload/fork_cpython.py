"""What a fork leaves in the child of its parent's pools: a Pool begins anew, a Worker is gone with its thread.

What the jobs of the parent return goes to the parent. A pool's child half can't wait for locks that a thread of the
parent holds, so it makes its own.
"""

import os
from weakref import WeakSet

pools = WeakSet()


def _forked():
    for pool in list(pools):
        pool.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
