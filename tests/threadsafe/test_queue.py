"""ThreadSafeQueue: bounded, first in first out, from any context to any other; nothing lost, nothing twice."""

import array

import pytest

from support import CPYTHON, RP2, in_line, run, sleep_ms, start_thread, ticks_diff, ticks_ms, until_in_line

NAN = float("nan")
BAD_TIMEOUTS = [-1, -0.001, NAN]


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


async def get_into(queue, log, timeout=None):
    log.append(await queue.get(timeout))


async def put_and_log(queue, item, log):
    await queue.put(item)
    log.append(item)


def filled(queue, *items):
    for item in items:
        queue.put_sync(item)
    return queue


def drain(queue):
    items = []
    while not queue.empty():
        items.append(queue.get_sync())
    return items


# Capacity and order


@pytest.mark.rp2040
@pytest.mark.parametrize("n", [1, 2, 7])
def test_capacity_n_means_n(threadsafe, n):
    """Upstream's ring of N slots holds N - 1."""
    queue = threadsafe.ThreadSafeQueue(n)
    for i in range(n):
        assert queue.qsize() == i and not queue.full()
        queue.put_sync(i)
    assert queue.qsize() == n and queue.full()
    with pytest.raises(threadsafe.QueueFull):
        queue.put_sync(n)


def test_a_queue_begins_empty_and_ends_empty(threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    assert queue.empty() and not queue.full() and queue.qsize() == 0
    filled(queue, 1).get_sync()
    assert queue.empty()
    with pytest.raises(threadsafe.QueueEmpty):
        queue.get_sync()


def test_items_come_out_in_the_order_they_went_in_many_times_round(threadsafe):
    queue = threadsafe.ThreadSafeQueue(3)
    out = []
    for i in range(20):
        queue.put_sync(i)
        if queue.full():
            out += [queue.get_sync(), queue.get_sync()]
    assert out + drain(queue) == list(range(20))


def test_any_object_is_an_item(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)

    async def main(item):
        await queue.put(item)
        return await queue.get()

    for item in (None, (), False, 0, "text", [1, 2], ValueError("a value"), StopIteration(3), StopIteration, queue):
        queue.put_sync(item)
        assert queue.get_sync() is item
        assert run(core, main, item) is item


def test_full_and_empty_are_index_errors_as_upstream_has_them(threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    with pytest.raises(IndexError):
        queue.get_sync()
    queue.put_sync(1)
    with pytest.raises(IndexError):
        queue.put_sync(2)


def test_a_refused_put_changes_nothing(core, threadsafe):
    """Defect 2: upstream sets the flag and writes a slot, and then raises."""
    queue = filled(threadsafe.ThreadSafeQueue(2), 1, 2)
    with pytest.raises(threadsafe.QueueFull):
        queue.put_sync(3)
    assert drain(queue) == [1, 2]

    async def main():
        with pytest.raises(core.TimeoutError):
            await queue.get(timeout=0)  # nothing wakes it

    run(core, main)


# The buffer


@pytest.mark.parametrize("size", [0, -1, -100])
def test_a_queue_of_no_items_is_refused(threadsafe, size):
    with pytest.raises(ValueError, match="1 item or more"):
        threadsafe.ThreadSafeQueue(size)


def test_what_cannot_hold_items_is_refused_with_what_can(threadsafe):
    for buf in ([], bytearray(), None, 2.5, "text", (0, 0), b"ab", {}):
        with pytest.raises(ValueError, match="a list, array or bytearray of at least one slot"):
            threadsafe.ThreadSafeQueue(buf)


@pytest.mark.rp2040(seeds=1)
def test_a_list_an_array_or_a_bytearray_of_n_holds_n(threadsafe):
    for buf in ([0] * 3, array.array("i", [0] * 3), bytearray(3)):
        queue = threadsafe.ThreadSafeQueue(buf)
        for _ in range(2):
            filled(queue, 10, 20, 30)
            with pytest.raises(threadsafe.QueueFull):
                queue.put_sync(40)
            assert drain(queue) == [10, 20, 30]


def test_an_item_of_a_typed_buffer_comes_out_as_the_buffer_holds_it(threadsafe):
    queue = threadsafe.ThreadSafeQueue(array.array("f", [0] * 2))
    queue.put_sync(3)
    assert isinstance(queue.get_sync(), float)


@pytest.mark.rp2040(seeds=1)
def test_a_typed_buffer_refuses_what_it_cannot_hold_and_stores_nothing(core, threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(bytearray(3)), 1)
    with pytest.raises(TypeError):
        queue.put_sync("text")
    if CPYTHON:  # MicroPython's buffers take the low bits of such a number
        with pytest.raises(ValueError):
            queue.put_sync(256)

    async def main():
        with pytest.raises(TypeError):
            await queue.put(None)

    run(core, main)
    queue.put_sync(2)
    assert drain(queue) == [1, 2]


@pytest.mark.cpython
def test_an_item_whose_conversion_puts_another_one_loses_neither(threadsafe):
    queue = threadsafe.ThreadSafeQueue(bytearray(3))

    class Sneaky:
        def __index__(self):
            queue.put_sync(7)
            return 8

    queue.put_sync(Sneaky())
    assert drain(queue) == [7, 8]


@pytest.mark.cpython
def test_what_was_taken_is_not_kept_alive(threadsafe):
    import weakref

    class Thing:
        pass

    queue = threadsafe.ThreadSafeQueue(2)
    thing = Thing()
    gone = weakref.ref(thing)
    queue.put_sync(thing)
    assert queue.get_sync() is thing
    del thing
    assert gone() is None


# Tasks


@pytest.mark.rp2040
def test_a_task_waits_for_an_item_and_another_for_room(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    log = []

    async def producer():
        for i in range(4):
            await queue.put(i)
            log.append(f"put {i}")

    async def main():
        task = core.create_task(producer())
        await settle(core)
        assert log == ["put 0"]
        for i in range(4):
            assert await queue.get() == i
        await task

    run(core, main, limit=None)
    assert log == ["put 0", "put 1", "put 2", "put 3"]


def test_put_and_get_that_need_not_wait_do_not_yield(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    others = []

    async def other():
        others.append(1)

    async def main():
        core.create_task(other())
        await queue.put(1)
        await queue.get()
        assert others == []

    run(core, main)


def test_several_tasks_wait_on_each_side_and_are_served_in_order(core, threadsafe):
    """Defect 4: upstream allows one task on each side, and does not enforce it."""
    queue = threadsafe.ThreadSafeQueue(1)
    log = []

    async def main():
        getters = [core.create_task(get_into(queue, log)) for _ in range(5)]
        await settle(core)
        putters = [core.create_task(queue.put(i)) for i in range(8)]
        await core.gather(*getters)
        assert log == [0, 1, 2, 3, 4]
        for i in range(5, 8):
            assert await queue.get() == i
        await core.gather(*putters)

    run(core, main)


def test_getters_are_woken_in_the_order_they_came(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(4)
    log = []

    async def getter(name):
        await queue.get()
        log.append(name)

    async def main():
        tasks = [core.create_task(getter(name)) for name in "abcd"]
        await settle(core)
        for i in range(4):
            queue.put_sync(i)
        await core.gather(*tasks)

    run(core, main)
    assert log == list("abcd")


def test_putters_are_woken_in_the_order_they_came(core, threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(1), "first")
    log = []

    async def main():
        tasks = [core.create_task(put_and_log(queue, name, log)) for name in "abcd"]
        await settle(core)
        got = []
        for _ in range(5):
            got.append(queue.get_sync())
            await settle(core)
        await core.gather(*tasks)
        return got

    assert run(core, main) == ["first", "a", "b", "c", "d"]
    assert log == list("abcd")


def test_one_queue_may_be_awaited_twice_in_one_gather(core, threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(2), 1, 2)

    async def main():
        return await core.gather(queue.get(), queue.get())

    assert run(core, main) == [1, 2]


@pytest.mark.rp2040
def test_async_for_gives_each_item_until_the_queue_is_closed(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def reader():
        async for item in queue:
            log.append(item)
        log.append("end")

    async def main():
        task = core.create_task(reader())
        for i in range(5):
            await queue.put(i)
        queue.close()
        await task

    run(core, main, limit=None)
    assert log == [0, 1, 2, 3, 4, "end"]


def test_two_loops_over_one_queue_share_its_items_and_both_end(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def reader():
        async for item in queue:
            log.append(item)
            await core.sleep(0)

    async def main():
        tasks = [core.create_task(reader()) for _ in range(2)]
        for i in range(9):
            await queue.put(i)
        queue.close()
        await core.gather(*tasks)

    run(core, main)
    assert sorted(log) == list(range(9))


def test_wait_for_bounds_a_get_and_takes_nothing_with_it(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        with pytest.raises(core.TimeoutError):
            await core.wait_for(queue.get(), 0.005)
        await queue.put(1)
        return await core.wait_for(queue.get(), 1)

    assert run(core, main) == 1


# Time limits


@pytest.mark.rp2040(seeds=1)
def test_a_task_waits_no_longer_than_its_timeout(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)

    async def main():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await queue.get(timeout=0.02)
        await queue.put(1, timeout=0.02)
        with pytest.raises(core.TimeoutError):
            await queue.put(2, timeout=0.02)
        assert 38 <= ticks_diff(ticks_ms(), start) < 1000
        assert drain(queue) == [1]

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_thread_waits_no_longer_than_its_timeout(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)

    def work():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            queue.get_sync(timeout=0.02)
        queue.put_sync(1, timeout=0.02)
        with pytest.raises(core.TimeoutError):
            queue.put_sync(2, timeout=0.02)
        assert 38 <= ticks_diff(ticks_ms(), start) < 1000
        assert drain(queue) == [1]

    start_thread(work).join()


def test_timeout_0_is_one_try_and_then_a_timeout_error(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)

    async def main():
        await queue.put(1, timeout=0)
        with pytest.raises(core.TimeoutError):
            await queue.put(2, timeout=0)
        assert await queue.get(timeout=0) == 1
        with pytest.raises(core.TimeoutError):
            await queue.get(timeout=0)

    run(core, main)
    with pytest.raises(core.TimeoutError):
        queue.get_sync(timeout=0)
    queue.put_sync(1, timeout=0)
    with pytest.raises(core.TimeoutError):
        queue.put_sync(2, timeout=0)
    assert queue.get_sync(timeout=0) == 1


@pytest.mark.parametrize("timeout", BAD_TIMEOUTS)
def test_a_negative_timeout_or_nan_is_refused(core, threadsafe, timeout):
    queue = filled(threadsafe.ThreadSafeQueue(2), 1)
    for call in (queue.get, queue.get_sync):
        with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
            call(timeout=timeout)
    for call in (queue.put, queue.put_sync):
        with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
            call(2, timeout=timeout)
    assert drain(queue) == [1]


def test_a_timeout_that_is_no_number_is_refused(threadsafe):
    with pytest.raises(TypeError, match="a number of seconds"):
        threadsafe.ThreadSafeQueue(1).get(timeout="soon")


@pytest.mark.parametrize("timeout", [None, 10, 1e300, float("inf")])
def test_a_long_timeout_or_none_waits_for_the_item(core, threadsafe, timeout):
    queue = threadsafe.ThreadSafeQueue(1)

    async def main():
        log = []
        task = core.create_task(get_into(queue, log, timeout))
        await settle(core)
        assert log == []
        thread = start_thread(queue.get_sync, True, timeout)
        await core.sleep_ms(5)
        queue.put_sync(1)
        await task
        queue.put_sync(2)
        while not thread.finished:
            await core.sleep_ms(1)
        log.append(thread.join())
        return log

    assert run(core, main) == [1, 2]


def test_a_getter_that_timed_out_is_not_served(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        late = core.create_task(get_into(queue, log, 0.005))
        patient = core.create_task(get_into(queue, log))
        with pytest.raises(core.TimeoutError):
            await late
        queue.put_sync("item")
        await patient

    run(core, main)
    assert log == ["item"]


# Cancelling


def test_a_get_cancelled_while_it_waits_leaves_the_item_to_the_next(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        tasks = [core.create_task(get_into(queue, log)) for _ in range(3)]
        await settle(core)
        tasks[0].cancel()
        await settle(core)
        queue.put_sync(1)
        queue.put_sync(2)
        await core.gather(*tasks[1:])
        assert queue.empty()

    run(core, main)
    assert log == [1, 2]


@pytest.mark.rp2040(seeds=1)
async def cancel_when_set(flag, tasks):
    """Woken by the same look at the bell as the first of `tasks`, and just before it: cancels it in the ready ring."""
    await flag.wait()
    tasks[0].cancel()


def test_a_get_cancelled_after_it_was_woken_passes_the_item_on(core, threadsafe):
    """It is in the ready ring when the cancel comes: the one behind it in the line must be woken in its place."""
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        flag = core.ThreadSafeFlag()
        tasks = []
        core.create_task(cancel_when_set(flag, tasks))
        tasks.append(core.create_task(get_into(queue, log)))
        second = core.create_task(get_into(queue, log))
        await settle(core)
        flag.set()
        queue.put_sync("item")
        await second

    run(core, main, limit=None)
    assert log == ["item"]


def test_a_get_cancelled_between_put_and_the_bell_passes_the_item_on(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        first = core.create_task(get_into(queue, log))
        second = core.create_task(get_into(queue, log))
        await settle(core)
        queue.put_sync("item")
        first.cancel()
        await second
        with pytest.raises(core.CancelledError):
            await first

    run(core, main)
    assert log == ["item"]


def test_a_put_cancelled_before_or_after_it_was_woken_leaves_its_room_to_the_next(core, threadsafe):
    for after in (False, True):
        queue = filled(threadsafe.ThreadSafeQueue(1), "old")
        log = []

        async def main():
            flag = core.ThreadSafeFlag()
            tasks = []
            core.create_task(cancel_when_set(flag, tasks))
            tasks.append(core.create_task(put_and_log(queue, "first", log)))
            second = core.create_task(put_and_log(queue, "second", log))
            await settle(core)
            if after:
                flag.set()
            assert queue.get_sync() == "old"
            if not after:
                tasks[0].cancel()
                flag.set()
            await second

        run(core, main)
        assert log == ["second"] and drain(queue) == ["second"]


def test_a_cancelled_put_puts_nothing(core, threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(1), 1)

    async def main():
        task = core.create_task(queue.put(2))
        await settle(core)
        task.cancel()
        await settle(core)

    run(core, main)
    assert drain(queue) == [1]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_a_task_that_gives_up_passes_its_notification_to_a_thread(core, threadsafe, how):
    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        task = core.create_task(get_into(queue, log, 0 if how == "timeout" else None))
        if how == "cancel":
            await settle(core)
        thread = start_thread(queue.get_sync, True)
        start = ticks_ms()
        while ticks_diff(ticks_ms(), start) < 20:  # the loop stands still, the thread comes to wait
            pass
        queue.put_sync("item")
        if how == "cancel":
            task.cancel()
        await settle(core)
        if not log:  # a task that finds the item at its last try may take it
            while not thread.finished:
                await core.sleep_ms(1)
            log.append(thread.join())
        else:
            queue.put_sync("another")
            while not thread.finished:
                await core.sleep_ms(1)

    run(core, main)
    assert log == ["item"]


# Threads


@pytest.mark.rp2040
def test_a_thread_blocks_for_an_item_and_for_room(core, threadsafe):
    there, back = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1)

    def echo():
        while True:
            item = there.get_sync(block=True)
            if item is None:
                return "done"
            back.put_sync(item, block=True)

    async def main():
        thread = start_thread(echo)
        for i in range(50):
            await there.put(i)
            assert await back.get() == i
        await there.put(None)
        while not thread.finished:
            await core.sleep_ms(1)
        return thread.join()

    assert run(core, main, limit=None) == "done"


@pytest.mark.rp2040
def test_an_idle_loop_is_woken_by_each_put_of_a_thread(core, threadsafe):
    """Defect 1: upstream signals before the index moves, so an item may be announced to nobody."""
    queue = threadsafe.ThreadSafeQueue(4)

    def produce():
        for i in range(30):
            sleep_ms(i % 3)
            queue.put_sync(i, block=True)

    async def main():
        thread = start_thread(produce)
        got = []
        for _ in range(30):
            got.append(await queue.get())
        thread.join()
        return got

    assert run(core, main, limit=None) == list(range(30))


@pytest.mark.cpython
def test_a_blocked_thread_uses_no_processor(threadsafe):
    """Defect 3: upstream spins."""
    import time

    queue = threadsafe.ThreadSafeQueue(1)
    before = time.process_time()
    thread = start_thread(queue.get_sync, True)
    time.sleep(0.05)
    spent = time.process_time() - before
    queue.put_sync(1)
    thread.join()
    assert spent < 0.025


def test_threads_are_woken_in_the_order_they_came(threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    log = []

    def getter(name):
        item = queue.get_sync(block=True)
        log.append((name, item))

    threads = []
    for name in "abcd":
        threads.append(start_thread(getter, name))
        until_in_line(queue.getters, len(threads))
    for i in range(4):
        queue.put_sync(i, block=True)
        while len(log) <= i:
            sleep_ms(1)
    for thread in threads:
        thread.join()
    assert log == [("a", 0), ("b", 1), ("c", 2), ("d", 3)]


def test_threads_that_put_are_woken_in_the_order_they_came(threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(1), "old")
    threads = []
    for name in "abc":
        threads.append(start_thread(queue.put_sync, name, True))
        until_in_line(queue.putters, len(threads))
    got = []
    for left in (2, 1, 0, 0):
        got.append(queue.get_sync(block=True))
        until_in_line(queue.putters, left)
    for thread in threads:
        thread.join()
    assert got == ["old", "a", "b", "c"]


def test_tasks_and_threads_wait_in_one_line(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(4)
    log = []

    def in_thread():
        log.append(("thread", queue.get_sync(block=True)))

    async def in_task():
        item = await queue.get()
        log.append(("task", item))

    async def main():
        task = core.create_task(in_task())
        await settle(core)
        thread = start_thread(in_thread)
        while in_line(queue.getters) < 2:
            await core.sleep_ms(1)
        for i in range(2):
            queue.put_sync(i)
            while len(log) <= i:
                await core.sleep_ms(1)
        await task
        thread.join()

    run(core, main)
    assert log == [("task", 0), ("thread", 1)]


@pytest.mark.rp2040(seeds=1)
def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)

    async def main():
        for call in (lambda: queue.get_sync(block=True), lambda: queue.get_sync(timeout=1)):
            with pytest.raises(core.WrongContextError, match="await queue.get"):
                call()
        queue.put_sync(1, block=True)  # it need not wait
        for call in (lambda: queue.put_sync(2, block=True), lambda: queue.put_sync(2, timeout=1)):
            with pytest.raises(core.WrongContextError, match="await queue.put"):
                call()
        return drain(queue)

    assert run(core, main) == [1]


def test_two_loops_in_two_threads_pass_items_through_one_queue(core, threadsafe):
    there, back = threadsafe.ThreadSafeQueue(2), threadsafe.ThreadSafeQueue(2)

    async def echo():
        async for item in there:
            await back.put(-item)
        back.close()

    async def send():
        for i in range(20):
            await there.put(i)
        there.close()

    async def main():
        task = core.create_task(send())
        got = []
        async for item in back:
            got.append(item)
        await task
        return got

    thread = start_thread(run, core, echo)
    assert run(core, main) == [-i for i in range(20)]
    thread.join()


@pytest.mark.rp2040(seeds=1)
def test_a_queue_of_work_lets_a_thread_start_and_cancel_tasks_of_the_loop(core, threadsafe):
    """Defect 15: upstream has no thread-safe way to do either, nor to call a function in the loop."""
    work = threadsafe.ThreadSafeQueue(2)
    log = []
    tasks = []

    async def started():
        log.append("started")
        try:
            await core.Event().wait()
        finally:
            log.append("cancelled")

    def thread():
        work.put_sync(lambda: tasks.append(core.create_task(started())), block=True)
        sleep_ms(5)
        work.put_sync(lambda: tasks[0].cancel(), block=True)
        sleep_ms(5)
        work.close()

    async def main():
        other = start_thread(thread)
        async for function in work:
            function()
        other.join()
        await settle(core)

    run(core, main, limit=None)
    assert log == ["started", "cancelled"]


# Closing


@pytest.mark.rp2040(seeds=1)
def test_a_closed_queue_takes_nothing_and_is_drained_before_it_ends(core, threadsafe):
    queue = filled(threadsafe.ThreadSafeQueue(3), 1, 2, 3)
    assert not queue.closed()
    queue.close()
    queue.close()
    assert queue.closed() and queue.qsize() == 3

    async def main():
        with pytest.raises(threadsafe.QueueClosed):
            await queue.put(4)
        assert await queue.get() == 1
        with pytest.raises(threadsafe.QueueClosed):
            queue.put_sync(4)
        with pytest.raises(threadsafe.QueueClosed):
            queue.put_sync(4, True, 1)
        assert queue.get_sync() == 2
        assert await queue.get(timeout=1) == 3
        for _ in range(2):
            with pytest.raises(threadsafe.QueueClosed):
                await queue.get()
            with pytest.raises(threadsafe.QueueClosed):
                queue.get_sync()

    run(core, main)


def test_close_wakes_every_waiting_task(core, threadsafe):
    empty, full = threadsafe.ThreadSafeQueue(1), filled(threadsafe.ThreadSafeQueue(1), 0)

    async def main():
        tasks = [core.create_task(get_into(empty, [])) for _ in range(3)]
        tasks += [core.create_task(get_into(empty, [], 5)), core.create_task(full.put(1))]
        await settle(core)
        empty.close()
        full.close()
        return await core.gather(*tasks, return_exceptions=True)

    assert [type(result) for result in run(core, main)] == [threadsafe.QueueClosed] * 5
    assert drain(full) == [0]


def test_close_wakes_every_waiting_thread(threadsafe):
    empty, full = threadsafe.ThreadSafeQueue(1), filled(threadsafe.ThreadSafeQueue(1), 0)
    threads = [start_thread(empty.get_sync, True) for _ in range(2)]
    threads += [start_thread(empty.get_sync, True, 5), start_thread(full.put_sync, 1, True)]
    until_in_line(empty.getters, 3)
    until_in_line(full.putters, 1)
    empty.close()
    full.close()
    for thread in threads:
        with pytest.raises(threadsafe.QueueClosed):
            thread.join()
    assert drain(full) == [0]


@pytest.mark.rp2040
def test_close_from_a_task_ends_a_thread_s_wait_and_the_other_way_round(core, threadsafe):
    ours, theirs = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1)

    def work():
        with pytest.raises(threadsafe.QueueClosed):
            theirs.get_sync(block=True)
        sleep_ms(3)
        ours.close()

    async def main():
        thread = start_thread(work)
        await core.sleep_ms(3)
        theirs.close()
        with pytest.raises(threadsafe.QueueClosed):
            await ours.get()
        thread.join()

    run(core, main, limit=None)


def test_several_getters_share_what_a_closed_queue_still_has_and_then_all_end(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(4)

    def in_thread():
        log = []
        while True:
            try:
                log.append(queue.get_sync(block=True))
            except threadsafe.QueueClosed:
                return log

    async def in_task():
        log = []
        async for item in queue:
            log.append(item)
        return log

    async def main():
        tasks = [core.create_task(in_task()) for _ in range(2)]
        threads = [start_thread(in_thread) for _ in range(2)]
        for i in range(40):
            await queue.put(i)
        queue.close()
        logs = await core.gather(*tasks)
        while not all(thread.finished for thread in threads):
            await core.sleep_ms(1)
        return logs + [thread.join() for thread in threads]

    assert sorted([item for log in run(core, main) for item in log]) == list(range(40))


# Signals and Ctrl-C


@pytest.mark.cpython
def test_a_signal_handler_puts_while_the_main_thread_is_inside_put_and_get(threadsafe):
    import signal
    import time

    queue = threadsafe.ThreadSafeQueue(4)
    sent, got, busy = [], [], []

    def handler(number, frame):
        if busy:  # a signal within the handler of another, whose item is not in `sent` yet
            return
        busy.append(True)
        try:
            queue.put_sync(len(sent))
            sent.append(len(sent))
        except threadsafe.QueueFull:
            pass
        finally:
            busy.pop()

    old = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            for _ in range(100):
                try:
                    queue.put_sync("own")
                except threadsafe.QueueFull:
                    pass
                got.append(queue.get_sync())
                if queue.qsize() > 1:
                    got.append(queue.get_sync())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    got += drain(queue)
    assert [item for item in got if item != "own"] == sent
    assert len(sent) > 20


@pytest.mark.cpython
def test_a_signal_handler_s_put_ends_the_wait_that_it_interrupted(threadsafe):
    import signal

    queue = threadsafe.ThreadSafeQueue(1)
    old = signal.signal(signal.SIGALRM, lambda number, frame: queue.put_sync("from the handler"))
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert queue.get_sync(timeout=5) == "from the handler"
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.cpython
def test_a_signal_handler_s_put_wakes_an_idle_loop(core, threadsafe):
    import signal

    queue = threadsafe.ThreadSafeQueue(1)
    old = signal.signal(signal.SIGALRM, lambda number, frame: queue.put_sync("from the handler"))
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert run(core, queue.get) == "from the handler"
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.cpython
def test_a_signal_handler_may_wait_while_the_code_it_interrupted_waits(core, threadsafe):
    import signal

    queue, other = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1)
    log = []

    def handler(number, frame):
        with pytest.raises(core.TimeoutError):
            other.get_sync(timeout=0.01)
        log.append("handler")
        queue.put_sync("item")

    old = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert queue.get_sync(timeout=5) == "item"
    finally:
        signal.signal(signal.SIGALRM, old)
    assert log == ["handler"]


@pytest.mark.cpython
@pytest.mark.parametrize("side", ["get", "put"])
def test_a_keyboard_interrupt_in_a_blocking_call_leaves_the_queue_usable(threadsafe, side):
    import signal

    queue = threadsafe.ThreadSafeQueue(1)
    if side == "put":
        queue.put_sync("old")
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        with pytest.raises(KeyboardInterrupt):
            if side == "get":
                queue.get_sync(block=True)
            else:
                queue.put_sync("lost", block=True)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert drain(queue) == (["old"] if side == "put" else [])
    thread = start_thread(queue.get_sync, True)
    sleep_ms(5)
    queue.put_sync("new")
    assert thread.join() == "new"


# Interrupts


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_put_sync_and_get_sync_allocate_nothing(core, threadsafe):
    import micropython

    for buf in (3, bytearray(3)):
        queue = threadsafe.ThreadSafeQueue(buf)
        micropython.heap_lock()
        try:
            for i in (1, 2, 3):
                queue.put_sync(i)
            got = queue.get_sync() + queue.get_sync() * 10 + queue.get_sync() * 100
        finally:
            micropython.heap_unlock()
        assert got == 321


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_put_sync_that_wakes_a_task_allocates_nothing(core, threadsafe):
    import micropython

    queue = threadsafe.ThreadSafeQueue(2)
    log = []

    async def main():
        tasks = [core.create_task(get_into(queue, log)) for _ in range(2)]
        await settle(core)
        micropython.heap_lock()
        try:
            queue.put_sync(1)
            queue.put_sync(2)
        finally:
            micropython.heap_unlock()
        await core.gather(*tasks)
        putter = core.create_task(queue.put(3))
        await putter
        queue.put_sync(4)
        putter = core.create_task(queue.put(5))
        await settle(core)
        micropython.heap_lock()
        try:
            three = queue.get_sync()
        finally:
            micropython.heap_unlock()
        await putter
        return three

    assert run(core, main, limit=None) == 3
    assert log == [1, 2] and drain(queue) == [4, 5]


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_where_nothing_can_be_allocated_full_empty_and_closed_keep_their_names(threadsafe):
    import micropython

    queue = threadsafe.ThreadSafeQueue(1)
    log = [None] * 4
    micropython.heap_lock()
    try:
        try:
            queue.get_sync()
        except threadsafe.QueueEmpty:
            log[0] = "empty"
        queue.put_sync(1)
        try:
            queue.put_sync(2)
        except threadsafe.QueueFull:
            log[1] = "full"
        try:
            queue.put_sync(2)
        except IndexError:
            log[2] = "full"
        queue.close()
        try:
            queue.put_sync(2)
        except threadsafe.QueueClosed:
            log[3] = "closed"
    finally:
        micropython.heap_unlock()
    assert log == ["empty", "full", "full", "closed"]


@pytest.mark.micropython
@pytest.mark.rp2040
def test_a_scheduled_callback_puts_while_the_queue_is_in_use(threadsafe):
    """Soft interrupts (a Timer's on RP2, a pin's by default) cut into what the main thread does at any jump."""
    import micropython

    queue = threadsafe.ThreadSafeQueue(3)
    count = 40 if RP2 else 400
    sent = [0]
    stop = [False]

    def callback(_):
        if sent[0] < count:
            try:
                queue.put_sync(sent[0])
            except threadsafe.QueueFull:
                return
            sent[0] += 1

    def schedule():
        while not stop[0]:
            try:
                micropython.schedule(callback, None)
            except RuntimeError:  # its queue is full
                sleep_ms(0)

    thread = start_thread(schedule)
    got = []
    start = ticks_ms()
    while len(got) < count and ticks_diff(ticks_ms(), start) < 50000:
        try:
            queue.put_sync("own")
        except threadsafe.QueueFull:
            pass
        item = queue.get_sync()
        if item != "own":
            got.append(item)
        if queue.full():
            item = queue.get_sync()
            if item != "own":
                got.append(item)
    stop[0] = True
    thread.join()
    assert got == list(range(count))


# overflow, and what can be seen of a queue


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("buf", ["list", "array"])
def test_drop_oldest_keeps_the_latest_and_counts_the_rest(core, threadsafe, buf):
    queue = threadsafe.ThreadSafeQueue([None] * 3 if buf == "list" else bytearray(3), "drop_oldest")

    async def main():
        for n in range(3):
            queue.put_sync(n)
        await queue.put(3)
        queue.put_nowait(4)
        queue.put_sync(5, block=True)
        assert queue.full() and queue.dropped == 3
        return [queue.get_sync() for _ in range(3)]

    assert run(core, main) == [3, 4, 5]
    assert queue.empty() and queue.high_water == 3


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest"])
def test_where_items_may_be_dropped_no_put_waits_not_even_one_that_lets_others_have_a_turn(core, threadsafe, overflow):
    queue = threadsafe.ThreadSafeQueue(2, overflow)

    async def main():
        for n in range(200):  # see `fair`: some of them yield
            await queue.put(n)

    run(core, main)
    assert queue.dropped == 198


@pytest.mark.rp2040(seeds=1)
def test_drop_newest_keeps_the_first_and_counts_the_rest(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2, "drop_newest")

    async def main():
        for n in range(3):
            await queue.put(n)
        queue.put_nowait(9)

    run(core, main)
    assert [queue.get_sync() for _ in range(2)] == [0, 1]
    assert (queue.dropped, queue.high_water, queue.qsize()) == (2, 2, 0)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest"])
def test_a_closed_queue_drops_nothing(threadsafe, overflow):
    queue = threadsafe.ThreadSafeQueue(1, overflow)
    queue.put_sync("kept")
    queue.close()
    with pytest.raises(threadsafe.QueueClosed):
        queue.put_sync("late")
    assert (queue.get_sync(), queue.dropped) == ("kept", 0)


def test_block_waits_unless_told_not_to(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1, "block")
    queue.put_sync(1)
    with pytest.raises(threadsafe.QueueFull):
        queue.put_nowait(2)
    with pytest.raises(threadsafe.QueueFull):
        queue.put_sync(2, block=False)
    with pytest.raises(core.TimeoutError):
        queue.put_sync(2, timeout=0.005)
    thread = start_thread(queue.put_sync, 2)
    until_in_line(queue.putters, 1)
    assert queue.get_nowait() == 1
    thread.join()
    assert queue.get_nowait() == 2
    with pytest.raises(threadsafe.QueueEmpty):
        queue.get_nowait()


@pytest.mark.rp2040(seeds=1)
def test_an_unknown_policy_is_refused(threadsafe):
    with pytest.raises(ValueError, match="drop_oldest"):
        threadsafe.ThreadSafeQueue(1, "drop")


@pytest.mark.rp2040(seeds=1)
def test_peek_shows_the_oldest_and_takes_nothing(threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    with pytest.raises(threadsafe.QueueEmpty):
        queue.peek()
    queue.put_sync("a")
    queue.put_sync("b")
    assert queue.peek() == queue.peek() == "a"
    assert queue.get_sync() == "a" and queue.peek() == "b"


@pytest.mark.parametrize("overflow", ["drop_oldest", "drop_newest"])
def test_with_several_producers_each_item_is_got_or_counted_as_dropped(core, threadsafe, overflow):
    queue, got = threadsafe.ThreadSafeQueue(4, overflow), []
    each = 300

    def produce(number):
        for n in range(each):
            queue.put_sync((number, n))

    threads = [start_thread(produce, number) for number in range(3)]
    while len(got) + queue.dropped < 3 * each:
        try:
            got.append(queue.get_sync(timeout=0.05))
        except core.TimeoutError:
            pass
    for thread in threads:
        thread.join()
    assert queue.empty() and len(got) + queue.dropped == 3 * each
    for number in range(3):
        own = [n for who, n in got if who == number]
        assert own == sorted(set(own))
