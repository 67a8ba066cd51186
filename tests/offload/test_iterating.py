"""iterate: every item once and in order, fetched by a thread no faster than wanted; closed however the reader ends."""

import pytest

from support import CPYTHON, run, sleep_ms


class Source:
    """Makes generators; knows how far they came and how they ended."""

    def __init__(self, count, ms=0, error=None):
        self.count = count
        self.ms = ms
        self.error = error
        self.made = 0
        self.closed = 0

    def __call__(self, first=0):
        try:
            for n in range(first, first + self.count):
                if self.ms:
                    sleep_ms(self.ms)
                self.made += 1
                yield n
            if self.error is not None:
                raise self.error
        finally:
            self.closed += 1


async def all_of(iteration):
    items = []
    async for item in iteration:
        items.append(item)
    return items


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(6):
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("ahead", [0, 1, 3])
@pytest.mark.parametrize("batch", [1, 7, 100])
def test_every_item_once_and_in_order(core, offload, batch, ahead):
    source = Source(50)
    assert run(core, lambda: all_of(offload.iterate(source, 10, batch=batch, ahead=ahead))) == list(range(10, 60))
    assert source.closed == 1


@pytest.mark.parametrize("iterable", ["abc", (1, 2), [3], []])
def test_any_iterable_will_do(core, offload, iterable):
    assert run(core, lambda: all_of(offload.iterate(iterable))) == list(iterable)


def test_it_stays_on_the_thread_of_a_worker(core, threadsafe, offload):
    from _thread import get_ident

    def idents():
        for _ in range(20):
            yield get_ident()

    async def main():
        async with offload.Worker() as worker:
            own = await worker.assign(get_ident)
            assert set(await all_of(offload.iterate(idents, batch=3, pool=worker))) == {own}

    run(core, main)


def test_no_more_is_fetched_than_was_asked_for(core, offload):
    source = Source(1000)

    async def main():
        async with offload.iterate(source, batch=5, ahead=2) as rows:
            assert await rows.__anext__() == 0
            await core.sleep_ms(30)
            assert source.made == 15, "a batch, and two ahead"
            for _ in range(4):
                await rows.__anext__()
            await core.sleep_ms(30)
            assert source.made == 15

    run(core, main)
    assert source.closed == 1


def test_a_slow_source_s_items_come_one_by_one(core, offload):
    source = Source(5, ms=20)

    async def main():
        async with offload.iterate(source, batch=100) as rows:
            assert await rows.__anext__() == 0
            assert source.made < 3
            return await all_of(rows)

    assert run(core, main) == [1, 2, 3, 4]


def test_the_scheduler_goes_on_meanwhile(core, offload):
    beats = []

    async def heart():
        while True:
            beats.append(1)
            await core.sleep_ms(1)

    async def main():
        task = core.create_task(heart())
        await all_of(offload.iterate(Source(5, ms=10)))
        task.cancel()

    run(core, main)
    assert len(beats) > 10


@pytest.mark.rp2040(seeds=1)
def test_an_error_comes_after_the_items_before_it(core, offload):
    async def main():
        rows = offload.iterate(Source(7, error=ValueError("torn")), batch=3)
        items = []
        with pytest.raises(ValueError, match="torn"):
            async for item in rows:
                items.append(item)
        assert items == list(range(7))
        assert await all_of(rows) == [], "it has ended"

    run(core, main)


def test_a_stop_iteration_from_the_source_s_function_hangs_nobody(core, offload):
    def source():
        raise StopIteration("odd")

    async def main():
        return await all_of(offload.iterate(source))

    assert run(core, main) == []


def test_what_is_left_early_is_closed_on_a_thread(core, threadsafe, offload):
    from _thread import get_ident

    closed = []

    def source():
        try:
            while True:
                yield 1
        finally:
            closed.append(get_ident())

    async def main():
        async with offload.Worker() as worker:
            async with offload.iterate(source, pool=worker) as rows:
                async for _ in rows:
                    break
            assert closed == [await worker.assign(get_ident)]
            assert await all_of(rows) == []
            await rows.aclose()

    run(core, main)


def test_a_source_that_is_never_waited_for_does_not_keep_other_tasks_from_running(core, offload):
    steps = []

    async def other():
        while True:
            steps.append(1)
            await core.sleep(0)

    async def main():
        task = core.create_task(other())
        assert len(await all_of(offload.iterate(range(3000), batch=10))) == 3000
        task.cancel()

    run(core, main)
    assert len(steps) > 100


@pytest.mark.cpython
@pytest.mark.parametrize("ahead", [0, 1])
def test_what_is_left_without_closing_is_closed_all_the_same(core, offload, ahead):
    source = Source(1000)

    async def main():
        async with offload.Worker() as worker:
            async for _ in offload.iterate(source, pool=worker, ahead=ahead):
                break
            await worker.assign(max, 1, 2)
            assert source.closed == 1

    run(core, main)


def test_an_iterator_that_was_given_is_not_closed(core, offload):
    source = Source(100)
    generator = source()

    async def main():
        async with offload.iterate(generator, batch=2, ahead=0) as rows:
            return await rows.__anext__()

    assert run(core, main) == 0
    assert source.closed == 0 and next(generator) == 2


def test_a_cancel_at_the_moment_at_which_a_batch_is_there_loses_none_of_it(core, offload):
    source = Source(8, ms=5)

    async def main():
        rows = offload.iterate(source, batch=4, ahead=0)

        async def first():
            return await rows.__anext__()

        task = core.create_task(first())
        while rows._job is None or task.data is not rows._job:
            await core.sleep_ms(0)
        while not rows._job.ended():  # this loop does not hear of it before the cancel
            sleep_ms(1)
        task.cancel()
        await core.gather(task, return_exceptions=True)
        items = []
        async for item in rows:
            items.append(item)
        return items

    assert run(core, main) == list(range(8))


def test_a_cancel_loses_no_item(core, offload):
    source = Source(40, ms=2)

    async def main():
        rows = offload.iterate(source, batch=4)
        items = []

        async def read():
            async for item in rows:
                items.append(item)

        for n in range(10):
            task = core.create_task(read())
            await core.sleep_ms(n)
            task.cancel()
            await core.gather(task, return_exceptions=True)
        await read()
        return items

    assert run(core, main) == list(range(40))


def test_closing_waits_for_the_thread_and_is_not_cut_short(core, threadsafe, offload):
    entered, opened = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()
    log = []

    def source():
        try:
            yield 1
            entered.set()
            opened.wait_sync(10)
            yield 2
        finally:
            log.append("closed")

    async def main():
        rows = offload.iterate(source, batch=1)
        await rows.__anext__()
        await entered.wait()  # the next is being fetched
        closing = core.create_task(rows.aclose())
        await settle(core)
        closing.cancel()
        await settle(core)
        assert not closing.done()
        opened.set()
        with pytest.raises(core.CancelledError):
            await closing
        assert log == ["closed"]

    run(core, main)


def test_a_closed_worker_says_so(core, offload):
    async def main():
        worker = offload.Worker()
        rows = offload.iterate(Source(10), pool=worker)
        await worker.close()
        with pytest.raises(offload.WorkerClosed):
            await rows.__anext__()

    run(core, main)


@pytest.mark.parametrize("options", [{"batch": 0}, {"batch": 1.5}, {"ahead": -1}, {"ahead": "a"}])
def test_a_batch_that_can_t_be_is_refused(offload, options):
    with pytest.raises(ValueError, match=sorted(options)[0]):
        offload.iterate(Source(1), **options)


def test_what_is_no_iterable_is_refused(offload):
    if CPYTHON:
        with pytest.raises(TypeError, match="iterable"):
            offload.iterate(5)
    with pytest.raises(TypeError, match="iterable"):
        offload.iterate([1], 2)


@pytest.mark.cpython
def test_context_variables_travel_and_stay(core, offload):
    from contextvars import ContextVar

    name = ContextVar("name")

    def source():
        for n in range(6):
            name.set(name.get() + str(n))
            yield name.get()

    async def main():
        name.set("a")
        assert (await all_of(offload.iterate(source, batch=2)))[-1] == "a012345"
        assert name.get() == "a"

    assert CPYTHON
    run(core, main)
