"""ThreadSafeLock: one holder at a time, task or thread, handed over in order of arrival whoever gives up."""

import pytest

from injection import HOWS, Program, inject
from support import RP2, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


def make(threadsafe):
    return submodule(threadsafe, "lock").ThreadSafeLock()


async def settle(core):
    """Let the tasks that are ready run until they wait, and the bell be answered."""
    for _ in range(4):
        await core.sleep(0)


async def hold(core, lock, log, name):
    async with lock:
        log.append(name)
        await core.sleep(0)
        log.append(name)


def hold_in_thread(lock, log, name):
    with lock:
        log.append(name)
        log.append(name)


def waiting(lock, count):
    """Wait until `count` more stand in the line than can be seen from outside: white box."""
    permits = lock._permits
    start = ticks_ms()
    while in_line(permits) < count:
        assert ticks_diff(ticks_ms(), start) < 5000
        sleep_ms(1)


def in_line(permits):
    if hasattr(permits, "_waiters"):
        return len(permits._waiters)
    count, waiter = 0, permits.next
    while waiter is not permits:
        count, waiter = count + 1, waiter.next
    return count


# One context at a time


@pytest.mark.rp2040(seeds=1)
def test_it_is_locked_from_acquire_to_release(core, threadsafe):
    lock = make(threadsafe)  # before any loop

    async def main():
        assert lock.locked() is False
        assert await lock.acquire() is True
        assert lock.locked() is True
        assert lock.acquire_nowait() is False
        lock.release()
        assert lock.locked() is False
        assert lock.acquire_nowait() is True
        lock.release()
        async with lock:
            assert lock.locked()
        with pytest.raises(KeyError):
            async with lock:
                raise KeyError
        assert not lock.locked()

    run(core, main)
    run(core, main)  # and in another loop
    assert lock.acquire_sync() is True and lock.locked()
    lock.release()
    with pytest.raises(KeyError):
        with lock:
            assert lock.locked()
            raise KeyError
    assert not lock.locked()


def test_a_free_lock_is_acquired_without_yielding(core, threadsafe):
    lock = make(threadsafe)
    log = []

    async def other():
        log.append("other ran")

    async def main():
        core.create_task(other())
        await lock.acquire()
        lock.release()
        async with lock:
            pass
        await lock.acquire(timeout=0)
        assert log == []

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_releasing_what_is_not_locked_is_an_error(threadsafe):
    lock = make(threadsafe)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not locked"):
            lock.release()
        assert not lock.locked()
        assert lock.acquire_nowait() and not lock.acquire_nowait()  # the vain release did not add one
        lock.release()


def test_an_acquire_that_is_not_awaited_takes_nothing(core, threadsafe):
    lock = make(threadsafe)

    async def main():
        lock.acquire()
        assert not lock.locked()
        task = core.create_task(hold(core, lock, [], "never"))
        task.cancel()
        await settle(core)
        assert not lock.locked()

    run(core, main)


# Order, and hand-over


@pytest.mark.rp2040
def test_tasks_hold_it_in_order_of_arrival(core, threadsafe):
    lock = make(threadsafe)
    log = []

    async def main():
        await core.gather(*[core.create_task(hold(core, lock, log, name)) for name in "bcad"])

    run(core, main)
    assert "".join(log) == "bbccaadd"


def test_tasks_of_two_loops_and_threads_hold_it_in_order_of_arrival(core, threadsafe):
    lock = make(threadsafe)
    log = []
    lock.acquire_sync()
    threads = []
    for n, name in enumerate("abcd"):
        if name in "ac":
            threads.append(start_thread(run, core, hold, core, lock, log, name))
        else:
            threads.append(start_thread(hold_in_thread, lock, log, name))
        waiting(lock, n + 1)
    lock.release()
    for thread in threads:
        thread.join()
    assert "".join(log) == "aabbccdd"
    assert not lock.locked()


@pytest.mark.rp2040(seeds=1)
def test_who_releases_and_comes_back_at_once_stands_behind_who_waits(core, threadsafe):
    lock = make(threadsafe)
    log = []

    async def main():
        await lock.acquire()
        task = core.create_task(hold(core, lock, log, "first"))
        await settle(core)
        lock.release()
        assert lock.locked() and not lock.acquire_nowait()  # it is the task's, which has not run yet
        await lock.acquire()
        log.append("second")
        lock.release()
        await task

    run(core, main)
    assert log == ["first", "first", "second"]


def test_a_thread_that_barges_in_cannot_starve_a_task(core, threadsafe):
    lock = make(threadsafe)
    stop = []
    rounds = [0]

    def greedy():
        while not stop:
            with lock:
                rounds[0] += 1

    async def main():
        thread = start_thread(greedy)
        while not rounds[0]:
            await core.sleep(0)
        for _ in range(20):
            async with lock:
                await core.sleep(0)
        stop.append(1)
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()

    run(core, main)
    assert not lock.locked()


@pytest.mark.rp2040(seeds=2)
def test_a_task_waits_for_a_thread_while_its_loop_goes_on(core, threadsafe):
    lock = make(threadsafe)
    event = threadsafe.ThreadSafeEvent()
    log = []

    def holder():
        with lock:
            event.set()
            go.wait_sync()
            log.append("thread")

    go = threadsafe.ThreadSafeEvent()

    async def main():
        thread = start_thread(holder)
        await event.wait()
        task = core.create_task(hold(core, lock, log, "task"))
        await settle(core)
        log.append("the loop runs")
        go.set()
        await task
        thread.join()

    run(core, main, limit=None)
    assert log == ["the loop runs", "thread", "task", "task"]


@pytest.mark.rp2040(seeds=2)
def test_a_thread_waits_for_a_task(core, threadsafe):
    lock = make(threadsafe)
    log = []

    async def main():
        async with lock:
            thread = start_thread(hold_in_thread, lock, log, "thread")
            while not in_line(lock._permits):
                await core.sleep_ms(1)
            log.append("task")
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()
        assert not lock.locked()

    run(core, main)
    assert log == ["task", "thread", "thread"]


class Bell:
    """Rings into a list."""

    def __init__(self):
        self.rung = []

    def ring(self, waiter):
        self.rung.append(waiter)


class Waiting:
    """What the line needs of a waiter."""

    def __init__(self, bell):
        self.bell = bell
        self.granted = False


@pytest.mark.rp2040(seeds=1)
def test_who_joins_the_line_just_after_the_lock_became_free_is_handed_it(threadsafe):
    lock, bell = make(threadsafe), Bell()
    first, second = Waiting(bell), Waiting(bell)
    lock._permits.join(first)
    assert first.granted and bell.rung == [first] and lock.locked()
    lock._permits.join(second)
    assert not second.granted and bell.rung == [first]
    assert lock._permits.leave(first) is False
    lock.release()
    assert second.granted and bell.rung == [first, second] and lock.locked()
    lock.release()
    assert not lock.locked()


@pytest.mark.cpython
def test_who_joins_the_line_just_before_the_lock_becomes_free_is_handed_it(threadsafe):
    """Between the look at the line, which was empty, and the lock's becoming free."""
    from collections import deque

    lock = make(threadsafe)
    waiter = Waiting(Bell())
    coming = [waiter]

    class Free(deque):
        def append(self, item):
            if coming:
                lock._permits.join(coming.pop())
                assert not waiter.granted
            deque.append(self, item)

    lock.acquire_sync()
    lock._permits._free = Free()
    lock.release()
    assert waiter.granted and waiter.bell.rung == [waiter] and lock.locked()
    lock.release()
    assert not lock.locked()


# Giving up


@pytest.mark.parametrize("passes", [0, 1, 2])
def test_a_task_cancelled_after_it_was_handed_the_lock_passes_it_on(core, threadsafe, passes):
    """Before the bell is answered, and when it is in the ready ring."""
    lock = make(threadsafe)
    log = []

    async def cancel(task):
        task.cancel()

    async def main():
        await lock.acquire()
        victim = core.create_task(hold(core, lock, log, "victim"))
        other = core.create_task(hold(core, lock, log, "other"))
        await settle(core)
        lock.release()
        for _ in range(passes):
            core.create_task(cancel(victim))
            await core.sleep(0)
        victim.cancel()
        await other
        await core.gather(victim, return_exceptions=True)
        assert not lock.locked()

    run(core, main)
    assert "".join(log).replace("victim", "") == "otherother"


def test_when_all_that_wait_are_cancelled_it_is_free(core, threadsafe):
    lock = make(threadsafe)

    async def main():
        await lock.acquire()
        tasks = [core.create_task(hold(core, lock, [], n)) for n in range(3)]
        await settle(core)
        tasks[1].cancel()
        lock.release()
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert not lock.locked() and lock.acquire_nowait()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_task_waits_no_longer_than_its_timeout_and_leaves_the_line(core, threadsafe):
    lock = make(threadsafe)
    log = []

    async def main():
        await lock.acquire()
        for timeout in (0.01, 0):
            with pytest.raises(core.TimeoutError):
                await lock.acquire(timeout)
        with pytest.raises(core.TimeoutError):
            await core.wait_for(lock.acquire(), 0.01)
        task = core.create_task(hold(core, lock, log, "later"))
        await settle(core)
        lock.release()
        await task
        assert await lock.acquire(timeout=5) is True

    run(core, main)
    assert log == ["later", "later"]


@pytest.mark.rp2040(seeds=1)
def test_a_thread_waits_no_longer_than_its_timeout_and_leaves_the_line(core, threadsafe):
    lock = make(threadsafe)

    def work():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            lock.acquire_sync(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        with pytest.raises(core.TimeoutError):
            lock.acquire_sync(timeout=0)
        assert not in_line(lock._permits)
        go.append(1)
        return lock.acquire_sync(5)

    go = []

    async def main():
        await lock.acquire()
        thread = start_thread(work)
        while not go:
            await core.sleep_ms(1)
        lock.release()
        while not thread.finished:
            await core.sleep_ms(1)
        assert thread.join() is True and lock.locked()

    run(core, main)


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(threadsafe, timeout):
    lock = make(threadsafe)
    for acquire in (lock.acquire, lock.acquire_sync):
        with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
            acquire(timeout)
    assert not lock.locked()


def test_an_acquire_that_was_cancelled_is_no_ticket_for_another(core, threadsafe):
    """The awaitable is awaited again after its first wait was handed the lock, and cancelled before it ran."""
    lock, before = make(threadsafe), make(threadsafe)

    async def cancel(tasks):
        await before.acquire()
        tasks[0].cancel()

    async def main():
        await lock.acquire()
        await before.acquire()
        acquire = lock.acquire(5)
        tasks = []
        core.create_task(cancel(tasks))
        await settle(core)
        task = core.create_task(acquire)
        tasks.append(task)
        await settle(core)
        before.release()  # both will be woken in one pass, who cancels first
        lock.release()
        await core.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert lock.acquire_nowait()
        task = core.create_task(acquire)
        await settle(core)
        assert not task.done()
        lock.release()
        assert await task is True and lock.locked()

    run(core, main)


def test_a_loop_that_is_closed_passes_on_what_its_tasks_hold_and_wait_for(core, threadsafe):
    lock = make(threadsafe)
    other = make(threadsafe)
    other.acquire_sync()

    async def forever():
        async with lock:
            await core.sleep(100)

    async def main():
        for coro in (forever(), hold(core, lock, [], "b"), hold(core, other, [], "c")):
            core.create_task(coro)
        await settle(core)

    run(core, main)
    assert not lock.locked()
    assert not in_line(other._permits)
    other.release()
    assert not other.locked()


# The loop's own thread


@pytest.mark.rp2040(seeds=1)
def test_in_the_loop_s_own_thread_with_takes_a_free_lock_and_refuses_to_wait(core, threadsafe):
    lock = make(threadsafe)

    async def main():
        with lock:
            assert lock.locked()
            with pytest.raises(core.WrongContextError, match="await ThreadSafeLock.acquire"):
                with lock:
                    pass
            with pytest.raises(core.WrongContextError):
                lock.acquire_sync(timeout=0)
            assert lock.locked() and not in_line(lock._permits)
        assert not lock.locked()
        assert lock.acquire_sync() is True

    run(core, main)


@pytest.mark.cpython
def test_tasks_of_asyncio_share_it_with_a_thread(core, threadsafe):
    import asyncio

    lock = make(threadsafe)
    count = [0]

    def add():
        seen = count[0]
        sleep_ms(0)
        count[0] = seen + 1

    def work():
        for _ in range(30):
            with lock:
                add()

    async def adding():
        for _ in range(30):
            async with lock:
                await asyncio.sleep(0)
                add()

    async def main():
        thread = start_thread(work)
        await asyncio.gather(adding(), adding())
        while not thread.finished:
            await asyncio.sleep(0.001)
        thread.join()
        await lock.acquire()
        with pytest.raises(core.TimeoutError):
            await lock.acquire(0.01)
        with pytest.raises(core.WrongContextError):
            lock.acquire_sync()
        victim, other = [asyncio.ensure_future(_acquire(lock)) for _ in range(2)]
        await asyncio.sleep(0)
        lock.release()
        victim.cancel()
        assert await asyncio.wait_for(other, 5) is True
        lock.release()
        assert not lock.locked()

    asyncio.run(main())
    assert count[0] == 90


async def _acquire(lock):
    return await lock.acquire()


# Signal handlers and ISRs


@pytest.mark.cpython
def test_a_signal_handler_takes_it_if_it_is_free_and_releases_it(core, threadsafe):
    import signal

    lock = make(threadsafe)
    got = []

    def handler(number, frame):
        got.append(lock.acquire_nowait())
        lock.release()  # its own, or who waits

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.raise_signal(signal.SIGALRM)
        assert got == [True] and not lock.locked()
        lock.acquire_sync()
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert lock.acquire_sync(5) is True  # woken by its own thread's handler
        assert got == [True, False] and lock.locked()
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.cpython
def test_what_a_signal_handler_raises_ends_a_wait_and_nobody_loses_the_lock(core, threadsafe):
    import signal

    lock = make(threadsafe)

    class Stop(BaseException):
        pass

    def handler(number, frame):
        raise Stop

    old = signal.signal(signal.SIGALRM, handler)
    lock.acquire_sync()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(Stop):
            lock.acquire_sync(5)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert not in_line(lock._permits)
    thread = start_thread(lock.acquire_sync, 5)
    waiting(lock, 1)
    lock.release()
    assert thread.join() is True


@pytest.mark.cpython
def test_a_thread_interrupted_after_it_was_handed_the_lock_passes_it_on(core, threadsafe):
    import signal

    lock = make(threadsafe)

    class Stop(BaseException):
        pass

    def handler(number, frame):
        lock.release()  # to the very thread that it interrupts
        assert lock.locked()
        raise Stop

    old = signal.signal(signal.SIGALRM, handler)
    lock.acquire_sync()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(Stop):
            lock.acquire_sync(5)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert not lock.locked()


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_taking_and_releasing_it_allocate_nothing(core, threadsafe):
    import micropython

    lock = make(threadsafe)
    log = []

    def locked_heap(fn):
        micropython.heap_lock()
        try:
            return fn()
        finally:
            micropython.heap_unlock()

    def take_and_release():
        with lock:
            pass
        lock.acquire_nowait()
        lock.acquire_nowait()
        lock.release()

    def release_in_vain():
        try:
            lock.release()
        except RuntimeError:
            return True
        return False

    async def main():
        locked_heap(take_and_release)
        assert locked_heap(release_in_vain)
        await lock.acquire()
        task = core.create_task(hold(core, lock, log, "task"))
        await settle(core)
        locked_heap(lock.release)
        await task

    run(core, main, limit=None)
    assert log == ["task", "task"] and not lock.locked()


class Edges:
    """Tries the lock at each edge, and adds to what it guards."""

    def __init__(self, lock, guarded):
        self.lock = lock
        self.guarded = guarded
        self.entered = 0
        self.refused = 0

    def on_edge(self, pin):
        if self.lock.acquire_nowait():
            self.entered += 1
            self.guarded[0] += 1
            self.guarded[1] += 1
            self.lock.release()
        else:
            self.refused += 1


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_an_interrupt_tries_it_while_tasks_and_the_other_core_hold_it(core, threadsafe):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3; on unix a thread."""
    lock = make(threadsafe)
    guarded = [0, 0]
    edges = Edges(lock, guarded)
    stop = []

    def add():
        assert guarded[0] == guarded[1]
        guarded[0] += 1
        sleep_ms(0)
        guarded[1] += 1

    def work():
        for _ in range(20):
            with lock:
                add()

    def play_edges():
        while not stop:
            edges.on_edge(None)
            sleep_ms(0)

    async def main():
        thread = start_thread(work)
        if RP2:
            from machine import PWM, Pin

            pin = Pin(3, Pin.IN)
            pin.irq(edges.on_edge, Pin.IRQ_RISING, hard=True)
            pwm = PWM(Pin(2), freq=900, duty_u16=32768)
        else:
            player = start_thread(play_edges)
        for _ in range(20):
            async with lock:
                add()
        while not (thread.finished and edges.entered):
            await core.sleep_ms(1)
        if RP2:
            pwm.deinit()
            pin.irq(None)
        stop.append(1)
        thread.join()
        if not RP2:
            player.join()

    run(core, main, limit=30)
    assert guarded[0] == guarded[1] == 40 + edges.entered
    assert not lock.locked()


# Ended at every point, and under load


def contended(core, threadsafe, timeout):
    """The victim holds it twice; whoever else wants it gets it, one at a time."""
    lock, inside, served = make(threadsafe), [], []

    async def use(name):
        assert not inside
        inside.append(name)
        try:
            await core.sleep_ms(1)
        finally:
            inside.remove(name)
            lock.release()

    async def victim():
        for _ in range(2):
            await lock.acquire(timeout)
            await use("victim")

    async def other(name):
        for _ in range(2):
            await lock.acquire()
            await use(name)
        served.append(name)

    async def check(ended):
        assert sorted(served) == ["a", "b"] and not inside
        assert not lock.locked() and not in_line(lock._permits)

    return Program(victim, [lambda: other("a"), lambda: other("b")], check)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("timeout", [None, 1])
def test_a_wait_can_be_ended_at_every_point(core, threadsafe, timeout, how):
    inject(core, lambda core: contended(core, threadsafe, timeout), how)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_wait_is_ended_at_every_point_on_a_board(core, threadsafe):
    inject(core, lambda core: contended(core, threadsafe, None), "cancel")


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


class Account:
    """What the lock guards: its parts are equal, whoever looks."""

    def __init__(self):
        self.parts = [0, 0]
        self.torn = 0

    def add(self):
        if self.parts[0] != self.parts[1]:
            self.torn += 1
        self.parts[0] += 1
        sleep_ms(0)
        self.parts[1] += 1


def add_in_thread(core, lock, account, rounds, seed):
    random = Random(seed)
    added = 0
    for _ in range(rounds):
        kind = random.below(4)
        if kind == 0:
            if not lock.acquire_nowait():
                continue
        elif kind == 1:
            try:
                lock.acquire_sync(random.below(3) / 1000)
            except core.TimeoutError:
                continue
        else:
            lock.acquire_sync()
        account.add()
        added += 1
        lock.release()
    return added


async def add_in_task(core, lock, account, added, seed):
    random = Random(seed)
    while True:
        try:
            await lock.acquire(random.below(3) / 1000 if random.below(3) == 0 else None)
        except core.TimeoutError:
            continue
        try:
            account.add()
            added[0] += 1
            if random.below(3) == 0:
                await core.sleep(0)
        finally:
            lock.release()


async def stress(core, threadsafe, threads, rounds, seed):
    """Tasks are cancelled at any moment and replaced, threads time out, and all add under one lock."""
    lock, account, added = make(threadsafe), Account(), [0]
    random = Random(seed)
    workers = [start_thread(add_in_thread, core, lock, account, rounds, seed + n) for n in range(threads)]
    tasks = [core.create_task(add_in_task(core, lock, account, added, seed + n)) for n in range(2)]
    while not all(worker.finished for worker in workers):
        for _ in range(random.below(6)):
            await core.sleep(0)
        if random.below(2):
            await core.sleep_ms(random.below(3))
        n = random.below(2)
        tasks[n].cancel()
        tasks[n] = core.create_task(add_in_task(core, lock, account, added, random.below(1000)))
    for task in tasks:
        task.cancel()
    await core.gather(*tasks, return_exceptions=True)
    total = added[0] + sum([worker.join() for worker in workers])
    assert account.torn == 0
    assert account.parts == [total, total]
    assert not lock.locked() and not in_line(lock._permits)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tasks_and_two_threads_that_give_up_at_any_moment_hold_it_one_at_a_time(core, threadsafe, seed):
    run(core, stress, core, threadsafe, 2, 200, seed, limit=20)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_tasks_and_core_1_that_give_up_at_any_moment_hold_it_one_at_a_time(core, threadsafe):
    run(core, stress, core, threadsafe, 1, 30, 4, limit=60)


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [5, 6])
def test_with_threads_switched_at_every_moment_nobody_is_lost(core, threadsafe, seed):
    import sys

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        run(core, stress, core, threadsafe, 3, 150, seed, limit=20)
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_scheduled_callback_takes_and_releases_it_while_its_thread_does(core, threadsafe):
    """It cuts into the main thread at any jump."""
    import micropython

    lock = make(threadsafe)
    stop = []
    taken = [0]

    def callback(_):
        if lock.acquire_nowait():
            taken[0] += 1
            lock.release()

    def schedule():
        while not stop:
            try:
                micropython.schedule(callback, None)
            except RuntimeError:  # its queue is full
                sleep_ms(0)

    thread = start_thread(schedule)
    n = 0
    start = ticks_ms()
    while n < (40 if RP2 else 2000) or not taken[0]:
        with lock:
            assert lock.locked()
        n += 1
        assert ticks_diff(ticks_ms(), start) < 20000
    stop.append(1)
    thread.join()
    assert not lock.locked()
