"""Reacting: a contact that calls functions when something happens to it. Base of Switch and Pushbutton."""

from ..core.event import Event
from .contact import Contact
from .launching import check_call, starts


class Reacting(Contact):
    """A *reaction* is a function, a pair of one and its arguments, an Event, or None.

    A function is called in a task of its own, in the order in which things happen; what it raises is reported as that
    of any task that nobody awaits, and concerns nobody else. After `deinit` none is called; what runs goes on.
    """

    def _reaction(self, func, args):
        """That of `func(*args)`. False: nothing happens. None: an Event of its own.

        TypeError for what can't be called, and for arguments that are no tuple. RuntimeError after `deinit`.
        """
        self._check()
        if func is None:
            return Event()
        if func is False:
            return None
        if not callable(func):
            raise TypeError("a function, None for an Event, or False is expected, not " + repr(func))
        check_call(func, args)
        return (func, args) if args else func

    def _react(self, reaction):
        if isinstance(reaction, Event):
            reaction.set()
        elif reaction is not None:
            self.loop.create_task(self._call(reaction))

    async def _call(self, reaction):
        if self._source is not None:
            result = reaction[0](*reaction[1]) if isinstance(reaction, tuple) else reaction()
            if starts(result):
                await result
