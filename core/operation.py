"""An operation that a task awaits: tried, parked if it can't be done yet, and tried again when woken.

This is the plain twin; `operation.pyx` is the same in C, which hands a result to the awaiting coroutine without
raising StopIteration (the `am_send` slot). Subclasses are written once, in plain Python.
"""

from .cell import Cell


class _Pending:
    def __repr__(self):
        return "PENDING"


PENDING = _Pending()  # not done yet


def accelerate(cls):
    """Have C await instances of `cls`, a compiled subclass of Operation. Nothing to do here."""


class Operation(Cell):
    """Base of awaitables that end with a value. One object may be awaited by many if `attempt` keeps no state."""

    def attempt(self):
        """Try. Returns the result, or PENDING: the task is then parked (see Wait) and tries again when it is woken."""
        raise NotImplementedError

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        result = self.attempt()
        if result is PENDING:
            return self
        raise StopIteration(result)
