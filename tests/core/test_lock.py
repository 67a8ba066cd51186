"""Lock: one task at a time, handed over in order of arrival."""

import pytest

from support import run, start_thread


def holders(core, lock, log, names):
    async def holder(name):
        async with lock:
            log.append(name)
            await core.sleep(0)
            log.append(name)

    return [core.create_task(holder(name)) for name in names]


@pytest.mark.rp2040
def test_one_task_at_a_time_holds_it_in_order_of_arrival(core):
    log = []

    async def main():
        await core.gather(*holders(core, core.Lock(), log, "bca"))

    run(core, main)
    assert "".join(log) == "bbccaa"


def test_acquire_gives_true_and_does_not_yield_if_it_is_free(core):
    log = []

    async def other():
        log.append("other ran")

    async def main():
        lock = core.Lock()
        core.create_task(other())
        assert lock.locked() is False
        assert await lock.acquire() is True
        assert lock.locked() is True
        lock.release()
        assert lock.locked() is False
        assert log == []

    run(core, main)


def test_the_lock_is_released_when_its_block_raises(core):
    async def main():
        lock = core.Lock()
        with pytest.raises(ValueError):
            async with lock:
                raise ValueError
        assert not lock.locked()
        async with lock as got:
            assert got is True

    run(core, main)


def test_releasing_what_is_not_locked_is_an_error(core):
    async def main():
        lock = core.Lock()
        with pytest.raises(RuntimeError, match="Lock not acquired"):
            lock.release()
        await lock.acquire()
        lock.release()
        with pytest.raises(RuntimeError, match="Lock not acquired"):
            lock.release()

    run(core, main)


def test_while_it_is_handed_over_it_is_locked_and_nobody_else_can_take_or_release_it(core):
    """Defect 36: upstream's locked() is False then."""
    log = []

    async def main():
        lock = core.Lock()
        await lock.acquire()
        tasks = holders(core, lock, log, "a")
        await core.sleep(0)
        lock.release()
        assert lock.locked()
        with pytest.raises(RuntimeError, match="Lock not acquired"):
            lock.release()
        tasks += holders(core, lock, log, "b")
        await core.gather(*tasks)
        assert not lock.locked()

    run(core, main)
    assert "".join(log) == "aabb"


def test_a_task_cannot_take_it_again_ahead_of_those_who_wait(core):
    log = []

    async def greedy(lock):
        for _ in range(2):
            async with lock:
                log.append("greedy")
                await core.sleep(0)

    async def main():
        lock = core.Lock()
        task = core.create_task(greedy(lock))
        await core.gather(task, *holders(core, lock, log, "a"))

    run(core, main)
    assert log == ["greedy", "a", "a", "greedy"]


def test_a_waiter_that_is_cancelled_leaves_the_line(core):
    log = []

    async def main():
        lock = core.Lock()
        await lock.acquire()
        tasks = holders(core, lock, log, "abc")
        await core.sleep(0)
        tasks[1].cancel()
        lock.release()
        results = await core.gather(*tasks, return_exceptions=True)
        assert isinstance(results[1], core.CancelledError)
        assert not lock.locked()

    run(core, main)
    assert "".join(log) == "aacc"


@pytest.mark.rp2040(seeds=1)
def test_a_task_cancelled_just_after_it_was_handed_the_lock_passes_it_on(core):
    log = []

    async def main():
        lock = core.Lock()
        await lock.acquire()
        tasks = holders(core, lock, log, "ab")
        await core.sleep(0)
        lock.release()
        tasks[0].cancel()
        assert lock.locked()
        results = await core.gather(*tasks, return_exceptions=True)
        assert isinstance(results[0], core.CancelledError)
        assert not lock.locked()

    run(core, main)
    assert "".join(log) == "bb"


def test_when_all_that_were_handed_it_are_cancelled_it_is_free(core):
    async def main():
        lock = core.Lock()
        await lock.acquire()
        tasks = holders(core, lock, [], "abc")
        await core.sleep(0)
        lock.release()
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert not lock.locked()
        await core.wait_for(lock.acquire(), 1)

    run(core, main)


def test_a_wait_with_a_timeout_leaves_the_lock_to_the_next(core):
    async def main():
        lock = core.Lock()
        await lock.acquire()
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(lock.acquire(), 2)
        lock.release()
        assert not lock.locked()
        assert await core.wait_for_ms(lock.acquire(), 2) is True

    run(core, main)


def test_a_loop_that_is_dropped_releases_its_locks(core):
    lock = core.Lock()

    async def main():
        holders(core, lock, [], "ab")
        await core.sleep(0)
        assert lock.locked()

    run(core, main)
    assert not lock.locked()


def test_a_thread_that_releases_it_is_refused(core):
    async def main():
        lock = core.Lock()
        await lock.acquire()
        tasks = holders(core, lock, [], "a")
        await core.sleep(0)
        with pytest.raises(core.WrongContextError, match="threadsafe"):
            start_thread(lock.release).join()
        assert lock.locked()
        lock.release()
        await core.gather(*tasks)

    run(core, main)
