"""Semaphore and BoundedSemaphore: permits go to tasks in order of arrival; none is lost, none is invented."""

import pytest

from support import run


async def settle(core, turns=4):
    for _ in range(turns):
        await core.sleep(0)


both = pytest.mark.parametrize("name", ["Semaphore", "BoundedSemaphore"])


@pytest.mark.rp2040
@both
def test_so_many_tasks_at_a_time_in_order_of_arrival(core, primitives, name):
    log = []

    async def worker(semaphore, n, inside):
        async with semaphore:
            inside.append(n)
            log.append((n, len(inside)))
            await settle(core, 2)
            inside.remove(n)

    async def main():
        kind = getattr(primitives, name)
        inside = []
        semaphore = kind(2)
        await core.gather(*[worker(semaphore, n, inside) for n in range(6)])

    run(core, main)
    assert [n for n, _ in log] == list(range(6))
    assert max(count for _, count in log) == 2


@both
def test_a_free_permit_does_not_yield(core, primitives, name):
    async def main():
        kind = getattr(primitives, name)
        log = []

        async def other():
            log.append("ran")

        core.create_task(other())
        semaphore = kind(1)
        assert not semaphore.locked()
        assert await semaphore.acquire() is True
        assert semaphore.locked()
        semaphore.release()
        async with semaphore as got:
            assert got is semaphore
        assert log == [] and not semaphore.locked()

    run(core, main)


@both
def test_nobody_overtakes_one_that_waits(core, primitives, name):
    """Upstream's lets a late caller take what was released for one that waits."""
    log = []

    async def main():
        kind = getattr(primitives, name)
        semaphore = kind(1)
        await semaphore.acquire()

        async def waits():
            await semaphore.acquire()
            log.append("waited")

        task = core.create_task(waits())
        await settle(core)
        semaphore.release()
        assert semaphore.locked()
        late = core.create_task(semaphore.acquire())
        await settle(core)
        assert log == ["waited"] and not late.done()
        semaphore.release()
        assert await late is True
        await task

    run(core, main)


@both
def test_one_that_is_cancelled_leaves_its_permit_to_the_next(core, primitives, name):
    async def main():
        kind = getattr(primitives, name)
        semaphore = kind(1)
        await semaphore.acquire()
        first, second, third = [core.create_task(semaphore.acquire()) for _ in range(3)]
        await settle(core)
        second.cancel()
        semaphore.release()  # handed to the first, which is cancelled before it runs
        first.cancel()
        assert await third is True
        for task in (first, second):
            with pytest.raises(core.CancelledError):
                await task
        semaphore.release()
        assert not semaphore.locked()
        await semaphore.acquire()

    run(core, main)


@both
def test_a_time_limit_loses_no_permit(core, primitives, name):
    async def main():
        kind = getattr(primitives, name)
        semaphore = kind(1)
        await semaphore.acquire()
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(semaphore.acquire(), 5)
        with pytest.raises(core.TimeoutError):
            async with core.timeout_ms(5):
                async with semaphore:
                    pass
        semaphore.release()
        assert not semaphore.locked()

    run(core, main)


def test_bad_counts(core, primitives):
    for kind in (primitives.Semaphore, primitives.BoundedSemaphore):
        for bad in (-1, 1.5, "1"):
            with pytest.raises(ValueError, match="0 permits or more"):
                kind(bad)
    semaphore = primitives.BoundedSemaphore(1)
    with pytest.raises(ValueError, match="too many"):
        semaphore.release()
    assert not semaphore.locked()
    unbounded = primitives.Semaphore(0)
    assert unbounded.locked()
    unbounded.release()
    assert not unbounded.locked()
