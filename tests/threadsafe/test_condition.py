"""ThreadSafeCondition: who waits is notified in order of arrival, and holds the lock again however the wait ends."""

import pytest

from injection import HOWS, Program, inject
from support import RP2, in_line, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


def make(threadsafe, lock=None):
    return submodule(threadsafe, "condition").ThreadSafeCondition(lock)


def make_lock(threadsafe):
    return submodule(threadsafe, "lock").ThreadSafeLock()


async def settle(core):
    """Let the tasks that are ready run until they wait, and the bell be answered."""
    for _ in range(6):
        await core.sleep(0)


async def wait_and_log(condition, log, name, timeout=None):
    async with condition:
        assert await condition.wait(timeout) is True
        assert condition.locked()
        log.append(name)


def wait_and_log_sync(condition, log, name):
    with condition:
        assert condition.wait_sync() is True
        assert condition.locked()
        log.append(name)


async def join(core, thread):
    while not thread.finished:
        await core.sleep_ms(1)
    return thread.join()


# The rules


@pytest.mark.rp2040(seeds=1)
def test_without_the_lock_nothing_works(core, threadsafe):
    condition = make(threadsafe)

    async def main():
        for wait in (condition.wait, lambda: condition.wait_for(lambda: False)):
            with pytest.raises(RuntimeError, match="acquire it first"):
                await wait()

    run(core, main)
    calls = (
        condition.notify,
        condition.notify_all,
        condition.wait_sync,
        lambda: condition.wait_for_sync(lambda: False),
    )
    for call in calls:
        with pytest.raises(RuntimeError, match="acquire it first"):
            call()
    assert not condition.locked()
    with pytest.raises(RuntimeError, match="not locked"):
        condition.release()


@pytest.mark.rp2040(seeds=1)
def test_a_wait_releases_the_lock_and_holds_it_again(core, threadsafe):
    condition = make(threadsafe)
    log = []

    async def main():
        task = core.create_task(wait_and_log(condition, log, "waiter"))
        await settle(core)
        assert not condition.locked()
        async with condition:
            condition.notify()
            await settle(core)
            assert log == [] and not task.done()  # notified, but the lock is ours
        await task
        assert log == ["waiter"] and not condition.locked()

    run(core, main)


def test_two_conditions_share_a_lock(core, threadsafe):
    lock = make_lock(threadsafe)
    first, second = make(threadsafe, lock), make(threadsafe, lock)
    log = []

    async def main():
        tasks = [core.create_task(wait_and_log(c, log, n)) for n, c in enumerate((first, second))]
        await settle(core)
        async with lock:
            assert first.locked() and second.locked()
            second.notify_all()
        await tasks[1]
        assert log == [1]
        async with first:
            second.notify_all()
            first.notify_all()
        await tasks[0]

    run(core, main)
    assert log == [1, 0]


def test_its_lock_is_taken_in_every_way(core, threadsafe):
    condition = make(threadsafe)

    async def main():
        assert await condition.acquire() is True and condition.acquire_nowait() is False
        with pytest.raises(core.TimeoutError):
            await condition.acquire(timeout=0)
        condition.release()
        with pytest.raises(KeyError):
            async with condition:
                raise KeyError
        assert condition.acquire_nowait() is True
        condition.release()

    run(core, main)
    assert condition.acquire_sync(1) is True and condition.locked()
    condition.release()
    with pytest.raises(KeyError):
        with condition:
            raise KeyError
    assert not condition.locked()


# Notifications


@pytest.mark.rp2040
def test_those_who_have_waited_longest_are_notified_in_order(core, threadsafe):
    condition = make(threadsafe)
    log = []

    def notify():
        with condition:
            condition.notify(2)

    async def main():
        tasks = [core.create_task(wait_and_log(condition, log, name)) for name in "cabd"]
        await settle(core)
        thread = start_thread(notify)
        for task in tasks[:2]:
            await task
        await join(core, thread)
        await settle(core)
        assert log == ["c", "a"]
        async with condition:
            condition.notify()
        await tasks[2]
        async with condition:
            condition.notify(100)
            condition.notify(0)
        await tasks[3]

    run(core, main)
    assert log == list("cabd")


@pytest.mark.rp2040(seeds=1)
def test_notify_all_wakes_those_who_wait_and_not_those_who_come_later(core, threadsafe):
    condition = make(threadsafe)
    log = []

    async def main():
        tasks = [core.create_task(wait_and_log(condition, log, n)) for n in range(3)]
        await settle(core)
        await condition.acquire()
        late = core.create_task(wait_and_log(condition, log, "late"))
        condition.notify_all()
        condition.release()
        for task in tasks:
            await task
        await settle(core)
        assert log == [0, 1, 2] and not late.done()
        async with condition:
            condition.notify()
        await late

    run(core, main)


def test_a_notification_is_not_kept_for_who_waits_later(core, threadsafe):
    condition = make(threadsafe)

    async def main():
        async with condition:
            condition.notify()
            condition.notify_all()
            with pytest.raises(core.TimeoutError):
                await condition.wait(0.005)

    run(core, main)


def test_tasks_of_two_loops_and_threads_wait_for_one_condition(core, threadsafe):
    condition = make(threadsafe)
    log = []
    threads = []
    for n, name in enumerate("abcd"):
        if n % 2:
            threads.append(start_thread(run, core, wait_and_log, condition, log, name))
        else:
            threads.append(start_thread(wait_and_log_sync, condition, log, name))
        until_it_has_waited(condition, n + 1)
    for n in range(4):
        with condition:
            condition.notify()
        threads[n].join()
    assert log == list("abcd")


def until_it_has_waited(condition, count):
    """Until so many are in the line."""
    start = ticks_ms()
    while in_line(condition._line) != count:
        assert ticks_diff(ticks_ms(), start) < 5000
        sleep_ms(1)


@pytest.mark.rp2040
def test_a_thread_and_a_task_take_turns(core, threadsafe):
    condition = make(threadsafe)
    turn = ["task"]
    log = []

    def work():
        for n in range(10):
            with condition:
                assert condition.wait_for_sync(lambda: turn[0] == "thread", 20) is True
                log.append(n)
                turn[0] = "task"
                condition.notify()

    async def main():
        thread = start_thread(work)
        for n in range(10):
            async with condition:
                assert await condition.wait_for(lambda: turn[0] == "task") is True
                log.append(n)
                turn[0] = "thread"
                condition.notify()
        await join(core, thread)

    run(core, main, limit=None)
    assert log == [n // 2 for n in range(20)]


def notifying(threadsafe, hook):
    """A lock that calls `hook` as soon as a wait has released it."""

    class Lock(submodule(threadsafe, "lock").ThreadSafeLock):
        def release(self):
            super().release()
            hook()

    return Lock()


def test_a_notification_that_comes_as_the_wait_releases_the_lock_is_not_lost(core, threadsafe):
    due = []

    def hook():
        if due:
            due.pop()
            assert condition.acquire_nowait()
            condition.notify()
            condition.release()

    condition = make(threadsafe, notifying(threadsafe, hook))

    async def main():
        async with condition:
            due.append(1)
            assert await condition.wait(5) is True

    run(core, main)
    with condition:
        due.append(1)
        assert condition.wait_sync(5) is True
    assert due == []


# Predicates


def test_wait_for_gives_what_the_predicate_gave_and_calls_it_with_the_lock(core, threadsafe):
    condition = make(threadsafe)
    items, calls = [], []

    def predicate():
        assert condition.locked()
        calls.append(len(items))
        return len(items) >= 2 and items

    async def taker():
        async with condition:
            return await condition.wait_for(predicate)

    async def main():
        task = core.create_task(taker())
        await settle(core)
        for item in "ab":
            async with condition:
                items.append(item)
                condition.notify()
            await settle(core)
        assert await task is items
        async with condition:
            assert await condition.wait_for(lambda: "at once") == "at once"

    run(core, main)
    assert calls == [0, 1, 2]
    with condition:
        assert condition.wait_for_sync(lambda: "at once") == "at once"


@pytest.mark.rp2040(seeds=1)
def test_wait_for_has_one_timeout_for_all_its_waits(core, threadsafe):
    condition = make(threadsafe)
    stop = []

    async def notifier():
        while not stop:
            async with condition:
                condition.notify()
            await core.sleep_ms(2)

    def in_thread():
        start = ticks_ms()
        with condition:
            with pytest.raises(core.TimeoutError):
                condition.wait_for_sync(lambda: None, 0.05)
            assert condition.locked()
        return ticks_diff(ticks_ms(), start)

    async def main():
        task = core.create_task(notifier())
        start = ticks_ms()
        async with condition:
            with pytest.raises(core.TimeoutError):
                await condition.wait_for(lambda: 0, 0.05)
            assert condition.locked()
        assert 48 <= ticks_diff(ticks_ms(), start) < 1000
        assert 48 <= await join(core, start_thread(in_thread)) < 1000
        stop.append(1)
        await task

    run(core, main)


def test_a_predicate_that_became_true_at_the_last_moment_counts(core, threadsafe):
    """Its time is up while another holds the lock, which makes it true and notifies nobody."""
    done, due = [], []

    def hook():
        if due:
            due.pop()
            assert condition.acquire_nowait()  # for `main`

    condition = make(threadsafe, notifying(threadsafe, hook))

    async def waiter():
        async with condition:
            return await condition.wait_for(lambda: done, 0.005)

    def waiter_sync():
        with condition:
            return condition.wait_for_sync(lambda: done, 0.005)

    async def main():
        for start in (lambda: core.create_task(waiter()), lambda: start_thread(waiter_sync)):
            del done[:]
            due.append(1)
            it = start()
            while due or condition._line.any():
                await core.sleep_ms(1)
            done.append(1)
            condition.release()
            assert (await join(core, it) if hasattr(it, "finished") else await it) is done

    run(core, main)


def test_what_a_predicate_raises_comes_out_with_the_lock_held(core, threadsafe):
    condition = make(threadsafe)

    def predicate():
        raise KeyError("x")

    async def main():
        async with condition:
            with pytest.raises(KeyError):
                await condition.wait_for(predicate)
            assert condition.locked()

    run(core, main)
    with condition:
        with pytest.raises(KeyError):
            condition.wait_for_sync(predicate)
        assert condition.locked()


# Giving up


@pytest.mark.rp2040(seeds=1)
def test_a_wait_that_times_out_holds_the_lock_again(core, threadsafe):
    condition = make(threadsafe)

    def in_thread():
        with condition:
            with pytest.raises(core.TimeoutError):
                condition.wait_sync(0.01)
            assert condition.locked() and not condition._line.any()

    async def main():
        async with condition:
            for timeout in (0.01, 0):
                with pytest.raises(core.TimeoutError):
                    await condition.wait(timeout)
                assert condition.locked() and not condition._line.any()
        await join(core, start_thread(in_thread))
        assert not condition.locked()

    run(core, main)


def test_a_wait_whose_time_is_up_waits_on_for_the_lock(core, threadsafe):
    condition = make(threadsafe)
    log = []

    async def waiter():
        async with condition:
            try:
                await condition.wait(0.005)
            except core.TimeoutError:
                log.append(condition.locked())

    async def main():
        task = core.create_task(waiter())
        await settle(core)
        async with condition:
            await core.sleep_ms(30)
            assert log == [] and not task.done()
        await task

    run(core, main)
    assert log == [True]


def test_what_is_no_lock_is_refused(threadsafe):
    with pytest.raises(TypeError, match="ThreadSafeLock"):
        submodule(threadsafe, "condition").ThreadSafeCondition(3)


@pytest.mark.parametrize("timeout", [-1, float("nan")])
def test_a_negative_timeout_or_nan_is_refused(core, threadsafe, timeout):
    condition = make(threadsafe)

    async def main():
        async with condition:
            for wait in (condition.wait, lambda timeout: condition.wait_for(lambda: False, timeout)):
                with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
                    await wait(timeout)
                assert condition.locked()

    run(core, main)
    with condition:
        for wait in (condition.wait_sync, lambda timeout: condition.wait_for_sync(lambda: False, timeout)):
            with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
                wait(timeout)
            assert condition.locked()


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_one_cancelled_after_it_was_notified_passes_it_on_and_holds_the_lock_as_it_ends(core, threadsafe, turns):
    """Before the bell is answered; when it is in the ready ring; when it waits for the lock."""
    condition = make(threadsafe)
    log = []

    async def victim():
        async with condition:
            try:
                await condition.wait()
            except core.CancelledError:
                log.append(condition.locked())
                raise

    async def cancel(task):
        task.cancel()

    async def main():
        task = core.create_task(victim())
        other = core.create_task(wait_and_log(condition, log, "other"))
        await settle(core)
        await condition.acquire()
        condition.notify()
        for _ in range(turns):
            await core.sleep(0)
        task.cancel()
        await settle(core)
        assert log == []
        task.cancel()  # insists, in vain
        await settle(core)
        condition.release()
        await other
        await core.gather(task, return_exceptions=True)
        assert task.cancelled() and not condition.locked()

    run(core, main)
    assert sorted(log, key=str) == [True, "other"]


def test_one_cancelled_after_notify_all_wakes_nobody_who_came_later(core, threadsafe):
    condition = make(threadsafe)
    log = []

    async def main():
        first = core.create_task(wait_and_log(condition, log, "first"))
        await settle(core)
        await condition.acquire()
        condition.notify_all()
        late = core.create_task(wait_and_log(condition, log, "late"))
        await core.sleep(0)
        first.cancel()
        condition.release()
        await core.gather(first, return_exceptions=True)
        await core.sleep_ms(5)
        assert log == [] and not late.done()
        async with condition:
            condition.notify()
        await late

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_thread_that_gives_up_passes_its_notification_on(core, threadsafe):
    """Each round a notification and a thread's timeout meet: whoever is woken, somebody takes the item."""
    condition = make(threadsafe)
    items, taken = [], []
    rounds = 10 if RP2 else 30

    def impatient():
        while len(taken) < rounds:
            with condition:
                try:
                    condition.wait_sync(0.001)
                except core.TimeoutError:
                    continue
                if items:
                    taken.append(items.pop())

    async def patient():
        while len(taken) < rounds:
            async with condition:
                await condition.wait()
                if items:
                    taken.append(items.pop())

    async def main():
        thread = start_thread(impatient)
        task = core.create_task(patient())
        for n in range(rounds):
            while not condition._line.any():
                await core.sleep(0)
            async with condition:
                items.append(n)
                condition.notify()
            start = ticks_ms()
            while items:
                await core.sleep_ms(1)
                assert ticks_diff(ticks_ms(), start) < 5000, "nobody was woken for it"
        async with condition:
            condition.notify_all()
        task.cancel()
        await core.gather(task, return_exceptions=True)
        await join(core, thread)

    run(core, main, limit=30)
    assert taken == list(range(rounds))


@pytest.mark.rp2040(seeds=1)
def test_in_the_loop_s_own_thread_wait_sync_is_refused_and_keeps_the_lock(core, threadsafe):
    condition = make(threadsafe)

    async def main():
        with condition:
            with pytest.raises(core.WrongContextError, match="await ThreadSafeCondition.wait"):
                condition.wait_sync(1)
            assert condition.locked() and not condition._line.any()
            with pytest.raises(core.WrongContextError):
                condition.wait_for_sync(lambda: False)
            assert condition.wait_for_sync(lambda: True)

    run(core, main)
    assert not condition.locked()


def test_a_loop_that_is_closed_takes_its_waiters_out_of_the_line(core, threadsafe):
    condition = make(threadsafe)

    async def main():
        for n in range(2):
            core.create_task(wait_and_log(condition, [], n))
        await settle(core)

    run(core, main)
    assert not condition._line.any() and not condition.locked()


def test_a_task_cut_off_while_another_has_the_lock_does_not_release_it(core, threadsafe):
    condition = make(threadsafe)
    reports = []

    async def main():
        core.create_task(wait_and_log(condition, [], "cut off"))
        await settle(core)
        assert condition.acquire_nowait()  # for somebody outside

    loop = core.new_event_loop()
    loop.set_exception_handler(lambda loop, context: reports.append(context["message"]))
    core.run(main())
    loop.close(grace=0)
    core.new_event_loop()
    assert reports == ["Task cut off as its loop was closed"]
    assert condition.locked()
    condition.release()
    assert not condition.locked() and not condition._line.any()


# Other kinds of context


@pytest.mark.cpython
def test_tasks_of_asyncio_wait_for_a_thread(core, threadsafe):
    import asyncio

    condition = make(threadsafe)
    items = []

    def work():
        for n in range(20):
            with condition:
                condition.wait_for_sync(lambda: not items, 5)
                items.append(n)
                condition.notify_all()

    async def take():
        async with condition:
            await condition.wait_for(lambda: items, 5)
            item = items.pop()
            condition.notify_all()
            return item

    async def victim():
        async with condition:
            try:
                await condition.wait()
            except asyncio.CancelledError:
                assert condition.locked()
                raise

    async def main():
        thread = start_thread(work)
        got = []
        while len(got) < 20:
            got.append(await take())
        while not thread.finished:
            await asyncio.sleep(0.001)
        thread.join()
        async with condition:
            with pytest.raises(core.WrongContextError):
                condition.wait_sync()
            with pytest.raises(core.TimeoutError):
                await condition.wait(0.01)
        task = asyncio.ensure_future(victim())
        await asyncio.sleep(0)
        await condition.acquire()
        task.cancel()
        await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.sleep(0.005)
        assert not task.done()
        condition.release()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)
        assert not condition.locked()
        return got

    assert asyncio.run(main()) == list(range(20))


@pytest.mark.cpython
def test_what_a_signal_handler_raises_ends_a_wait_with_the_lock_held(core, threadsafe):
    import signal

    condition = make(threadsafe)

    class Stop(BaseException):
        pass

    def handler(number, frame):
        raise Stop

    def hold(ms):
        with condition:
            held.set()
            sleep_ms(ms)

    held = threadsafe.ThreadSafeEvent()
    old = signal.signal(signal.SIGALRM, handler)
    try:
        with condition:
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            with pytest.raises(Stop):
                condition.wait_sync(5)
            assert condition.locked() and not condition._line.any()
            signal.setitimer(signal.ITIMER_REAL, 0.04)  # when its time is up and it waits for the lock
            thread = start_thread(hold, 80)
            with pytest.raises(Stop):
                condition.wait_sync(0.01)
            assert condition.locked() and held.is_set()
            condition.release()
            thread.join()
            assert condition.acquire_nowait()
    finally:
        signal.signal(signal.SIGALRM, old)
    assert not condition.locked()


@pytest.mark.cpython
def test_a_thread_interrupted_after_it_was_notified_passes_it_on(core, threadsafe):
    import signal

    condition = make(threadsafe)
    log, threads = [], []

    class Stop(BaseException):
        pass

    def handler(number, frame):
        threads.append(start_thread(wait_and_log_sync, condition, log, "second"))
        until_it_has_waited(condition, 2)
        assert condition.acquire_nowait()
        condition.notify()
        condition.release()
        raise Stop

    old = signal.signal(signal.SIGALRM, handler)
    try:
        with condition:
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            with pytest.raises(Stop):
                condition.wait_sync(5)
    finally:
        signal.signal(signal.SIGALRM, old)
    threads[0].join()
    assert log == ["second"]


@pytest.mark.cpython
def test_a_signal_handler_notifies_if_it_gets_the_lock(core, threadsafe):
    import signal

    condition = make(threadsafe)

    def handler(number, frame):
        if condition.acquire_nowait():
            condition.notify()
            condition.release()

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        run(core, wait_and_log, condition, [], "task")
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with condition:
            assert condition.wait_sync(5) is True
    finally:
        signal.signal(signal.SIGALRM, old)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_notifying_allocates_nothing_whoever_waits(core, threadsafe):
    import micropython

    condition = make(threadsafe)
    log = []

    def locked_notify(all_of_them):
        micropython.heap_lock()
        try:
            with condition:
                if all_of_them:
                    condition.notify_all()
                else:
                    condition.notify()
        finally:
            micropython.heap_unlock()

    async def main():
        locked_notify(False)
        tasks = [core.create_task(wait_and_log(condition, log, n)) for n in range(3)]
        await settle(core)
        locked_notify(False)
        locked_notify(True)
        for task in tasks:
            await task

    run(core, main, limit=None)
    assert log == [0, 1, 2]


# Ended at every point, and under load


def buffer(core, threadsafe):
    """The victim and another take items; none is lost, and nobody waits beside one."""
    condition, items, taken, inside = make(threadsafe), [], [], []

    async def take(count, wait):
        for _ in range(count):
            async with condition:
                assert not inside
                inside.append(1)
                try:
                    while not items:
                        inside.remove(1)
                        try:
                            await wait()
                        finally:
                            assert condition.locked() and not inside
                            inside.append(1)
                    await core.sleep(0)
                    taken.append(items.pop(0))
                finally:
                    inside.remove(1)

    async def victim():
        await take(1, condition.wait)
        await take(1, lambda: condition.wait_for(lambda: items, 50))

    async def put():
        for item in range(4):
            async with condition:
                items.append(item)
                condition.notify()
            await core.sleep_ms(1)

    async def check(ended):
        while len(taken) < 4:
            await core.sleep_ms(1)
            if items:  # the other has taken its own two, and the victim left the rest
                async with condition:
                    taken.append(items.pop(0))
        assert sorted(taken) == [0, 1, 2, 3]
        assert not condition.locked() and not condition._line.any()

    return Program(victim, [lambda: take(2, condition.wait), put], check)


@pytest.mark.parametrize("how", HOWS)
def test_a_wait_can_be_ended_at_every_point(core, threadsafe, how):
    inject(core, lambda core: buffer(core, threadsafe), how)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_wait_is_ended_at_every_point_on_a_board(core, threadsafe):
    inject(core, lambda core: buffer(core, threadsafe), "cancel")


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


def take_in_thread(core, condition, items, taken, total, seed):
    random = Random(seed)
    while True:
        with condition:
            try:
                timeout = random.below(3) / 1000 if random.below(2) else None
                condition.wait_for_sync(lambda: items or len(taken) == total, timeout)
            except core.TimeoutError:
                continue
            if not items:
                return
            taken.append(items.pop(0))
            if len(taken) == total:
                condition.notify_all()


async def take_in_task(core, condition, items, taken, total, seed):
    random = Random(seed)
    while True:
        async with condition:
            try:
                timeout = random.below(3) / 1000 if random.below(2) else None
                await condition.wait_for(lambda: items or len(taken) == total, timeout)
            except core.TimeoutError:
                continue
            if not items:
                return
            taken.append(items.pop(0))
            if len(taken) == total:
                condition.notify_all()


async def stress(core, threadsafe, threads, total, seed):
    """Each item is notified to one. Those who take them time out, and the tasks are cancelled and replaced."""
    condition, items, taken = make(threadsafe), [], []
    random = Random(seed)

    def put():
        for n in range(total // 2):
            with condition:
                items.append(n)
                condition.notify()
            if random.below(4) == 0:
                sleep_ms(1)

    async def put_too():
        for n in range(total // 2, total):
            async with condition:
                items.append(n)
                condition.notify()
            if n % 3 == 0:
                await core.sleep(0)

    arguments = (core, condition, items, taken, total)
    workers = [start_thread(put)] if threads else []
    workers += [start_thread(take_in_thread, *arguments, seed + n) for n in range(threads - 1)]
    tasks = [core.create_task(take_in_task(*arguments, seed + n)) for n in range(2)]
    putting = core.create_task(put_too())
    while len(taken) < total:
        for _ in range(random.below(6)):
            await core.sleep(0)
        await core.sleep_ms(random.below(3))
        n = random.below(2)
        if len(taken) < total:
            tasks[n].cancel()
            tasks[n] = core.create_task(take_in_task(*arguments, random.below(1000)))
    await putting
    for task in tasks:
        await core.gather(task, return_exceptions=True)
    for worker in workers:
        await join(core, worker)
    assert sorted(taken) == list(range(total))
    assert not condition.locked() and not condition._line.any()


@pytest.mark.parametrize("seed", [1, 2])
def test_tasks_and_threads_that_give_up_at_any_moment_leave_no_item(core, threadsafe, seed):
    run(core, stress, core, threadsafe, 3, 200, seed, limit=20)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_tasks_and_core_1_that_give_up_at_any_moment_leave_no_item(core, threadsafe):
    run(core, stress, core, threadsafe, 1, 40, 3, limit=60)


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [4, 5])
def test_with_threads_switched_at_every_moment_no_notification_is_lost(core, threadsafe, seed):
    import sys

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        run(core, stress, core, threadsafe, 4, 200, seed, limit=20)
    finally:
        sys.setswitchinterval(interval)
