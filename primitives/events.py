"""WaitAny, WaitAll and ELO: wait for several things that have a `wait()`: events, flags, messages, delays, tasks.

    which = await WaitAny((button.press, button.long, delay)).wait()
    if which is delay:
        ...

What has a `wait()` is called an event-like object, ELO; WaitAny and WaitAll are some, so they can be nested.
"""

from ..core.children import promote_all
from ..core.context import create_task
from ..core.errors import CancelledError
from ..core.gathering import gather
from ..core.native import MICROPYTHON
from ..core.step import runnable
from ..core.task import PENDING, RunQueue, Task, Wait


class _Several:
    """What waits for `elos`, event-like objects. ValueError if there are none, TypeError for what is none."""

    def __init__(self, elos):
        self._elos = tuple(elos)
        if not self._elos:
            raise ValueError(type(self).__name__ + " of nothing makes no sense: there is nothing that could happen")
        for elo in self._elos:
            if not hasattr(elo, "wait"):
                raise TypeError("what is waited for has a wait(), as an Event has it: not " + repr(elo))

    def clear(self):
        """Call `clear()` of those that have one."""
        for elo in self._elos:
            if hasattr(elo, "clear"):
                elo.clear()


class WaitAny(_Several):
    """Waits for the first of `elos`. For tasks of one loop, several at a time if you like.

    The first that happened is the one that is returned. Nothing is taken from the others: a flag that clears itself
    stays set, for the next to find. If one fails the wait fails. A member's `wait()` that is a coroutine runs as a
    task; when another member came first it is cancelled, and if it had ended by then, that is what the next wait
    returns. ValueError if there are none, TypeError for what has no `wait`.
    """

    late = ()  # whose tasks had ended when another was returned: (member, Task)
    _last = None

    def wait(self):
        """Awaitable: the member that happened."""
        return _Any(self)

    def event(self):
        """The member that was returned last."""
        return self._last


class WaitAll(_Several):
    """Waits for all of `elos`; one that happened earlier need not be set still. Errors as of WaitAny."""

    async def wait(self):
        """Until each has happened once. If one fails, or the wait is cancelled, the others are waited for no more."""
        tasks = promote_all([_waiting(elo) for elo in self._elos])
        try:
            await gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()


class ELO:
    """An event-like object of a task, or of a coroutine function and its arguments, which is started now.

    `wait()` ends with the task, cancelled or not; it raises what the task raised. Whoever waits, alone or in a WaitAny,
    leaves the task running when it goes. `await elo()` is the task's result; `elo().cancel()` cancels it.
    """

    def __init__(self, coro, *args, **kwargs):
        if not isinstance(coro, Task):
            func, coro = coro, coro(*args, **kwargs) if callable(coro) else coro
            if not runnable(coro):
                raise TypeError("an ELO is of a Task, or of a coroutine function and its arguments, not " + repr(func))
            coro = create_task(coro)
        self._task = coro

    def wait(self):
        """Awaitable: until the task has ended."""
        return _End(self._task)

    def __call__(self):
        """The Task; once it was cancelled, its CancelledError."""
        task = self._task
        return task.data if task.cancelled() else task


class _End(Wait):
    """Waits for a task without being one: a cancel stops here."""

    def __init__(self, task):
        self._task = task
        self._waiter = None

    def park(self, task):
        if self._task.leads_to(task):
            task.queue.fail(task, RuntimeError("the task can't end while it waits for itself"))
            return
        self._waiter = task
        self._task.add_waiter(self)

    def child_done(self, task):
        waiter, self._waiter = self._waiter, None
        waiter.queue.wake(waiter)

    def unpark(self, task):
        self._waiter = None
        self._task.unpark(self)
        return True

    def ended(self):
        """Whether the task has ended."""
        return self._task.coro is None

    def attempt(self):
        task = self._task
        if task.coro is not None:
            return PENDING
        task.state = False
        if isinstance(task.data, (StopIteration, CancelledError)):
            return None
        raise task.data


def _begun(elo):
    """A Wait for `elo`, as if a task had begun to await it, or a Task that does."""
    aw = elo.wait()
    if isinstance(aw, Task):
        return aw
    if runnable(aw):
        return create_task(aw)
    it = iter(aw) if MICROPYTHON else aw.__await__()
    return it if isinstance(it, Wait) else create_task(_Begun(it).wait())


async def _waiting(elo):
    await elo.wait()


class _Begun:
    """What `__await__` returned, to be awaited."""

    def __init__(self, it):
        self._it = it

    def __await__(self):
        return self._it

    __iter__ = __await__

    async def wait(self):
        return await self


class _Any(Wait):
    """One wait of a WaitAny. A stand-in waits for each member; who is woken first decides."""

    def __init__(self, owner):
        self._owner = owner
        self._waits = None
        self._stand_ins = None
        self._fired = []
        self.task = None

    def attempt(self):
        owner = self._owner
        if owner.late and self._waits is None:
            elo, task = owner.late.pop(0)
            owner._last = elo
            return self._outcome(elo, task)
        if self._waits is None:
            self._waits = []
            for elo in owner._elos:
                try:
                    wait = _begun(elo)
                except BaseException:
                    self._leave(None)
                    raise
                self._waits.append((elo, wait))
                if not isinstance(wait, Task):
                    got = self._try(elo, wait)
                    if got is not PENDING:
                        return got
            return PENDING
        while self._fired:
            stand_in = self._fired.pop(0)
            elo, wait = self._waits[stand_in.number]
            got = self._try(elo, wait)
            if got is not PENDING:
                return got
            stand_in.stand(wait)  # it had gone again
        return PENDING

    def _try(self, elo, wait):
        """`elo` if it has happened, else PENDING."""
        try:
            if isinstance(wait, Task):
                if wait.coro is not None:
                    return PENDING
                self._outcome(elo, wait)
            elif wait.attempt() is PENDING:
                return PENDING
        except BaseException:
            self._leave(wait)
            raise
        self._leave(wait)
        self._owner._last = elo
        return elo

    def _outcome(self, elo, task):
        task.state = False
        if not isinstance(task.data, StopIteration):
            raise task.data
        return elo

    def park(self, task):
        self.task = task
        if self._stand_ins is None:
            queue = _Queue(task.queue, self)
            self._stand_ins = [_StandIn(queue, number) for number in range(len(self._waits))]
            for stand_in in self._stand_ins:
                stand_in.stand(self._waits[stand_in.number][1])
        elif self._fired:
            task.queue.wake(task)

    def unpark(self, task):
        self.task = None
        self._leave(None)
        return True

    def fire(self, stand_in):
        """A member has woken its stand-in."""
        self._fired.append(stand_in)
        task = self.task
        if task is not None:
            self.task = None
            task.queue.wake(task)
            task.data = _Woken(self)

    def _leave(self, winner):
        """Wait for no member any more; `winner`: whose turn it was."""
        for stand_in in self._stand_ins or ():
            if self._waits[stand_in.number][1] is not winner:
                stand_in.leave()
        for elo, wait in self._waits:
            if isinstance(wait, Task) and wait is not winner:
                if wait.coro is not None:
                    wait.cancel()
                elif not wait.cancelled():
                    if not self._owner.late:
                        self._owner.late = []
                    self._owner.late.append((elo, wait))
        self._stand_ins = None


class _Woken(Wait):
    """What a task waits on that was woken and has not run: a cancel takes nothing from any member."""

    def __init__(self, wait):
        self._wait = wait

    def unpark(self, task):
        self._wait._leave(None)
        return False


class _StandIn(Task):
    """Waits in a task's place for one member."""

    def __init__(self, queue, number):
        self.slot = -1
        self.queue = queue
        self.number = number
        self.coro = self  # it has not ended
        self.state = True
        self.data = None

    def stand(self, wait):
        if isinstance(wait, Task):
            wait = _End(wait)  # a task is awaited by tasks of its own loop only, and this is none
            if wait.ended():
                self.queue.wake(self)
                return
        self.data = wait
        wait.park(self)

    def leave(self):
        wait = self.data
        if wait is not None:
            self.data = None
            if self.slot >= 0:
                self.queue.timers.remove(self)
            wait.unpark(self)


class _AsWoken:
    """The policy of stand-ins: what has its own `wake` must not be made ready without it."""

    def arrive(self, task, urgent):
        task.queue.wake(task)


_AS_WOKEN = _AsWoken()


class _Queue(RunQueue):
    """What the stand-ins of one wait have for a scheduler."""

    def __init__(self, queue, owner):
        self.ready = queue.ready
        self.timers = queue.timers
        self.clock = queue.clock
        self.current = None
        self.thread = queue.thread
        self.policy = _AS_WOKEN
        self.scopes = None
        self.bell = queue.bell
        self.owner = owner

    def wake(self, task):
        if task.slot >= 0:
            self.timers.remove(task)
        task.data = None
        self.owner.fire(task)

    def fail(self, task, exc):
        self.wake(task)
        task.data = _Failed(exc)
        self.owner._waits[task.number] = (self.owner._waits[task.number][0], task.data)


class _Failed(Wait):
    """A wait that failed as it was begun."""

    def __init__(self, exc):
        self._exc = exc

    def attempt(self):
        raise self._exc

    def unpark(self, task):
        return True
