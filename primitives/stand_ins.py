"""What WaitAny and WaitAll await: stand-ins wait in a task's place, one for each member. For the scheduler's thread.

A member is only tried when its stand-in was woken, so that what clears itself is not taken before its turn. Who goes
away before the end leaves at once, and gives back what was taken.
"""

from ..core.context import create_task
from ..core.errors import CancelledError
from ..core.flag import ThreadSafeFlag
from ..core.native import MICROPYTHON
from ..core.step import runnable
from ..core.task import PENDING, RunQueue, Task, Wait


class End(Wait):
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


class _Begun:
    """What `__await__` returned, to be awaited."""

    def __init__(self, it):
        self._it = it

    def __await__(self):
        return self._it

    __iter__ = __await__

    async def wait(self):
        return await self


class Several(Wait):
    """One wait for several. `owner`: the WaitAny or WaitAll, with its members in `elos`, and `late`, see there."""

    def __init__(self, owner):
        self.owner = owner
        self._renew()

    def __await__(self):
        if self.waits is not None:  # awaited once more
            self._renew()
        return self

    __iter__ = __await__

    def _renew(self):
        self.task = None
        self.elos = []  # the members that it has begun to wait for
        self.waits = None  # a Wait or Task for each, once it has begun
        self._happened = []  # numbers of members
        self._stand_ins = None
        self._fired = []

    # What the two do otherwise.

    def begin(self):
        """Begin to wait for each member, and return the result if that is enough, else PENDING."""
        raise NotImplementedError

    def enough(self, number):
        """The result, after member `number` has happened, or PENDING."""
        raise NotImplementedError

    # A Wait.

    def attempt(self):
        try:
            if self.waits is None:
                self.waits = []
                return self.begin()
            while self._fired:
                stand_in = self._fired.pop(0)
                result = self.look(stand_in.number)
                if result is not PENDING:
                    return result
                if stand_in.number not in self._happened:
                    stand_in.stand(self.waits[stand_in.number])  # it had gone again
        except BaseException:
            self._leave()
            self.give_back()
            raise
        return PENDING

    def park(self, task):
        self.task = task
        if self._stand_ins is None:
            queue = _Queue(task.queue, self)
            self._stand_ins = [
                _StandIn(queue, number) for number in range(len(self.waits)) if number not in self._happened
            ]
            for stand_in in self._stand_ins:
                stand_in.stand(self.waits[stand_in.number])
        elif self._fired:
            task.queue.wake(task)

    def unpark(self, task):
        self.give_up()
        return True

    # Of one member.

    def start(self, elo, wait=None):
        """Begin to wait for `elo`, or go on with `wait`; returns as `look`."""
        self.waits.append(_begun(elo) if wait is None else wait)
        self.elos.append(elo)
        return self.look(len(self.elos) - 1)

    def look(self, number):
        """Try that member. Raises its error; if it has happened, returns `enough`, else PENDING."""
        wait = self.waits[number]
        if isinstance(wait, Task):
            if wait.coro is not None:
                return PENDING
            wait.state = False
            if not isinstance(wait.data, StopIteration):
                self._happened.append(number)  # its error is told now, and no second time
                raise wait.data
        elif wait.attempt() is PENDING:
            return PENDING
        self._happened.append(number)
        result = self.enough(number)
        if result is not PENDING:
            self._leave()
        return result

    def fire(self, stand_in):
        """A member has woken its stand-in."""
        self._fired.append(stand_in)
        task = self.task
        if task is not None:
            self.task = None
            task.queue.wake(task)
            task.data = _Woken(self)

    # The end.

    def give_up(self):
        """Its task was cancelled."""
        self.task = None
        self._leave()
        self.give_back()

    def _leave(self):
        """Wait for no member any more."""
        stand_ins, self._stand_ins = self._stand_ins, None
        for stand_in in stand_ins or ():
            if stand_in.number not in self._happened:
                stand_in.leave()
        for number, wait in enumerate(self.waits or ()):
            if number in self._happened:
                continue
            if isinstance(wait, Task):
                if wait.coro is not None:
                    wait.cancel()
                elif not wait.cancelled():
                    self._keep(number)
            elif stand_ins is None and isinstance(wait, Several):  # begun, and no stand-in would have it leave
                wait.give_up()

    def give_back(self):
        """Let the next find what this has taken."""
        for number in self._happened:
            wait = self.waits[number]
            if isinstance(wait, ThreadSafeFlag):
                wait.set()
            elif isinstance(wait, Several):
                wait.give_back()
            elif isinstance(wait, Task) and isinstance(wait.data, StopIteration):
                self._keep(number)
        self._happened = []

    def _keep(self, number):
        owner = self.owner
        if not owner.late:
            owner.late = []
        owner.late.append((self.elos[number], self.waits[number]))


class _Woken(Wait):
    """What a task waits on that was woken and has not run: a cancel takes nothing from any member."""

    def __init__(self, wait):
        self._wait = wait

    def unpark(self, task):
        self._wait.give_up()
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

    def __repr__(self):
        return repr(self.queue.owner.owner)  # as what another that waits is told of

    def stand(self, wait):
        if isinstance(wait, Task):
            wait = End(wait)  # a task is awaited by tasks of its own loop only, and this is none
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
        task.data = self.owner.waits[task.number] = _Failed(exc)


class _Failed(Wait):
    """A wait that failed as it was begun."""

    def __init__(self, exc):
        self._exc = exc

    def attempt(self):
        raise self._exc

    def unpark(self, task):
        return True
