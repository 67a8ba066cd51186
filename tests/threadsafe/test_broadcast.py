"""Broadcast: every subscriber gets everything in order, or is told how much it lost."""

import pytest

from support import CPYTHON, RP2, in_line, run, start_thread, submodule, ticks_diff, ticks_ms


def parts(threadsafe):
    module = submodule(threadsafe, "broadcast")
    return module.Broadcast, module.Lagged


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


def rest(core, sub):
    """What is there for `sub` now."""
    got = []
    try:
        while True:
            got.append(sub.get_sync(0))
    except core.TimeoutError:
        return got


async def collect(sub, got, lagged=None):
    """All that `sub` gets until the end, what it lost as ("lost", n)."""
    while True:
        try:
            async for item in sub:
                got.append(item)
            return
        except Exception as exc:
            if lagged is None or not isinstance(exc, lagged):
                raise
            got.append(("lost", exc.lost))


@pytest.mark.rp2040(seeds=1)
def test_every_subscriber_gets_everything_from_when_it_subscribed(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)
    b.publish("nobody's")
    first = b.subscribe()
    b.publish(1)
    second = b.subscribe()
    b.publish(2)
    assert rest(core, first) == [1, 2] and rest(core, second) == [2]
    b.publish(3)
    assert rest(core, second) == [3] == rest(core, first)
    assert first.lost == second.lost == 0


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("size", [1, 3, 4])
def test_n_means_n_and_who_lags_is_told_once_how_much_it_lost(core, threadsafe, size):
    Broadcast, Lagged = parts(threadsafe)
    b = Broadcast(size)
    sub = b.subscribe()
    for n in range(size):
        b.publish(n)
    assert rest(core, sub) == list(range(size))  # full, and nothing lost
    for n in range(size + 2):
        b.publish(n)
    try:
        raise AssertionError("got " + repr(sub.get_sync(0)))
    except Lagged as exc:
        assert exc.lost == 2 == sub.lost and "2 items" in str(exc)
    assert rest(core, sub) == list(range(2, size + 2))
    for n in range(size + 3):
        b.publish(n)
    with pytest.raises(Lagged):
        sub.get_sync(0)
    assert sub.lost == 5 and rest(core, sub) == list(range(3, size + 3))


def test_one_who_lags_costs_the_others_nothing(core, threadsafe):
    Broadcast, Lagged = parts(threadsafe)
    b = Broadcast(2)
    slow, quick = b.subscribe(), b.subscribe()
    for n in range(10):
        b.publish(n)
        assert quick.get_sync(0) == n
    with pytest.raises(Lagged):
        slow.get_sync(0)
    assert (slow.lost, quick.lost) == (8, 0)
    b.publish(10)
    with pytest.raises(Lagged):  # what was lost since
        slow.get_sync(0)
    assert slow.lost == 9 and rest(core, slow) == [9, 10]


@pytest.mark.rp2040(seeds=1)
def test_a_thread_publishes_and_every_task_that_waits_goes_on(core, threadsafe):
    Broadcast, Lagged = parts(threadsafe)
    b = Broadcast(8)
    logs = [[], [], []]
    ready = threadsafe.ThreadSafeEvent()

    def work():
        ready.wait_sync(10)
        for n in range(50):
            b.publish(n)
        b.close()

    async def main():
        tasks = [core.create_task(collect(b.subscribe(), log, Lagged)) for log in logs]
        await settle(core)
        thread = start_thread(work)
        ready.set()
        for task in tasks:
            await task
        thread.join()

    run(core, main, limit=None)
    for log in logs:
        items = [entry for entry in log if not isinstance(entry, tuple)]
        assert sum(entry[1] for entry in log if isinstance(entry, tuple)) + len(items) == 50
        assert items == sorted(items) and items[-8:] == list(range(42, 50))


@pytest.mark.rp2040
def test_an_idle_loop_is_woken_by_each_item(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(1)
    taken = threadsafe.ThreadSafeEvent()
    rounds = 10

    def work():
        for n in range(rounds):
            b.publish(n)
            taken.wait_sync(10)
            taken.clear()

    async def main():
        sub = b.subscribe()
        thread = start_thread(work)
        got = []
        for _ in range(rounds):
            got.append(await sub.get())
            taken.set()
        thread.join()
        return got

    assert run(core, main, limit=None) == list(range(rounds))


def test_each_publisher_s_order_is_kept_and_all_subscribers_see_the_same(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    count = 200
    publishers = 3
    b = Broadcast(publishers * count)
    logs = [[], []]

    def work(who):
        for n in range(count):
            b.publish((who, n))

    async def main():
        tasks = [core.create_task(collect(b.subscribe(), log)) for log in logs]
        await settle(core)
        threads = [start_thread(work, who) for who in range(publishers)]
        for thread in threads:
            while not thread.finished:
                await core.sleep(0)
            thread.join()
        b.close()
        for task in tasks:
            await task

    run(core, main)
    assert len(logs[0]) == publishers * count and logs[0] == logs[1]
    for who in range(publishers):
        assert [n for other, n in logs[0] if other == who] == list(range(count))


def test_what_is_lost_and_what_is_got_add_up_with_slow_threads(core, threadsafe):
    """A small ring, and publishers that do not wait: nothing is lost in silence, nothing comes twice."""
    Broadcast, Lagged = parts(threadsafe)
    count = 300
    b = Broadcast(3)

    def publish(who):
        for n in range(count):
            b.publish((who, n))

    def take(sub):
        got = []
        while True:
            try:
                got.append(sub.get_sync(10))
            except Lagged:
                pass
            except core.QueueClosed:
                return got

    subs = [b.subscribe() for _ in range(2)]
    takers = [start_thread(take, sub) for sub in subs]
    publishers = [start_thread(publish, who) for who in range(2)]
    for thread in publishers:
        thread.join()
    b.close()
    for sub, taker in [(subs[n], takers[n]) for n in range(2)]:
        got = taker.join()
        assert len(got) + sub.lost == 2 * count
        for who in range(2):
            mine = [n for other, n in got if other == who]
            assert mine == sorted(set(mine))


@pytest.mark.rp2040(seeds=1)
def test_close_ends_everybody_after_what_is_left(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)
    got = []

    async def main():
        late = b.subscribe()
        task = core.create_task(collect(b.subscribe(), got))
        await settle(core)
        b.publish(1)
        b.publish(2)
        b.close()
        b.close()
        assert b.closed()
        with pytest.raises(core.QueueClosed):
            b.publish(3)
        await task
        assert await late.get() == 1 and late.get_sync() == 2
        for _ in range(2):
            with pytest.raises(core.QueueClosed):
                await late.get()
            with pytest.raises(core.QueueClosed):
                late.get_sync()
        with pytest.raises(core.QueueClosed):
            await b.subscribe().get(1)

    run(core, main)
    assert got == [1, 2]


@pytest.mark.rp2040(seeds=1)
def test_close_wakes_a_thread_and_a_task_that_wait(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    def work(sub):
        with pytest.raises(core.QueueClosed):
            sub.get_sync(10)

    async def main():
        task = core.create_task(collect(b.subscribe(), []))
        thread = start_thread(work, b.subscribe())
        while in_line(b.line) < 2:
            await core.sleep_ms(1)
        b.close()
        await task
        thread.join()

    run(core, main)


def test_no_publish_counts_that_some_see_and_others_do_not(core, threadsafe):
    """Publishers race with the close: what a subscriber got is what was published without an error."""
    Broadcast, _ = parts(threadsafe)
    for _ in range(20):
        b = Broadcast(10000)
        subs = [b.subscribe() for _ in range(2)]
        published = [0, 0]
        going = threadsafe.ThreadSafeEvent()

        def work(who, b=b, published=published, going=going):
            try:
                while True:
                    b.publish(who)
                    published[who] += 1
                    if published[who] == 3:
                        going.set()
            except core.QueueClosed:
                pass

        threads = [start_thread(work, who) for who in range(2)]
        going.wait_sync(10)
        b.close()
        for thread in threads:
            thread.join()
        for sub in subs:
            got = []
            try:
                while True:
                    got.append(sub.get_sync(0))
            except core.QueueClosed:
                pass
            except Exception as exc:  # more than the ring holds: then the sum tells
                assert type(exc).__name__ == "Lagged"
                continue
            assert [got.count(0), got.count(1)] == published


@pytest.mark.rp2040(seeds=1)
def test_a_wait_ends_at_its_timeout_and_takes_nothing(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    def work(sub):
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            sub.get_sync(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        return sub.get_sync(10)

    async def main():
        sub = b.subscribe()
        thread = start_thread(work, b.subscribe())
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await sub.get(0.02)
        assert 18 <= ticks_diff(ticks_ms(), start) < 1000
        with pytest.raises(core.TimeoutError):
            await sub.get(timeout=0)
        await core.sleep_ms(30)
        b.publish(1)
        assert await sub.get(5) == 1
        return thread.join()

    assert run(core, main) == 1


def test_a_deadline_is_kept_though_others_are_woken_in_between(core, threadsafe):
    """An unsubscribe wakes everybody who waits: that must not begin the time anew."""
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    async def disturb():
        while True:
            b.subscribe().unsubscribe()
            await core.sleep_ms(5)

    async def main():
        sub = b.subscribe()
        task = core.create_task(disturb())
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await sub.get(0.05)
        task.cancel()
        assert 45 <= ticks_diff(ticks_ms(), start) < 2000

    run(core, main)


@pytest.mark.parametrize("passes", [0, 1])
def test_a_cancelled_wait_takes_nothing(core, threadsafe, passes):
    """Cancelled before the bell is answered, or when it is in the ready ring already."""
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    async def main():
        mine, other = b.subscribe(), b.subscribe()
        got = []
        task = core.create_task(collect(mine, got))
        others = core.create_task(_get(other))
        await settle(core)
        b.publish(1)
        if passes:
            core.create_task(_cancel(task))
            await core.sleep(0)
        task.cancel()
        assert await others == 1
        with pytest.raises(core.CancelledError):
            await task
        assert got + rest(core, mine) == [1]

    run(core, main)


async def _get(sub):
    return await sub.get()


async def _cancel(task):
    task.cancel()


@pytest.mark.rp2040(seeds=1)
def test_who_unsubscribes_gets_no_more(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    async def main():
        async with b.subscribe() as sub:
            b.publish(1)
            assert await sub.get() == 1
            b.publish(2)
        with pytest.raises(core.QueueClosed):
            await sub.get()
        with b.subscribe() as sub:
            b.publish(3)
        with pytest.raises(core.QueueClosed):
            sub.get_sync()
        sub = b.subscribe()
        got = []
        task = core.create_task(collect(sub, got))
        other = core.create_task(_get(b.subscribe()))
        await settle(core)
        sub.unsubscribe()
        await task
        assert got == [] and not other.done()
        b.publish(4)
        assert await other == 4

    run(core, main)


def test_a_subscriber_that_left_or_was_forgotten_costs_nothing(core, threadsafe):
    import gc

    Broadcast, _ = parts(threadsafe)
    b = Broadcast(2)
    if CPYTHON:
        import weakref

        sub = b.subscribe()
        gone = weakref.ref(sub)
        del sub
        gc.collect()
        assert gone() is None
    subs = [b.subscribe() for _ in range(3)]
    for sub in subs:
        with pytest.raises(core.TimeoutError):
            sub.get_sync(0.001)
        sub.unsubscribe()
    assert not b.line.any()


@pytest.mark.rp2040(seeds=1)
def test_blocking_the_loop_s_own_thread_is_refused_with_what_to_await(core, threadsafe):
    Broadcast, _ = parts(threadsafe)

    async def main():
        b = Broadcast(1)
        sub = b.subscribe()
        with pytest.raises(core.WrongContextError, match="await subscription.get"):
            sub.get_sync()
        b.publish(1)
        assert sub.get_sync() == 1  # without blocking

    run(core, main)


class Late:
    """Awaits `wait`; `between` happens after its first try, in vain, and before it is parked."""

    def __init__(self, wait, between):
        self.wait = wait
        self.between = between

    def __await__(self):
        self.wait.attempt()
        self.between()
        yield self.wait
        return self.wait.attempt()

    __iter__ = __await__


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("timeout", [None, 20])
def test_an_item_between_the_first_look_and_the_parking_is_found(core, threadsafe, timeout):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(4)

    async def main():
        sub = b.subscribe()
        assert await Late(sub.get(timeout), lambda: b.publish(1)) == 1
        with pytest.raises(core.QueueClosed):
            await Late(sub.get(timeout), b.close)

    run(core, main)


@pytest.mark.cpython
def test_items_that_move_up_between_two_looks_are_not_taken_for_others(core, threadsafe):
    from collections import deque

    Broadcast, Lagged = parts(threadsafe)
    b = Broadcast(3)
    more = []

    class Log(deque):
        def __getitem__(self, place):
            entry = super().__getitem__(place)
            if more:
                b.publish(more.pop())
            return entry

    b._log = Log(maxlen=3)
    sub = b.subscribe()
    for n in range(3):
        b.publish(n)
    more.append(3)
    with pytest.raises(Lagged):
        sub.get_sync(0)
    assert sub.lost == 1
    more.append(4)
    with pytest.raises(Lagged):
        sub.get_sync(0)
    assert sub.lost == 2 and rest(core, sub) == [2, 3, 4]


@pytest.mark.cpython
def test_a_close_amid_a_publish_refuses_it(core, threadsafe):
    from collections import deque

    Broadcast, _ = parts(threadsafe)
    b = Broadcast(3)

    class Log(deque):
        def extend(self, entries):
            b.close()
            super().extend(entries)

    b._log = Log(maxlen=3)
    sub = b.subscribe()
    with pytest.raises(core.QueueClosed):
        b.publish(1)
    with pytest.raises(core.QueueClosed):
        sub.get_sync()


@pytest.mark.parametrize("size", [0, -1, "4", None])
def test_a_size_that_is_none_is_refused(threadsafe, size):
    Broadcast, _ = parts(threadsafe)
    with pytest.raises(ValueError, match="1 item or more"):
        Broadcast(size)


def test_a_negative_timeout_is_refused(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    sub = Broadcast(1).subscribe()
    with pytest.raises(ValueError, match="timeout must be 0 or more"):
        sub.get_sync(-1)
    with pytest.raises(ValueError, match="timeout must be 0 or more"):
        sub.get(-1)


def test_tasks_of_two_loops_subscribe(core, threadsafe):
    Broadcast, _ = parts(threadsafe)
    b = Broadcast(8)
    subscribed = threadsafe.ThreadSafeQueue(2)

    async def main():
        sub = b.subscribe()
        await subscribed.put(1)
        return [await sub.get(), await sub.get()]

    threads = [start_thread(run, core, main) for _ in range(2)]
    for _ in threads:
        subscribed.get_sync(timeout=10)
    b.publish(1)
    b.publish(2)
    assert [thread.join() for thread in threads] == [[1, 2]] * 2


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_publishing_allocates_nothing_whoever_waits(core, threadsafe):
    import micropython

    Broadcast, _ = parts(threadsafe)
    b = Broadcast(2)
    logs = [[], []]
    refused = [False]
    QueueClosed = core.QueueClosed  # loaded when it is first named

    def locked(closed):
        micropython.heap_lock()
        try:
            b.publish(7)
            if closed:
                b.close()
                b.publish(8)
        except QueueClosed:
            refused[0] = True
        finally:
            micropython.heap_unlock()

    async def main():
        tasks = [core.create_task(collect(b.subscribe(), log)) for log in logs]
        await settle(core)
        locked(False)
        await settle(core)
        locked(True)
        for task in tasks:
            await task

    run(core, main, limit=None)
    assert logs == [[7, 7], [7, 7]] and refused[0]


@pytest.mark.micropython
def test_the_numbers_of_items_wrap(core, threadsafe):
    Broadcast, Lagged = parts(threadsafe)
    numbers = submodule(threadsafe, "broadcast")._NUMBERS
    b = Broadcast(3)
    b._number = numbers - 1
    sub = b.subscribe()
    lagging = b.subscribe()
    for n in range(5):
        b.publish(n)
        assert rest(core, sub) == [n]
    with pytest.raises(Lagged):
        lagging.get_sync(0)
    assert lagging.lost == 2 and rest(core, lagging) == [2, 3, 4]


@pytest.mark.cpython
def test_a_signal_handler_publishes_amid_publishing(core, threadsafe):
    import signal

    Broadcast, _ = parts(threadsafe)
    b = Broadcast(1 << 20)
    sub = b.subscribe()
    rung = []

    def handler(number, frame):
        b.publish(("signal", len(rung)))
        rung.append(1)

    old = signal.signal(signal.SIGALRM, handler)
    count = 0
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        while len(rung) < 20:
            b.publish(("main", count))
            count += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    b.close()
    got = []
    with pytest.raises(core.QueueClosed):
        while True:
            got.append(sub.get_sync(0))
    assert [n for who, n in got if who == "main"] == list(range(count))
    assert [n for who, n in got if who == "signal"] == list(range(len(rung)))


class Source:
    """Publishes its numbers, one at each edge."""

    def __init__(self, broadcast, count):
        self.broadcast = broadcast
        self.count = count
        self.sent = 0

    def on_edge(self, pin):
        if self.sent < self.count:
            self.broadcast.publish(self.sent)
            self.sent += 1


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_an_interrupt_and_the_other_core_publish_to_two_tasks(core, threadsafe):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3; on unix a thread."""
    Broadcast, _ = parts(threadsafe)
    count = 50
    b = Broadcast(2 * count)
    source = Source(b, count)
    logs = [[], []]

    def publish():
        for n in range(count):
            b.publish(-1 - n)

    def play_edges():
        while source.sent < count:
            source.on_edge(None)

    async def take(sub, log):
        while len(log) < 2 * count:
            log.append(await sub.get())

    async def main():
        tasks = [core.create_task(take(b.subscribe(), log)) for log in logs]
        await settle(core)
        thread = start_thread(publish)
        if RP2:
            from machine import PWM, Pin

            pin = Pin(3, Pin.IN)
            pin.irq(source.on_edge, Pin.IRQ_RISING, hard=True)
            pwm = PWM(Pin(2), freq=1000, duty_u16=32768)
        else:
            edges = start_thread(play_edges)
        for task in tasks:
            await task
        if RP2:
            pwm.deinit()
            pin.irq(None)
        else:
            edges.join()
        thread.join()

    run(core, main, limit=30)
    assert logs[0] == logs[1]
    assert [n for n in logs[0] if n >= 0] == list(range(count))
    assert [-1 - n for n in logs[0] if n < 0] == list(range(count))
