"""WaitAny, WaitAll and ELO: wait for several things that have a `wait()`: events, flags, messages, delays, tasks.

    which = await WaitAny((button.press, button.long, delay)).wait()
    if which is delay:
        ...

What has a `wait()` is called an event-like object, ELO; WaitAny and WaitAll are some, so they can be nested.
"""

from ..core.context import create_task
from ..core.step import runnable
from ..core.task import PENDING, Task, Wait
from .stand_ins import End, Several


class _Members:
    """What waits for `elos`, event-like objects. ValueError if there are none, TypeError for what is none."""

    late = ()  # whose tasks had ended when the wait was over without them, or given up: (member, Task)

    def __init__(self, elos):
        try:
            self.elos = tuple(elos)
        except TypeError:
            raise TypeError(
                type(self).__name__ + " takes a tuple or a list, such as (event, flag), not " + repr(elos)
            ) from None
        if not self.elos:
            raise ValueError(type(self).__name__ + " of nothing makes no sense: there is nothing that could happen")
        for elo in self.elos:
            if not hasattr(elo, "wait"):
                raise TypeError("what is waited for has a wait(), as an Event has it: not " + repr(elo))

    def clear(self):
        """Call `clear()` of those that have one."""
        for elo in self.elos:
            if hasattr(elo, "clear"):
                elo.clear()


class WaitAny(_Members):
    """Waits for the first of `elos`. For tasks of one loop, several at a time if its members allow that.

    The first that happened is the one that is returned. Nothing is taken from the others: a flag that clears itself
    stays set, for the next to find. If one fails the wait fails. A member's `wait()` that is a coroutine runs as a
    task; when another member came first it is cancelled, and if it had ended by then, that is what the next wait
    returns. ValueError if there are none, TypeError for what has no `wait`.
    """

    _last = None

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def wait(self):
        """Awaitable: the member that happened."""
        return _Any(self)

    def event(self):
        """The member that was returned last."""
        return self._last


class WaitAll(_Members):
    """Waits for all of `elos`; one that happened earlier need not be set still. Errors as of WaitAny.

    If one fails, or the wait is cancelled, the others are waited for no more, and nothing is taken from those that
    happened: a flag that clears itself is set again, and a coroutine's end counts for the next wait.
    """

    def wait(self):
        """Awaitable: until each has happened once."""
        return _All(self)


class ELO:
    """An event-like object of a task, or of a coroutine function and its arguments, which is started now.

    `wait()` ends with the task, cancelled or not; it raises what the task raised. Whoever waits, alone or in a WaitAny,
    leaves the task running when it goes. `await elo()` is the task's result; `elo().cancel()` cancels it.
    """

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, coro, *args, **kwargs):
        if not isinstance(coro, Task):
            func, coro = coro, coro(*args, **kwargs) if callable(coro) else coro
            if not (runnable(coro) or isinstance(coro, Wait)):
                raise TypeError("an ELO is of a Task, or of a coroutine function and its arguments, not " + repr(func))
            coro = create_task(coro)
        self._task = coro

    def wait(self):
        """Awaitable: until the task has ended."""
        return End(self._task)

    def __call__(self):
        """The Task; once it was cancelled, its CancelledError."""
        task = self._task
        return task.data if task.cancelled() else task


class _Any(Several):
    """One wait of a WaitAny: who is woken first decides."""

    def begin(self):
        owner = self.owner
        if owner.late:
            elo, task = owner.late.pop(0)
            owner._last = elo  # of an error too: it is that member's
            return self.start(elo, task)
        for elo in owner.elos:
            result = self.start(elo)
            if result is not PENDING:
                return result
        return PENDING

    def enough(self, number):
        self.owner._last = elo = self.elos[number]
        return elo


class _All(Several):
    """One wait of a WaitAll."""

    def begin(self):
        result = PENDING
        late = list(self.owner.late)
        self.owner.late = ()
        for elo in self.owner.elos:
            ended = None
            for entry in late:
                if entry[0] is elo:
                    ended = entry
                    late.remove(entry)
                    break
            result = self.start(elo, ended and ended[1])
        return result

    def enough(self, number):
        return None if len(self._happened) == len(self.owner.elos) else PENDING
