"""ThreadSafeQueue under load: every item exactly once, each producer's items in order, whoever gives up meanwhile.

Each run has a seed, which decides capacities, pauses, cancels and timeouts; the interleaving is the machine's own, on
the emulated board the seed's.
"""

import pytest

from support import RP2, run, sleep_ms, start_thread

ITEMS = 60 if RP2 else 600  # of each producer


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


def check(log, producers, items=ITEMS):
    """`log`, the lists of (producer, number) that the consumers took, holds everything once, in order."""
    everything = []
    for part in log:
        for name in producers:
            own = [n for who, n in part if who == name]
            assert own == sorted(own), f"items of {name} out of order"
        everything += part
    assert len(everything) == len(set(everything)), "an item came twice"
    assert sorted(everything) == sorted((name, n) for name in producers for n in range(items))


def produce(threadsafe, core, queue, name, seed):
    """A producing thread that now and then gives a blocking put only a moment."""
    random = Random(seed)
    for n in range(ITEMS):
        while True:
            try:
                kind = random.below(4)
                if kind == 0:
                    queue.put_sync((name, n))
                elif kind == 1:
                    queue.put_sync((name, n), timeout=random.below(3) / 1000)
                else:
                    queue.put_sync((name, n), block=True)
                break
            except threadsafe.QueueFull:
                sleep_ms(0)
            except core.TimeoutError:
                pass
        if random.below(20) == 0:
            sleep_ms(1)


def consume(threadsafe, core, queue, log, seed):
    """A consuming thread, likewise; ends when the queue does."""
    random = Random(seed)
    while True:
        try:
            log.append(queue.get_sync(timeout=random.below(3) / 1000) if random.below(3) == 0 else queue.get_sync(True))
        except core.TimeoutError:
            pass
        except threadsafe.QueueClosed:
            return


async def consumer(core, queue, log, seed):
    """A consuming task that times out now and then; cancelled, it has logged all that it took."""
    random = Random(seed)
    while True:
        try:
            log.append(await queue.get(timeout=random.below(3) / 1000) if random.below(3) == 0 else await queue.get())
        except core.TimeoutError:
            pass
        if random.below(10) == 0:
            await core.sleep(0)


async def replace_consumers(core, threadsafe, queue, log, seed, producing):
    """Two consuming tasks, one of which is cancelled at any moment and replaced, until all is consumed."""
    random = Random(seed)
    tasks = [core.create_task(consumer(core, queue, log[i], seed + i)) for i in range(2)]
    while producing() or not queue.empty():
        for _ in range(random.below(6)):
            await core.sleep(0)
        if random.below(2):
            await core.sleep_ms(random.below(3))
        i = random.below(2)
        tasks[i].cancel()
        tasks[i] = core.create_task(consumer(core, queue, log[i], random.below(1000)))
    queue.close()
    for result in await core.gather(*tasks, return_exceptions=True):
        assert isinstance(result, (threadsafe.QueueClosed, core.CancelledError)), repr(result)


@pytest.mark.parametrize("capacity, seed", [(1, 11), (2, 22), (7, 33)])
def test_two_threads_produce_for_two_tasks_that_are_cancelled_and_time_out(core, threadsafe, capacity, seed):
    queue = threadsafe.ThreadSafeQueue(capacity)
    log = [[], []]

    async def main():
        threads = [start_thread(produce, threadsafe, core, queue, name, seed + i) for i, name in enumerate("ab")]
        await replace_consumers(
            core, threadsafe, queue, log, seed, lambda: not all(thread.finished for thread in threads)
        )
        for thread in threads:
            thread.join()

    run(core, main, limit=20)
    check(log, "ab")


@pytest.mark.parametrize("capacity, seed", [(1, 44), (2, 55), (7, 66)])
def test_two_tasks_and_a_thread_produce_for_a_task_and_two_threads(core, threadsafe, capacity, seed):
    queue = threadsafe.ThreadSafeQueue(capacity)
    log = [[], [], []]

    async def producer(name, random):
        for n in range(ITEMS):
            while True:
                try:
                    await queue.put((name, n), random.below(2) / 1000 if random.below(3) == 0 else None)
                    break
                except core.TimeoutError:
                    pass
            if random.below(10) == 0:
                await core.sleep(0)

    async def main():
        threads = [start_thread(consume, threadsafe, core, queue, log[i], seed + i) for i in range(2)]
        own = core.create_task(consumer(core, queue, log[2], seed))
        source = start_thread(produce, threadsafe, core, queue, "thread", seed)
        await core.gather(producer("a", Random(seed + 5)), producer("b", Random(seed + 6)))
        while not source.finished:
            await core.sleep_ms(1)
        source.join()
        queue.close()
        await core.gather(own, return_exceptions=True)
        while not all(thread.finished for thread in threads):
            await core.sleep_ms(1)
        for thread in threads:
            thread.join()

    run(core, main, limit=20)
    check(log, ["a", "b", "thread"])


@pytest.mark.parametrize("seed", [77, 88])
def test_threads_alone_pass_everything_on(core, threadsafe, seed):
    queue = threadsafe.ThreadSafeQueue(2)
    log = [[], []]
    consumers = [start_thread(consume, threadsafe, core, queue, log[i], seed + i) for i in range(2)]
    producers = [start_thread(produce, threadsafe, core, queue, name, seed + i) for i, name in enumerate("ab")]
    for thread in producers:
        thread.join(20)
    queue.close()
    for thread in consumers:
        thread.join(20)
    check(log, "ab")


@pytest.mark.cpython
@pytest.mark.parametrize("capacity", [1, 3])
def test_with_threads_switched_at_every_moment_nothing_is_lost(core, threadsafe, capacity):
    import sys

    queue = threadsafe.ThreadSafeQueue(capacity)
    log = [[], []]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        consumers = [start_thread(consume, threadsafe, core, queue, part, 5) for part in log]
        producers = [start_thread(produce, threadsafe, core, queue, name, 6) for name in "ab"]
        for thread in producers:
            thread.join(20)
        queue.close()
        for thread in consumers:
            thread.join(20)
    finally:
        sys.setswitchinterval(interval)
    check(log, "ab")


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=30)
def test_core_1_produces_for_tasks_that_are_cancelled_and_time_out(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    log = [[], []]

    async def main():
        thread = start_thread(produce, threadsafe, core, queue, "a", 3)
        await replace_consumers(core, threadsafe, queue, log, 4, lambda: not thread.finished)
        thread.join()

    run(core, main, limit=60)
    check(log, "a")


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=30)
def test_tasks_produce_for_core_1_on_an_otherwise_idle_loop(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    log = []

    async def producer(name):
        for n in range(ITEMS):
            await queue.put((name, n))

    async def main():
        thread = start_thread(consume, threadsafe, core, queue, log, 3)
        await core.gather(producer("a"), producer("b"))
        queue.close()
        thread.join()

    run(core, main, limit=None)
    check([log], "ab")


class Source:
    """Puts a number at each edge. A method: a closure over more than a few names allocates when it is called."""

    def __init__(self, queue, full, count):
        self.queue = queue
        self.full = full
        self.count = count
        self.sent = 0

    def on_edge(self, pin):
        if self.sent < self.count:
            try:
                self.queue.put_sync(self.sent)
            except self.full:
                return  # the same number again at the next edge
            self.sent += 1


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=30)
def test_an_interrupt_and_the_other_core_feed_one_task(core, threadsafe):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3; on unix a thread."""
    count = 100
    queue = threadsafe.ThreadSafeQueue(3)
    source = Source(queue, threadsafe.QueueFull, count)
    log = []

    def feed():
        for n in range(count):
            queue.put_sync(-1 - n, block=True)

    def play_edges():
        while source.sent < count:
            source.on_edge(None)

    async def main():
        thread = start_thread(feed)
        if RP2:
            from machine import PWM, Pin

            pin = Pin(3, Pin.IN)
            pin.irq(source.on_edge, Pin.IRQ_RISING, hard=True)
            pwm = PWM(Pin(2), freq=1500, duty_u16=32768)
        else:
            edges = start_thread(play_edges)
        while len(log) < 2 * count:
            log.append(await queue.get())
        if RP2:
            pwm.deinit()
            pin.irq(None)
        else:
            edges.join()
        thread.join()

    run(core, main, limit=30)
    assert [n for n in log if n >= 0] == list(range(count))
    assert [-1 - n for n in log if n < 0] == list(range(count))
    assert queue.empty()
