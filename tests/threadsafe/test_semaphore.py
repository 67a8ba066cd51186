"""ThreadSafeSemaphore: as many holders as it has permits, served in order of arrival whoever gives up."""

import pytest

from injection import HOWS, Program, inject
from support import RP2, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


def make(threadsafe, value, bounded=False):
    module = submodule(threadsafe, "semaphore")
    return (module.ThreadSafeBoundedSemaphore if bounded else module.ThreadSafeSemaphore)(value)


async def settle(core):
    """Let the tasks that are ready run until they wait, and the bell be answered."""
    for _ in range(4):
        await core.sleep(0)


async def acquire_and_log(semaphore, log, name):
    assert await semaphore.acquire() is True
    log.append(name)


def in_line(semaphore):
    """How many wait: white box."""
    permits = semaphore._permits
    if hasattr(permits, "_waiters"):
        return len(permits._waiters)
    count, waiter = 0, permits.next
    while waiter is not permits:
        count, waiter = count + 1, waiter.next
    return count


# Counting


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("bounded", [False, True])
def test_n_acquire_it_and_no_more(core, threadsafe, bounded):
    semaphore = make(threadsafe, 3, bounded)

    async def main():
        for left in (2, 1, 0):
            assert not semaphore.locked()
            assert await semaphore.acquire() is True
            assert semaphore.value() == left
        assert semaphore.locked() and semaphore.acquire_nowait() is False
        with pytest.raises(core.TimeoutError):
            await semaphore.acquire(0.005)
        semaphore.release(2)
        assert semaphore.value() == 2
        async with semaphore:
            with semaphore:
                assert semaphore.locked()
        semaphore.release()
        assert semaphore.value() == 3

    run(core, main)
    with semaphore:
        assert semaphore.value() == 2
    assert semaphore.acquire_sync() is True and semaphore.value() == 2


@pytest.mark.rp2040(seeds=1)
def test_one_that_begins_with_0_is_a_signal_that_counts(core, threadsafe):
    semaphore = make(threadsafe, 0)
    log = []

    async def main():
        with pytest.raises(core.TimeoutError):
            await semaphore.acquire(0)
        semaphore.release()
        semaphore.release(2)
        assert semaphore.value() == 3
        for name in "abcd":
            core.create_task(acquire_and_log(semaphore, log, name))
        await settle(core)
        assert log == ["a", "b", "c"]
        semaphore.release()
        await settle(core)
        assert log == ["a", "b", "c", "d"] and semaphore.value() == 0

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_bounded_one_refuses_a_release_too_many(core, threadsafe):
    semaphore = make(threadsafe, 2, True)
    for _ in range(2):
        with pytest.raises(ValueError, match="more often than acquired"):
            semaphore.release()
        assert semaphore.value() == 2
    assert semaphore.acquire_nowait()
    with pytest.raises(ValueError, match="more often than acquired"):
        semaphore.release(2)
    assert semaphore.value() == 1  # nothing was changed
    semaphore.release()
    assert semaphore.acquire_nowait() and semaphore.acquire_nowait() and not semaphore.acquire_nowait()
    semaphore.release(2)
    with pytest.raises(ValueError):
        semaphore.release()


def test_one_handed_over_counts_as_held(core, threadsafe):
    semaphore = make(threadsafe, 1, True)

    async def main():
        await semaphore.acquire()
        tasks = [core.create_task(semaphore.acquire()) for _ in range(2)]
        await settle(core)
        for task in tasks:
            semaphore.release()
            await task
            assert semaphore.value() == 0
        semaphore.release()
        with pytest.raises(ValueError):
            semaphore.release()
        assert semaphore.value() == 1

    run(core, main)


def test_what_makes_no_sense_is_refused(threadsafe):
    with pytest.raises(ValueError, match="0 or more, not -1"):
        make(threadsafe, -1)
    with pytest.raises(ValueError, match="0 or more, not 'a'"):
        make(threadsafe, "a")
    for value in (0, 1.5, "a"):
        with pytest.raises(ValueError, match="1 or more, not " + repr(value)):
            make(threadsafe, value, True)
    semaphore = make(threadsafe, 1)
    for n in (0, -1, 1.5, "1"):  # what never comes down to 0 let in without end
        with pytest.raises(ValueError, match="1 or more"):
            semaphore.release(n)
    with pytest.raises(ValueError, match="timeout"):
        semaphore.acquire_sync(-1)
    assert semaphore.value() == 1


# Order


@pytest.mark.rp2040
def test_tasks_are_served_in_order_of_arrival(core, threadsafe):
    semaphore = make(threadsafe, 0)
    log = []

    async def main():
        tasks = [core.create_task(acquire_and_log(semaphore, log, name)) for name in "dabc"]
        await settle(core)
        thread = start_thread(semaphore.release, 3)
        for task in tasks[:3]:
            await task
        assert not semaphore.acquire_nowait() and not tasks[3].done()
        thread.join()
        semaphore.release()
        await tasks[3]

    run(core, main, limit=None)
    assert log == list("dabc")


def test_threads_and_tasks_are_served_in_order_of_arrival(core, threadsafe):
    semaphore = make(threadsafe, 0)
    log = []

    def in_thread(name):
        semaphore.acquire_sync()
        log.append(name)

    threads = []
    for n, name in enumerate("abcde"):
        if name in "bd":
            threads.append(start_thread(run, core, acquire_and_log, semaphore, log, name))
        else:
            threads.append(start_thread(in_thread, name))
        while in_line(semaphore) <= n:
            sleep_ms(1)
    for thread in threads:
        semaphore.release()
        thread.join()
    assert log == list("abcde")


@pytest.mark.rp2040(seeds=1)
def test_what_was_released_for_who_waits_cannot_be_taken_by_another(core, threadsafe):
    semaphore = make(threadsafe, 2)
    log = []

    async def main():
        await semaphore.acquire()
        await semaphore.acquire()
        tasks = [core.create_task(acquire_and_log(semaphore, log, name)) for name in "ab"]
        await settle(core)
        semaphore.release(2)
        assert semaphore.value() == 0 and not semaphore.acquire_nowait()
        semaphore.release()
        assert semaphore.value() == 1 and semaphore.acquire_nowait()
        for task in tasks:
            await task

    run(core, main)
    assert log == ["a", "b"]


# Giving up


@pytest.mark.parametrize("who", [0, 1, 2])
def test_one_cancelled_after_it_was_served_passes_it_on(core, threadsafe, who):
    semaphore = make(threadsafe, 0)
    log = []

    async def main():
        tasks = [core.create_task(acquire_and_log(semaphore, log, n)) for n in range(3)]
        await settle(core)
        semaphore.release(2)
        tasks[who].cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert semaphore.value() == 0

    run(core, main)
    assert log == [n for n in range(3) if n != who]


@pytest.mark.rp2040(seeds=1)
def test_a_thread_that_times_out_takes_nothing(core, threadsafe):
    """Each round a release and a thread's timeout meet: the permit is the thread's, or there."""
    semaphore = make(threadsafe, 0)
    rounds = 10 if RP2 else 40
    released = []

    def impatient():
        taken = 0
        while len(released) < rounds or semaphore.value():
            try:
                semaphore.acquire_sync(0.001)
                taken += 1
            except core.TimeoutError:
                pass
        return taken

    async def main():
        thread = start_thread(impatient)
        for n in range(rounds):
            await core.sleep_ms(n % 3)
            semaphore.release()
            released.append(n)  # after it: the thread ends when all are released and none is left
        while not thread.finished:
            await core.sleep_ms(1)
        assert thread.join() == rounds
        assert semaphore.value() == 0 and not in_line(semaphore)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_in_the_loop_s_own_thread_it_is_taken_if_free_and_not_waited_for(core, threadsafe):
    semaphore = make(threadsafe, 1)

    async def main():
        with semaphore:
            with pytest.raises(core.WrongContextError, match="await ThreadSafeSemaphore.acquire"):
                semaphore.acquire_sync()
        assert semaphore.value() == 1

    run(core, main)


# Signal handlers and ISRs


@pytest.mark.cpython
def test_a_signal_handler_releases_it_for_a_task_and_for_its_own_thread(core, threadsafe):
    import signal

    semaphore = make(threadsafe, 0)
    old = signal.signal(signal.SIGALRM, lambda number, frame: semaphore.release())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert run(core, semaphore.acquire) is True
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert semaphore.acquire_sync(5) is True
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("bounded", [False, True])
def test_releasing_it_allocates_nothing_whoever_waits(core, threadsafe, bounded):
    import micropython

    semaphore = make(threadsafe, 3, bounded)
    log = []

    def locked_release(n):
        micropython.heap_lock()
        try:
            semaphore.release(n)
            return semaphore.value()
        except ValueError:
            return -1
        finally:
            micropython.heap_unlock()

    async def main():
        while semaphore.acquire_nowait():
            pass
        tasks = [core.create_task(acquire_and_log(semaphore, log, n)) for n in range(2)]
        await settle(core)
        assert locked_release(3) == 1
        for task in tasks:
            await task
        if bounded:
            assert locked_release(3) == -1

    run(core, main, limit=None)
    assert log == [0, 1]


class Source:
    """Releases at each edge, so often."""

    def __init__(self, semaphore, count):
        self.semaphore = semaphore
        self.left = count

    def on_edge(self, pin):
        if self.left:
            self.left -= 1
            self.semaphore.release()


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_an_interrupt_releases_for_a_task_and_the_other_core(core, threadsafe):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3; on unix a thread."""
    count = 60
    semaphore = make(threadsafe, 0)
    source = Source(semaphore, count)

    def work():
        for _ in range(count // 2):
            semaphore.acquire_sync()

    def play_edges():
        while source.left:
            source.on_edge(None)

    async def main():
        thread = start_thread(work)
        if RP2:
            from machine import PWM, Pin

            pin = Pin(3, Pin.IN)
            pin.irq(source.on_edge, Pin.IRQ_RISING, hard=True)
            pwm = PWM(Pin(2), freq=1500, duty_u16=32768)
        else:
            player = start_thread(play_edges)
        for _ in range(count // 2):
            await semaphore.acquire()
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()
        if RP2:
            pwm.deinit()
            pin.irq(None)
        else:
            player.join()

    run(core, main, limit=30)
    assert semaphore.value() == 0 and not in_line(semaphore)


# Ended at every point, and under load


def contended(core, threadsafe, bounded):
    semaphore, inside, served = make(threadsafe, 2, bounded), [], []

    async def use(name):
        inside.append(name)
        assert len(inside) <= 2
        try:
            await core.sleep_ms(1)
        finally:
            inside.remove(name)

    async def victim():
        for timeout in (None, 5):
            await semaphore.acquire(timeout)
            try:
                await use("victim")
            finally:
                semaphore.release()

    async def other(name):
        for _ in range(2):
            async with semaphore:
                await use(name)
        served.append(name)

    async def check(ended):
        assert sorted(served) == ["a", "b", "c"]
        assert semaphore.value() == 2 and not in_line(semaphore)

    return Program(victim, [lambda: other("a"), lambda: other("b"), lambda: other("c")], check)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("bounded", [False, True])
def test_a_wait_can_be_ended_at_every_point(core, threadsafe, bounded, how):
    inject(core, lambda core: contended(core, threadsafe, bounded), how)


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


class Room:
    """Counts who is inside: each context in a cell of its own, since none of this is atomic."""

    def __init__(self, contexts, limit):
        self.inside = [0] * contexts
        self.limit = limit
        self.overfull = 0

    def enter(self, who):
        self.inside[who] += 1
        if sum(self.inside) > self.limit:
            self.overfull += 1

    def leave(self, who):
        self.inside[who] -= 1


def visit_in_thread(core, semaphore, room, who, rounds, seed):
    random = Random(seed)
    for _ in range(rounds):
        try:
            if random.below(3) == 0:
                semaphore.acquire_sync(random.below(3) / 1000)
            else:
                semaphore.acquire_sync()
        except core.TimeoutError:
            continue
        room.enter(who)
        sleep_ms(0)
        room.leave(who)
        semaphore.release()


async def visit_in_task(core, semaphore, room, seed):
    random = Random(seed)
    while True:
        try:
            await semaphore.acquire(random.below(3) / 1000 if random.below(3) == 0 else None)
        except core.TimeoutError:
            continue
        room.enter(0)
        try:
            await core.sleep(0)
        finally:
            room.leave(0)
            semaphore.release()


async def stress(core, threadsafe, threads, rounds, seed):
    """Tasks are cancelled at any moment and replaced, threads time out."""
    semaphore, room = make(threadsafe, 2, seed % 2 == 0), Room(threads + 1, 2)
    random = Random(seed)
    workers = [
        start_thread(visit_in_thread, core, semaphore, room, 1 + n, rounds, seed + n) for n in range(threads)
    ]
    tasks = [core.create_task(visit_in_task(core, semaphore, room, seed + n)) for n in range(3)]
    start = ticks_ms()
    while not all(worker.finished for worker in workers):
        for _ in range(random.below(6)):
            await core.sleep(0)
        if random.below(2):
            await core.sleep_ms(random.below(3))
        n = random.below(3)
        tasks[n].cancel()
        tasks[n] = core.create_task(visit_in_task(core, semaphore, room, random.below(1000)))
        assert ticks_diff(ticks_ms(), start) < 50000
    for task in tasks:
        task.cancel()
    await core.gather(*tasks, return_exceptions=True)
    for worker in workers:
        worker.join()
    assert room.overfull == 0
    assert semaphore.value() == 2 and not in_line(semaphore)


@pytest.mark.parametrize("seed", [1, 2])
def test_tasks_and_two_threads_that_give_up_at_any_moment_lose_no_permit(core, threadsafe, seed):
    run(core, stress, core, threadsafe, 2, 200, seed, limit=20)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_tasks_and_core_1_that_give_up_at_any_moment_lose_no_permit(core, threadsafe):
    run(core, stress, core, threadsafe, 1, 30, 4, limit=60)


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [3, 4])
def test_with_threads_switched_at_every_moment_no_permit_is_lost(core, threadsafe, seed):
    import sys

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        run(core, stress, core, threadsafe, 3, 150, seed, limit=20)
    finally:
        sys.setswitchinterval(interval)
