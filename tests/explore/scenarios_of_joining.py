"""Scenarios for `explorer.explore`: `task_done` and `join` of a queue. See `scenarios_of_queues`."""

from controlled import pass_time
from parts import cancelled, looped, outcome, settled


def filled(library, count=1):
    queue = library.threadsafe.ThreadSafeQueue(2)
    for n in range(count):
        queue.put_sync(n)
    return queue


def worker(queue, done):
    """Works on one item. What it has done it says before `task_done`."""

    def work():
        queue.get_sync()
        done.append(1)
        queue.task_done()

    return "worker", work


def join_of_two_workers(library):
    queue = filled(library, 2)
    done, seen = [], []

    def join():
        queue.join_sync()
        seen.append(len(done))

    def check():
        assert seen == [2] and queue.unfinished == 0, seen
        settled(queue)
        assert not queue.joiners.any()

    return [worker(queue, done), worker(queue, done), ("joiner", join)], check


def join_of_a_task_and_a_thread(library):
    queue = filled(library)
    done, seen = [], []

    def join():
        queue.join_sync()
        seen.append(len(done))

    async def main():
        await queue.join()
        seen.append(len(done))

    def check():
        assert seen == [1, 1], seen
        assert not queue.joiners.any()

    return [("task", looped(library, main)), ("joiner", join), worker(queue, done)], check


def join_of_a_moment(library):
    """All was done once, if only for a moment: who waited before that is let go, the later item is not waited for."""
    queue = filled(library)
    seen = []

    async def main():
        await queue.join()
        seen.append("task")

    def work():
        queue.get_sync()
        waits = queue.joiners.any()
        queue.task_done()
        queue.put_sync("more")
        if not waits:
            queue.get_sync()
            queue.task_done()

    def check():
        assert seen == ["task"], seen
        assert not queue.joiners.any()
        return queue.unfinished

    return [("task", looped(library, main)), ("worker", work)], check


def join_timing_out(library):
    """In a thread and in a task; a joiner without a limit goes on all the same."""
    queue = filled(library)
    done, ends = [], []

    async def main():
        try:
            await queue.join(timeout=1)
            ends.append(len(done))
        except library.core.TimeoutError:
            ends.append("TimeoutError")
        await queue.join()
        ends.append(len(done))

    def work():
        pass_time(1)
        worker(queue, done)[1]()

    def check():
        assert ends in ([1, 1], ["TimeoutError", 1]), ends
        assert not queue.joiners.any()
        return ends[0]

    return [("task", looped(library, main)), ("worker", work)], check


def join_of_a_thread_timing_out(library):
    queue = filled(library)
    done, ends = [], []

    def join():
        ends.append((outcome(queue.join_sync, 1), len(done)))

    def work():
        pass_time(1)
        worker(queue, done)[1]()

    def check():
        assert (None, 0) not in ends and len(ends) == 2, ends
        assert not queue.joiners.any()
        return tuple(ends)

    return [("joiner", join), ("joiner", join), ("worker", work)], check


def join_cancelled(library):
    queue = filled(library)
    core = library.core
    done, seen = [], []

    async def join():
        await queue.join()
        seen.append(len(done))

    async def main():
        task = core.create_task(queue.join(), "gives up")
        other = core.create_task(join())
        await cancelled(core, task)
        await other

    def check():
        assert seen == [1], seen
        assert not queue.joiners.any()

    return [("tasks", looped(library, main)), worker(queue, done)], check


def join_of_a_closed_queue(library):
    """A close neither ends nor spoils a join: what is left is got, and done."""
    queue = filled(library)
    done, seen = [], []

    async def main():
        async for _ in queue:
            done.append(1)
            queue.task_done()

    def join():
        queue.join_sync()
        seen.append(len(done))

    def check():
        assert seen == [1] and queue.unfinished == 0, seen
        settled(queue)
        assert not queue.joiners.any()

    return [("task", looped(library, main)), ("joiner", join), ("closer", queue.close)], check


def join_of_what_is_put_meanwhile(library):
    """An item counts from its put on: no `task_done` for it is refused, and a join after its put waits for it."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    done, seen = [], []

    def produce():
        queue.put_sync("item")
        queue.join_sync()
        seen.append(len(done))

    def work():
        queue.get_sync(True)
        done.append(1)
        queue.task_done()

    def check():
        assert seen == [1] and queue.unfinished == 0, seen
        settled(queue)

    return [("producer", produce), ("worker", work)], check


def done_once_too_often(library):
    """Of two who say that one item is done, one is told that it is not so."""
    queue = filled(library)
    queue.get_sync()
    refused = []

    def finish():
        try:
            queue.task_done()
        except ValueError:
            refused.append(1)

    def check():
        assert refused == [1] and queue.unfinished == 0, (refused, queue.unfinished)
        assert not queue.joiners.any()

    return [("worker", finish), ("worker", finish)], check


def done_once_too_often_before_a_joiner(library):
    """And who waits for the end of the work is not held up by it."""
    queue = filled(library)
    queue.get_sync()
    refused = []

    def finish():
        try:
            queue.task_done()
        except ValueError:
            refused.append(1)

    def check():
        assert refused == [1] and queue.unfinished == 0, (refused, queue.unfinished)
        assert not queue.joiners.any()

    return [("joiner", queue.join_sync), ("worker", finish), ("worker", finish)], check


ALL = [
    join_of_two_workers,
    join_of_a_task_and_a_thread,
    join_of_a_moment,
    join_timing_out,
    join_of_a_thread_timing_out,
    join_cancelled,
    join_of_a_closed_queue,
    join_of_what_is_put_meanwhile,
    done_once_too_often,
    done_once_too_often_before_a_joiner,
]
