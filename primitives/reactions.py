"""Reactions: what is to be called when something happens. For the devices of this folder, on their loop's thread."""

from ..core.event import Event
from ..core.step import runnable


class Reactions:
    """Functions, coroutine functions and Events by the name of what happens.

    A function is called in a task of its own, in the order in which things happen; what it raises is reported as that
    of any task that nobody awaits, and concerns nobody else.
    """

    def __init__(self, loop):
        self._loop = loop
        self._of = {}
        self._ended = False

    def set(self, name, func, args):
        """Call `func(*args)` when `name` happens; False: nothing. None: set an Event, which is returned.

        TypeError for what can't be called, and for arguments that are no tuple.
        """
        if func is None:
            func = Event()
            self._of[name] = (func.set, None)
            return func
        if func is not False and not callable(func):
            raise TypeError("a function, None for an Event, or False is expected, not " + repr(func))
        if not isinstance(args, (tuple, list)):
            raise TypeError("the arguments are a tuple, such as (led,), not " + repr(args))
        self._of[name] = (func, args) if func else None
        return None

    def wants(self, name):
        """Whether there is one."""
        return self._of.get(name) is not None

    def happened(self, name):
        """`name` happened."""
        found = self._of.get(name)
        if found is None:
            return
        func, args = found
        if args is None:
            func()  # sets the Event
        else:
            self._loop.create_task(self._call(func, args))

    def end(self):
        """Call nothing more; what runs goes on."""
        self._ended = True
        self._of.clear()

    async def _call(self, func, args):
        if not self._ended:
            result = func(*args)
            if runnable(result):
                await result
