"""ThreadSafeFlag: any context wakes one task."""

import gc
import select
import sys

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms

if not CPYTHON:
    import micropython


async def until_armed(core, flag, log=None):
    """A task that waits for `flag`; returned once it does."""

    async def waiter():
        await flag.wait()
        if log is not None:
            log.append("woken")

    task = core.create_task(waiter())
    await core.sleep(0)
    return task


# One context


@pytest.mark.rp2040(seeds=1)
def test_it_is_set_from_set_until_a_wait_returns(core):
    async def main():
        flag = core.ThreadSafeFlag()
        assert flag.is_set() is False
        flag.set()
        assert flag.is_set() is True
        assert await flag.wait() is None
        assert flag.is_set() is False

    run(core, main)


def test_clear_forgets_a_set(core):
    async def main():
        flag = core.ThreadSafeFlag()
        flag.set()
        flag.clear()
        flag.clear()
        assert flag.is_set() is False
        task = await until_armed(core, flag)
        await core.sleep(0)
        assert not task.done()
        flag.set()
        await task

    run(core, main)


def test_several_sets_count_as_one(core):
    async def main():
        flag = core.ThreadSafeFlag()
        for _ in range(3):
            flag.set()
        await flag.wait()
        task = await until_armed(core, flag)
        for _ in range(3):
            flag.set()
        await task
        assert not flag.is_set()

    run(core, main)


def test_waiting_for_a_set_flag_does_not_yield(core):
    log = []

    async def other():
        log.append("other ran")

    async def main():
        flag = core.ThreadSafeFlag()
        flag.set()
        core.create_task(other())
        await flag.wait()
        assert log == []

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_second_waiter_gets_an_error_that_names_the_class_for_several(core):
    """Defects 4, 18: upstream asserts, or silently replaces the first."""
    log = []

    async def main():
        flag = core.ThreadSafeFlag()
        task = await until_armed(core, flag, log)
        with pytest.raises(RuntimeError, match="ThreadSafeEvent"):
            await flag.wait()
        flag.set()
        await task

    run(core, main)
    assert log == ["woken"]


def test_a_cancelled_waiter_leaves_the_flag_usable(core):
    async def main():
        flag = core.ThreadSafeFlag()
        for _ in range(3):
            task = await until_armed(core, flag)
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            with pytest.raises(core.TimeoutError):
                await core.wait_for_ms(flag.wait(), 1)
        flag.set()
        await flag.wait()
        task = await until_armed(core, flag)
        flag.set()
        await task

    run(core, main)


def test_a_set_that_meets_a_cancel_is_kept_for_the_next_wait(core):
    async def main():
        flag = core.ThreadSafeFlag()
        task = await until_armed(core, flag)
        flag.set()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert flag.is_set()
        await flag.wait()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_flag_cleared_before_its_waiter_was_woken_wakes_it_at_the_next_set(core):
    async def main():
        flag = core.ThreadSafeFlag()
        task = await until_armed(core, flag)
        flag.set()
        flag.clear()
        for _ in range(3):
            await core.sleep(0)
        assert not task.done()
        flag.set()
        await task

    run(core, main)


def test_a_ring_that_comes_late_does_not_disarm_the_flag(core):
    """A thread paused inside set(), between storing and ringing, while the task was woken otherwise and waits again."""

    async def main():
        flag = core.ThreadSafeFlag()
        bell = core.get_event_loop().bell
        task = await until_armed(core, flag)
        flag.set()
        await task
        task = await until_armed(core, flag)
        bell.ring(flag)  # the late half of an earlier set
        for _ in range(3):
            await core.sleep(0)
        assert not task.done()
        flag.set()
        await task

    run(core, main)


def test_a_flag_outlives_its_loop(core):
    flag = core.ThreadSafeFlag()

    async def wait():
        await flag.wait()

    for _ in range(2):
        core.new_event_loop()
        core.create_task(wait())

        async def main():
            await core.sleep(0)

        core.run(main())
        core.new_event_loop()  # closes the waiter
        flag.set()
        run(core, wait)


# Other contexts


@pytest.mark.rp2040
@pytest.mark.timeout(20)
def test_a_thread_wakes_an_idle_loop(core):
    """Defect 21: nothing else is due, so only the ring can end the loop's sleep."""

    async def main():
        flag = core.ThreadSafeFlag()

        def later():
            sleep_ms(10)
            flag.set()

        thread = start_thread(later)
        await flag.wait()
        thread.join()

    run(core, main, limit=None)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=20, jitter=40)
@pytest.mark.timeout(30)
def test_the_other_core_wakes_a_core_that_is_idle_with_nothing_else_due(core):
    """Defect 21: upstream's stays asleep; both cores asleep for ever is reported as a deadlock."""
    import time

    rounds = 5
    there, back, sent = core.ThreadSafeFlag(), core.ThreadSafeFlag(), [0] * rounds
    waits = [0] * rounds

    def other():
        for n in range(rounds):
            while not back.is_set():
                pass
            back.clear()
            time.sleep_us(300 + 37 * n)  # core 0 has fallen asleep meanwhile
            sent[n] = time.ticks_us()
            there.set()

    async def main():
        thread = start_thread(other)
        for n in range(rounds):
            back.set()
            await there.wait()
            waits[n] = time.ticks_diff(time.ticks_us(), sent[n])
        thread.join()

    run(core, main, limit=None)
    print("set to task, us:", waits)
    assert min(waits) >= 0


@pytest.mark.rp2040(seeds=2)
def test_sets_from_a_thread_and_waits_in_a_task_keep_in_step(core):
    rounds = 30 if RP2 else 300
    there, back = core.ThreadSafeFlag(), core.ThreadSafeFlag()
    heard = []

    def other():
        for n in range(rounds):
            start = ticks_ms()
            while not back.is_set():
                assert ticks_diff(ticks_ms(), start) < 5000
                sleep_ms(0)
            back.clear()
            heard.append(n)
            there.set()

    async def main():
        thread = start_thread(other)
        for n in range(rounds):
            back.set()
            await there.wait()
            assert len(heard) == n + 1
        thread.join()

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040
@pytest.mark.timeout(20)
def test_a_hard_interrupt_wakes_an_idle_loop(core):
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)  # a wire joins them
    flag = core.ThreadSafeFlag()
    count = [0]

    def interrupt(pin):
        count[0] += 1
        flag.set()

    pin.irq(interrupt, Pin.IRQ_RISING, hard=True)

    def other():
        for _ in range(3):
            sleep_ms(5)
            out(1)
            out(0)

    async def main():
        thread = start_thread(other)
        for n in range(3):
            await flag.wait()
            assert count[0] == n + 1
        thread.join()

    try:
        run(core, main, limit=None)
    finally:
        pin.irq(None)


@pytest.mark.cpython
@pytest.mark.timeout(20)
def test_a_signal_handler_wakes_an_idle_loop(core):
    import signal

    flag = core.ThreadSafeFlag()

    async def main():
        for _ in range(3):
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            await flag.wait()

    before = signal.signal(signal.SIGALRM, lambda number, frame: flag.set())
    try:
        run(core, main, limit=None)
    finally:
        signal.signal(signal.SIGALRM, before)


# Allocation


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_waiting_and_setting_allocate_nothing(core):
    async def main():
        flag = core.ThreadSafeFlag()
        other = core.ThreadSafeFlag()

        async def setter():
            while True:
                await other.wait()
                flag.set()

        task = core.create_task(setter())
        for _ in range(3):
            other.set()
            await flag.wait()
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        other.set()
        await flag.wait()
        other.set()
        await flag.wait()
        flag.set()
        flag.clear()
        flag.is_set()
        after = gc.mem_alloc()
        gc.enable()
        task.cancel()
        return after - before

    assert run(core, main) == 0


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_flag_can_be_set_where_the_heap_is_locked(core):
    async def main():
        flag = core.ThreadSafeFlag()
        task = await until_armed(core, flag)
        micropython.heap_lock()
        flag.set()
        micropython.heap_unlock()
        await task

    run(core, main)


@pytest.mark.micropython
@pytest.mark.timeout(20)
def test_a_thread_wakes_an_idle_loop_with_the_heap_locked(core):
    async def main():
        flag = core.ThreadSafeFlag()

        def later():
            sleep_ms(10)
            micropython.heap_lock()
            flag.set()
            micropython.heap_unlock()

        thread = start_thread(later)
        await flag.wait()
        thread.join()

    run(core, main)


# Polled


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="eventfd is Linux's")
@pytest.mark.rp2040(seeds=1)
def test_select_poll_sees_whether_it_is_set(core):
    flag = core.ThreadSafeFlag()
    poll = select.poll()
    poll.register(flag, select.POLLIN)
    assert list(poll.poll(0)) == []
    flag.set()
    flag.set()
    events = list(poll.poll(0))
    assert len(events) == 1 and events[0][1] == select.POLLIN
    flag.clear()
    assert list(poll.poll(0)) == []
    flag.set()

    async def main():
        await flag.wait()

    run(core, main)
    assert list(poll.poll(0)) == []
    poll.unregister(flag)


@pytest.mark.cpython
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="eventfd is Linux's")
def test_a_flag_that_is_set_already_is_readable_when_it_is_first_watched(core):
    import selectors

    flag = core.ThreadSafeFlag()
    flag.set()
    with selectors.DefaultSelector() as selector:
        selector.register(flag, selectors.EVENT_READ)
        assert len(selector.select(0)) == 1


@pytest.mark.cpython
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="eventfd is Linux's")
def test_a_flag_set_while_it_is_being_cleared_stays_visible_to_poll(core, monkeypatch):
    """Between clear's two steps a thread sets it: the second step must not empty the descriptor for good."""
    flag = core.ThreadSafeFlag()
    poll = select.poll()
    poll.register(flag, select.POLLIN)
    drain = submodule(core, "flag")._drain

    def set_then_drain(descriptor):
        flag.set()
        drain(descriptor)

    monkeypatch.setattr(submodule(core, "flag"), "_drain", set_then_drain)
    flag.clear()
    assert flag.is_set()
    assert poll.poll(0)
