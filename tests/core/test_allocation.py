"""What needs no heap on MicroPython: it goes on while the heap is locked, where allocating is an error.

Interrupts can't allocate, and what allocates is stopped by the garbage collector sooner or later. So a task switch, a
sleep, a flag and the wake-up of an idle loop do not. What does, is in `kinds`, below.
"""

import gc
import sys

import pytest

from support import MICROPYTHON, RP2, run, sleep_ms, start_thread

if MICROPYTHON:
    import micropython

pytestmark = [pytest.mark.micropython, pytest.mark.rp2040(seeds=1), pytest.mark.timeout(60)]


class heap_locked:
    """A block in which nothing can be allocated, in whichever task."""

    locked = False

    def __enter__(self):
        gc.collect()
        heap_locked.locked = True
        micropython.heap_lock()

    def __exit__(self, kind, value, trace):  # and not *exc, which would be a new tuple
        micropython.heap_unlock()
        heap_locked.locked = False


def run_locked(core, main, limit=10):
    """As `run`; also if what can't allocate ends the loop before the block is left."""
    try:
        return run(core, main, limit=limit)
    finally:
        if heap_locked.locked:
            micropython.heap_unlock()
            heap_locked.locked = False


def turning(core, wait, count):
    """So many tasks that wait again and again, and the number of waits that they have behind them."""
    turns = bytearray(count)  # and no list of numbers that grow

    async def turn(n):
        while True:
            await wait()
            turns[n] += 1

    return turns, [core.create_task(turn(n)) for n in range(count)]


@pytest.mark.parametrize("time, count", [(0, 10), (1, 2), (1, 10), (3, 10)])
def test_tasks_take_turns_and_sleep_with_the_heap_locked(core, time, count):
    async def main():
        turns, tasks = turning(core, lambda: core.sleep_ms(time), count)
        await core.sleep_ms(8)
        before = sum(turns)
        with heap_locked():
            for _ in range(5):
                await core.sleep_ms(time)
        assert sum(turns) - before >= 4 * count
        for task in tasks:
            task.cancel()

    run_locked(core, main)


@pytest.mark.parametrize("count", [2, 10])
def test_tasks_that_wait_for_a_flag_each_are_woken_with_the_heap_locked(core, count):
    async def main():
        flags = [core.ThreadSafeFlag() for _ in range(count)]
        woken = bytearray(count)

        async def wait(n):
            while True:
                await flags[n].wait()
                woken[n] += 1

        tasks = [core.create_task(wait(n)) for n in range(count)]
        for _ in range(3):
            for flag in flags:
                flag.set()
            await core.sleep_ms(20)
        with heap_locked():
            for _ in range(3):
                for n in range(count):
                    flags[n].set()
                await core.sleep_ms(20)
        assert list(woken) == [6] * count
        for task in tasks:
            task.cancel()

    run_locked(core, main)


@pytest.mark.parametrize("urgent", [False, True])
def test_flags_go_back_and_forth_with_the_heap_locked(core, urgent):
    async def main():
        there, back = core.ThreadSafeFlag(urgent), core.ThreadSafeFlag(urgent)

        async def answer():
            while True:
                await there.wait()
                back.set()

        task = core.create_task(answer())
        there.set()
        await back.wait()
        with heap_locked():
            for _ in range(5):
                there.set()
                await back.wait()
        task.cancel()

    run_locked(core, main)


def test_a_thread_wakes_an_idle_loop_with_the_heap_locked_on_both_sides(core):
    async def main():
        flag = core.ThreadSafeFlag()

        def later():
            micropython.heap_lock()
            try:
                for _ in range(3):
                    sleep_ms(5)
                    flag.set()
                    while flag.is_set():
                        sleep_ms(0)
            finally:
                micropython.heap_unlock()

        await core.sleep_ms(1)  # the first sleep of a loop makes what the others use
        thread = start_thread(later)
        with heap_locked():
            for _ in range(3):
                await flag.wait()
        thread.join()

    run_locked(core, main, limit=None)


def test_a_hard_interrupt_wakes_an_idle_loop_with_the_heap_locked(core):
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)  # a wire joins them
    flag, count = core.ThreadSafeFlag(), bytearray(1)

    def interrupt(pin):
        count[0] += 1
        flag.set()

    def other():
        for _ in range(3):
            sleep_ms(5)
            out(1)
            out(0)

    async def main():
        await core.sleep_ms(1)
        thread = start_thread(other)
        with heap_locked():
            for _ in range(3):
                await flag.wait()
        assert count[0] == 3
        thread.join()

    pin.irq(interrupt, Pin.IRQ_RISING, hard=True)
    try:
        run_locked(core, main, limit=None)
    finally:
        pin.irq(None)


def test_an_event_that_nobody_waits_for_and_a_free_lock_are_looked_at_set_and_released_with_the_heap_locked(core):
    async def main():
        event, lock = core.Event(), core.Lock()
        await lock.acquire()
        with heap_locked():
            event.set()
            was_set = event.is_set()
            event.clear()
            was_locked = lock.locked()
            lock.release()
        assert was_set and was_locked
        assert not event.is_set() and not lock.locked()

    run_locked(core, main)


def nothing(it):
    pass


def kinds(core, threadsafe):
    """name: (bytes of one wait on the board, what is waited for, what ends a wait, the wait, what follows it)."""
    return {
        "flag": (0, core.ThreadSafeFlag, lambda it: it.set(), lambda it: it.wait(), nothing),
        "event": (80, core.Event, lambda it: it.set(), lambda it: it.wait(), lambda it: it.clear()),
        "queue": (160, lambda: threadsafe.ThreadSafeQueue(1), lambda it: it.put_sync(1), lambda it: it.get(), nothing),
        "thread-safe event": (
            176, threadsafe.ThreadSafeEvent, lambda it: it.set(), lambda it: it.wait(), lambda it: it.clear()
        ),
        "message": (176, threadsafe.Message, lambda it: it.set(1), lambda it: it.wait(), lambda it: it.clear()),
        # Nobody has to wait (but one get in 16 does, for others to have a turn):
        "event that is set": (48, core.Event, lambda it: it.set(), lambda it: it.wait(), nothing),
        "queue that has an item": (
            56, lambda: threadsafe.ThreadSafeQueue(1), lambda it: it.put_sync(1), lambda it: it.get(), nothing
        ),
        "lock that is free": (48, core.Lock, nothing, lambda it: it.acquire(), lambda it: it.release()),
    }  # fmt: skip


WAITS = ["flag", "event", "queue", "thread-safe event", "message"]
ALONE = ["event that is set", "queue that has an item", "lock that is free"]


@pytest.mark.parametrize("name", WAITS + ALONE)
def test_what_a_wait_costs_at_most(core, threadsafe, name):
    """What is there now, in bytes of a 32-bit board. Not a promise, but whoever makes it more should know."""
    limit, make, give, wait, after = kinds(core, threadsafe)[name]
    alone = name in ALONE
    here = make()
    there = here if alone else make()

    async def exchange(rounds):
        while rounds:
            rounds -= 1
            give(there)
            await wait(here)
            after(here)

    async def answer():
        while True:
            await wait(there)
            after(there)
            give(here)

    async def main():
        task = None if alone else core.create_task(answer())
        await exchange(3)
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        await exchange(0)
        between = gc.mem_alloc()
        await exchange(10)
        after = gc.mem_alloc()
        gc.enable()
        if task:
            task.cancel()
        return ((after - between) - (between - before)) / (10 if alone else 20)

    cost = run(core, main) / (2 if sys.maxsize > 1 << 32 else 1)
    print(name, cost)
    assert cost <= limit
