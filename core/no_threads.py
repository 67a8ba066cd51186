"""What stands for `_thread` in the core, on ports of MicroPython that have none: one core, and interrupts.

STM32 is built without threads, if nothing else is asked for. `offload` needs them; all else does without.
"""


def get_ident():
    return 1


class allocate_lock:
    """Nobody else can have it, but for what an interrupt cuts into: that takes it in vain, and must not wait."""

    def __init__(self):
        self._taken = False

    def acquire(self, waitflag=1, timeout=-1):
        taken = self._taken
        self._taken = True
        return not taken

    def release(self):
        self._taken = False

    def locked(self):
        return self._taken

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self._taken = False
