"""Snapshot: fields published together, read as they were at one moment, however the writer and the readers meet."""

import pytest

from support import RP2, in_line, run, start_thread, submodule, ticks_diff, ticks_ms, until_in_line


def make(threadsafe, fields, typecode=None):
    return submodule(threadsafe, "snapshot").Snapshot(fields, typecode)


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
def test_it_begins_empty_and_gives_what_was_published_last(threadsafe):
    snapshot = make(threadsafe, ("x", "y", "t"))
    assert snapshot.read() == (None, None, None) and snapshot.version == 0
    for n in range(1, 10):
        snapshot.publish(n, 2 * n, 3 * n)
        values = snapshot.read()
        assert values == (n, 2 * n, 3 * n) and snapshot.version == n
        assert (values.x, values.y, values.t) == (n, 2 * n, 3 * n)
    assert snapshot.fields == ("x", "y", "t")
    assert snapshot.latest() == (9, (9, 18, 27))


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("typecode", [None, "i", "f"])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_each_number_of_fields_and_each_type(threadsafe, count, typecode):
    snapshot = make(threadsafe, count, typecode)
    assert snapshot.read() == ((None if typecode is None else 0),) * count
    for n in range(6):
        values = tuple(range(n, n + count))
        snapshot.publish(*values)
        assert snapshot.read() == values


def test_many_fields_are_published_through_the_spare_row(threadsafe):
    snapshot = make(threadsafe, 20, "h")
    for n in range(9):
        row = snapshot.spare
        for i in range(20):
            row[i] = n + i
        before = snapshot.read()
        snapshot.commit()
        assert before == (tuple(range(n - 1, n + 19)) if n else (0,) * 20)
        assert snapshot.read() == tuple(range(n, n + 20))


def test_a_publication_of_the_wrong_number_of_values_is_refused_and_publishes_nothing(threadsafe):
    snapshot = make(threadsafe, 2)
    snapshot.publish(1, 2)
    for values in ((3,), (3, 4, 5), (3, 4, 5, 6, 7, 8)):
        with pytest.raises(TypeError, match="needs 2 values, not " + str(len(values))):
            snapshot.publish(*values)
    assert snapshot.latest() == (1, (1, 2))


@pytest.mark.parametrize("fields", [0, -1, ()])
def test_a_snapshot_without_fields_is_refused(threadsafe, fields):
    with pytest.raises(ValueError, match="1 field or more"):
        make(threadsafe, fields)


def test_read_into_fills_a_list_or_an_array_and_returns_the_version(threadsafe):
    from array import array

    objects = make(threadsafe, 3)
    numbers = make(threadsafe, 3, "i")
    for n in range(1, 7):
        objects.publish(n, "two", None)
        numbers.publish(n, -n, 0)
        values = [0, 0, 0]
        assert objects.read_into(values) == n and values == [n, "two", None]
        assert numbers.read_into(values) == n and values == [n, -n, 0]
        typed = array("i", [0, 0, 0])
        assert numbers.read_into(typed) == n and list(typed) == [n, -n, 0]
    for wrong in ([], [0, 0], [0] * 4):
        with pytest.raises(ValueError, match="as many places as there are fields"):
            objects.read_into(wrong)


def test_what_was_read_does_not_change_later(threadsafe):
    snapshot = make(threadsafe, ("a", "b"))
    snapshot.publish(1, 2)
    values = snapshot.read()
    for n in range(10):
        snapshot.publish(n, n)
    assert values == (1, 2)


def test_missed_tells_how_many_were_published_since(threadsafe):
    snapshot = make(threadsafe, 1)
    snapshot.publish(0)
    since = snapshot.version
    assert snapshot.missed(since) == 0
    for n in range(1, 5):
        snapshot.publish(n)
        assert snapshot.missed(since) == n


def test_numbers_begin_with_1_again_after_the_largest(core, threadsafe):
    snapshot = make(threadsafe, 1)
    last = submodule(threadsafe, "snapshot").LAST
    snapshot.version = since = last - 1
    for n in range(3):
        snapshot.publish(n)
    assert snapshot.version == 2 and snapshot.missed(since) == 3
    assert snapshot.latest() == (2, (2,))
    assert run(core, changed, snapshot, since) == 2


async def changed(snapshot, since):
    return await snapshot.changed(since)


# Readers and the writer meeting: each step between is made to happen by hand.


class Meddling:
    """Stands for the rows of a snapshot: publishes `counts[n]` times in the middle of the copy number n."""

    def __init__(self, snapshot, counts):
        self.snapshot = snapshot
        self.counts = counts
        self.copies = 0
        self.copy = snapshot._move
        snapshot._move = self.move

    def move(self, index, buf):
        row = self.snapshot._rows[index]
        half = len(buf) // 2
        buf[:half] = row[:half]
        count = self.counts[self.copies] if self.copies < len(self.counts) else 0
        self.copies += 1
        for _ in range(count):
            n = self.snapshot.version + 1
            self.snapshot.publish(n, n, n, n)
        buf[half:] = row[half:]


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("first", [0, 1, 2, 3, 4, 5, 9])
def test_a_copy_that_the_writer_spoils_is_made_again_at_most_twice(threadsafe, first):
    snapshot = make(threadsafe, 4)
    for start in range(1, 9):  # whichever row is the published one
        for second in (0, 1, 2, 3, 4, 7):
            for third in (0, 1, 3, 8):
                version = snapshot.version + 1
                snapshot.publish(version, version, version, version)
                meddling = Meddling(snapshot, [first, second, third])
                number, values = snapshot.latest()
                snapshot._move = meddling.copy
                assert values == (number,) * 4, (start, second, third, values)
                assert version <= number <= snapshot.version
                assert meddling.copies <= 3
                if first < 2:
                    assert meddling.copies == 1
                assert snapshot.latest() == (snapshot.version, (snapshot.version,) * 4)


@pytest.mark.micropython
def test_a_second_reader_is_served_while_another_has_the_pin_and_the_pin_is_given_back(threadsafe):
    snapshot = make(threadsafe, 2)
    snapshot.publish(1, 1)
    snapshot._pinning.acquire()
    spoil = [True]
    move = snapshot._move

    def spoilt_once(index, buf):
        move(index, buf)
        if spoil[0]:
            spoil[0] = False
            for n in range(2, 6):
                snapshot.publish(n, n)

    snapshot._move = spoilt_once
    assert snapshot.latest() == (5, (5, 5))

    def always_spoilt(index, buf):
        move(index, buf)
        for n in range(3):
            snapshot.publish(n, n)

    snapshot._move = always_spoilt
    with pytest.raises(RuntimeError, match="served for too long"):
        snapshot.read()
    snapshot._pinning.release()
    assert snapshot.read() in [(n, n) for n in range(3)]
    snapshot._move = move
    snapshot.publish(7, 7)
    assert snapshot._pinned == -1 and snapshot._request == 0
    assert snapshot.read() == (7, 7)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("typecode", [None, "i"])
def test_a_reader_beside_a_busy_writer_sees_whole_moments_in_order(threadsafe, typecode):
    snapshot = make(threadsafe, 4, typecode)
    count = 300 if RP2 else 10000

    def write():
        for n in range(1, count + 1):
            snapshot.publish(n, -n, 2 * n, n + 7)

    snapshot.publish(0, 0, 0, 7)
    thread = start_thread(write)
    last = number = 0
    buf = snapshot.spare[:]
    while last < count:
        number, (a, b, c, d) = snapshot.latest()
        assert (b, c, d) == (-a, 2 * a, a + 7) and a >= last and number == a + 1
        last = a
        number = snapshot.read_into(buf)
        assert (buf[1], buf[2], buf[3]) == (-buf[0], 2 * buf[0], buf[0] + 7)
        assert buf[0] >= last and number == buf[0] + 1
        last = buf[0]
    thread.join()


def test_several_readers_beside_a_busy_writer(threadsafe):
    snapshot = make(threadsafe, 12)
    count = 4000
    row = snapshot.spare
    for i in range(12):
        row[i] = 0
    snapshot.commit()

    def read():
        last = seen = 0
        while last < count:
            values = snapshot.read()
            assert values == (values[0],) * 12 and values[0] >= last
            last = values[0]
            seen += 1
        return seen

    threads = [start_thread(read) for _ in range(3)]
    for n in range(1, count + 1):
        row = snapshot.spare
        for i in range(12):
            row[i] = n
        snapshot.commit()
    assert all(thread.join() for thread in threads)


# Waiting.


@pytest.mark.rp2040(seeds=1)
def test_a_thread_publishes_and_an_idle_loop_s_task_goes_on(core, threadsafe):
    snapshot = make(threadsafe, ("x", "y"))

    async def main():
        since = 0
        for n in range(5):
            thread = start_thread(snapshot.publish, n, -n)
            since = await snapshot.changed(since)
            assert since == n + 1 and snapshot.read() == (n, -n)
            thread.join()

    run(core, main, limit=None)


def test_a_change_that_has_come_is_not_waited_for(core, threadsafe):
    snapshot = make(threadsafe, 1)
    others = []

    async def other():
        others.append(1)

    async def main():
        core.create_task(other())
        snapshot.publish(5)
        assert await snapshot.changed() == 1
        snapshot.publish(5)
        assert await snapshot.changed(1) == 2
        assert others == []
        assert snapshot.wait_sync(since=1) == 2
        with pytest.raises(core.TimeoutError):
            await core.wait_for(snapshot.changed(2), 0.005)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_all_who_wait_are_woken_in_the_order_they_came(core, threadsafe):
    snapshot = make(threadsafe, 1)
    log = []

    async def wait(name):
        await snapshot.changed()
        log.append(name)

    async def main():
        tasks = [core.create_task(wait(name)) for name in "abcd"]
        await settle(core)
        thread = start_thread(snapshot.publish, 1)
        for task in tasks:
            await task
        thread.join()

    run(core, main, limit=None)
    assert log == list("abcd")


@pytest.mark.parametrize("who", [0, 1, 2])
@pytest.mark.parametrize("notified", [False, True])
def test_a_cancelled_wait_harms_nobody(core, threadsafe, who, notified):
    snapshot = make(threadsafe, 1)
    log = []

    async def wait(name):
        await snapshot.changed()
        log.append(name)

    async def main():
        tasks = [core.create_task(wait(n)) for n in range(3)]
        await settle(core)
        if notified:
            snapshot.publish(1)
        tasks[who].cancel()
        if not notified:
            await settle(core)
            snapshot.publish(1)
        await core.gather(*tasks, return_exceptions=True)

    run(core, main)
    assert log == [n for n in range(3) if n != who]


@pytest.mark.rp2040(seeds=1)
def test_async_for_gives_each_version_it_comes_round_for_once(core, threadsafe):
    snapshot = make(threadsafe, ("a", "b"))
    log = []

    async def reader():
        async for a, b in snapshot:
            log.append((a, b))

    async def main():
        snapshot.publish(0, 0)
        task = core.create_task(reader())
        await settle(core)
        snapshot.publish(0, 0)  # equal, and yet another
        await settle(core)
        for n in (1, 2, 3):
            snapshot.publish(n, n)
        await settle(core)
        snapshot.publish(4, 4)
        snapshot.close()
        await task

    run(core, main, limit=None)
    assert log == [(0, 0), (0, 0), (3, 3), (4, 4)]


@pytest.mark.rp2040(seeds=1)
def test_async_for_beside_a_busy_writer_ends_with_the_last(core, threadsafe):
    snapshot = make(threadsafe, 3, "i")
    count = 200 if RP2 else 3000
    log = []

    def write():
        for n in range(1, count + 1):
            snapshot.publish(n, -n, n)
        snapshot.close()

    async def main():
        thread = start_thread(write)
        async for a, b, c in snapshot:
            assert (b, c) == (-a, a)
            log.append(a)
        thread.join()

    run(core, main, limit=None)
    assert log[-1] == count and log == sorted(set(log))


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_what_a_writer_has_published_but_not_counted_yet_is_seen_once(core, threadsafe):
    """Another core may look between its last two stores."""
    snapshot = make(threadsafe, 2, "i")

    async def main():
        reader = snapshot.__aiter__()
        snapshot.publish(1, 1)
        assert await reader.__anext__() == (1, 1)
        snapshot.publish(2, 2)
        snapshot.version = 1  # as it is for a moment
        assert await reader.__anext__() == (2, 2)
        assert snapshot.missed(2) == 0
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(reader.__anext__(), 20)
        with pytest.raises(core.TimeoutError):
            await snapshot.changed(2, 0.02)
        snapshot.version = 2
        snapshot.publish(3, 3)
        assert await reader.__anext__() == (3, 3)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_thread_waits_until_it_changes_but_no_longer_than_its_timeout(core, threadsafe):
    snapshot, steps = make(threadsafe, 1), []

    def work():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            snapshot.wait_sync(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        with pytest.raises(core.TimeoutError):
            snapshot.wait_sync(0)
        steps.append("late")
        first = snapshot.wait_sync(5)
        steps.append("first")
        return first, snapshot.wait_sync(5, first), snapshot.read()

    async def until_it_waits(step):
        while step not in steps or not in_line(snapshot._line):
            await core.sleep_ms(1)

    async def main():
        thread = start_thread(work)
        await until_it_waits("late")
        snapshot.publish("a")
        await until_it_waits("first")
        snapshot.publish("b")
        return thread.join()

    assert run(core, main) == (1, 2, ("b",))


def test_several_threads_wait_and_all_go_on(threadsafe):
    snapshot = make(threadsafe, 1)
    threads = [start_thread(snapshot.wait_sync) for _ in range(3)]
    until_in_line(snapshot._line, 3)
    snapshot.publish(1)
    assert [thread.join() for thread in threads] == [1, 1, 1]


def test_no_publication_is_slept_through(threadsafe):
    """A wait begins at any moment of a publication."""
    snapshot = make(threadsafe, 1, "i")
    turn = make(threadsafe, 1, "i")
    count = 500

    def echo():
        since = 0
        while since < count:
            since = snapshot.wait_sync(5, since)
            turn.publish(since)

    thread = start_thread(echo)
    for n in range(count):
        snapshot.publish(n)
        assert turn.wait_sync(5, n) == n + 1
    thread.join()


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(threadsafe, timeout):
    with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
        make(threadsafe, 1).wait_sync(timeout)


@pytest.mark.rp2040(seeds=1)
def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    snapshot = make(threadsafe, 1)

    async def main():
        with pytest.raises(core.WrongContextError, match="await snapshot.changed"):
            snapshot.wait_sync()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_close_ends_every_wait_and_the_last_values_stay(core, threadsafe):
    snapshot = make(threadsafe, 1)

    async def main():
        snapshot.publish(1)
        task = core.create_task(snapshot.changed(1))
        thread = start_thread(snapshot.wait_sync, None, 1)
        while in_line(snapshot._line) < 2:
            await core.sleep_ms(1)
        snapshot.close()
        snapshot.close()
        with pytest.raises(threadsafe.QueueClosed):
            await task
        with pytest.raises(threadsafe.QueueClosed):
            thread.join()
        assert await snapshot.changed(0) == 1  # what it has not seen it may see
        with pytest.raises(threadsafe.QueueClosed):
            snapshot.wait_sync(since=1)

    run(core, main)
    assert snapshot.closed() is True
    with pytest.raises(threadsafe.QueueClosed):
        snapshot.publish(2)
    assert snapshot.latest() == (1, (1,))


@pytest.mark.cpython
def test_a_signal_handler_publishes(core, threadsafe):
    import signal

    snapshot = make(threadsafe, ("x", "y"))
    old = signal.signal(signal.SIGALRM, lambda number, frame: snapshot.publish(1, 2))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert run(core, changed, snapshot, 0) == 1
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        assert snapshot.wait_sync(5, 1) == 2
    finally:
        signal.signal(signal.SIGALRM, old)
    assert snapshot.read() == (1, 2)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_publishing_and_read_into_allocate_nothing_whoever_waits(core, threadsafe):
    import micropython

    snapshot = make(threadsafe, ("a", "b"))
    typed = make(threadsafe, 6, "h")
    wide = make(threadsafe, 9)
    buf, six = [0, 0], typed.spare[:]

    def locked(n):
        micropython.heap_lock()
        try:
            snapshot.publish(n, n)
            assert snapshot.read_into(buf) == snapshot.version and snapshot.missed(0) == n
            typed.publish(n, n, n, n, n, n)
            typed.read_into(six)
            wide.spare[8] = n
            wide.commit()
        finally:
            micropython.heap_unlock()

    async def main():
        for n in range(1, 7):
            locked(n)
        tasks = [core.create_task(snapshot.changed(6)) for _ in range(3)]
        await settle(core)
        locked(7)
        for task in tasks:
            assert await task == 7

    run(core, main, limit=None)
    assert buf == [7, 7] and list(six) == [7] * 6


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_an_interrupt_publishes_while_the_loop_reads(core, threadsafe):
    if not RP2:
        pytest.skip("this port has no interrupts")

    from machine import PWM, Pin

    snapshot = make(threadsafe, 3, "i")
    count = [0]

    def edge(pin):
        n = count[0] + 1
        count[0] = n
        snapshot.publish(n, -n, n)

    async def main():
        seen = last = 0  # by the iteration, and by anybody: what `read` has shown already is new to the iteration
        pin = Pin(3, Pin.IN)
        pin.irq(edge, Pin.IRQ_RISING, hard=True)
        pwm = PWM(Pin(2), freq=1500, duty_u16=32768)  # there is a wire from pin 2 to pin 3
        async for a, b, c in snapshot:
            assert (b, c) == (-a, a) and a > seen and a >= last
            seen = last = a
            for _ in range(20):
                a, b, c = snapshot.read()
                assert (b, c) == (-a, a) and a >= last
                last = a
            if a > 60:
                break
        pwm.deinit()
        pin.irq(None)

    run(core, main, limit=30)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=5)
def test_an_interrupt_publishes_while_tasks_and_core_1_read_and_wait(core, threadsafe):
    if not RP2:
        pytest.skip("this port has no interrupts")

    from machine import PWM, Pin

    snapshot = make(threadsafe, 3, "i")
    count = [0]
    last_of = {}

    def edge(pin):
        n = count[0] + 1
        count[0] = n
        snapshot.publish(n, -n, n)

    def check(who, version, values):
        a, b, c = values
        assert (a, -b, c) == (version,) * 3 and version >= last_of.get(who, 0), (who, version, a, b, c)
        last_of[who] = version
        return version

    def core_1():
        buf, version = snapshot.spare[:], 0
        while version < 60:
            changed = snapshot.wait_sync(5, version)
            version = check("core 1", snapshot.read_into(buf), buf)
            assert version >= changed

    async def waiter(who):
        buf, version = snapshot.spare[:], 0
        while version < 60:
            changed = await snapshot.changed(version, 5)
            version = check(who, snapshot.read_into(buf), buf)
            assert version >= changed

    async def main():
        thread = start_thread(core_1)
        pin = Pin(3, Pin.IN)
        pin.irq(edge, Pin.IRQ_RISING, hard=True)
        pwm = PWM(Pin(2), freq=1000, duty_u16=32768)  # there is a wire from pin 2 to pin 3
        try:
            await core.gather(waiter("a"), waiter("b"))
            thread.join()
        finally:
            pwm.deinit()
            pin.irq(None)

    run(core, main, limit=30)
    assert len(last_of) == 3 and snapshot.version == count[0]
