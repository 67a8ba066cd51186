"""Barrier: upstream's interface and CPython's; a cancelled participant no longer counts."""

import pytest

from support import run


async def settle(core, turns=4):
    for _ in range(turns):
        await core.sleep(0)


@pytest.mark.rp2040
def test_tasks_meet_again_and_again(core, primitives):
    log = []

    async def main():
        barrier = primitives.Barrier(3)

        async def walk(n):
            for lap in range(3):
                for _ in range(n):
                    await core.sleep(0)
                log.append(lap)
                await barrier

        await core.gather(*[walk(n) for n in range(3)])
        assert not barrier.busy()

    run(core, main)
    assert log == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_cpythons_interface(core, primitives):
    async def main():
        barrier, numbers = primitives.Barrier(2), []

        async def come():
            numbers.append(await barrier.wait())

        first = core.create_task(come())
        await settle(core)
        assert barrier.n_waiting == 1 and barrier.parties == 2 and barrier.busy()
        async with barrier as number:
            numbers.append(number)
        await first
        assert sorted(numbers) == [0, 1] and barrier.n_waiting == 0 and not barrier.broken

    run(core, main)


def test_the_last_that_comes_calls_the_function_before_anybody_goes_on(core, primitives):
    log = []

    async def later(*args):
        log.append(args)
        return "returned"

    async def main():
        barrier = primitives.Barrier(2, lambda *args: log.append(args), (1, 2))
        task = core.create_task(barrier.wait())
        await settle(core)
        assert log == []
        await barrier
        assert log == [(1, 2)] and barrier.result() is None
        await task
        barrier = primitives.Barrier(1, later, (3,))
        await barrier
        assert await barrier.result() == "returned"

    run(core, main)
    assert log == [(1, 2), (3,)]


def test_trigger_comes_without_waiting(core, primitives):
    async def main():
        barrier = primitives.Barrier(2)
        assert barrier.trigger() is False and barrier.busy()
        await barrier.wait()
        task = core.create_task(barrier.wait())
        await settle(core)
        assert barrier.trigger() is True
        await task

    run(core, main)


def test_one_that_is_cancelled_does_not_count(core, primitives):
    """Upstream's next lone task would pass."""

    async def main():
        barrier = primitives.Barrier(2)
        gone = core.create_task(barrier.wait())
        await settle(core)
        gone.cancel()
        await settle(core)
        lone = core.create_task(barrier.wait())
        await settle(core)
        assert not lone.done() and barrier.n_waiting == 1
        late = core.create_task(barrier.wait())
        await settle(core, 1)
        late.cancel()  # all have met: the others go on
        await lone
        assert not barrier.busy()

    run(core, main)


def test_abort_and_reset(core, primitives):
    async def main():
        barrier = primitives.Barrier(2)
        task = core.create_task(barrier.wait())
        await settle(core)
        barrier.reset()
        with pytest.raises(primitives.BrokenBarrierError):
            await task
        assert not barrier.broken
        task = core.create_task(barrier.wait())
        await settle(core)
        barrier.abort()
        assert barrier.broken
        for aw in (task, barrier.wait()):
            with pytest.raises(primitives.BrokenBarrierError):
                await aw
        with pytest.raises(primitives.BrokenBarrierError):
            barrier.trigger()
        barrier.reset()
        await core.gather(barrier.wait(), barrier.wait())

    run(core, main)


def test_abort_and_reset_may_be_awaited_as_cpythons(core, primitives):
    async def main():
        barrier = primitives.Barrier(2)
        for method, broken in (("reset", False), ("abort", True)):
            task = core.create_task(barrier.wait())
            await settle(core)
            assert await getattr(barrier, method)() is None
            assert barrier.broken is broken
            with pytest.raises(primitives.BrokenBarrierError):
                await task

    run(core, main)


def test_a_function_that_fails_breaks_it_and_nobody_hangs(core, primitives):
    async def main():
        barrier = primitives.Barrier(2, lambda: 1 // 0)
        task = core.create_task(barrier.wait())
        await settle(core)
        with pytest.raises(ZeroDivisionError):
            await barrier.wait()
        with pytest.raises(primitives.BrokenBarrierError):
            await task

    run(core, main)


def test_a_barrier_for_nobody_is_refused(primitives):
    for bad in (0, -1, 2.5, "2"):
        with pytest.raises(ValueError, match="1 participant or more"):
            primitives.Barrier(bad)
    with pytest.raises(TypeError, match="to be called is"):
        primitives.Barrier(2, 3)
    with pytest.raises(TypeError, match="are a tuple"):
        primitives.Barrier(2, print, 3)


def test_what_wait_gives_comes_as_often_as_it_is_awaited(core, primitives):
    log = []

    async def main():
        barrier = primitives.Barrier(2)

        async def come():
            waiting = barrier.wait()
            for n in range(3):
                await waiting
                log.append(n)

        task = core.create_task(come())
        for n in range(3):
            await core.sleep_ms(1)
            assert log == list(range(n)) and barrier.n_waiting == 1
            await barrier
        await task

    run(core, main)
