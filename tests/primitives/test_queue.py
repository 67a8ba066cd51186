"""Queue and its kinds: CPython's interface, first come first served on both sides, cancels lose nothing."""

import pytest

from support import run


async def settle(core, turns=4):
    for _ in range(turns):
        await core.sleep(0)


async def get_into(queue, log):
    log.append(await queue.get())


@pytest.mark.rp2040
@pytest.mark.parametrize("kind, order", [("Queue", "bac"), ("LifoQueue", "cab"), ("PriorityQueue", "abc")])
def test_the_order_in_which_items_come(core, primitives, kind, order):
    async def main():
        queue = getattr(primitives, kind)()
        for item in "bac":
            await queue.put(item)
        assert queue.qsize() == 3 and not queue.full()
        got = []
        for _ in range(3):
            got.append(await queue.get())
        assert "".join(got) == order
        assert queue.empty() and queue.qsize() == 0

    run(core, main)


def test_at_once_without_yielding(core, primitives):
    async def main():
        log = []

        async def other():
            log.append("ran")

        core.create_task(other())
        queue = primitives.Queue(1)
        await queue.put(1)
        assert queue.full()
        with pytest.raises(primitives.QueueFull):
            queue.put_nowait(2)
        assert await queue.get() == 1
        with pytest.raises(primitives.QueueEmpty):
            queue.get_nowait()
        assert log == []

    run(core, main)


@pytest.mark.rp2040
def test_who_waits_is_served_in_order_of_arrival(core, primitives):
    got, put = [], []

    async def put_and_log(queue, item):
        await queue.put(item)
        put.append(item)

    async def main():
        queue = primitives.Queue(1)
        tasks = []
        for _ in range(3):
            tasks.append(core.create_task(get_into(queue, got)))
        await settle(core)
        for item in range(3):
            await queue.put(item)
        await core.gather(*tasks)
        tasks = [core.create_task(put_and_log(queue, item)) for item in range(4)]
        await settle(core)
        assert put == [0]
        taken = []
        for _ in range(4):
            taken.append(await queue.get())
            await settle(core)
        await core.gather(*tasks)
        assert taken == put == [0, 1, 2, 3]

    run(core, main)
    assert got == [0, 1, 2]


def test_nobody_takes_what_was_promised_to_one_that_waited(core, primitives):
    """Upstream's lets get_nowait steal it."""

    async def main():
        queue, log = primitives.Queue(1), []
        task = core.create_task(get_into(queue, log))
        await settle(core)
        queue.put_nowait("mine")
        assert queue.empty() and queue.qsize() == 0
        with pytest.raises(primitives.QueueEmpty):
            queue.get_nowait()
        late = core.create_task(get_into(queue, log))
        await settle(core)
        queue.put_nowait("late")
        await core.gather(task, late)
        assert log == ["mine", "late"]

        queue.put_nowait(1)
        waiting = core.create_task(queue.put(2))
        await settle(core)
        assert queue.get_nowait() == 1
        assert queue.full()
        with pytest.raises(primitives.QueueFull):
            queue.put_nowait("steals the place")
        await waiting
        assert queue.get_nowait() == 2

    run(core, main)


@pytest.mark.parametrize("woken", [False, True])
def test_a_getter_that_is_cancelled_takes_nothing(core, primitives, woken):
    async def main():
        queue, log = primitives.Queue(), []
        first, second = [core.create_task(get_into(queue, log)) for _ in range(2)]
        await settle(core)
        if woken:
            queue.put_nowait("item")
        first.cancel()
        await settle(core)
        if not woken:
            queue.put_nowait("item")
        await second
        assert log == ["item"] and queue.empty()
        assert isinstance((await core.gather(first, return_exceptions=True))[0], core.CancelledError)

    run(core, main)


@pytest.mark.parametrize("woken", [False, True])
def test_a_putter_that_is_cancelled_puts_nothing(core, primitives, woken):
    async def main():
        queue = primitives.Queue(1)
        queue.put_nowait(0)
        first, second = [core.create_task(queue.put(n)) for n in (1, 2)]
        await settle(core)
        if woken:
            assert queue.get_nowait() == 0
        first.cancel()
        await settle(core)
        if not woken:
            assert queue.get_nowait() == 0
        await second
        assert queue.get_nowait() == 2 and queue.empty()

    run(core, main)


def test_join_waits_for_the_work_on_every_item(core, primitives):
    async def main():
        queue, log = primitives.Queue(), []
        await queue.join()  # nothing to wait for

        async def worker():
            while True:
                item = await queue.get()
                await core.sleep(0)
                log.append(item)
                queue.task_done()

        for item in range(5):
            queue.put_nowait(item)
        task = core.create_task(worker())
        await queue.join()
        assert log == list(range(5))
        with pytest.raises(ValueError, match="more often than items were put"):
            queue.task_done()
        queue.put_nowait(5)
        await queue.join()
        task.cancel()

    run(core, main)


def test_shutdown_lets_what_is_there_be_got_and_sends_the_others_away(core, primitives):
    async def main():
        queue = primitives.Queue(1)
        getter = core.create_task(queue.get())
        await settle(core)
        queue.put_nowait("promised")
        queue.shutdown()
        assert await getter == "promised"
        for call in (queue.get_nowait, lambda: queue.put_nowait(1)):
            with pytest.raises(primitives.QueueShutDown):
                call()
        for aw in (queue.get(), queue.put(1)):
            with pytest.raises(primitives.QueueShutDown):
                await aw

        queue = primitives.Queue(1)
        queue.put_nowait(1)
        putter = core.create_task(queue.put(2))
        await settle(core)
        queue.shutdown()
        with pytest.raises(primitives.QueueShutDown):
            await putter
        assert await queue.get() == 1

        queue = primitives.Queue()
        getter = core.create_task(queue.get())
        await settle(core)
        queue.shutdown()
        with pytest.raises(primitives.QueueShutDown):
            await getter

        queue = primitives.Queue()
        queue.put_nowait(1)
        joining = core.create_task(queue.join())
        await settle(core)
        queue.shutdown(immediate=True)
        await joining
        assert queue.empty()

    run(core, main)


@pytest.mark.parametrize("kind", ["Queue", "RingbufQueue"])
def test_what_put_gives_may_be_given_up_and_awaited_again_and_n_stays_n(core, primitives, kind):
    async def main():
        queue = getattr(primitives, kind)(1)
        queue.put_nowait("first")
        putting = queue.put("second")
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(putting, 2)

        async def again():
            try:
                await putting
            except RuntimeError as error:  # it is a coroutine, as CPython's, where nothing is compiled
                assert "reuse" in str(error)
                await queue.put("second")

        task = core.create_task(again())
        await settle(core)
        assert queue.get_nowait() == "first"
        await task
        assert queue.qsize() == 1 and queue.full()
        assert queue.get_nowait() == "second"
        queue.put_nowait("third")
        with pytest.raises(primitives.QueueFull):
            queue.put_nowait("fourth")

    run(core, main)


@pytest.mark.parametrize("immediate", [False, True])
def test_a_shutdown_takes_promises_back_as_cpythons_does(core, primitives, immediate):
    """CPython's waiters look again when they run: nothing is put any more, and what was dropped is not got."""

    async def main():
        queue = primitives.Queue(1)
        queue.put_nowait(1)
        putter = core.create_task(queue.put(2))
        await settle(core)
        assert queue.get_nowait() == 1
        queue.shutdown(immediate)  # before the putter has its turn
        with pytest.raises(primitives.QueueShutDown):
            await putter
        assert queue.qsize() == 0 and queue.empty()
        with pytest.raises(primitives.QueueShutDown):
            queue.get_nowait()

        queue = primitives.Queue()
        getters = [core.create_task(queue.get()) for _ in range(2)]
        await settle(core)
        for n in range(3):
            queue.put_nowait(n)
        joining = core.create_task(queue.join())
        queue.shutdown(immediate)
        assert queue.qsize() == (0 if immediate else 1)
        for n, getter in enumerate(getters):
            if immediate:
                with pytest.raises(primitives.QueueShutDown):
                    await getter
            else:
                assert await getter == n
        if immediate:
            await joining
        assert queue.qsize() == (0 if immediate else 1)
        joining.cancel()

    run(core, main)


def test_errors_are_index_errors_too_for_code_that_expects_upstreams(primitives):
    assert issubclass(primitives.QueueEmpty, IndexError) and issubclass(primitives.QueueFull, IndexError)


def test_what_is_no_size_is_refused(primitives):
    for kind in (primitives.Queue, primitives.LifoQueue, primitives.PriorityQueue):
        for bad in (1.5, "1", None):
            with pytest.raises(TypeError, match="a whole number"):
                kind(bad)


def test_many_tasks_on_both_sides_lose_nothing(core, primitives):
    got = []

    async def main():
        queue = primitives.Queue(3)

        async def produce(n):
            for i in range(50):
                await queue.put((n, i))

        async def consume():
            while True:
                got.append(await queue.get())

        consumers = [core.create_task(consume()) for _ in range(3)]
        await core.gather(*[produce(n) for n in range(4)])
        await settle(core)
        for task in consumers:
            task.cancel()

    run(core, main)
    assert sorted(got) == [(n, i) for n in range(4) for i in range(50)]
    for n in range(4):
        assert [i for m, i in got if m == n] == list(range(50))


def test_a_long_queue_keeps_its_order_while_it_grows_and_shrinks(core, primitives):
    async def main():
        queue, put, got = primitives.Queue(), 0, 0
        for up, down in ((100, 30), (10, 70), (200, 150), (1, 61)):
            for _ in range(up):
                queue.put_nowait(put)
                put += 1
            for _ in range(down):
                assert queue.get_nowait() == got
                got += 1
            assert queue.qsize() == put - got
        assert queue.empty() and put == 311

    run(core, main)


def test_what_has_no_order_is_refused_and_keeps_nobody_waiting(core, primitives):
    async def main():
        queue = primitives.PriorityQueue(1)
        queue.put_nowait(2)
        first, second = core.create_task(queue.put("text")), core.create_task(queue.put(1))
        await settle(core)
        with pytest.raises(TypeError):
            primitives.PriorityQueue.put_nowait(filled(primitives.PriorityQueue()), "text")
        queue.maxsize = 2  # room for one more, which the next get tells of
        assert queue.get_nowait() == 2
        queue.put_nowait(3)
        with pytest.raises(TypeError):
            await first
        await core.wait_for(second, 5)
        assert queue.get_nowait() == 1 and queue.get_nowait() == 3 and queue.empty()

    run(core, main)


def filled(queue):
    queue.put_nowait(1)
    return queue
