"""Scenarios for `explorer.explore`: a queue that is full, and what becomes of the item. See `scenarios_of_queues`.

Whatever the policy: what was put was taken, is left or was dropped, and counted; the items of a producer stay in order;
there are never more than the capacity.
"""

from functools import partial

from parts import looped, outcome, settled


def accounted(queue, put, got):
    """Assert what is said above. `put` and `got` hold (producer, number)."""
    assert queue.qsize() <= queue.high_water <= queue._store.size
    left = queue.get_many_sync() if not queue.empty() else []
    there = got + left
    assert len(there) == len(set(there)) and set(there) <= set(put), (put, got, left)
    assert queue.dropped + len(there) == len(put), (queue.dropped, put, got, left)
    for producer in {item[0] for item in put}:
        numbers = [n for who, n in there if who == producer]
        assert numbers == sorted(numbers), (got, left)
    settled(queue)
    return left


def two_producers(policy, library):
    """Two threads put without waiting while a third looks and takes. Two items into one slot, two taken at most."""
    queue = library.threadsafe.ThreadSafeQueue(1, policy)
    core = library.core
    put, got = [], []

    def produce(name):
        for n in range(2):
            put.append((name, n))
            queue.put_sync((name, n))

    def consume():
        assert queue.qsize() <= 1
        try:
            got.append(queue.get_sync())
        except core.QueueEmpty:
            pass

    def check():
        left = accounted(queue, put, got)
        assert len(left) == 1 or got, (got, left)
        return len(left)

    return [("a", partial(produce, "a")), ("b", partial(produce, "b")), ("consumer", consume)], check


def producer_and_two_getters(policy, library):
    """Two threads wait, and each is given something: nothing is dropped as long as there is a slot."""
    queue = library.threadsafe.ThreadSafeQueue(2, policy)
    got = []

    def produce():
        for n in range(2):
            queue.put_sync(("a", n))

    def check():
        assert queue.dropped == 0
        accounted(queue, [("a", 0), ("a", 1)], sorted(got))

    getter = ("getter", lambda: got.append(queue.get_sync(True)))
    return [getter, getter, ("producer", produce)], check


def to_a_task(policy, library):
    """A task iterates while a thread puts three items into a queue of one, and closes it."""
    queue = library.threadsafe.ThreadSafeQueue(1, policy)
    got = []
    put = [("a", n) for n in range(3)]

    async def consume():
        async for item in queue:
            got.append(item)

    def produce():
        for item in put:
            queue.put_sync(item)
        queue.close()

    def check():
        if policy == "drop_newest":
            assert got[0] == put[0], got
        assert accounted(queue, put, got) == []
        return tuple(n for _, n in got)

    return [("task", looped(library, consume)), ("producer", produce)], check


def drop_oldest_keeps_the_newest(library):
    """What was put last is what a reader that comes late finds."""
    queue = library.threadsafe.ThreadSafeQueue(1, "drop_oldest")
    got = []

    async def consume():
        async for item in queue:
            got.append(item)

    def produce():
        for n in range(2):
            queue.put_sync(n)
        queue.close()

    def check():
        assert got in ([0, 1], [1]), got
        return tuple(got)

    return [("task", looped(library, consume)), ("producer", produce)], check


def against_close(policy, library):
    """A put that finds the queue full is refused, or counted; a getter gets what there is, in order, then is told."""
    queue = library.threadsafe.ThreadSafeQueue(2, policy)
    put, got = [("a", 0), ("a", 1)], []
    for item in put:
        queue.put_sync(item)

    def produce():
        if outcome(queue.put_sync, ("a", 2)) is None:
            put.append(("a", 2))

    def consume():
        while True:
            item = outcome(queue.get_sync, True)
            if item == "QueueClosed":
                break
            got.append(item)

    def check():
        assert accounted(queue, put, got) == []
        return len(put), queue.dropped

    return [("producer", produce), ("consumer", consume), ("closer", queue.close)], check


def raise_counts_nothing(library):
    queue = library.threadsafe.ThreadSafeQueue(1, "raise")
    core = library.core
    put, got = [], []

    def produce(name):
        for n in range(2):
            try:
                queue.put_sync((name, n))
                put.append((name, n))
            except core.QueueFull:
                pass

    def consume():
        try:
            got.append(queue.get_sync())
        except core.QueueEmpty:
            pass

    def check():
        assert queue.dropped == 0
        accounted(queue, put, got)
        return len(put)

    return [("a", partial(produce, "a")), ("b", partial(produce, "b")), ("consumer", consume)], check


def block_waits_unless_told_not_to(library):
    queue = library.threadsafe.ThreadSafeQueue(1, "block")
    core = library.core
    put, got = [("a", 0), ("a", 1)], []

    def produce():
        for item in put[:2]:
            queue.put_sync(item)

    def consume():
        try:
            queue.put_nowait(("b", 0))
            put.append(("b", 0))
        except core.QueueFull:
            pass
        for _ in put[1:]:
            got.append(queue.get_sync(True))

    def check():
        assert queue.dropped == 0
        accounted(queue, put, got)
        return len(put)

    return [("producer", produce), ("consumer", consume)], check


def batch_that_overflows(policy, library):
    """`put_many_sync` of more than there is room for, against a getter."""
    queue = library.threadsafe.ThreadSafeQueue(1, policy)
    put = [("a", n) for n in range(3)]
    got = []

    def check():
        accounted(queue, put, got)
        return tuple(got)

    return [
        ("producer", partial(queue.put_many_sync, put)),
        ("getter", lambda: got.append(queue.get_sync(True))),
    ], check


def with_policy(scenario, policy):
    made = partial(scenario, policy)
    made.__name__ = f"{policy}_{scenario.__name__}"
    return made


drop_oldest_by_two_producers = with_policy(two_producers, "drop_oldest")
ALL = [
    raise_counts_nothing,
    block_waits_unless_told_not_to,
    drop_oldest_keeps_the_newest,
    drop_oldest_by_two_producers,
    with_policy(two_producers, "drop_newest"),
    *[
        with_policy(scenario, policy)
        for scenario in (producer_and_two_getters, to_a_task, against_close, batch_that_overflows)
        for policy in ("drop_oldest", "drop_newest")
    ],
]
