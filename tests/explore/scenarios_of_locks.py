"""Scenarios for `explorer.explore`: locks, semaphores and conditions, between threads and tasks.

What is held is held by as many as may; who waits gets it, and who gives up hands it on.
"""

from functools import partial

from controlled import pass_time, read, write
from parts import cancelled, looped, outcome


class Guarded:
    """What is to be used by so many at a time. Each use is of several steps."""

    def __init__(self, limit=1):
        self.limit = limit
        self.inside = 0
        self.uses = 0

    def use(self):
        """One at a time: a use in which another cuts in is found, or lost."""
        uses = read(self, "uses", "use begins").uses
        self.inside += 1
        assert self.inside <= self.limit, "held by too many"
        write(self, "uses", "use ends").uses = uses + 1
        self.inside -= 1

    def enter(self):
        """Several at a time: `leave` ends it."""
        self.inside += 1
        assert self.inside <= self.limit, "held by too many"
        read(self, "uses", "is inside")

    def leave(self):
        self.inside -= 1


def free_again(lock):
    assert not lock.locked() and not lock._permits._waiters, "still held, or waited for"


def use_in_thread(lock, guarded):
    with lock:
        guarded.use()


async def use_in_task(lock, guarded):
    async with lock:
        guarded.use()


def lock_of_threads(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()

    def check():
        assert guarded.uses == 3, guarded.uses
        free_again(lock)

    return [("thread", partial(use_in_thread, lock, guarded))] * 3, check


def lock_of_a_thread_and_a_task(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()

    async def main():
        await use_in_task(lock, guarded)
        await use_in_task(lock, guarded)

    def check():
        assert guarded.uses == 3, guarded.uses
        free_again(lock)

    return [("task", looped(library, main)), ("thread", partial(use_in_thread, lock, guarded))], check


def lock_of_two_tasks_and_a_thread(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()

    async def main():
        task = library.core.create_task(use_in_task(lock, guarded))
        await use_in_task(lock, guarded)
        await task

    def check():
        assert guarded.uses == 3, guarded.uses
        free_again(lock)

    return [("tasks", looped(library, main)), ("thread", partial(use_in_thread, lock, guarded))], check


def lock_of_two_loops(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()

    def check():
        assert guarded.uses == 2, guarded.uses
        free_again(lock)

    return [("loop", looped(library, use_in_task, lock, guarded))] * 2, check


def lock_tried(library):
    """Who may not wait gets it only if it is free, and nobody is passed by."""
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()
    got = []

    def try_it():
        if lock.acquire_nowait():
            guarded.use()
            lock.release()
            got.append(1)

    def check():
        assert guarded.uses == 2 + len(got), (guarded.uses, got)
        free_again(lock)
        return len(got)

    return [*[("thread", partial(use_in_thread, lock, guarded))] * 2, ("tries", try_it)], check


def lock_wait_timing_out_in_a_thread(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()
    lock.acquire_nowait()
    ends = []

    def give_up():
        ends.append(outcome(lock.acquire_sync, 1))
        if ends == [True]:
            guarded.use()
            lock.release()

    def check():
        assert guarded.uses == 1 + ends.count(True), (guarded.uses, ends)
        free_again(lock)
        return ends[0]

    return [
        ("gives up", give_up),
        ("waits", partial(use_in_thread, lock, guarded)),
        ("holder", lambda: (pass_time(1), lock.release())),
    ], check


def lock_wait_timing_out_in_a_task(library):
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()
    lock.acquire_nowait()
    ends = []

    async def main():
        try:
            await lock.acquire(1)
        except library.core.TimeoutError:
            ends.append("TimeoutError")
        else:
            ends.append(True)
            guarded.use()
            lock.release()

    def check():
        assert guarded.uses == ends.count(True), (guarded.uses, ends)
        free_again(lock)
        return ends[0]

    return [("task", looped(library, main)), ("holder", lambda: (pass_time(1), lock.release()))], check


def lock_wait_cancelled_beside_a_thread(library):
    """Handed the lock, then cancelled before it runs."""
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()
    lock.acquire_nowait()
    core = library.core

    async def main():
        task = core.create_task(use_in_task(lock, guarded))
        await core.sleep(0)
        lock.release()
        await cancelled(core, task, 0)

    def check():
        assert 1 <= guarded.uses <= 2, guarded.uses
        free_again(lock)
        return guarded.uses

    return [("task", looped(library, main)), ("thread", partial(use_in_thread, lock, guarded))], check


def lock_wait_cancelled_beside_a_task(library):
    """Cancelled by a task that is woken with it: one bell for the event and for the lock."""
    lock, guarded = library.threadsafe.ThreadSafeLock(), Guarded()
    lock.acquire_nowait()
    event = library.threadsafe.ThreadSafeEvent()
    core = library.core

    async def main():
        task = core.create_task(use_in_task(lock, guarded))
        other = core.create_task(use_in_task(lock, guarded))
        await event.wait()
        await cancelled(core, task, 0)
        await other

    def change():
        event.set()
        lock.release()

    def check():
        assert 1 <= guarded.uses <= 2, guarded.uses
        free_again(lock)
        return guarded.uses

    return [("tasks", looped(library, main)), ("setter", change)], check


def semaphore_of_threads_and_a_task(library):
    """Two at a time, of three."""
    semaphore, guarded = library.threadsafe.ThreadSafeBoundedSemaphore(2), Guarded(2)

    def hold():
        with semaphore:
            guarded.enter()
            guarded.leave()

    async def main():
        async with semaphore:
            guarded.enter()
            guarded.leave()

    def check():
        assert semaphore.value() == 2, semaphore.value()
        free_again(semaphore)

    return [("task", looped(library, main)), *[("thread", hold)] * 2], check


def semaphore_released_for_two(library):
    """A thread and a task wait; `release(2)` lets both in, and no more are left."""
    semaphore = library.threadsafe.ThreadSafeSemaphore(0)
    got = []

    async def main():
        got.append(await semaphore.acquire())

    def check():
        assert got == [True, True] and semaphore.value() == 0, (got, semaphore.value())
        assert not semaphore._permits._waiters

    return [
        ("task", looped(library, main)),
        ("thread", lambda: got.append(semaphore.acquire_sync())),
        ("releases", partial(semaphore.release, 2)),
    ], check


def semaphore_wait_timing_out(library):
    """One permit, and one of two gives up: it is taken once."""
    semaphore = library.threadsafe.ThreadSafeSemaphore(0)
    got, ends = [], []

    def give_up():
        ends.append(outcome(semaphore.acquire_sync, 1))
        if ends == [True]:
            semaphore.release()

    async def main():
        got.append(await semaphore.acquire())

    def check():
        assert got == [True] and semaphore.value() == 0, (got, semaphore.value())
        assert not semaphore._permits._waiters
        return ends[0]

    return [
        ("gives up", give_up),
        ("task", looped(library, main)),
        ("releases", lambda: (pass_time(1), semaphore.release())),
    ], check


def semaphore_released_too_often(library):
    """Of two who release what one has acquired, one is told so; a third who waits is let in once."""
    semaphore = library.threadsafe.ThreadSafeBoundedSemaphore(1)
    semaphore.acquire_nowait()
    refused = []

    def release():
        try:
            semaphore.release()
        except ValueError:
            refused.append(1)

    def check():
        assert refused == [1] and semaphore.value() == 1, (refused, semaphore.value())

    return [("releases", release)] * 2, check


def lock_released_too_often(library):
    lock = library.threadsafe.ThreadSafeLock()
    lock.acquire_nowait()
    refused = []

    def release():
        try:
            lock.release()
        except RuntimeError:
            refused.append(1)

    def check():
        assert refused == [1], refused
        free_again(lock)

    return [("releases", release)] * 2, check


class Flagged:
    """What a condition is about."""

    def __init__(self, library):
        self.condition = library.threadsafe.ThreadSafeCondition()
        self.flag = 0
        self.got = []

    def take(self):
        self.flag -= 1
        self.got.append(1)

    def there(self):
        return read(self, "flag", "looks").flag > 0

    def wait_in_thread(self):
        with self.condition:
            self.condition.wait_for_sync(self.there)
            self.take()

    async def wait_in_task(self):
        async with self.condition:
            await self.condition.wait_for(self.there)
            self.take()

    def change(self, n=1, everybody=False):
        with self.condition:
            write(self, "flag", "changes").flag += n
            if everybody:
                self.condition.notify_all()
            else:
                self.condition.notify(n)

    def settled(self, left=0):
        assert self.flag == left, self.flag
        assert not self.condition._line.any()
        free_again(self.condition._lock)


def condition_of_threads(library):
    """Whoever looked in vain is notified: no change comes between the look and the wait."""
    shared = Flagged(library)

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("waiter", shared.wait_in_thread), ("changes", shared.change)], check


def condition_of_a_task(library):
    shared = Flagged(library)

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("task", looped(library, shared.wait_in_task)), ("changes", shared.change)], check


def condition_of_a_thread_and_a_waiting_task(library):
    """The task notifies a thread."""
    shared = Flagged(library)

    async def main():
        async with shared.condition:
            shared.flag += 1
            shared.condition.notify()

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("task", looped(library, main)), ("waiter", shared.wait_in_thread)], check


def condition_notifies_tasks(everybody, library):
    """Two tasks wait; both go on, one after the other."""
    shared = Flagged(library)

    async def main():
        task = library.core.create_task(shared.wait_in_task())
        await shared.wait_in_task()
        await task

    def check():
        assert shared.got == [1, 1], shared.got
        shared.settled()

    return [("tasks", looped(library, main)), ("changes", partial(shared.change, 2, everybody))], check


def condition_notifies_a_task_and_a_thread(everybody, library):
    """The thread waits, or comes when it need not. A task makes the change."""
    shared = Flagged(library)
    condition = shared.condition

    async def main():
        task = library.core.create_task(shared.wait_in_task())
        await library.core.sleep(0)
        async with condition:
            write(shared, "flag", "changes").flag += 2
            if everybody:
                condition.notify_all()
            else:
                condition.notify(2)
        await task

    def check():
        assert shared.got == [1, 1], shared.got
        shared.settled()

    return [("tasks", looped(library, main)), ("waiter", shared.wait_in_thread)], check


def condition_wait_timing_out_in_a_thread(library):
    """One change for two, of whom one gives up, and takes nothing: the other gets it."""
    shared = Flagged(library)
    condition = shared.condition

    def give_up():
        with condition:
            if outcome(condition.wait_for_sync, shared.there, 1) is True:
                condition.notify()  # it has seen the change, and leaves it to the other

    async def main():
        task = library.core.create_task(shared.wait_in_task())
        await library.core.sleep(0)
        pass_time(1)
        async with condition:
            write(shared, "flag", "changes").flag += 1
            condition.notify()
        await task

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("gives up", give_up), ("tasks", looped(library, main))], check


def condition_wait_timing_out_in_a_task(library):
    shared = Flagged(library)
    condition = shared.condition

    async def give_up():
        async with condition:
            try:
                await condition.wait_for(shared.there, 1)
            except library.core.TimeoutError:
                return
            condition.notify()

    async def main():
        task = library.core.create_task(give_up())
        await shared.wait_in_task()
        await task

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("tasks", looped(library, main)), ("changes", lambda: (pass_time(1), shared.change()))], check


def condition_wait_cancelled(library):
    """A notified task that is cancelled passes it on, and has the lock when it ends."""
    shared = Flagged(library)
    condition = shared.condition
    core = library.core

    async def give_up():
        async with condition:
            try:
                await condition.wait_for(shared.there)
            finally:
                assert condition.locked()
            condition.notify()

    async def main():
        task = core.create_task(give_up())
        other = core.create_task(shared.wait_in_task())
        await cancelled(core, task)
        await other

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("tasks", looped(library, main)), ("changes", shared.change)], check


def condition_wait_cancelled_when_woken(library):
    """Cancelled by a task that one bell wakes with it."""
    shared = Flagged(library)
    condition = shared.condition
    core = library.core
    event = library.threadsafe.ThreadSafeEvent()

    async def give_up():
        async with condition:
            await condition.wait()
            condition.notify()

    async def main():
        task = core.create_task(give_up())
        other = core.create_task(shared.wait_in_task())
        await event.wait()
        await cancelled(core, task, 0)
        await other

    def change():
        event.set()
        shared.change()

    def check():
        assert shared.got == [1], shared.got
        shared.settled()

    return [("tasks", looped(library, main)), ("changes", change)], check


def notifying(scenario, everybody):
    made = partial(scenario, everybody)
    made.__name__ = f"{scenario.__name__}_{'all' if everybody else 'two'}"
    return made


ALL = [
    lock_of_threads,
    lock_of_a_thread_and_a_task,
    lock_of_two_tasks_and_a_thread,
    lock_of_two_loops,
    lock_tried,
    lock_wait_timing_out_in_a_thread,
    lock_wait_timing_out_in_a_task,
    lock_wait_cancelled_beside_a_thread,
    lock_wait_cancelled_beside_a_task,
    lock_released_too_often,
    semaphore_of_threads_and_a_task,
    semaphore_released_for_two,
    semaphore_wait_timing_out,
    semaphore_released_too_often,
    condition_of_threads,
    condition_of_a_task,
    condition_of_a_thread_and_a_waiting_task,
    *[
        notifying(scenario, everybody)
        for scenario in (condition_notifies_tasks, condition_notifies_a_task_and_a_thread)
        for everybody in (False, True)
    ],
    condition_wait_timing_out_in_a_thread,
    condition_wait_timing_out_in_a_task,
    condition_wait_cancelled,
    condition_wait_cancelled_when_woken,
]
