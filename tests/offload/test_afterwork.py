"""What is done for nobody once a job is over, such as closing what it opened: by a thread, never by the loop's."""

from _thread import get_ident

import pytest

from support import RP2, run, sleep_ms, submodule, ticks_diff, ticks_ms

COUNT = 40 if RP2 else 300


class Gate:
    """A function that says when it was called, and returns when it is let go."""

    def __init__(self, threadsafe):
        self.entered = threadsafe.ThreadSafeEvent()
        self.opened = threadsafe.ThreadSafeEvent()

    def __call__(self, result=None):
        self.entered.set()
        self.opened.wait_sync(10)
        return result


class Log:
    """Notes what it is called with, and on which thread."""

    def __init__(self):
        self.calls = []
        self.threads = []

    def __call__(self, *what):
        self.threads.append(get_ident())
        self.calls.append(what)

    def is_of_other_threads(self):
        return bool(self.threads) and get_ident() not in self.threads


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(6):
        await core.sleep(0)


def stand_still_until(condition):
    """The calling thread does nothing else: a loop's takes no outcome meanwhile."""
    start = ticks_ms()
    while not condition():
        assert ticks_diff(ticks_ms(), start) < 9000, "it never came"
        sleep_ms(1)


async def result_of(awaitable):
    return await awaitable


async def give_core1_back(offload):
    """On the board the core that `pool()` borrowed must be free for the next test."""
    if RP2:
        async with offload.Worker():
            pass


async def with_outcome_in_flight(core, worker, gate, log):
    """A task whose function has ended, and that has not taken its outcome: cancelled now it has one to drop."""
    task = core.create_task(result_of(worker.assign(gate, "opened").options(dropped=log)))
    await gate.entered.wait()
    await settle(core)
    return task


@pytest.mark.rp2040(seeds=2)
def test_it_is_done_before_the_jobs_in_a_full_queue_and_by_the_pool_s_thread(core, threadsafe, offload):
    log = Log()

    async def main():
        worker = offload.Worker(qsize=2)
        first, second = Gate(threadsafe), Gate(threadsafe)
        task = await with_outcome_in_flight(core, worker, first, log)
        busy = worker.assign(second)
        jobs = [worker.assign(log, "job", n) for n in range(2)]
        busy.start()
        jobs[0].start()
        first.opened.set()
        stand_still_until(second.entered.is_set)
        jobs[1].start()
        assert worker.statistics()["queued"] == 2, "the queue is full"
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert not log.calls, "no thread is free for it"
        second.opened.set()
        await busy
        for job in jobs:
            await job
        await worker.close(5)

    run(core, main)
    assert log.calls == [("opened", None), ("job", 0), ("job", 1)]
    assert log.is_of_other_threads() and len(set(log.threads)) == 1


@pytest.mark.rp2040(seeds=1)
def test_of_a_pool_whose_threads_have_ended_another_s_thread_does_it(core, threadsafe, offload):
    log = Log()

    async def main():
        worker = offload.Worker()
        gate = Gate(threadsafe)
        task = await with_outcome_in_flight(core, worker, gate, log)
        closing = worker.close(5)
        gate.opened.set()
        stand_still_until(lambda: not worker.statistics()["threads"])
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        await closing
        while not log.calls:
            await core.sleep_ms(1)
        await give_core1_back(offload)

    run(core, main)
    assert log.calls == [("opened", None)] and log.is_of_other_threads()


@pytest.mark.parametrize("drain", [True, False])
def test_close_leaves_none_of_it_undone(core, threadsafe, offload, drain):
    log = Log()

    async def main():
        worker = offload.Worker()
        gate = Gate(threadsafe)
        running = core.create_task(result_of(worker.assign(gate)))
        await gate.entered.wait()
        for n in range(3):
            worker.afterwards(log, (n,))
        closing = core.create_task(worker.close(5, drain))
        await settle(core)
        worker.afterwards(log, (3,))
        gate.opened.set()
        await closing
        await running

    run(core, main)
    assert log.calls == [(n,) for n in range(4)] and log.is_of_other_threads()


@pytest.mark.rp2040(seeds=2)
@pytest.mark.parametrize("idle", [0, None])
def test_each_is_done_once_whatever_the_moment(core, offload, idle):
    """Threads end, or the pool is closed, just as it comes."""
    log = Log()

    async def main():
        for turn in range(COUNT // 10):
            pool = offload.Pool(1, idle=idle)
            for n in range(10):
                await pool.assign(max, n, 0)
                if turn % 3 == 0:
                    await core.sleep_ms(n % 2)
                if n == turn % 10:
                    closing = pool.close()
                pool.afterwards(log, (turn, n))
                if n >= turn % 10:
                    break
            await closing
        while len(log.calls) < sum([turn % 10 + 1 for turn in range(COUNT // 10)]):
            await core.sleep_ms(1)
        await give_core1_back(offload)

    run(core, main, limit=30)
    assert len(set(log.calls)) == len(log.calls) and log.is_of_other_threads()


@pytest.mark.cpython
def test_from_many_threads_at_once_each_is_done_once(core, offload):
    from threading import Thread

    log = Log()

    def give(pool, first):
        for n in range(first, first + 200):
            pool.afterwards(log, (n,))

    async def main():
        async with offload.Pool(3, idle=0.001) as pool:
            threads = [Thread(target=give, args=(pool, 1000 * k)) for k in range(4)]
            for thread in threads:
                thread.start()
            for n in range(100):
                assert await pool.assign(max, n, 0) == n
            while any(thread.is_alive() for thread in threads):
                await core.sleep_ms(1)
            assert pool.statistics()["done"] == 100, "it counts as no job"

    run(core, main)
    assert sorted(log.calls) == [(1000 * k + n,) for k in range(4) for n in range(200)] and log.is_of_other_threads()


@pytest.mark.cpython
def test_one_that_never_ends_is_named_by_close_with_where_it_is(core, threadsafe, offload):
    gate = Gate(threadsafe)

    def closes_for_ever():
        gate()

    async def main():
        worker = offload.Worker("sensor")
        worker.afterwards(closes_for_ever, ())
        await gate.entered.wait()
        with pytest.raises(core.TimeoutError) as caught:
            await worker.close(0.02)
        gate.opened.set()
        await worker.close(5)
        return str(caught.value)

    text = run(core, main)
    assert "sensor is still running what is to be done after a job" in text and "called by closes_for_ever, " in text


UNSTARTABLE = 1 << 47  # bytes of stack for a thread: more than there are addresses


@pytest.mark.cpython
def test_where_no_thread_can_be_started_it_waits_for_one_and_that_is_said(core, offload, monkeypatch):
    log = Log()
    reports = []

    async def main():
        pool = offload.Pool(1, "full", idle=None, stack_size=UNSTARTABLE)
        monkeypatch.setitem(submodule(offload, "pools")._pools, "default", pool)
        monkeypatch.setattr(pool, "report", lambda message, error: reports.append((message, type(error))))
        pool.afterwards(log, ("late",))
        assert not log.calls and reports == [("What is to be done after a job has no thread yet", RuntimeError)]
        pool.stack_size = 0
        await pool.assign(log, "job")
        await pool.close(5)

    run(core, main)
    assert log.calls == [("late",), ("job",)] and log.is_of_other_threads()


@pytest.mark.cpython
def test_where_none_of_its_own_can_be_started_another_pool_s_thread_does_it(core, offload, monkeypatch):
    log = Log()

    async def main():
        pool = offload.Pool(1, stack_size=UNSTARTABLE)
        monkeypatch.setattr(pool, "report", lambda message, error: None)
        pool.afterwards(log, ("late",))
        while not log.calls:
            await core.sleep_ms(1)

    run(core, main)
    assert log.calls == [("late",)] and log.is_of_other_threads()
