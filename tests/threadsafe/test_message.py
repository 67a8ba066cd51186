"""Message: the latest value, published in any context, read by any number of tasks and threads."""

import pytest

from support import RP2, in_line, run, start_thread, ticks_diff, ticks_ms


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


async def wait_into(message, log, name):
    log.append((name, await message))


@pytest.mark.rp2040(seeds=1)
def test_the_module_is_there_on_every_platform_and_a_message_begins_empty(threadsafe):
    """Defect 14: upstream's module ends the program when it is imported on the unix port."""
    message = threadsafe.Message()
    assert message.is_set() is False
    assert message.value() is None


def test_it_is_set_from_set_to_clear_and_its_value_stays(threadsafe):
    message = threadsafe.Message()
    message.set(1)
    assert message.is_set() is True and message.value() == 1
    message.set(2)
    assert message.is_set() is True and message.value() == 2
    message.clear()
    assert message.is_set() is False and message.value() == 2


def test_waiting_for_a_set_message_gives_its_value_and_does_not_yield(core, threadsafe):
    """Defect 9: upstream's wait blocks after the first waiter has consumed the flag, though is_set() is true."""
    message = threadsafe.Message()
    others = []

    async def other():
        others.append(1)

    async def main():
        core.create_task(other())
        message.set("value")
        assert await message == "value"
        assert await message.wait() == "value"
        assert await message == "value"
        assert others == []
        assert message.wait_sync() == "value"

    run(core, main)


def test_a_cleared_message_is_waited_for(core, threadsafe):
    message = threadsafe.Message()

    async def main():
        message.set(1)
        message.clear()
        with pytest.raises(core.TimeoutError):
            await core.wait_for(message.wait(), 0.005)

    run(core, main)


@pytest.mark.parametrize("value", [None, 0, False, "", (1, 2)])
def test_any_value_is_a_value_and_so_is_none(core, threadsafe, value):
    message = threadsafe.Message()

    async def main():
        task = core.create_task(message.wait())
        await settle(core)
        assert not task.done()
        message.set(value)
        return await task

    assert run(core, main) == value


def test_without_a_value_it_carries_none(core, threadsafe):
    message = threadsafe.Message()
    message.set()
    assert run(core, message.wait) is None


@pytest.mark.rp2040
def test_a_thread_sets_it_and_an_idle_loop_s_task_has_the_value(core, threadsafe):
    message = threadsafe.Message()

    async def main():
        got = []
        for n in range(5):
            thread = start_thread(message.set, n)
            got.append(await message)
            message.clear()
            thread.join()
        return got

    assert run(core, main, limit=None) == [0, 1, 2, 3, 4]


@pytest.mark.rp2040
def test_all_who_wait_have_the_value_in_the_order_they_came(core, threadsafe):
    """Defect 12: upstream's set pops and pushes tasks of the scheduler from the caller's context, the second first."""
    message = threadsafe.Message()
    log = []

    async def main():
        tasks = [core.create_task(wait_into(message, log, name)) for name in "abcd"]
        await settle(core)
        thread = start_thread(message.set, 7)
        for task in tasks:
            await task
        thread.join()

    run(core, main, limit=None)
    assert log == [("a", 7), ("b", 7), ("c", 7), ("d", 7)]


def test_setting_it_from_a_thread_runs_none_of_the_waiters_there(core, threadsafe):
    """Defect 12: only the loop's thread touches its queue of tasks."""
    message = threadsafe.Message()
    log = []

    async def main():
        task = core.create_task(wait_into(message, log, "waiter"))
        await settle(core)
        start_thread(message.set, 1).join()  # the loop stands still meanwhile
        assert log == [] and not task.done()
        await task

    run(core, main)
    assert log == [("waiter", 1)]


def test_set_and_clear_let_go_exactly_those_who_wait_with_the_value(core, threadsafe):
    message = threadsafe.Message()
    log = []

    async def main():
        present = [core.create_task(wait_into(message, log, name)) for name in "ab"]
        thread = start_thread(message.wait_sync)
        while in_line(message._line) < 3:
            await core.sleep_ms(1)
        message.set(1)
        message.clear()
        late = core.create_task(wait_into(message, log, "late"))
        await core.gather(*present)
        await core.sleep_ms(5)
        assert log == [("a", 1), ("b", 1)] and not late.done()
        assert thread.join() == 1
        message.set(2)
        await late

    run(core, main)
    assert log[2:] == [("late", 2)]


@pytest.mark.parametrize("who", [0, 1])
def test_a_cancelled_waiter_harms_nobody(core, threadsafe, who):
    """Defect 11, in a message."""
    message = threadsafe.Message()
    log = []

    async def main():
        tasks = [core.create_task(wait_into(message, log, n)) for n in range(2)]
        await settle(core)
        tasks[who].cancel()
        await settle(core)
        message.set("value")
        await tasks[1 - who]
        message.clear()
        task = core.create_task(wait_into(message, log, "later"))
        await settle(core)
        message.set("another")
        await task

    run(core, main)
    assert log == [(1 - who, "value"), ("later", "another")]


def test_a_later_value_takes_the_place_of_one_that_nobody_read(core, threadsafe):
    """Defect 13, the documented half: only the latest counts."""
    message = threadsafe.Message()

    async def main():
        for n in range(3):
            message.set(n)
        return await message

    assert run(core, main) == 2


@pytest.mark.rp2040
def test_async_for_gives_each_new_value_once_though_nobody_clears(core, threadsafe):
    message = threadsafe.Message()
    log = []

    async def reader(name):
        async for value in message:
            log.append((name, value))
            if value == 2:
                return

    async def main():
        message.set(0)
        tasks = [core.create_task(reader(name)) for name in "ab"]
        for value in range(3):
            message.set(value)
            await settle(core)
            await settle(core)
        for task in tasks:
            await task

    run(core, main, limit=None)
    assert log == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]


def test_async_for_gives_an_equal_value_again(core, threadsafe):
    message = threadsafe.Message()
    log = []

    async def reader():
        async for value in message:
            log.append(value)

    async def main():
        task = core.create_task(reader())
        for _ in range(3):
            await settle(core)
            message.set(None)
        await settle(core)
        task.cancel()

    run(core, main)
    assert log == [None, None, None]


def test_async_for_begins_with_the_value_that_is_set_and_not_with_one_that_was_cleared(core, threadsafe):
    message = threadsafe.Message()

    async def first():
        async for value in message:
            return value

    async def main():
        message.set("old")
        assert await first() == "old"
        message.clear()
        task = core.create_task(first())
        await settle(core)
        assert not task.done()
        message.set("new")
        message.clear()
        return await task

    assert run(core, main) == "new"


def test_async_for_skips_what_was_overwritten_before_it_came_round(core, threadsafe):
    message = threadsafe.Message()
    log = []

    async def reader():
        async for value in message:
            log.append(value)
            await core.sleep_ms(5)

    async def main():
        task = core.create_task(reader())
        await settle(core)
        for value in (1, 2, 3):
            message.set(value)
        while not log or not in_line(message._line):  # until it has come round
            await core.sleep_ms(1)
        task.cancel()

    run(core, main)
    assert log == [3]


@pytest.mark.rp2040
def test_a_reader_of_a_busy_message_sees_whole_values_in_order_and_the_last_one(core, threadsafe):
    """Defect 13: upstream stores the value and the flag apart."""
    message = threadsafe.Message()
    count = 200 if RP2 else 3000
    log = []

    def publish():
        for n in range(1, count + 1):
            message.set((n, -n))

    async def main():
        thread = start_thread(publish)
        async for n, minus in message:
            assert n == -minus
            log.append(n)
            if n == count:
                break
        thread.join()

    run(core, main, limit=None)
    assert log == sorted(set(log))


def test_of_values_set_by_several_threads_the_last_is_seen_and_each_at_most_once(core, threadsafe):
    message = threadsafe.Message()
    log = []

    def publish(name):
        for n in range(1000):
            message.set((name, n))
            if n % 7 == 0:
                message.clear()

    async def reader():
        async for value in message:
            log.append(value)
            if value == "end":
                return

    async def main():
        task = core.create_task(reader())
        threads = [start_thread(publish, name) for name in "abc"]
        while not all(thread.finished for thread in threads):
            await core.sleep(0)
        await settle(core)
        message.set("end")
        await task
        for thread in threads:
            thread.join()

    run(core, main)
    assert len(log) == len(set(log))
    for name in "abc":
        own = [n for who, n in log[:-1] if who == name]
        assert own == sorted(own)


@pytest.mark.cpython
def test_clear_does_not_undo_a_set_that_comes_while_it_works(threadsafe):
    import sys

    message = threadsafe.Message()
    stop = [False]

    def clear():
        while not stop[0]:
            message.clear()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = start_thread(clear)
    try:
        for n in range(20000):
            message.set(n)
            assert message.value() == n
    finally:
        stop[0] = True
        sys.setswitchinterval(interval)
        thread.join()


@pytest.mark.rp2040(seeds=1)
def test_a_thread_waits_for_the_value_but_no_longer_than_its_timeout(core, threadsafe):
    message = threadsafe.Message()

    def work():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            message.wait_sync(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        return message.wait_sync(timeout=5)

    async def main():
        thread = start_thread(work)
        await core.sleep_ms(40)
        message.set("value")
        return thread.join()

    assert run(core, main) == "value"


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(threadsafe, timeout):
    with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
        threadsafe.Message().wait_sync(timeout)


def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    message = threadsafe.Message()

    async def main():
        with pytest.raises(core.WrongContextError, match="await Message.wait"):
            message.wait_sync()

    run(core, main)


@pytest.mark.cpython
def test_what_was_overwritten_is_not_kept_alive(threadsafe):
    import weakref

    class Thing:
        pass

    message = threadsafe.Message()
    thing = Thing()
    gone = weakref.ref(thing)
    message.set(thing)
    assert message.wait_sync() is thing
    del thing
    message.set(None)
    assert gone() is None


@pytest.mark.cpython
def test_a_signal_handler_sets_it_whatever_it_interrupts(core, threadsafe):
    import signal

    message = threadsafe.Message()
    old = signal.signal(signal.SIGALRM, lambda number, frame: message.set("from the handler"))
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.001)
    try:
        for _ in range(10):
            assert run(core, message.wait) == "from the handler"
            message.clear()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_set_clear_and_value_allocate_nothing_whoever_waits(core, threadsafe):
    import micropython

    message = threadsafe.Message()
    log = []

    def locked_set(value):
        micropython.heap_lock()
        try:
            message.set(value)
            assert message.is_set() and message.value() is value
            message.clear()
        finally:
            micropython.heap_unlock()

    async def main():
        locked_set(1)
        tasks = [core.create_task(wait_into(message, log, n)) for n in range(3)]
        await settle(core)
        locked_set(2)
        for task in tasks:
            await task

    run(core, main, limit=None)
    assert log == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.rp2040(seeds=1)
def test_a_reader_is_told_how_many_values_it_missed(core, threadsafe):
    message, log = threadsafe.Message(), []

    async def main():
        message.set("before")
        reader = message.reader()

        async def read():
            async for value in reader:
                log.append((value, reader.missed))
                if value == "end":
                    return

        task = core.create_task(read())
        await settle(core)
        for values in (["a"], ["b", "c", "d"], ["e"], ["f", "end"]):
            for value in values:
                message.set(value)
            await settle(core)
        await task

    run(core, main)
    assert log == [("before", 0), ("a", 0), ("d", 2), ("e", 0), ("end", 1)]
    assert message.sequence == 8


def test_the_numbers_of_several_threads_are_all_counted(threadsafe):
    message = threadsafe.Message()

    def sets():
        for n in range(200):
            message.set(n)

    threads = [start_thread(sets) for _ in range(3)]
    for thread in threads:
        thread.join()
    assert message.sequence == 600 and message.published()[3] == message.sequence
    message.set()
    assert message.sequence == 601


@pytest.mark.cpython
def test_a_collection_of_garbage_in_the_middle_of_a_set_puts_no_number_back(threadsafe):
    """Up to Python 3.11 whatever is made may start one, and its finalizers set, or let another thread go on."""
    import gc

    message = threadsafe.Message()
    sets = [0]

    def collecting(phase, info):
        if phase == "start":
            sets[0] += 1
            message.set("finalizer")

    before = gc.get_threshold()
    gc.callbacks.append(collecting)
    try:
        for threshold in range(1, 12):  # so that each thing that a `set` makes is once the one
            gc.set_threshold(threshold, 1000, 1000)
            for _ in range(30):
                sets[0] += 1
                message.set("loop")
                assert message.sequence == sets[0]
    finally:
        gc.callbacks.remove(collecting)
        gc.set_threshold(*before)
