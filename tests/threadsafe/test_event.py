"""ThreadSafeEvent: set in any context; every task and thread that waits goes on, and nobody waits on what is set."""

import pytest

from support import run, start_thread, ticks_diff, ticks_ms, until_in_line


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


async def wait_and_log(event, log, name):
    assert await event.wait() is True
    log.append(name)


@pytest.mark.rp2040(seeds=1)
def test_it_is_set_from_set_to_clear(threadsafe):
    """Defect 10: upstream's is_set is false until some waiter has run."""
    event = threadsafe.ThreadSafeEvent()
    assert event.is_set() is False
    event.set()
    assert event.is_set() is True
    event.set()
    event.clear()
    assert event.is_set() is False


def test_a_late_waiter_does_not_wait_nor_yield(core, threadsafe):
    """Defect 9: upstream's wait blocks after the first waiter has consumed the flag, though is_set() is true."""
    event = threadsafe.ThreadSafeEvent()
    others = []

    async def other():
        others.append(1)

    async def main():
        event.set()
        core.create_task(other())
        for _ in range(3):
            assert await event.wait() is True
        assert others == []
        assert event.wait_sync() is True

    run(core, main)


def test_a_cleared_event_is_waited_for(core, threadsafe):
    """Defect 10: upstream's clear leaves the inner flag set, so set(); clear(); wait() returns at once."""
    event = threadsafe.ThreadSafeEvent()

    async def main():
        event.set()
        event.clear()
        with pytest.raises(core.TimeoutError):
            await core.wait_for(event.wait(), 0.005)

    run(core, main)


@pytest.mark.rp2040
def test_a_thread_sets_it_and_an_idle_loop_s_task_goes_on(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        for _ in range(5):
            thread = start_thread(event.set)
            await event.wait()
            event.clear()
            thread.join()

    run(core, main, limit=None)


@pytest.mark.rp2040
def test_all_who_wait_are_woken_in_the_order_they_came(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()
    log = []

    async def main():
        tasks = [core.create_task(wait_and_log(event, log, name)) for name in "abcde"]
        await settle(core)
        thread = start_thread(event.set)
        for task in tasks:
            await task
        thread.join()

    run(core, main, limit=None)
    assert log == list("abcde")


@pytest.mark.rp2040(seeds=1)
def test_set_and_clear_let_go_exactly_those_who_wait(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()
    log = []

    async def main():
        present = [core.create_task(wait_and_log(event, log, name)) for name in "ab"]
        await settle(core)
        event.set()
        event.clear()
        late = core.create_task(wait_and_log(event, log, "late"))
        for task in present:
            await task
        await core.sleep_ms(5)
        assert log == ["a", "b"] and not late.done()
        event.set()
        await late

    run(core, main)


def test_set_and_clear_let_go_threads_that_wait(threadsafe):
    event = threadsafe.ThreadSafeEvent()
    threads = [start_thread(event.wait_sync) for _ in range(3)]
    until_in_line(event._line, 3)
    event.set()
    event.clear()
    assert [thread.join() for thread in threads] == [True, True, True]


def test_a_waiter_released_once_waits_again(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()
    log = []

    async def waiter():
        for n in range(3):
            await event.wait()
            log.append(n)

    async def main():
        task = core.create_task(waiter())
        for n in range(3):
            await settle(core)
            assert log == list(range(n))
            event.set()
            event.clear()
        await task

    run(core, main)


@pytest.mark.parametrize("who", [0, 1, 2])
def test_a_cancelled_waiter_harms_nobody(core, threadsafe, who):
    """Defect 11: upstream's event is dead for ever if its first waiter is cancelled at the wrong moment."""
    event = threadsafe.ThreadSafeEvent()
    log = []

    async def main():
        tasks = [core.create_task(wait_and_log(event, log, n)) for n in range(3)]
        await settle(core)
        tasks[who].cancel()
        await settle(core)
        event.set()
        await core.gather(*tasks, return_exceptions=True)
        event.clear()
        task = core.create_task(wait_and_log(event, log, "later"))
        await settle(core)
        event.set()
        await task

    run(core, main)
    assert log == [n for n in range(3) if n != who] + ["later"]


@pytest.mark.parametrize("passes", [0, 1])
def test_a_waiter_cancelled_after_set_takes_nobody_s_turn(core, threadsafe, passes):
    """Cancelled before the bell is answered, or when it is in the ready ring already."""
    event = threadsafe.ThreadSafeEvent()
    log = []

    async def cancel(task):
        task.cancel()

    async def main():
        first = core.create_task(wait_and_log(event, log, "first"))
        second = core.create_task(wait_and_log(event, log, "second"))
        await settle(core)
        event.set()
        event.clear()
        if passes:
            core.create_task(cancel(first))
            await core.sleep(0)
        first.cancel()
        late = core.create_task(wait_and_log(event, log, "late"))
        await second
        await core.sleep_ms(5)
        assert not late.done()

    run(core, main)
    assert log in (["second"], ["first", "second"])


def test_a_wait_that_timed_out_leaves_the_event_whole(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        for _ in range(3):
            with pytest.raises(core.TimeoutError):
                await core.wait_for(event.wait(), 0.002)
        task = core.create_task(event.wait())
        await settle(core)
        event.set()
        return await task

    assert run(core, main) is True


@pytest.mark.rp2040(seeds=1)
def test_a_thread_waits_until_it_is_set_but_no_longer_than_its_timeout(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    def work():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            event.wait_sync(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        with pytest.raises(core.TimeoutError):
            event.wait_sync(timeout=0)
        return event.wait_sync(5)

    async def main():
        thread = start_thread(work)
        await core.sleep_ms(40)
        event.set()
        return thread.join()

    assert run(core, main) is True


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(threadsafe, timeout):
    with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
        threadsafe.ThreadSafeEvent().wait_sync(timeout)


@pytest.mark.rp2040(seeds=1)
def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        with pytest.raises(core.WrongContextError, match="await ThreadSafeEvent.wait"):
            event.wait_sync()

    run(core, main)


def test_tasks_of_two_loops_wait_for_one_event(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        await event.wait()
        return "went on"

    threads = [start_thread(run, core, main) for _ in range(2)]
    until_in_line(event._line, 2)
    event.set()
    assert [thread.join() for thread in threads] == ["went on"] * 2


@pytest.mark.rp2040
def test_no_pulse_is_missed_at_whatever_moment_of_a_wait_it_comes(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()
    stop = [False]

    def pulse():
        while not stop[0]:
            event.set()
            event.clear()

    async def main():
        thread = start_thread(pulse)
        for _ in range(20):
            await event.wait()
        stop[0] = True
        thread.join()

    run(core, main)


@pytest.mark.cpython
def test_a_signal_handler_sets_it(core, threadsafe):
    import signal

    event = threadsafe.ThreadSafeEvent()
    old = signal.signal(signal.SIGALRM, lambda number, frame: event.set())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert run(core, event.wait) is True
        event.clear()
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert event.wait_sync(5) is True
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_set_allocates_nothing_whoever_waits(core, threadsafe):
    import micropython

    event = threadsafe.ThreadSafeEvent()
    log = []

    def locked_set():
        micropython.heap_lock()
        try:
            event.set()
            event.clear()
        finally:
            micropython.heap_unlock()

    async def main():
        locked_set()
        tasks = [core.create_task(wait_and_log(event, log, n)) for n in range(3)]
        await settle(core)
        locked_set()
        for task in tasks:
            await task

    run(core, main, limit=None)
    assert log == [0, 1, 2]


@pytest.mark.rp2040(seeds=1)
def test_a_task_waits_no_longer_than_it_is_to(core, threadsafe):
    event = threadsafe.ThreadSafeEvent()

    async def main():
        with pytest.raises(core.TimeoutError):
            await event.wait(0.002)
        with pytest.raises(core.TimeoutError):
            await event.wait(timeout=0)
        with pytest.raises(ValueError):
            event.wait(-1)
        task = core.create_task(event.wait(10))
        await settle(core)
        event.set()
        event.clear()
        assert await task is True

    run(core, main)
    assert not event._line.any()
