"""What a doorbell's owner sleeps in until it is let go: a lock that is free only for that moment. CPython.

This is the plain twin. `parker_cpython.pyx` does the same without Python's lock in hand where that matters: whoever is let
go often runs before `unpark` returns, on one CPU always, and would have to wait for that lock first: two switches of
threads more, as long as the wake-up itself. Not so for one that has just gone to sleep, nor by one that has not slept
itself since it last did so: with a stream of items that would be for each of them, and the stream be as fast as threads
can be switched.

Who is about to sleep itself `keep`s back whom it lets go until it has given Python's lock away for that: then nobody
waits for anybody.
"""

from _thread import allocate_lock

LONGEST = 1000000.0  # seconds in one sleep: above it some platforms overflow


class Parker:
    """One owner sleeps in it.

    | method | who may call | blocks |
    |---|---|---|
    | `park(timeout)` | the owner, a thread | until let go, or the time is up; a handler of a signal that raises ends it |
    | `unpark()` | any thread, signal handler | never; compiled, the owner may run first, until it sleeps or 5 ms are over |
    | `parked_elsewhere()` | the owner | never |

    | the module's `keep(one)`, `let_go()` | any thread, for itself | as `unpark` |

    Nothing is queued: any number of `unpark` before a `park` let one pass. Nobody else waits here, so there is no order;
    nothing is closed.
    """

    def __init__(self):
        self._lock = allocate_lock()
        self._lock.acquire()

    def park(self, timeout):
        """Sleep for `timeout` microseconds at most (-1: no limit), or until let go: by now, or since the last time."""
        self._lock.acquire(True, -1 if timeout < 0 else min(timeout * 1e-6, LONGEST))

    def unpark(self):
        """Let the owner go, now or the next time that it parks."""
        try:
            self._lock.release()
        except RuntimeError:  # another context has just done it
            pass

    def parked_elsewhere(self):
        """The owner sleeps, or is about to, but not in `park`: it lets go whom it has kept back."""


def keep(one):
    """Keep back the next `unpark` of this thread, if `one`, until it parks or says `let_go`: which it does before it runs
    what it does not know. False: no more, but for what is kept already. Not here; see the compiled twin.
    """


def let_go():
    """Do the `unpark` that this thread has kept back, and keep none."""
