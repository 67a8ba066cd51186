"""Ends a task from outside at every point of a program at which that can happen, one run per point.

A program has a victim, other tasks, and a check of what must hold once the victim has ended, however it did. On a
VirtualClock it takes the same course each time. A *point* is between two steps of its tasks: after each step, and after
the loop has made ready what timers, streams and the bell woke. So among the points are, for each of the victim's waits,
the moment at which it has just been parked, and the one at which it was woken and has not run yet.

    def sleeping(core):
        async def victim(): await core.sleep_ms(1)
        ...
        return Program(victim, [other, another], check)

    inject(core, sleeping, "cancel")

| how | at point n |
|---|---|
| cancel | the victim is cancelled |
| cancel_on | it is, and again at every point that follows, until it has ended |
| timeout | the time of a `timeout` block around it is up |
| wait_for, wait_for_task | no point, but after n virtual milliseconds `wait_for` gives it up, a coroutine or a task |
| close | the run is stopped and the loop closed |

It then has to end as it was told to, its `finally` to run, the check to hold, nobody may be stuck, and the loop must be
left without a task, a timer, a scope, a watched stream, or a report of an error. In the last run nothing is injected.
When the loop is closed there is no check: all tasks end.
"""

from support import watched

HOWS = ("cancel", "cancel_on", "timeout", "wait_for", "wait_for_task", "close")
MOST = 300  # runs, after which a program is taken to be endless


class Program:
    """`victim()` and each of `others` are async functions; `await check(ended)`, ended: done, cancelled or timeout.

    `clean()` is called in the end, however that came about.
    """

    def __init__(self, victim, others, check, clean=None):
        self.victim = victim
        self.others = others
        self.check = check
        self.clean = clean


class EachStep:
    """A policy: round robin, as without one, that calls `between` before the first and after each step."""

    def __init__(self, loop, between):
        self.loop = loop
        self.between = between
        self.count = 0
        self.left = 0  # steps of this pass

    def arrive(self, task, urgent):
        self.loop.wake(task)

    def waiting(self):
        return False

    def choose(self):
        ready = self.loop.ready
        if self.count:
            self.between()
        if not self.left:
            count = len(ready)
            self.loop.collect(count == 0)
            woken = len(ready) - count
            if count and woken:
                ready.rotate(woken)
            self.left = len(ready)
            self.between()
        self.count = min(self.left, 1)
        self.left -= self.count
        return ready


def inject(core, make, how):
    """Run the program `make(core)` as often as it has points; returns how often that was."""
    runs = 0
    for victim_first in (True, False):
        point = 0
        while True:
            assert point < MOST, "the program has no end"
            run = Run(core, make, how, point)
            try:
                injected = run.run(victim_first)
            except BaseException:
                print(how, "at point", point, "where the victim starts", "first" if victim_first else "last")
                raise
            runs += 1
            if not injected:
                break
            point += 1
    assert runs >= 4, "it never waits"
    return runs


class Run:
    """One run of a program."""

    def __init__(self, core, make, how, point):
        self.core = core
        self.make = make
        self.program = None
        self.how = how
        self.left = point  # points to come before the injection
        self.injected = False
        self.limit = None
        self.begun = self.ended = 0
        self.reports = []
        self.stuck = []

    def run(self, victim_first):
        """Returns whether the victim was ended from outside."""
        core = self.core
        loop = core.new_event_loop(core.VirtualClock())
        loop.set_exception_handler(lambda loop, context: self.reports.append(context))
        self.program = self.make(core)
        try:
            core.run(self.main(loop, victim_first))
        except RuntimeError:
            if self.how != "close" or not self.injected:
                raise
        finally:
            core.new_event_loop()
            if self.program.clean is not None:
                self.program.clean()
        assert not self.stuck, self.stuck
        assert not self.reports, self.reports
        assert self.begun == self.ended <= 1, (self.begun, self.ended)
        nothing_is_left(loop)
        return self.injected

    async def main(self, loop, victim_first):
        core, how = self.core, self.how
        dog = core.create_task(self.watch(core.current_task(), loop))
        victim = others = None
        for starts_victim in (victim_first, not victim_first):
            if starts_victim:
                victim = core.create_task(self.start())
            else:
                others = [core.create_task(other()) for other in self.program.others]
        loop.policy = EachStep(loop, lambda: self.between(victim, loop))
        try:
            await victim
            ended = "done"
        except core.CancelledError:
            if how == "close":
                raise
            ended = "cancelled"
        except core.TimeoutError:
            ended = "timeout"
        loop.policy = None
        assert not self.stuck, self.stuck
        if how == "timeout":  # it may end before the loop looks at the time
            assert (ended == "timeout") == self.limit.expired()
        elif how.startswith("wait_for"):
            self.injected = ended == "timeout"
        else:
            assert ended == ("cancelled" if self.injected else "done")
        for other in others:
            await other
            assert not self.stuck, self.stuck
        await self.program.check(ended)
        dog.cancel()
        for _ in range(3):
            await core.sleep(0)
        nothing_is_left(loop, core.current_task())

    def start(self):
        if self.how == "timeout":
            return self.limited()
        guarded = self.guarded()
        if self.how == "wait_for_task":
            guarded = self.core.create_task(guarded)
        return self.core.wait_for_ms(guarded, self.left) if self.how.startswith("wait_for") else guarded

    async def limited(self):
        async with self.core.timeout(None) as self.limit:
            await self.guarded()

    async def guarded(self):
        self.begun += 1
        try:
            await self.program.victim()
        finally:
            self.ended += 1

    def between(self, victim, loop):
        """A point."""
        how = self.how
        if victim.done() or how.startswith("wait_for") or (self.injected and how != "cancel_on"):
            return
        if how == "timeout" and (self.limit is None or not self.begun or self.ended):
            return  # its block has not begun, or is over
        self.left -= 1
        if self.left >= 0:
            return
        self.injected = True
        if how == "close":
            loop.stop()
        elif how == "timeout":
            self.limit.reschedule(loop.time())
        else:
            assert victim.cancel()

    async def watch(self, main, loop):
        """All others wait, without an end: say so."""
        for _ in range(100):  # a stream is given 10 real ms before time jumps, and TCP may need more
            await self.core.sleep(1000)
        while True:
            self.stuck.extend(["stuck:"] + [repr(task) for task in tasks(loop)])
            main.cancel()
            await self.core.sleep(1000)


def nothing_is_left(loop, *known):
    """Assert that the loop has no tasks but those known, and waits for nothing."""
    assert tasks(loop) == list(known), tasks(loop)
    assert len(loop.timers) == 0 and not loop.scopes
    assert watched(loop) == 0


def tasks(loop):
    """Those that have not ended, oldest first."""
    found = []
    task = loop.newest
    while task is not None:
        found.insert(0, task)
        task = task.older
    return found


async def turns(core, count):
    for _ in range(count):
        await core.sleep(0)


def children(core, begun, log):
    """Coroutines that need some time, and to clean up."""

    async def child(n):
        begun.append(n)
        try:
            await core.sleep_ms(n)
            await core.sleep(0)
            return n
        finally:
            try:
                await core.sleep(0)
            finally:
                log.append(n)

    return [child(n) for n in (2, 1, 3)]
