"""Scenarios for `explorer.explore`: many items at a time into a queue and out of it. See `scenarios_of_queues`."""

from functools import partial

from controlled import pass_time
from parts import cancelled, looped, outcome, settled


def batches_between_threads(library):
    """Batches of 3 through a queue of 2: in order, none empty, none longer than was asked for."""
    queue = library.threadsafe.ThreadSafeQueue(2)
    put, batches = [], []

    def consume():
        while sum(map(len, batches)) < 3:
            batches.append(queue.get_many_sync(2, True))

    def check():
        assert put == [3] and sum(batches, []) == [0, 1, 2], (put, batches)
        assert all(1 <= len(batch) <= 2 for batch in batches), batches
        settled(queue)
        return tuple(map(len, batches))

    return [("producer", lambda: put.append(queue.put_many_sync([0, 1, 2], True))), ("consumer", consume)], check


def batch_to_two_getters(library):
    """A batch wakes as many as it has items for."""
    queue = library.threadsafe.ThreadSafeQueue(2)
    got = []

    def check():
        assert sorted(got) == [0, 1], got
        settled(queue)

    getter = ("getter", lambda: got.append(queue.get_sync(True)))
    return [getter, getter, ("producer", partial(queue.put_many_sync, [0, 1]))], check


def batch_from_two_putters(library):
    """Taking a batch lets as many put as there is room for."""
    queue = library.threadsafe.ThreadSafeQueue(2)
    queue.put_many_sync(["a", "b"])
    got = []

    def check():
        assert got[:2] == ["a", "b"], got
        left = queue.get_many_sync()
        assert sorted(got[2:] + left) == [0, 1], (got, left)
        settled(queue)

    putters = [("putter", partial(queue.put_sync, n, True)) for n in range(2)]
    return [*putters, ("consumer", lambda: got.extend(queue.get_many_sync()))], check


def batches_thread_to_task(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    batches = []

    async def consume():
        async for batch in queue.batches(2):
            batches.append(batch)

    def produce():
        assert queue.put_many_sync([0, 1], True) == 2
        queue.close()

    def check():
        assert sum(batches, []) == [0, 1] and all(batches), batches
        settled(queue)

    return [("task", looped(library, consume)), ("producer", produce)], check


def batches_task_to_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(2)
    put, got = [], []

    async def produce():
        put.append(await queue.put_many([0, 1, 2]))

    def consume():
        while len(got) < 3:
            got.extend(queue.get_many_sync(None, True))

    def check():
        assert put == [3] and got == [0, 1, 2], (put, got)
        settled(queue)

    return [("task", looped(library, produce)), ("consumer", consume)], check


def close_against_put_many(library):
    """A put that is closed in the middle says how many are in; one that is closed before that is refused."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    def close():
        got.extend(queue.get_many_sync())
        queue.close()

    def check():
        count = 0 if put == ["QueueClosed"] else put[0]
        left = queue.get_many_sync() if not queue.empty() else []
        assert got + left == list(range(count)), (put, got, left)
        settled(queue)
        return put[0]

    return [
        ("producer", lambda: put.append(outcome(queue.put_many_sync, [0, 1, 2], True))),
        ("closer", close),
    ], check


def close_against_put_many_of_a_task(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    async def produce():
        try:
            put.append(await queue.put_many([0, 1, 2]))
        except library.core.QueueClosed:
            put.append(0)

    def close():
        got.extend(queue.get_many_sync())
        queue.close()

    def check():
        left = queue.get_many_sync() if not queue.empty() else []
        assert got + left == list(range(put[0])), (put, got, left)
        settled(queue)
        return put[0]

    return [("task", looped(library, produce)), ("closer", close)], check


def close_against_two_batches_of_one_item(library):
    """Who gets the last item of a closed queue tells the other that nothing will come."""
    queue = library.threadsafe.ThreadSafeQueue(2)
    got = []

    def close():
        queue.put_many_sync(["item"])
        queue.close()

    def check():
        assert sorted(map(str, got)) == ["QueueClosed", "['item']"], got
        settled(queue)

    getter = ("getter", lambda: got.append(outcome(queue.get_many_sync, 2, True)))
    return [getter, getter, ("closer", close)], check


def put_many_timing_out(library):
    """It says how many are in."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    def check():
        assert put[0] in (1, 2) and got + queue.get_many_sync() == list(range(put[0])), (put, got)
        settled(queue)
        return put[0]

    return [
        ("gives up", lambda: put.append(queue.put_many_sync([0, 1], timeout=1))),
        ("getter", lambda: (pass_time(1), got.append(queue.get_sync(True)))),
    ], check


def put_many_of_a_task_timing_out(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    async def produce():
        put.append(await queue.put_many([0, 1], timeout=1))

    def check():
        assert put[0] in (1, 2) and got + queue.get_many_sync() == list(range(put[0])), (put, got)
        settled(queue)
        return put[0]

    getter = ("getter", lambda: (pass_time(1), got.append(queue.get_sync(True))))
    return [("task", looped(library, produce)), getter], check


def get_many_timing_out(library):
    """A batch is got, or stays in the queue."""
    queue = library.threadsafe.ThreadSafeQueue(2)
    got = []

    async def give_up():
        try:
            got.extend(await queue.get_many(timeout=1))
        except library.core.TimeoutError:
            pass

    def check():
        left = queue.get_many_sync()
        assert got + left == ["item"], (got, left)
        settled(queue)
        return len(got)

    putter = ("putter", lambda: (pass_time(1), queue.put_many_sync(["item"])))
    return [("task", looped(library, give_up)), putter], check


def get_many_cancelled_beside_a_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    got = []

    async def give_up():
        queue.put_many_sync(await queue.get_many())

    async def main():
        await cancelled(core, core.create_task(give_up()))

    def check():
        assert got == [["item"]], got
        settled(queue)

    return [
        ("task", looped(library, main)),
        ("getter", lambda: got.append(queue.get_many_sync(None, True))),
        ("putter", partial(queue.put_many_sync, ["item"])),
    ], check


ALL = [
    batches_between_threads,
    batch_to_two_getters,
    batch_from_two_putters,
    batches_thread_to_task,
    batches_task_to_thread,
    close_against_put_many,
    close_against_put_many_of_a_task,
    close_against_two_batches_of_one_item,
    put_many_timing_out,
    put_many_of_a_task_timing_out,
    get_many_timing_out,
    get_many_cancelled_beside_a_thread,
]
