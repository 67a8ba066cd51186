"""Condition: woken in order of arrival, with the lock; a notification is never lost with whoever is cancelled."""

import pytest

from support import run


async def settle(core, turns=6):
    for _ in range(turns):
        await core.sleep(0)


@pytest.mark.rp2040
def test_waiters_are_notified_in_order_of_arrival(core, primitives):
    """Upstream's wakes the last first."""
    log = []

    async def main():
        condition = primitives.Condition()

        async def waits(n):
            async with condition:
                assert await condition.wait() is True
                assert condition.locked()
                log.append(n)

        tasks = [core.create_task(waits(n)) for n in range(5)]
        await settle(core)
        async with condition:
            condition.notify(2)
            assert log == []
        await settle(core)
        assert log == [0, 1]
        async with condition:
            condition.notify_all()
        await core.gather(*tasks)
        assert not condition.locked()

    run(core, main)
    assert log == [0, 1, 2, 3, 4]


def test_wait_for_a_predicate(core, primitives):
    async def main():
        condition, stock = primitives.Condition(), []

        async def takes():
            async with condition:
                assert await condition.wait_for(lambda: len(stock) > 1 and "enough") == "enough"

        task = core.create_task(takes())
        for item in range(2):
            await settle(core)
            assert not task.done()
            async with condition:
                stock.append(item)
                condition.notify()
        await task

    run(core, main)


def test_upstreams_spelling(core, primitives):
    async def main():
        condition = primitives.Condition()
        with await condition:
            assert condition.locked()
        assert not condition.locked()
        await condition.acquire()
        condition.release()

    run(core, main)


def test_without_the_lock_it_says_what_to_do(core, primitives):
    async def main():
        condition = primitives.Condition()
        for call in (condition.notify, condition.notify_all):
            with pytest.raises(RuntimeError, match="acquire the lock first"):
                call()
        with pytest.raises(RuntimeError, match="acquire the lock first"):
            await condition.wait()
        async with condition:
            with pytest.raises(TypeError, match="a whole number"):
                condition.notify("2")

    run(core, main)


def test_what_is_no_lock_is_refused(primitives):
    with pytest.raises(TypeError, match="is a Lock of"):
        primitives.Condition(5)


def test_one_lock_for_two_conditions(core, primitives):
    async def main():
        lock, log = core.Lock(), []
        full, empty = primitives.Condition(lock), primitives.Condition(lock)

        async def waits(condition, name):
            async with condition:
                await condition.wait()
                log.append(name)

        tasks = [core.create_task(waits(full, "full")), core.create_task(waits(empty, "empty"))]
        await settle(core)
        async with empty:
            empty.notify()
        await settle(core)
        assert log == ["empty"]
        async with full:
            full.notify()
        await core.gather(*tasks)

    run(core, main)


@pytest.mark.parametrize("when", ["waiting", "notified", "handed the lock"])
def test_one_that_is_cancelled_has_the_lock_and_passes_its_notification_on(core, primitives, when):
    """Upstream's stays in the line and swallows a notification, and raises RuntimeError in place of CancelledError."""
    log = []

    async def main():
        condition = primitives.Condition()

        async def waits(n):
            async with condition:
                try:
                    await condition.wait()
                    log.append(n)
                except core.CancelledError:
                    log.append((n, "cancelled", condition.locked()))
                    raise

        first, second = core.create_task(waits(1)), core.create_task(waits(2))
        await settle(core)
        if when == "waiting":
            first.cancel()
        async with condition:
            condition.notify()
            if when == "notified":
                first.cancel()
        if when == "handed the lock":
            first.cancel()
        await core.gather(first, second, return_exceptions=True)
        assert not condition.locked()

    run(core, main)
    if when == "waiting":
        assert sorted(log, key=str) == [(1, "cancelled", True), 2]
    else:
        assert log == [(1, "cancelled", True), 2]


def test_one_that_is_cancelled_twice_has_the_lock_all_the_same(core, primitives):
    async def main():
        condition, log = primitives.Condition(), []

        async def waits():
            async with condition:
                try:
                    await condition.wait()
                finally:
                    log.append(condition.locked())

        task = core.create_task(waits())
        await settle(core)
        async with condition:
            task.cancel()
            await settle(core)
            task.cancel()
            await settle(core)
            assert log == []
        with pytest.raises(core.CancelledError):
            await task
        assert log == [True] and not condition.locked()

    run(core, main)


def test_a_time_limit(core, primitives):
    async def main():
        condition = primitives.Condition()
        async with condition:
            with pytest.raises(core.TimeoutError):
                await core.wait_for_ms(condition.wait(), 5)
            assert condition.locked()
            condition.notify()  # nobody is left to hear it
        assert not condition.locked()

    run(core, main)
