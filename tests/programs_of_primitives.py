"""Statements with queues, semaphores, conditions and barriers, for the programs of `programs`.

asyncio lets who comes take the item, or the place, that another one was just woken for; twincore does not. A program in
which that could be seen is not compared: see `Crowd`.
"""

from programs import Run, Statement


class Crowd:
    """Who waits at one side of a queue."""

    def __init__(self):
        self.waiting = 0
        self.barged = False

    def enter(self, free):
        """Somebody comes, and finds it `free`, or not."""
        if free and self.waiting:
            self.barged = True
        self.waiting += 1

    def leave(self):
        self.waiting -= 1


class RunOfPrimitives(Run):
    """`kinds`: the module that has Queue, Semaphore, Condition and Barrier: twincore.primitives or asyncio."""

    def __init__(self, lib, kinds, rules, program):
        super().__init__(lib, rules, program)
        self.kinds = kinds

    async def main(self):
        kinds = self.kinds
        self.queues = [kinds.Queue(1), kinds.PriorityQueue(), kinds.LifoQueue(2)]
        self.getting = [Crowd() for _ in self.queues]
        self.putting = [Crowd() for _ in self.queues]
        self.semaphores = [kinds.Semaphore(1), kinds.BoundedSemaphore(2)]
        self.conditions = [kinds.Condition(), kinds.Condition()]
        self.barriers = [kinds.Barrier(2), kinds.Barrier(3)] if hasattr(kinds, "Barrier") else []
        self.items = 0
        await super().main()

    def barged(self):
        return any(crowd.barged for crowd in self.getting + self.putting)

    def kind(self, error):
        if type(error).__name__ in ("QueueEmpty", "QueueFull", "BrokenBarrierError", "ValueError"):
            return type(error).__name__
        return super().kind(error)

    async def within(self, aw, node):
        """The result of `aw`, with the limit of the statement."""
        if node.within is None:
            return await aw
        return await self.lib.wait_for(aw, self.seconds(node, "within"))


class Get(Statement):
    names = ("t", "queue", "within")

    async def do(self, run, me):
        await run.delay(self)
        queue, crowd = run.queues[self.queue], run.getting[self.queue]
        crowd.enter(not queue.empty())
        try:
            return await run.within(queue.get(), self)
        finally:
            crowd.leave()


class GetNow(Statement):
    names = ("t", "queue")

    async def do(self, run, me):
        await run.delay(self)
        queue, crowd = run.queues[self.queue], run.getting[self.queue]
        crowd.enter(True)
        crowd.leave()
        try:
            return queue.get_nowait()
        except Exception as error:
            return run.kind(error)


class Put(Statement):
    names = ("t", "queue", "within")

    async def do(self, run, me):
        await run.delay(self)
        queue, crowd = run.queues[self.queue], run.putting[self.queue]
        run.items += 1
        crowd.enter(not queue.full())
        try:
            return await run.within(queue.put((run.items * 7 % 5, me.name, run.items)), self)
        finally:
            crowd.leave()


class PutNow(Statement):
    names = ("t", "queue")

    async def do(self, run, me):
        await run.delay(self)
        queue, crowd = run.queues[self.queue], run.putting[self.queue]
        run.items += 1
        crowd.enter(True)
        crowd.leave()
        try:
            return queue.put_nowait((run.items * 7 % 5, me.name, run.items))
        except Exception as error:
            return run.kind(error)


class Join(Statement):
    names = ("t", "queue", "within")

    async def do(self, run, me):
        await run.delay(self)
        return await run.within(run.queues[self.queue].join(), self)


class TaskDone(Statement):
    names = ("t", "queue")

    async def do(self, run, me):
        await run.delay(self)
        try:
            return run.queues[self.queue].task_done()
        except ValueError:
            return "too often"


class Held(Statement):
    """Its body with a permit of the semaphore."""

    names = ("t", "semaphore", "within")
    returns = True

    async def do(self, run, me):
        await run.delay(self)
        semaphore = run.semaphores[self.semaphore]
        await run.within(semaphore.acquire(), self)
        run.note(me.name, "acquired")
        try:
            return await run.block(self.body, me)
        finally:
            semaphore.release()


class Release(Statement):
    """A permit more: of the bounded one that may be an error."""

    names = ("t", "semaphore")

    async def do(self, run, me):
        await run.delay(self)
        try:
            return run.semaphores[self.semaphore].release()
        except ValueError:
            return "too often"


class Waits(Statement):
    """Waits for the condition to be notified, then runs its body with the lock."""

    names = ("t", "condition", "within")
    returns = True

    async def do(self, run, me):
        await run.delay(self)
        condition = run.conditions[self.condition]
        async with condition:
            run.note(me.name, await run.within(condition.wait(), self))
            return await run.block(self.body, me)


class Notify(Statement):
    """With the lock, notifies so many, then runs its body."""

    names = ("t", "condition", "n")
    returns = True

    async def do(self, run, me):
        await run.delay(self)
        condition = run.conditions[self.condition]
        async with condition:
            condition.notify(self.n)
            return await run.block(self.body, me)


class Meet(Statement):
    names = ("t", "barrier", "within")

    async def do(self, run, me):
        await run.delay(self)
        barrier = run.barriers[self.barrier]
        try:
            await run.within(barrier.wait(), self)
        except Exception as error:
            if type(error).__name__ != "BrokenBarrierError":
                raise
            return "broken"
        return barrier.broken


class Break(Statement):
    """Aborts the barrier, or resets it."""

    names = ("t", "barrier", "how")

    async def do(self, run, me):
        await run.delay(self)
        barrier = run.barriers[self.barrier]
        result = getattr(barrier, self.how)()
        if hasattr(result, "__await__"):
            await result
        return barrier.broken, barrier.n_waiting
