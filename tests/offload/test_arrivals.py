"""Arrivals: each item once and in order, the others have a turn, and whoever is cancelled takes nothing."""

import pytest

from support import run, submodule


def a_source(offload, batches, error=None):
    """A kind of Arrivals that brings `batches` one by one, then raises `error`, if that is not None."""
    arrivals = submodule(offload, "arrivals")

    class Source(arrivals.Arrivals):
        def __init__(self):
            arrivals.Arrivals.__init__(self, [])
            self.left = list(batches)
            self.fills = 0

        async def _fill(self):
            self.fills += 1
            await self.wait()
            if self.left:
                self.here.extend(reversed(self.left.pop(0)))
                return True
            if error is not None:
                raise error
            return False

        async def wait(self):
            pass

    return arrivals.quick(Source)


async def all_of(iteration):
    items = []
    async for item in iteration:
        items.append(item)
    return items


@pytest.mark.rp2040(seeds=1)
def test_every_item_once_and_in_order_however_large_the_batches(core, offload):
    async def main():
        for sizes in ([], [0], [1], [3, 0, 0, 2], [15, 16, 17], [63, 64, 65], [200]):
            batches, first = [], 0
            for size in sizes:
                batches.append(list(range(first, first + size)))
                first += size
            source = a_source(offload, batches)()
            assert await all_of(source) == list(range(first)), sizes
            assert await all_of(source) == []
            assert source.fills == len(sizes) + 2

    run(core, main)


def test_items_that_are_false_or_errors_are_items(core, offload):
    items = [None, False, 0, StopIteration(1), StopAsyncIteration(), ValueError, (), (1,)]
    source = a_source(offload, [items])()
    assert run(core, all_of, source) == items


def test_others_have_a_turn_though_the_next_item_is_there_already(core, offload):
    turn = submodule(core, "shared").TURN
    source = a_source(offload, [range(10 * turn + 5)])()
    turns = []

    async def other():
        while True:
            turns.append(0)
            await core.sleep(0)

    async def main():
        task = core.create_task(other())
        async for _ in source:
            if turns:
                turns[-1] += 1
        task.cancel()

    run(core, main)
    assert len(turns) >= 10
    assert max(turns) <= turn


def test_what_goes_wrong_is_raised_after_the_items_that_came(core, offload):
    source = a_source(offload, [[1, 2]], ValueError("wrong"))()
    items = []

    async def main():
        async for item in source:
            items.append(item)

    with pytest.raises(ValueError, match="wrong"):
        run(core, main)
    assert items == [1, 2]


def test_cancelled_before_it_begins_it_takes_no_item(core, offload):
    source = a_source(offload, [[1, 2, 3]])()

    async def main():
        assert await source.__anext__() == 1
        task = core.create_task(source.__anext__())
        task.cancel()
        await core.gather(task, return_exceptions=True)
        return await source.__anext__()

    assert run(core, main) == 2


def test_cancelled_as_it_waits_it_takes_no_item(core, offload):
    class Slow(a_source(offload, [[1, 2, 3]])):
        waits = 1

        async def wait(self):
            while self.waits:
                await core.sleep(0)

    source = Slow()

    async def main():
        task = core.create_task(source.__anext__())
        await core.sleep(0)
        await core.sleep(0)
        assert source.fills == 1 and not task.done()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        source.waits = 0
        return await all_of(source)

    assert run(core, main) == [1, 2, 3]


def test_cancelled_in_the_turn_of_the_others_it_takes_no_item(core, offload):
    turn = submodule(core, "shared").TURN
    source = a_source(offload, [range(2 * turn)])()

    async def main():
        for _ in range(turn):
            await source.__anext__()
        task = core.create_task(source.__anext__())
        await core.sleep(0)
        task.cancel()
        await core.gather(task, return_exceptions=True)
        assert len(source.here) == turn
        return await source.__anext__()

    assert run(core, main) == turn


def test_steps_made_before_any_is_awaited_get_one_item_each(core, offload):
    source = a_source(offload, [[1, 2, 3], [4]])()

    async def main():
        assert await source.__anext__() == 1
        second, third, fourth = [source.__anext__() for _ in range(3)]
        assert await third == 2
        assert await second == 3
        assert await fourth == 4
        with pytest.raises(StopAsyncIteration):
            await source.__anext__()

    run(core, main)


@pytest.mark.cpython
def test_a_step_can_do_what_a_coroutine_can(core, offload):
    from collections.abc import Coroutine

    source = a_source(offload, [[1, 2, 3, 4]])()

    async def main():
        assert await anext(source, "none") == 1
        assert await core.wait_for(source.__anext__(), 5) == 2
        closed = source.__anext__()
        assert isinstance(closed, Coroutine)
        closed.close()
        with pytest.raises(RuntimeError, match="already awaited"):
            await closed
        thrown = source.__anext__()
        with pytest.raises(KeyError):
            thrown.throw(KeyError("x"))
        with pytest.raises(RuntimeError, match="already awaited"):
            await thrown
        step = source.__anext__()
        assert await step == 3
        with pytest.raises(RuntimeError, match="already awaited"):
            await step
        assert await source.__anext__() == 4
        assert await anext(source, "none") == "none"

    run(core, main)


@pytest.mark.cpython
def test_a_step_that_waits_can_be_thrown_at_and_closed(core, offload):
    class Waiting(a_source(offload, [])):
        seen = None

        async def wait(self):
            try:
                await core.sleep(0)
            except BaseException as error:
                self.seen = type(error)
                raise

    source = Waiting()
    step = source.__anext__()
    assert step.send(None) is None
    with pytest.raises(KeyError):
        step.throw(KeyError("x"))
    assert source.seen is KeyError
    step = source.__anext__()
    step.send(None)
    step.close()
    assert source.seen is GeneratorExit
    step.close()


@pytest.mark.cpython
def test_tasks_of_asyncio_iterate_and_have_turns(core, offload):
    import asyncio

    turn = submodule(core, "shared").TURN
    turns = []

    async def other():
        while True:
            turns.append(0)
            await asyncio.sleep(0)

    async def main():
        source = a_source(offload, [[-1], range(11 * turn)])()
        task = asyncio.create_task(other())
        items = []
        async for item in source:
            items.append(item)
            if turns:
                turns[-1] += 1
        task.cancel()
        source = a_source(offload, [[1, 2]])()
        assert await asyncio.create_task(source.__anext__()) == 1
        assert await asyncio.gather(source.__anext__(), anext(source, "none")) == [2, "none"]
        return items

    assert asyncio.run(main()) == list(range(-1, 11 * turn))
    assert len(turns) >= 10
    assert max(turns) <= turn + 1


@pytest.mark.cpython
def test_it_goes_when_it_is_dropped(core, offload):
    gone = []

    class Dropped(a_source(offload, [range(10)])):
        def __del__(self):
            gone.append(len(self.here))

    async def main():
        async for item in Dropped():
            if item == 3:
                break
        return list(gone)

    assert run(core, main) == [6]


def test_a_class_with_a_step_of_its_own_is_not_quickened(offload, variant):
    arrivals = submodule(offload, "arrivals")

    class Own(arrivals.Arrivals):
        async def __anext__(self):
            return 1

    if variant == "compiled":
        for cls in (Own, list):
            with pytest.raises(TypeError, match="no __anext__ of its own"):
                arrivals.quick(cls)
    else:
        assert arrivals.quick(Own) is Own
