"""Many items at a time: all or as many as fit, in order; what is not put is counted, what is not got stays."""

import pytest

from support import in_line, run, start_thread

pytestmark = pytest.mark.rp2040(seeds=1)


async def until(core, condition):
    while not condition():
        await core.sleep_ms(1)


@pytest.mark.parametrize("buf", [3, "array"])
def test_what_fits_is_put_and_what_is_there_is_got(threadsafe, buf):
    queue = threadsafe.ThreadSafeQueue(bytearray(3) if buf == "array" else buf)
    assert queue.get_many_sync() == []
    assert queue.put_many_sync([1, 2, 3, 4]) == 3
    assert queue.put_many_sync([5]) == 0
    assert queue.put_many_sync([]) == 0
    assert queue.get_many_sync(2) == [1, 2]
    assert queue.put_many_sync(n for n in (6, 7)) == 2
    assert queue.get_many_sync() == [3, 6, 7]
    assert queue.high_water == 3


@pytest.mark.parametrize("most", [0, -1, "two", 1.5])
def test_a_batch_is_of_one_item_or_more(threadsafe, most):
    queue = threadsafe.ThreadSafeQueue(1)
    for call in (queue.get_many, queue.get_many_sync, queue.batches):
        with pytest.raises(ValueError):
            call(most)


def test_a_task_puts_more_than_there_is_room_for_and_another_takes_it_in_batches(core, threadsafe):
    queue, got = threadsafe.ThreadSafeQueue(4), []

    async def take():
        async for batch in queue.batches(3):
            assert 1 <= len(batch) <= 3
            got.extend(batch)

    async def main():
        task = core.create_task(take())
        for start in (0, 10):
            assert await queue.put_many([start + n for n in range(10)]) == 10
        queue.close()
        await task

    run(core, main)
    assert got == list(range(20))


def test_between_a_thread_and_a_task_both_ways(core, threadsafe):
    there, back = threadsafe.ThreadSafeQueue(5), threadsafe.ThreadSafeQueue(5)
    count = 60

    def echo():
        try:
            while True:
                items = there.get_many_sync(4, timeout=10)
                assert back.put_many_sync(items, timeout=10) == len(items)
        except threadsafe.QueueClosed:
            back.close()

    async def feed():
        for n in range(0, count, 12):
            await there.put_many(range(n, n + 12))
        there.close()

    async def main():
        thread = start_thread(echo)
        feeding = core.create_task(feed())
        got = []
        async for batch in back.batches():
            got.extend(batch)
        await feeding
        thread.join()
        return got

    assert run(core, main) == list(range(count))


def test_every_getter_is_woken_that_a_batch_has_an_item_for_and_every_putter(core, threadsafe):
    queue, log = threadsafe.ThreadSafeQueue(3), []

    async def get(n):
        log.append((n, await queue.get()))

    async def put(n):
        await queue.put(n)
        log.append(n)

    async def main():
        tasks = [core.create_task(get(n)) for n in range(4)]
        await until(core, lambda: in_line(queue.getters) == 4)
        assert queue.put_many_sync("abc") == 3
        await until(core, lambda: len(log) == 3)
        assert sorted(log) == [(0, "a"), (1, "b"), (2, "c")]
        queue.put_sync("d")
        for task in tasks:
            await task
        log.clear()
        queue.put_many_sync("xyz")
        tasks = [core.create_task(put(n)) for n in range(3)]
        await until(core, lambda: in_line(queue.putters) == 3)
        assert queue.get_many_sync(2) == ["x", "y"]
        await until(core, lambda: len(log) == 2)
        assert queue.get_many_sync() == ["z", 0, 1]
        for task in tasks:
            await task
        assert queue.get_many_sync() == [2]

    run(core, main)


def test_when_the_time_is_up_what_was_put_is_counted_and_nothing_is_taken(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        assert await queue.put_many("abc", timeout=0.01) == 2
        assert await queue.put_many("d", timeout=0) == 0
        assert await queue.get_many() == ["a", "b"]
        with pytest.raises(core.TimeoutError):
            await queue.get_many(timeout=0.01)

    run(core, main)
    assert queue.put_many_sync("abc", timeout=0.01) == 2
    assert queue.get_many_sync(timeout=1) == ["a", "b"]
    with pytest.raises(core.TimeoutError):
        queue.get_many_sync(timeout=0.01)
    assert not queue.getters.any() and not queue.putters.any()


def test_a_close_ends_the_puts_that_wait_and_the_gets_when_all_is_drained(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        putting = core.create_task(queue.put_many("abc"))
        await until(core, lambda: in_line(queue.putters) == 1)
        queue.close()
        assert await putting == 2
        with pytest.raises(threadsafe.QueueClosed):
            await queue.put_many("d")
        with pytest.raises(threadsafe.QueueClosed):
            queue.put_many_sync("d")
        assert queue.peek() == "a"
        assert await queue.get_many(5) == ["a", "b"]
        with pytest.raises(threadsafe.QueueClosed):
            await queue.get_many()
        with pytest.raises(threadsafe.QueueClosed):
            queue.get_many_sync()
        with pytest.raises(threadsafe.QueueClosed):
            queue.peek()
        async for _ in queue.batches(2):
            raise AssertionError("it is drained")

    run(core, main)


def test_cancelled_a_batch_leaves_what_it_has_put_and_takes_nothing(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        getting = core.create_task(queue.get_many(2))
        other = core.create_task(queue.get())
        await until(core, lambda: in_line(queue.getters) == 2)
        queue.put_many_sync("ab")
        getting.cancel()
        assert await other == "a"
        assert queue.get_sync() == "b"
        putting = core.create_task(queue.put_many("cde"))
        await until(core, lambda: in_line(queue.putters) == 1)
        putting.cancel()
        await core.sleep_ms(1)
        assert queue.get_many_sync() == ["c", "d"]

    run(core, main)
    assert not queue.getters.any() and not queue.putters.any()


@pytest.mark.parametrize("overflow, left, dropped", [("drop_oldest", [3, 4], 3), ("drop_newest", [0, 1], 3)])
def test_where_items_are_dropped_all_are_taken(threadsafe, overflow, left, dropped):
    queue = threadsafe.ThreadSafeQueue(2, overflow)
    assert queue.put_many_sync(range(5)) == 5
    assert (queue.dropped, queue.get_many_sync()) == (dropped, left)


@pytest.mark.parametrize("way", ["sync", "await"])
def test_what_was_put_before_an_item_that_the_buffer_refuses_wakes_who_waits_for_it(core, threadsafe, way):
    queue, got, refused = threadsafe.ThreadSafeQueue(bytearray(4)), [], []

    async def get():
        got.append(await queue.get())

    async def main():
        tasks = [core.create_task(get()) for _ in range(2)]
        await until(core, lambda: in_line(queue.getters) == 2)
        try:
            if way == "sync":
                queue.put_many_sync([5, 6, "no byte", 7])
            else:
                await queue.put_many([5, 6, "no byte", 7])
        except TypeError:
            refused.append(True)
        await core.wait_for(core.gather(*tasks), 5)

    run(core, main)
    assert refused and got == [5, 6] and queue.empty()
