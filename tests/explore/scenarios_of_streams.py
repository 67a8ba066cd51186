"""Scenarios for `explorer.explore`: snapshots, pipes of bytes, broadcasts, and queues of one producer and one consumer.

What is read is whole, in order, and of what was written; what was lost is told.
"""

from functools import partial

from controlled import pass_time
from parts import cancelled, looped, outcome, settled


def snapshot_is_whole(library):
    """The fields of a read are of one moment, and no read goes back."""
    snapshot = library.threadsafe.Snapshot(("a", "b"))
    seen = []

    def publish():
        for n in (1, 2):
            snapshot.publish(n, -n)

    def read():
        for _ in range(2):
            version, (a, b) = snapshot.latest()
            assert (a, b) == ((version, -version) if version else (None, None)), (version, a, b)
            seen.append(version)

    def check():
        assert seen == sorted(seen) and snapshot.read() == (2, -2) and snapshot.version == 2, seen
        return tuple(seen)

    return [("writer", publish), ("reader", read)], check


def snapshot_waited_for(library):
    """A thread and a task wait for something new, and see the last of it."""
    snapshot = library.threadsafe.Snapshot(1)
    seen = {"thread": [], "task": []}

    def wait():
        version = 0
        while version < 2:
            version = snapshot.wait_sync(None, version)
            seen["thread"].append((version, snapshot.read()[0]))

    async def main():
        version = 0
        while version < 2:
            version = await snapshot.changed(version)
            seen["task"].append((version, snapshot.read()[0]))

    def publish():
        snapshot.publish(1)
        snapshot.publish(2)

    def check():
        for pairs in seen.values():
            assert pairs == sorted(set(pairs)) and pairs[-1] == (2, 2), pairs
            assert all(value >= version for version, value in pairs), pairs
        assert not snapshot._line.any()

    return [("task", looped(library, main)), ("waiter", wait), ("writer", publish)], check


def snapshot_iterated_until_closed(library):
    snapshot = library.threadsafe.Snapshot(1)
    got = []

    async def main():
        async for (value,) in snapshot:
            got.append(value)

    def publish():
        for n in (1, 2):
            snapshot.publish(n)
        snapshot.close()

    def check():
        assert got in ([2], [1, 2]), got
        assert not snapshot._line.any()
        return tuple(got)

    return [("task", looped(library, main)), ("writer", publish)], check


def snapshot_closed_against_waiting(library):
    """Who waits sees the value or the close, and a value that was not refused is there in the end."""
    snapshot = library.threadsafe.Snapshot(1)
    put, got = [], []

    def check():
        assert snapshot.read() == (("value",) if put == [None] else (None,)), put
        assert set(got) <= ({1, "QueueClosed"} if put == [None] else {"QueueClosed"}) and len(got) == 1, (put, got)
        assert not snapshot._line.any()
        return put[0]

    waiter = ("waiter", lambda: got.append(outcome(snapshot.wait_sync)))
    publish = ("writer", lambda: put.append(outcome(snapshot.publish, "value")))
    return [waiter, publish, ("closer", snapshot.close)], check


def snapshot_wait_given_up(library):
    """A wait that is cancelled, and one whose time is up: a third goes on."""
    snapshot = library.threadsafe.Snapshot(1)
    core = library.core
    got = []

    async def wait():
        got.append(await snapshot.changed())

    async def main():
        task = core.create_task(snapshot.changed())
        other = core.create_task(wait())
        await cancelled(core, task)
        await other

    def check():
        assert got == [1], got
        assert not snapshot._line.any()

    return [("tasks", looped(library, main)), ("writer", partial(snapshot.publish, "value"))], check


DATA = b"abc"


def pipe_between_threads(library):
    """Three bytes through a pipe of two, to the end."""
    pipe = library.threadsafe.BytePipe(2)
    parts = []

    def write():
        pipe.write_sync(DATA)
        pipe.close()

    def read():
        while True:
            parts.append(pipe.read_sync(2))
            if not parts[-1]:
                break

    def check():
        assert b"".join(parts) == DATA, parts
        assert not pipe.readers.any() and not pipe.writers.any()
        return tuple(parts)

    return [("writer", write), ("reader", read)], check


def pipe_thread_to_task(library):
    """Lines, of which one is longer than the pipe."""
    pipe = library.threadsafe.BytePipe(2)
    lines = []

    async def main():
        for _ in range(2):
            lines.append(await pipe.readline())

    def write():
        pipe.write_sync(b"ab\nc")
        pipe.close()

    def check():
        assert lines == [b"ab\n", b"c"], lines
        assert not pipe.readers.any() and not pipe.writers.any()

    return [("task", looped(library, main)), ("writer", write)], check


def pipe_task_to_thread(library):
    """Two bytes through a pipe of one."""
    pipe = library.threadsafe.BytePipe(1)
    got = []

    def read():
        got.append(pipe.read_sync(1))
        got.append(pipe.read_sync(1))

    def check():
        assert got == [b"a", b"b"], got
        assert not pipe.readers.any() and not pipe.writers.any()

    return [("task", looped(library, lambda: pipe.awrite(b"ab"))), ("reader", read)], check


def pipe_drained(library):
    """`drain` returns when the reader has had all."""
    pipe = library.threadsafe.BytePipe(2)
    got = []

    async def main():
        pipe.write(b"ab")
        await pipe.drain()
        assert pipe.room() == 2

    def check():
        assert got == [b"ab"], got
        assert not pipe.readers.any() and not pipe.writers.any()

    reader = ("reader", lambda: got.append(pipe.read_sync(2)))
    return [("task", looped(library, main)), reader], check


def pipe_that_overflows(library):
    """`write` drops what has no room, and says so."""
    pipe = library.threadsafe.BytePipe(2)
    taken, got = [], []

    def write():
        for part in (b"ab", b"cd"):
            taken.append(part[: pipe.write(part)])
        pipe.close()

    async def main():
        while True:
            part = await pipe.read(2)
            if not part:
                break
            got.append(part)

    def check():
        assert b"".join(got) == b"".join(taken), (got, taken)
        assert len(b"".join(taken)) + pipe.lost == 4, (taken, pipe.lost)
        assert not pipe.readers.any()
        return tuple(taken)

    return [("task", looped(library, main)), ("writer", write)], check


def pipe_flushed(library):
    """A reader that waits for two bytes is content with one that was flushed."""
    pipe = library.threadsafe.BytePipe(2, 2)
    got = []

    async def main():
        got.append(await pipe.read(2))

    def write():
        pipe.write(b"a")
        pipe.flush()
        pipe.write(b"b")

    def check():
        assert got[0] + pipe.take() == b"ab" and got[0], got
        assert not pipe.readers.any()
        return got[0]

    return [("task", looped(library, main)), ("writer", write)], check


def pipe_writer_that_needs_room(library):
    """It has the reader take less than what that one waits for."""
    pipe = library.threadsafe.BytePipe(2, 2)
    pipe.write(b"a")
    got = []

    async def main():
        while len(b"".join(got)) < 3:
            got.append(await pipe.read(2))

    def check():
        assert b"".join(got) == DATA, got
        assert not pipe.readers.any() and not pipe.writers.any()
        return tuple(got)

    return [("task", looped(library, main)), ("writer", partial(pipe.write_sync, b"bc"))], check


def pipe_closed_against_a_write(library):
    """A write that fits goes in as a whole or is refused; the reader gets all of it."""
    pipe = library.threadsafe.BytePipe(2)
    pipe.write(b"a")
    put, got = [], []

    def read():
        got.append(pipe.read_sync(1))

    def check():
        there = b"".join(got) + pipe.take()
        assert (put, there) in (([None], b"abc"), (["QueueClosed"], b"a")), (put, got, there)
        assert not pipe.readers.any() and not pipe.writers.any()
        return put[0]

    return [
        ("writer", lambda: put.append(outcome(pipe.write_sync, b"bc"))),
        ("reader", read),
        ("closer", pipe.close),
    ], check


def pipe_write_timing_out(library):
    """A write that gives up has put nothing in."""
    pipe = library.threadsafe.BytePipe(2)
    pipe.write(b"a")
    put, got = [], []

    def check():
        there = b"".join(got) + pipe.take()
        assert (put, there) in (([None], b"abc"), (["TimeoutError"], b"a")), (put, got, there)
        assert not pipe.writers.any()
        return put[0]

    return [
        ("writer", lambda: put.append(outcome(pipe.write_sync, b"bc", 1))),
        ("reader", lambda: (pass_time(1), got.append(pipe.read_sync(1)))),
    ], check


def pipe_read_of_more_than_it_holds(library):
    """The reader holds what it has had, and asks for no more than is missing then."""
    pipe = library.threadsafe.BytePipe(2)
    got = []

    async def main():
        got.append(await pipe.readexactly(3))

    def check():
        assert got == [DATA], got
        assert not pipe.readers.any() and not pipe.writers.any()

    return [("task", looped(library, main)), ("writer", partial(pipe.write_sync, DATA))], check


def pipe_read_cancelled(library):
    """The bytes that a read has collected when it is cancelled are there for the next."""
    pipe = library.threadsafe.BytePipe(2)
    pipe.write(b"a")
    core = library.core
    got = []

    async def give_up():
        got.append(await pipe.readexactly(3))

    async def main():
        await cancelled(core, core.create_task(give_up()), 2)
        if not got:
            got.append(await pipe.readexactly(3))

    def write():
        pipe.write_sync(b"bc")
        pipe.flush()

    def check():
        assert got == [DATA], got
        assert not pipe.readers.any() and not pipe.writers.any()

    return [("task", looped(library, main)), ("writer", write)], check


def taken(library, subscription, end=None):
    """A function that takes what a subscriber is given, until the close: items, and what was lost as ("lost", n)."""
    lagged, closed = library.threadsafe.Lagged, library.core.QueueClosed
    got = []

    def take():
        while True:
            try:
                got.append(subscription.get_sync())
            except lagged as error:
                got.append(("lost", error.lost))
            except closed:
                break

    return got, take


async def take_in_task(library, subscription, got):
    while True:
        try:
            async for item in subscription:
                got.append(item)
            break
        except library.threadsafe.Lagged as error:
            got.append(("lost", error.lost))


def told(got, items):
    """Assert that `got` are `items`, less those that were told to be lost, at the place where they were."""
    at = 0
    for item in got:
        if isinstance(item, tuple):
            at += item[1]
        else:
            assert items[at] == item, (got, items)
            at += 1
    assert at == len(items), (got, items)


def publishing(broadcast, items):
    def publish():
        for item in items:
            broadcast.publish(item)
        broadcast.close()

    return "publisher", publish


def broadcast_to_a_thread_and_a_task(library):
    """Both get it."""
    broadcast = library.threadsafe.Broadcast(1)
    subscriptions = [broadcast.subscribe(), broadcast.subscribe()]
    got = []

    async def main():
        got.append(await subscriptions[0].get())

    def check():
        assert got == ["item"] * 2, got
        assert not broadcast.line.any()

    reader = ("reader", lambda: got.append(subscriptions[1].get_sync()))
    return [("task", looped(library, main)), reader, ("publisher", partial(broadcast.publish, "item"))], check


def broadcast_in_order(library):
    """All of it, if the ring holds it."""
    broadcast = library.threadsafe.Broadcast(2)
    got, take = taken(library, broadcast.subscribe())

    def check():
        assert got == ["a", "b"], got
        assert not broadcast.line.any()

    return [("reader", take), publishing(broadcast, "ab")], check


def broadcast_that_overtakes(size, library):
    """Three items through a ring of fewer: each is got or told to be lost, at its place."""
    broadcast = library.threadsafe.Broadcast(size)
    subscription = broadcast.subscribe()
    got, take = taken(library, subscription)

    def check():
        told(got, "abc")
        assert subscription.lost == sum(item[1] for item in got if isinstance(item, tuple))
        assert not broadcast.line.any()
        return tuple(got)

    return [("reader", take), publishing(broadcast, "abc")], check


def broadcast_that_overtakes_a_task(library):
    broadcast = library.threadsafe.Broadcast(1)
    subscription = broadcast.subscribe()
    got = []

    def check():
        told(got, "ab")
        assert not broadcast.line.any()
        return tuple(got)

    task = looped(library, take_in_task, library, subscription, got)
    return [("task", task), publishing(broadcast, "ab")], check


def broadcast_of_two_publishers(library):
    """Two subscribers see one order."""
    broadcast = library.threadsafe.Broadcast(2)
    subscriptions = [broadcast.subscribe(), broadcast.subscribe()]
    got = [], []

    def take():
        for _ in range(2):
            got[0].append(subscriptions[0].get_sync())

    def check():
        for _ in range(2):
            got[1].append(subscriptions[1].get_sync(0))
        assert got[0] == got[1] and sorted(got[0]) == [0, 1], got
        assert not broadcast.line.any()
        return tuple(got[0])

    return [*[("publisher", partial(broadcast.publish, n)) for n in range(2)], ("reader", take)], check


def broadcast_closed_against_publish(library):
    """The item is delivered, or its publication refused."""
    broadcast = library.threadsafe.Broadcast(1)
    got, take = taken(library, broadcast.subscribe())
    put = []

    def check():
        assert (put, got) in (([None], ["item"]), (["QueueClosed"], [])), (put, got)
        assert not broadcast.line.any()
        return put[0]

    return [
        ("publisher", lambda: put.append(outcome(broadcast.publish, "item"))),
        ("reader", take),
        ("closer", broadcast.close),
    ], check


def broadcast_unsubscribed_while_waiting(library):
    """One is told to leave, and does, if not with an item that it was about to take; the other gets the item."""
    broadcast = library.threadsafe.Broadcast(1)
    leaves, stays = broadcast.subscribe(), broadcast.subscribe()
    ends = []

    def change():
        leaves.unsubscribe()
        broadcast.publish("item")

    def check():
        assert ends in (["QueueClosed"], ["item"]) and stays.get_sync(0) == "item", ends
        assert not broadcast.line.any()
        return ends[0]

    return [("leaves", lambda: ends.append(outcome(leaves.get_sync))), ("changes", change)], check


def broadcast_wait_timing_out(library):
    """It takes nothing: the item is there for the next wait."""
    broadcast = library.threadsafe.Broadcast(1)
    subscription = broadcast.subscribe()
    got = []

    async def main():
        try:
            got.append(await subscription.get(1))
        except library.core.TimeoutError:
            got.append("TimeoutError")
            got.append(await subscription.get())

    def check():
        assert got in (["item"], ["TimeoutError", "item"]), got
        assert not broadcast.line.any()
        return got[0]

    return [("task", looped(library, main)), ("publisher", lambda: (pass_time(1), broadcast.publish("item")))], check


def spsc_thread_to_task(library):
    queue = library.threadsafe.SPSCQueue(1)
    got = []

    async def main():
        async for item in queue:
            got.append(item)

    def produce():
        for n in range(2):
            queue.put_sync(n, block=True)
        queue.close()

    def check():
        assert got == [0, 1], got
        assert not queue.getters.any() and not queue.putters.any()

    return [("task", looped(library, main)), ("producer", produce)], check


def spsc_task_to_thread(library):
    queue = library.threadsafe.SPSCQueue(1)
    put, got = [], []

    async def main():
        put.append(await queue.put_many([0, 1]))

    def consume():
        while len(got) < 2:
            got.extend(queue.get_many_sync(2, True))

    def check():
        assert put == [2] and got == [0, 1], (put, got)
        assert not queue.getters.any() and not queue.putters.any()

    return [("task", looped(library, main)), ("consumer", consume)], check


def spsc_that_overflows(library):
    queue = library.threadsafe.SPSCQueue(1, "drop_newest")
    got = []

    def produce():
        for n in range(3):
            queue.put_sync(n)
        queue.close()

    def consume():
        while True:
            item = outcome(queue.get_sync, True)
            if item == "QueueClosed":
                break
            got.append(item)

    def check():
        assert got == sorted(set(got)) and got[0] == 0 and len(got) + queue.dropped == 3, (got, queue.dropped)
        settled(queue)
        return tuple(got)

    return [("producer", produce), ("consumer", consume)], check


def spsc_of_two_producers_in_turn(library):
    """A second producer is refused, whoever is first, if not both come before either is noted; no item is lost."""
    queue = library.threadsafe.SPSCQueue(2)
    put, refused = [], []

    def produce(n):
        try:
            queue.put_sync(n)
            put.append(n)
        except library.core.WrongContextError:
            refused.append(n)

    def check():
        assert sorted(put + refused) == [0, 1] and put, (put, refused)
        assert sorted(queue.get_many_sync()) == sorted(put), put
        return len(put)

    return [("producer", partial(produce, n)) for n in range(2)], check


def sized(size):
    made = partial(broadcast_that_overtakes, size)
    made.__name__ = f"broadcast_that_overtakes_size_{size}"
    return made


ALL = [
    snapshot_is_whole,
    snapshot_waited_for,
    snapshot_iterated_until_closed,
    snapshot_closed_against_waiting,
    snapshot_wait_given_up,
    pipe_between_threads,
    pipe_thread_to_task,
    pipe_task_to_thread,
    pipe_drained,
    pipe_that_overflows,
    pipe_flushed,
    pipe_writer_that_needs_room,
    pipe_closed_against_a_write,
    pipe_write_timing_out,
    pipe_read_of_more_than_it_holds,
    pipe_read_cancelled,
    broadcast_to_a_thread_and_a_task,
    broadcast_in_order,
    sized(1),
    sized(2),
    broadcast_that_overtakes_a_task,
    broadcast_of_two_publishers,
    broadcast_closed_against_publish,
    broadcast_unsubscribed_while_waiting,
    broadcast_wait_timing_out,
    spsc_thread_to_task,
    spsc_task_to_thread,
    spsc_that_overflows,
    spsc_of_two_producers_in_turn,
]
