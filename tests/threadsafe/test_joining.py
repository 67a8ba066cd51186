"""join: until all work is done; and the count behind it."""

import pytest

from support import in_line, run, start_thread, until_in_line

pytestmark = pytest.mark.rp2040(seeds=1)


def test_a_task_and_a_thread_wait_until_the_work_on_every_item_is_done(core, threadsafe):
    queue, log = threadsafe.ThreadSafeQueue(4), []

    def joins():
        queue.join_sync(10)
        log.append("thread")

    async def join():
        await queue.join(10)
        log.append("task")

    async def main():
        for n in range(3):
            await queue.put(n)
        thread, task = start_thread(joins), core.create_task(join())
        while in_line(queue.joiners) < 2:
            await core.sleep_ms(1)
        for n in range(3):
            assert queue.get_sync() == n
            assert queue.unfinished == 3 - n and log == []
            queue.task_done()
        await task
        thread.join()

    run(core, main)
    assert sorted(log) == ["task", "thread"]
    assert queue.unfinished == 0


def test_nobody_waits_where_nothing_is_unfinished(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        await queue.join()
        queue.put_sync(1)
        with pytest.raises(core.TimeoutError):
            await queue.join(0.005)

    run(core, main)
    with pytest.raises(core.TimeoutError):
        queue.join_sync(0.005)
    assert not queue.joiners.any()


def test_who_waits_is_let_go_though_new_work_comes_at_once(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        queue.put_sync(1)
        tasks = [core.create_task(queue.join()) for _ in range(2)]
        while in_line(queue.joiners) < 2:
            await core.sleep_ms(1)
        queue.get_sync()
        queue.task_done()
        queue.put_sync(2)
        tasks[0].cancel()
        await core.wait_for(tasks[1], 5)
        with pytest.raises(core.TimeoutError):
            await queue.join(0.005)

    run(core, main)


def test_more_task_done_than_items_is_an_error_and_changes_nothing(threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    for _ in range(2):
        with pytest.raises(ValueError):
            queue.task_done()
        queue.put_sync(1)
        queue.get_sync()
        assert queue.unfinished == 1
        queue.task_done()
        assert queue.unfinished == 0


def test_a_dropped_item_needs_no_work(threadsafe):
    for overflow in ("drop_oldest", "drop_newest"):
        queue = threadsafe.ThreadSafeQueue(1, overflow)
        for n in range(3):
            queue.put_sync(n)
        assert (queue.unfinished, queue.dropped) == (1, 2)


def test_several_threads_finish_items_and_none_is_counted_twice(threadsafe):
    queue = threadsafe.ThreadSafeQueue(50)
    refused = []

    def finishes(count):
        for _ in range(count):
            try:
                queue.task_done()
            except ValueError:
                refused.append(1)

    queue.put_many_sync(range(50))
    other = start_thread(finishes, 30)
    finishes(30)
    other.join()
    assert (queue.unfinished, len(refused)) == (0, 10)


def test_a_thread_is_woken_by_the_last(threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    queue.put_sync(1)
    thread = start_thread(queue.join_sync, 10)
    until_in_line(queue.joiners, 1)
    queue.task_done()
    thread.join()
