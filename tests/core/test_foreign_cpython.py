"""Tasks of asyncio and uvloop await what is made for ours: queues, events, messages, jobs of a worker."""

import asyncio
import os
import threading

import pytest

from twincore.core.shared import TURN

from support import run as run_twincore

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request):
    """`run(main)`: the coroutine function `main` in a new loop of the kind."""
    if request.param == "asyncio":
        return lambda main: asyncio.run(main())
    uvloop = pytest.importorskip("uvloop")

    def in_uvloop(main):
        loop = uvloop.new_event_loop()
        try:
            return loop.run_until_complete(main())
        finally:
            loop.close()

    return in_uvloop


def in_thread(fn, *args):
    thread = threading.Thread(target=fn, args=args)
    thread.start()
    return thread


async def turns(count=3):
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_queue_between_a_thread_and_a_task_of_asyncio_both_ways(run, threadsafe):
    there, back = threadsafe.ThreadSafeQueue(2), threadsafe.ThreadSafeQueue(2)

    def echo():
        try:
            while True:
                back.put_sync(there.get_sync(timeout=10), timeout=10)
        except threadsafe.QueueClosed:
            back.close()

    async def feed():
        for n in range(300):
            await there.put(n)
        there.close()

    async def main():
        feeding = asyncio.create_task(feed())
        got = [item async for item in back]
        await feeding
        return got

    thread = in_thread(echo)
    assert run(main) == list(range(300))
    thread.join()


def test_one_object_for_tasks_of_both_kinds_and_a_thread_at_the_same_time(run, core, threadsafe):
    queue, event, log = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeEvent(), []

    async def ours():
        await event.wait()
        async for item in queue:
            log.append(item)
            await core.sleep(0)

    def waits():
        event.wait_sync(10)
        try:
            while True:
                log.append(queue.get_sync(timeout=10))
        except threadsafe.QueueClosed:
            pass

    async def main():
        async def get():
            await event.wait()
            async for item in queue:
                log.append(item)

        getting = asyncio.create_task(get())
        await asyncio.sleep(0.01)
        event.set()
        for n in range(300):
            await queue.put(n)
        queue.close()
        await getting

    threads = [in_thread(run_twincore, core, ours), in_thread(waits)]
    run(main)
    for thread in threads:
        thread.join()
    assert sorted(log) == list(range(300))


def test_waiters_are_served_in_order_of_arrival(run, threadsafe):
    queue, log = threadsafe.ThreadSafeQueue(9), []

    async def main():
        async def get(n):
            log.append((n, await queue.get()))

        for number in range(TURN):  # one wait of so many gives other tasks a turn, whichever it is
            tasks = [asyncio.create_task(get(n)) for n in range(3)]
            await turns()
            for item in "abc":
                queue.put_sync(item)
            await asyncio.gather(*tasks)
            assert log == [(0, "a"), (1, "b"), (2, "c")], number
            log.clear()

    run(main)


@pytest.mark.parametrize("pause", range(5))
def test_a_waiter_that_is_cancelled_just_as_it_is_woken_passes_it_on(run, threadsafe, pause):
    queue = threadsafe.ThreadSafeQueue(9)

    async def main():
        first, second = [asyncio.ensure_future(queue.get()) for _ in range(2)]
        await turns()
        queue.put_sync("item")
        await turns(pause)
        first.cancel()
        await asyncio.wait([first])
        if first.cancelled():
            assert await asyncio.wait_for(second, 5) == "item"
        else:
            assert first.result() == "item"
            second.cancel()

    run(main)
    assert queue.empty() and not queue.getters.any()


def test_a_time_limit_and_the_first_of_several(run, core, threadsafe):
    queue, event = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeEvent()

    async def timed(limit):
        with pytest.raises(core.TimeoutError):
            await queue.get(timeout=limit)
        return limit

    async def main():
        order = []
        for first in asyncio.as_completed([timed(limit) for limit in (0.03, 0.01, 0.02, 0)]):
            order.append(await first)
        assert order == [0, 0.01, 0.02, 0.03]
        await queue.put(1)
        with pytest.raises(core.TimeoutError):
            await queue.put(2, timeout=0.001)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(event.wait(), 0.001)
        assert await queue.get(timeout=5) == 1

    run(main)
    assert not queue.getters.any() and not queue.putters.any() and not event._line.any()


def test_an_event_and_a_message_wake_all(run, threadsafe):
    event, message = threadsafe.ThreadSafeEvent(), threadsafe.Message()

    async def main():
        waits = [asyncio.ensure_future(each.wait()) for each in (event, message, event)]
        await turns()
        event.set()
        event.clear()
        thread = in_thread(message.set, "told")
        assert await asyncio.gather(*waits) == [True, "told", True]
        thread.join()
        got = []

        async def read():
            async for value in message:
                got.append(value)
                if value == 3:
                    return

        reading = asyncio.create_task(read())
        for n in (1, 2, 3):
            await turns()
            message.set(n)
        await reading
        assert got == ["told", 1, 2, 3]

    run(main)


def test_a_worker_serves_asyncio(run, offload):
    def add(a, b):
        return a + b

    def fail():
        raise ValueError("no")

    async def main():
        worker = offload.Worker()
        assert await asyncio.gather(*[worker.assign(add, n, 1) for n in range(5)]) == [1, 2, 3, 4, 5]
        with pytest.raises(ValueError, match="no"):
            await worker.assign(fail)
        await worker.close()

    run(main)


def test_a_thread_that_runs_a_loop_of_asyncio_is_not_blocked(run, core, threadsafe):
    async def main():
        with pytest.raises(core.WrongContextError):
            threadsafe.ThreadSafeQueue(1).get_sync(timeout=1)
        with pytest.raises(core.WrongContextError):
            threadsafe.ThreadSafeEvent().wait_sync(1)

    run(main)


def test_loops_that_have_ended_leave_nothing_and_their_rings_harm_nobody(run, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        waiting = asyncio.ensure_future(event.wait())
        await turns()
        waiting.cancel()
        queue = threadsafe.ThreadSafeQueue(1)
        thread = in_thread(queue.put_sync, 1)
        assert await queue.get() == 1
        thread.join()

    run(main)
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    for _ in range(5):
        run(main)
        event.set()
        event.clear()
    if before:
        import gc

        gc.collect()
        assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_without_any_loop_there_is_an_error_that_says_so(threadsafe):
    async def main():
        await threadsafe.ThreadSafeQueue(1).get()

    coro = main()
    with pytest.raises(RuntimeError, match="no loop is running"):
        coro.send(None)
