"""Programs for a scheduler, as data: run on twincore and on asyncio, they must leave the same trace.

    Program(Task("a", Sleep(3), Await("b")), Task("b", Finally((Sleep(5),), (Sleep(1),))), Task("c", Cancel(4, "a")))

A statement's repr is how it is written, so that what a failing test prints can be pasted. `trace` runs a program.

Times are whole numbers, 1 or more, but no two timers fall due at once: each place at which a time is written has a bit
of its own, all of them together less than 1, that is added to it, and no place is run twice. So a time tells which
timers led to it, one after the other, and whatever happens at a time follows from the one timer that is due then.

What is left when nothing more would happen is cancelled, one task after the other, until all have ended.
"""

from contextlib import nullcontext

HZ = 64  # of the times in a trace: exact in seconds and in microseconds


class Node:
    """Part of a program: the arguments that have names, then any number of nodes, its body."""

    names = ()

    def __init__(self, *args):
        self.args = args
        for name, value in zip(self.names, args, strict=False):
            setattr(self, name, value)
        self.body = args[len(self.names) :]

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(map(repr, self.args))})"


class Program(Node):
    """Tasks that start in order at time 0. Events and locks are known by number, 0 and 1."""

    def __repr__(self):
        return "Program(" + ",".join(f"\n    {task!r}" for task in self.body) + ")"


class Boom(Exception):
    pass


class Me:
    """Who runs a statement: the name in the trace, the name of the task, and the group around."""

    def __init__(self, name, owner, group=None):
        self.name = name
        self.owner = owner
        self.group = group


class Run:
    """One run of a program on `lib`, twincore.core or asyncio."""

    def __init__(self, lib, rules, program):
        self.lib = lib
        self.rules = rules
        self.program = program
        self.bits = {}  # (id(node), field) -> which bit is its own
        self.total = 1
        self.count(program)
        self.one = 1 << len(self.bits)
        self.tasks = {}
        self.ends = {}  # name -> how the coroutine ended
        self.trace = {}
        self.broken = []

    def count(self, node):
        for name, value in zip(node.names, node.args, strict=False):
            if name in ("t", "within") and value:
                assert (id(node), name) not in self.bits, f"{node} stands in two places"
                self.bits[id(node), name] = len(self.bits)
                self.total += value + 1
        for part in node.args:
            for each in part if isinstance(part, tuple) else (part,):
                if isinstance(each, Node):
                    self.count(each)

    def now(self):
        return round(self.lib.get_event_loop().time() * HZ)

    def time(self, node, field="t"):
        return getattr(node, field) * self.one + (1 << self.bits[id(node), field])

    def seconds(self, node, field="t"):
        return self.time(node, field) / HZ

    async def delay(self, node):
        """Own time for what the node does to others; 0: at once."""
        if node.t:
            await self.lib.sleep(self.seconds(node))

    async def main(self):
        lib = self.lib
        self.events = [lib.Event(), lib.Event()]
        self.locks = [lib.Lock(), lib.Lock()]
        for task in self.program.body:
            await task.do(self, None)
        end = self.total * self.one / HZ
        await lib.sleep(end)
        for _ in range(50):
            for name, task in sorted(self.tasks.items()):
                if not task.done():
                    self.note("end of program", f"cancels {name}")
                    task.cancel()
                    await lib.sleep(end)
        for name, task in sorted(self.tasks.items()):
            self.note("end of program", (name, self.outcome(task)))
        if self.broken:
            raise self.broken[0]

    async def body(self, node, owner=None):
        """The coroutine of a Task; the task `owner` runs it, or else one of its own."""
        me = Me(node.name, owner or node.name)
        if owner is None:
            self.tasks[node.name] = self.lib.current_task()
        self.note(me.name, "begins")
        self.ends[node.name] = None
        try:
            result = me.name if await self.block(node.body, me) else None
        except BaseException as error:
            self.ends[node.name] = self.kind(error)
            self.note(me.name, ("ends", self.kind(error)))
            raise
        self.ends[node.name] = "returns"
        self.note(me.name, ("returns", result))
        return result

    async def block(self, statements, me):
        """Runs the statements; returns True after a Return."""
        for each in statements:
            try:
                result = await each.do(self, me)
            except BaseException as error:
                self.note(me.name, (type(each).__name__, self.kind(error)))
                raise
            self.note(me.name, (type(each).__name__, result))
            if result is True and each.returns:
                return True
        return False

    def note(self, who, what):
        self.trace.setdefault(who, []).append((self.now() / self.one, what))

    def kind(self, error):
        """What is compared of an error."""
        if isinstance(error, Boom):
            return str(error)
        if hasattr(error, "exceptions"):
            return "group", sorted(map(str, map(self.kind, error.exceptions)))
        if not isinstance(error, (self.lib.CancelledError, TimeoutError)):
            self.broken.append(error)
        return type(error).__name__

    def outcome(self, task):
        """What a task says about itself."""
        if not task.done() or task.cancelled():
            return "cancelled" if task.cancelled() else "not ended"
        error = task.exception()
        return ("failed", self.kind(error)) if error else ("returned", task.result())

    def there(self, item):
        """Whether the item can be waited for: its task has been started."""
        return item in self.tasks if isinstance(item, str) else not isinstance(item, Shield) or self.there(item.item)

    def has_ended(self, item):
        """Whether the item is a task that has ended, or the shield of one, which on asyncio is the task itself."""
        ref = item.item if isinstance(item, Shield) else item
        return ref in self.tasks and self.tasks[ref].done()

    def awaitable(self, item, owner=None):
        if isinstance(item, str):
            return self.tasks[item]
        if isinstance(item, Task):
            return self.body(item, owner)
        if isinstance(item, Shield):
            return self.lib.shield(self.awaitable(item.item))
        return self.events[item.event].wait()


class Statement(Node):
    returns = False  # whether the statements inside may contain a Return

    async def do(self, run, me):
        """Runs it; what it returns is part of the trace."""
        raise NotImplementedError


class Task(Statement):
    """Starts a task. As an item of a statement: a coroutine, of which that may make a task."""

    names = ("name",)

    async def do(self, run, me):
        run.tasks[self.name] = run.lib.create_task(run.body(self))


class Child(Task):
    """Starts a task of the innermost group, which refuses that once it has failed."""

    async def do(self, run, me):
        coro = run.body(self)
        try:
            run.tasks[self.name] = me.group.create_task(coro)
        except RuntimeError:
            coro.close()
            return "refused"


class Sleep(Statement):
    names = ("t",)

    async def do(self, run, me):
        await run.lib.sleep(run.seconds(self))


class Yield(Statement):
    async def do(self, run, me):
        await run.lib.sleep(0)


class Return(Statement):
    """Ends the body of the task, whose result is its name; else that is None."""

    returns = True

    async def do(self, run, me):
        return True


class Raise(Statement):
    names = ("what",)  # Boom, CancelledError or TimeoutError

    async def do(self, run, me):
        raise Boom(f"Boom of {me.name}") if self.what == "Boom" else getattr(run.lib, self.what)


class Try(Statement):
    """`try: ... except what: handler`"""

    names = ("tried", "what", "handler")
    returns = True

    async def do(self, run, me):
        what = {"Boom": Boom, "Exception": Exception}.get(self.what) or getattr(run.lib, self.what)
        try:
            return await run.block(self.tried, me)
        except what:
            pass
        return await run.block(self.handler, me)


class Finally(Statement):
    names = ("tried", "cleanup")
    returns = True

    async def do(self, run, me):
        try:
            return await run.block(self.tried, me)
        finally:
            await run.block(self.cleanup, me)


class Cancel(Statement):
    """After `t`, cancels the task `ref`, and yields: perhaps `ref` waits for others, and these for the current task."""

    names = ("t", "ref")

    async def do(self, run, me):
        await run.delay(self)
        if self.ref not in run.tasks or self.ref == me.owner:
            return "skipped"
        run.note(me.name, ("cancel", self.ref, run.tasks[self.ref].cancel()))
        for _ in range(10):
            await run.lib.sleep(0)


class Look(Statement):
    """After `t`, what the task `ref` says about itself."""

    names = ("t", "ref")

    async def do(self, run, me):
        await run.delay(self)
        return run.outcome(run.tasks[self.ref]) if self.ref in run.tasks else "skipped"


class OnDone(Statement):
    """Has a callback called with the task `ref`."""

    names = ("ref",)

    async def do(self, run, me):
        if self.ref not in run.tasks:
            return "skipped"
        who = f"callback of {self.ref} by {me.name}"
        run.tasks[self.ref].add_done_callback(lambda task: run.note(who, run.outcome(task)))


class Set(Statement):
    """After `t`, sets the event."""

    names = ("t", "event")

    async def do(self, run, me):
        await run.delay(self)
        run.events[self.event].set()


class Clear(Statement):
    names = ("t", "event")

    async def do(self, run, me):
        await run.delay(self)
        run.events[self.event].clear()


class Pulse(Statement):
    """After `t`, sets the event and clears it."""

    names = ("t", "event")

    async def do(self, run, me):
        await run.delay(self)
        run.events[self.event].set()
        run.events[self.event].clear()


class Locked(Statement):
    """After `t`, its body with the lock, which it waits for no longer than `within`; None: without limit."""

    names = ("t", "lock", "within")
    returns = True

    async def do(self, run, me):
        await run.delay(self)
        lock = run.locks[self.lock]
        if self.within is None:
            await lock.acquire()
        else:
            await run.lib.wait_for(lock.acquire(), run.seconds(self, "within"))
        run.note(me.name, "acquired")
        try:
            return await run.block(self.body, me)
        finally:
            lock.release()


class Timeout(Statement):
    names = ("t",)
    returns = True

    async def do(self, run, me):
        limit = run.lib.timeout(run.seconds(self))
        try:
            async with limit:
                return await run.block(self.body, me)
        finally:
            run.note(me.name, ("expired", limit.expired()))


class Group(Statement):
    """A TaskGroup around its body."""

    returns = True

    async def do(self, run, me):
        try:
            async with run.lib.TaskGroup() as group:
                return await run.block(self.body, Me(me.name, me.owner, group))
        except Exception:
            run.rules.group_failed(run)
            raise


# Those that follow wait for items: the name of a task, a Task that is a coroutine, an Event or a Shield.


class Event(Statement):
    """Waits until the event is set."""

    names = ("event",)

    async def do(self, run, me):
        return await run.awaitable(self)


class Shield(Statement):
    names = ("item",)

    async def do(self, run, me):
        return await run.awaitable(self) if run.there(self) else "skipped"


class Await(Statement):
    names = ("item",)

    async def do(self, run, me):
        return await run.awaitable(self.item, me.owner) if run.there(self.item) else "skipped"


class WaitFor(Statement):
    names = ("t", "item")

    async def do(self, run, me):
        if not run.there(self.item):
            return "skipped"
        if self.t is None:
            return await run.lib.wait_for(run.awaitable(self.item, me.owner), None)
        with run.rules.wait_for(run, self):
            return await run.lib.wait_for(run.awaitable(self.item, me.owner), run.seconds(self))


class Gather(Statement):
    names = ("return_exceptions",)

    async def do(self, run, me):
        items = [run.awaitable(item) for item in self.body if run.there(item)]
        gathering = run.lib.gather(*items, return_exceptions=self.return_exceptions)
        with run.rules.gather(run, gathering):
            results = await gathering
        return [run.kind(each) if isinstance(each, BaseException) else each for each in results]


class Wait(Statement):
    """`wait` for the tasks `refs`, for `t`; None: without limit."""

    names = ("t", "when", "refs")

    async def do(self, run, me):
        tasks = {run.tasks[ref]: ref for ref in self.refs if ref in run.tasks}
        if not tasks:
            return "skipped"
        limit = run.seconds(self) if self.t else None
        with run.rules.wait(run, tasks):
            done, pending = await run.lib.wait(list(tasks), return_when=self.when, timeout=limit)
        return sorted(map(tasks.get, done)), sorted(map(tasks.get, pending))


class AsCompleted(Statement):
    """`as_completed`, taken to its end, for `t`, of what has not ended yet: asyncio has no order for the others."""

    names = ("t",)

    async def do(self, run, me):
        items = [item for item in self.body if run.there(item)]
        items = [item for item in items if not run.has_ended(item)]
        limit = run.seconds(self) if self.t else None
        items = run.rules.as_completed([run.awaitable(item) for item in items])
        for each in run.lib.as_completed(items, timeout=limit):
            try:
                run.note(me.name, await each)
            except Exception as error:
                run.note(me.name, run.kind(error))


class Rules:
    """What to look out for while a program runs: on twincore nothing, on asyncio see `asyncio_rules`."""

    def wait_for(self, run, statement):
        return nullcontext()

    def gather(self, run, gathering):
        return nullcontext()

    def wait(self, run, tasks):
        return nullcontext()

    def as_completed(self, items):
        return items

    def group_failed(self, run):
        pass


def trace(core, program):
    """Who of the program does what at which times, on twincore."""
    run = Run(core, Rules(), program)
    loop = core.new_event_loop(core.VirtualClock())
    loop.set_exception_handler(lambda loop, context: None)
    try:
        core.run(run.main())
    finally:
        core.new_event_loop()
    return run.trace
