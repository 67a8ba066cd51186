"""Waiting in a line: who leaves it, when, and that no notification is lost on one who has left."""

import pytest

from support import RP2, run, sleep_ms, start_thread, submodule


class Bell:
    """Rings into a list."""

    def __init__(self):
        self.rung = []

    def ring(self, waiter):
        self.rung.append(waiter)


class Counter:
    rings = 0

    def ring(self, waiter):
        self.rings += 1


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


class Cell:
    """What a line needs of a waiter."""

    def __init__(self, bell):
        self.bell = bell


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_line_rings_for_who_has_waited_longest_and_forgets_who_has_left(threadsafe):
    bell = Bell()
    line = threadsafe.parking.WaitLine()
    assert not line.any()
    line.notify()
    line.notify_all()
    a, b, c, d = [Cell(bell) for _ in range(4)]
    for waiter in (a, b, c, d):
        line.join(waiter)
    assert line.any()
    assert line.leave(b) is True
    assert line.leave(b) is False
    line.notify()
    assert bell.rung == [a]
    assert line.leave(a) is False
    assert line.leave(d) is True
    line.join(b)
    line.notify_all()
    assert bell.rung == [a, c, b]
    assert not line.any()
    line.join(a)
    assert line.leave(a) is True and not line.any()


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_notifying_all_ends_with_those_who_stood_there(threadsafe):
    line = threadsafe.parking.WaitLine()

    class Rejoining(Bell):
        def ring(self, waiter):
            Bell.ring(self, waiter)
            line.join(waiter)

    bell = Rejoining()
    waiters = [Cell(bell) for _ in range(3)]
    for waiter in waiters:
        line.join(waiter)
    line.notify_all()
    assert bell.rung == waiters
    assert line.any()


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_a_scheduled_callback_notifies_while_waiters_come_and_go(threadsafe):
    """It cuts into the main thread at any jump. On the unix port it once waited for that thread's own lock."""
    import micropython

    bell = Counter()
    line = threadsafe.parking.WaitLine()
    stop = [False]

    def callback(_):
        line.notify()

    def schedule():
        while not stop[0]:
            try:
                micropython.schedule(callback, None)
            except RuntimeError:  # its queue is full
                sleep_ms(0)

    thread = start_thread(schedule)
    waiters = [Cell(bell) for _ in range(3)]
    left = 0
    for n in range(60 if RP2 else 3000):
        for waiter in waiters:
            line.join(waiter)
        for i in (1, 2, 0):
            left += line.leave(waiters[i])
        assert left + bell.rings == 3 * n + 3
    stop[0] = True
    thread.join()
    assert not line.any()


@pytest.mark.rp2040(seeds=1)
def test_a_thread_that_gives_up_passes_its_notification_to_a_task(core, threadsafe):
    """Each round an item and a thread's timeout meet; whoever is woken, the item goes to somebody."""
    queue = threadsafe.ThreadSafeQueue(1)

    def impatient():
        taken = 0
        while not queue.closed():
            try:
                queue.get_sync(timeout=0.001)
                taken += 1
            except (core.TimeoutError, threadsafe.QueueClosed):
                pass
        return taken

    async def patient(log):
        async for item in queue:
            log.append(item)

    async def main():
        log = []
        thread = start_thread(impatient)
        task = core.create_task(patient(log))
        for n in range(30):
            await queue.put(n, timeout=5)
            await core.sleep_ms(n % 3)
        while not queue.empty():
            await core.sleep_ms(1)
        queue.close()
        await task
        return len(log) + thread.join()

    assert run(core, main) == 30


def test_a_notification_for_an_earlier_wait_does_not_end_a_later_one(core, threadsafe):
    """The thread's event wait times out as it is set: its next wait, for another event, must not pass."""
    first, second = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

    def work():
        passed = 0
        for _ in range(20):
            try:
                first.wait_sync(0.001)
                first.clear()
            except core.TimeoutError:
                pass
            try:
                second.wait_sync(0.001)
                passed += 1
            except core.TimeoutError:
                pass
        return passed

    thread = start_thread(work)
    while not thread.finished:
        first.set()
        first.clear()
        sleep_ms(1)
    assert thread.join() == 0


def test_many_threads_one_after_another_may_wait(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    for n in range(60):
        thread = start_thread(queue.get_sync, True, 5)
        sleep_ms(n % 2)
        queue.put_sync(n, timeout=5)
        assert thread.join() == n


def test_a_waiter_of_a_loop_that_was_closed_is_rung_in_vain(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)

    async def main():
        core.create_task(queue.get())
        await settle(core)

    run(core, main)
    queue.put_sync("item")
    assert run(core, queue.get) == "item"


def test_a_task_left_by_one_run_waits_on_in_the_next(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    core.new_event_loop()
    tasks = []

    async def first():
        tasks.append(core.create_task(queue.get()))
        await settle(core)

    async def second():
        return await tasks[0]

    core.run(first())
    queue.put_sync("between")
    assert core.run(second()) == "between"
    core.new_event_loop()


@pytest.mark.parametrize("timeout, result", [(None, None), (0, 0), (2.5, 2.5), (float("inf"), None)])
def test_check_timeout_gives_seconds_or_none_for_ever(threadsafe, timeout, result):
    assert submodule(threadsafe, "parking").check_timeout(timeout) == result


@pytest.mark.parametrize("timeout, error", [(-1, ValueError), (float("nan"), ValueError), ("1", TypeError)])
def test_check_timeout_says_what_can_be_waited_for(threadsafe, timeout, error):
    with pytest.raises(error, match="None"):
        submodule(threadsafe, "parking").check_timeout(timeout)
