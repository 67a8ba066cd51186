"""SPSCQueue: one puts, one gets, and neither waits for the other's bytecodes."""

import pytest

from support import MICROPYTHON, RP2, in_line, run, sleep_ms, start_thread, submodule

pytestmark = pytest.mark.rp2040(seeds=1)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_its_capacity_is_what_it_says_all_the_way_round(threadsafe, size):
    queue, got = threadsafe.SPSCQueue(size), []
    for n in range(4 * size):
        while queue.full():
            with pytest.raises(threadsafe.QueueFull):
                queue.put_sync(n)
            assert queue.qsize() == size
            got.append(queue.get_sync())
        queue.put_sync(n)
    assert queue.peek() == len(got)
    while not queue.empty():
        got.append(queue.get_sync())
    with pytest.raises(threadsafe.QueueEmpty):
        queue.get_sync()
    with pytest.raises(threadsafe.QueueEmpty):
        queue.peek()
    assert got == list(range(4 * size))
    assert (queue.high_water, queue.unfinished, queue.dropped) == (size, 4 * size, 0)


def test_a_thread_feeds_a_task_and_nothing_is_lost(core, threadsafe):
    queue = threadsafe.SPSCQueue(3)
    count = 60 if RP2 else 2000

    def feed():
        for n in range(count):
            queue.put_sync(n, timeout=10)
        queue.close()

    async def main():
        thread = start_thread(feed)
        got = await collect(queue)
        thread.join()
        return got

    assert run(core, main) == list(range(count))


async def collect(queue):
    got = []
    async for item in queue:
        got.append(item)
    return got


def test_a_task_feeds_a_thread_and_nothing_is_lost(core, threadsafe):
    queue, got = threadsafe.SPSCQueue(2), []
    count = 60 if RP2 else 2000

    def take():
        try:
            while True:
                got.append(queue.get_sync(timeout=10))
        except threadsafe.QueueClosed:
            pass

    async def main():
        thread = start_thread(take)
        for n in range(count):
            await queue.put(n)
        queue.close()
        while not queue.empty():
            await core.sleep_ms(1)
        thread.join()

    run(core, main)
    assert got == list(range(count))


def test_a_wait_that_was_cancelled_or_late_does_not_spoil_the_next(core, threadsafe):
    queue = threadsafe.SPSCQueue(1)

    async def main():
        for n in range(3):
            with pytest.raises(core.TimeoutError):
                await queue.get(timeout=0.002)
            getting = core.create_task(queue.get())
            while not queue.getters.any():
                await core.sleep(0)
            getting.cancel()
            await core.sleep_ms(1)
            getting = core.create_task(queue.get())
            while not queue.getters.any():
                await core.sleep(0)
            queue.put_sync(n)
            assert await core.wait_for(getting, 5) == n

    run(core, main)


def test_closed_it_is_drained(core, threadsafe):
    queue = threadsafe.SPSCQueue(2)
    queue.put_sync(1)
    queue.close()
    with pytest.raises(threadsafe.QueueClosed):
        queue.put_sync(2)
    assert queue.get_sync() == 1
    with pytest.raises(threadsafe.QueueClosed):
        queue.get_sync()


def test_what_it_does_not_do_is_refused(threadsafe):
    with pytest.raises(ValueError, match="ThreadSafeQueue"):
        threadsafe.SPSCQueue(2, "drop_oldest")
    queue = threadsafe.SPSCQueue(1, "drop_newest")
    queue.put_sync(1)
    queue.put_sync(2)
    assert (queue.get_sync(), queue.dropped) == (1, 1)


def test_a_second_producer_or_consumer_is_told(core, threadsafe):
    queue, log = threadsafe.SPSCQueue(3), []

    def other():
        for call in (queue.get_sync, lambda: queue.put_sync(3)):
            try:
                log.append(call())
            except core.WrongContextError as error:
                log.append(str(error)[:20])

    if MICROPYTHON:
        threadsafe.check_single()
    try:
        queue.put_sync(1)
        queue.put_sync(2)
        start_thread(other).join()
        with pytest.raises(core.WrongContextError, match="one consumer"):
            queue.get_sync()
    finally:
        threadsafe.check_single(False)
    assert log == [1, "an SPSCQueue has one"]
    assert in_line_or_none(queue)


def in_line_or_none(queue):
    return not queue.getters.any() and (MICROPYTHON or in_line(queue.getters) == 0)


@pytest.mark.micropython
def test_nothing_is_allocated_where_nobody_waits(core, threadsafe):
    import micropython

    queue = threadsafe.SPSCQueue(bytearray(3), "drop_newest")
    queue.put_sync(1)
    queue.get_sync()
    empty = submodule(core, "task").PENDING
    micropython.heap_lock()
    try:
        for n in (1, 2, 3, 4):
            queue.put_sync(n)
        first, second = queue.get_sync(), queue.get_sync()
        third, nothing = queue.try_get(), queue.try_get()
    finally:
        micropython.heap_unlock()
    assert (first, second, third, queue.dropped) == (1, 2, 3, 1) and nothing is empty


@pytest.mark.micropython
def test_a_hard_interrupt_feeds_a_task(core, threadsafe):
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)  # a wire joins them
    queue, count = threadsafe.SPSCQueue(bytearray(4)), bytearray(1)

    def interrupt(pin):
        queue.put_sync(count[0] + 1)
        count[0] += 1

    def other():
        for n in range(20):
            while queue.full():
                sleep_ms(0)
            out(1)
            out(0)
            while count[0] == n:  # it is on its way
                sleep_ms(0)
        queue.close()

    async def main():
        thread = start_thread(other)
        got = await collect(queue)
        thread.join()
        return got

    pin.irq(interrupt, Pin.IRQ_RISING, hard=True)
    try:
        assert run(core, main) == list(range(1, 21))
    finally:
        pin.irq(None)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=5)
def test_a_hard_interrupt_between_a_task_and_core_1(core, threadsafe):
    """It takes from one queue and puts into the other, which core 1 waits for; each with room for 2 only."""
    if not RP2:
        pytest.skip("this port has no interrupts")

    from machine import PWM, Pin

    incoming, outgoing = threadsafe.SPSCQueue(2), threadsafe.SPSCQueue(2)
    count = 60
    odd = []

    def edge(pin):
        if outgoing.full():
            return
        try:
            outgoing.put_nowait(incoming.get_nowait())
        except threadsafe.QueueEmpty:
            pass
        except Exception as error:
            odd.append(error)

    def core_1():
        return [outgoing.get_sync(timeout=5) for _ in range(count)]

    async def main():
        thread = start_thread(core_1)
        pin = Pin(3, Pin.IN)
        pin.irq(edge, Pin.IRQ_RISING, hard=True)
        pwm = PWM(Pin(2), freq=1000, duty_u16=32768)  # there is a wire from pin 2 to pin 3
        try:
            for n in range(count):
                await incoming.put(n, 5)
            return thread.join()
        finally:
            pwm.deinit()
            pin.irq(None)

    threadsafe.check_single()
    try:
        assert run(core, main, limit=30) == list(range(count))
    finally:
        threadsafe.check_single(False)
    assert not odd
