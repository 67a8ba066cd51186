"""What becomes of a job when its caller is gone, or its time is up; what its function can ask and say."""

import pytest

from support import run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


class Gate:
    """A function that waits until it is let go; knows whether it is wanted."""

    def __init__(self, threadsafe, offload):
        self.offload = offload
        self.entered = threadsafe.ThreadSafeEvent()
        self.opened = threadsafe.ThreadSafeEvent()
        self.was_wanted = None

    def __call__(self, result=None):
        self.entered.set()
        self.opened.wait_sync(10)
        self.was_wanted = not self.offload.cancelled()
        if isinstance(result, Exception):
            raise result
        return result


def until_told(offload, threadsafe):
    """A function that looks again and again whether it is wanted, and its event `entered`."""
    entered = threadsafe.ThreadSafeEvent()

    def work():
        entered.set()
        while True:
            offload.checkpoint()
            sleep_ms(1)

    return work, entered


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(6):
        await core.sleep(0)


async def result_of(awaitable):
    return await awaitable


def handled(core):
    """A list of the contexts that the exception handler of the current loop is called with."""
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    return contexts


async def cancelled_while_it_runs(core, threadsafe, offload, how, outcome, log):
    """Cancel the caller of a function, then let that end in `outcome`. Whether the caller had gone on, and the gate."""
    gate = Gate(threadsafe, offload)
    worker = offload.Worker()
    job = worker.assign(gate, outcome)
    task = core.create_task(result_of(job.options(on_cancel=how, dropped=lambda *late: log.append(late))))
    await gate.entered.wait()
    task.cancel()
    await settle(core)
    before = task.done()
    gate.opened.set()
    with pytest.raises(core.CancelledError):
        await task
    await worker.close(5)
    return before, gate


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_the_caller_of_a_function_that_runs_is_cancelled(core, threadsafe, offload, how):
    log = []
    before, gate = run(core, cancelled_while_it_runs, core, threadsafe, offload, how, 5, log)
    assert before == (how == "abandon")
    assert gate.was_wanted == (how == "wait")
    assert log == [(5, None)]


@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_a_late_error_is_given_to_dropped_and_not_reported(core, threadsafe, offload, how):
    log = []

    async def main():
        contexts = handled(core)
        await cancelled_while_it_runs(core, threadsafe, offload, how, ValueError("late"), log)
        assert not contexts

    run(core, main)
    assert [(result, str(error)) for result, error in log] == [(None, "late")]


@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_a_late_error_without_dropped_is_reported(core, threadsafe, offload, how):
    async def main():
        contexts = handled(core)
        gate = Gate(threadsafe, offload)
        worker = offload.Worker(on_cancel=how)
        task = core.create_task(result_of(worker.assign(gate, ValueError("late"))))
        await gate.entered.wait()
        task.cancel()
        await settle(core)
        gate.opened.set()
        with pytest.raises(core.CancelledError):
            await task
        await worker.close(5)
        await settle(core)
        assert [str(context["exception"]) for context in contexts] == ["late"]

    run(core, main)


def test_dropped_that_fails_is_printed_and_the_worker_goes_on(core, threadsafe, offload):
    def failing(result, error):
        raise ValueError("no")

    async def main():
        gate = Gate(threadsafe, offload)
        worker = offload.Worker()
        reports = []
        worker.report = lambda message, error: reports.append((message, str(error)))
        task = core.create_task(result_of(worker.assign(gate).options(dropped=failing)))
        await gate.entered.wait()
        task.cancel()
        await settle(core)
        gate.opened.set()
        assert await worker.assign(max, 1, 2) == 2
        await worker.close(5)
        assert len(reports) == 1 and "Gate" in reports[0][0] and reports[0][1] == "no"

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_signal_ends_a_function_that_looks(core, threadsafe, offload):
    async def main():
        contexts = handled(core)
        work, entered = until_told(offload, threadsafe)
        worker = offload.Worker()
        task = core.create_task(result_of(worker.assign(work).options(on_cancel="signal")))
        await entered.wait()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert worker.statistics()["running"] == 0 or worker.statistics()["failed"] == 0
        assert await worker.assign(max, 1, 2) == 2
        await worker.close(5)
        assert not contexts, "that it gave up is no news"

    run(core, main)


@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_a_job_that_was_not_started_is_withdrawn_at_once(core, threadsafe, offload, how):
    async def main():
        calls, log = [], []
        gate = Gate(threadsafe, offload)
        async with offload.Worker() as worker:
            first = core.create_task(result_of(worker.assign(gate)))
            await gate.entered.wait()
            job = worker.assign(calls.append, 1).options(on_cancel=how, dropped=lambda *late: log.append(late))
            second = core.create_task(result_of(job))
            await settle(core)
            second.cancel()
            await settle(core)
            assert second.done()
            gate.opened.set()
            await first
            assert worker.statistics()["abandoned"] == 0
        assert not calls and not log

    run(core, main)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_its_time_is_up_while_it_runs(core, threadsafe, offload, how):
    async def main():
        log = []
        gate = Gate(threadsafe, offload)
        worker = offload.Worker(timeout=0.02, on_cancel=how)
        task = core.create_task(result_of(worker.assign(gate, 7).options(dropped=lambda *late: log.append(late))))
        await gate.entered.wait()
        await core.sleep_ms(60)
        assert task.done() == (how == "abandon")
        gate.opened.set()
        with pytest.raises(core.TimeoutError, match="longer than 0.02 s"):
            await task
        await worker.close(5)
        assert log == [(7, None)] and gate.was_wanted == (how == "wait")
        assert worker.statistics()["abandoned"] == (1 if how == "abandon" else 0)

    run(core, main)


@pytest.mark.parametrize("how", ["abandon", "wait"])
def test_its_time_is_up_in_the_queue_and_before_it(core, threadsafe, offload, how):
    async def main():
        calls = []
        gate = Gate(threadsafe, offload)
        async with offload.Worker(qsize=1, on_cancel=how) as worker:
            first = core.create_task(result_of(worker.assign(gate)))
            await gate.entered.wait()
            for n in (1, 2):
                jobs = [worker.assign(calls.append, i).options(timeout=0.01) for i in range(n)]
                late = [core.create_task(result_of(job)) for job in jobs]
                for task in late:
                    with pytest.raises(core.TimeoutError):
                        await task
            gate.opened.set()
            await first
            assert await worker.assign(max, 1, 2) == 2
        assert not calls

    run(core, main)


@pytest.mark.parametrize("how", ["abandon", "wait", "signal"])
def test_one_that_can_t_be_queued_is_told_once(core, offload, how):
    async def main():
        contexts = handled(core)
        pool = offload.Pool(1, on_cancel=how)
        start = offload.worker.start

        def refused(pool, slot):
            raise RuntimeError("can't start new thread")

        offload.worker.start = refused
        try:
            with pytest.raises(RuntimeError, match="can't start"):
                await pool.assign(max, 1, 2)
        finally:
            offload.worker.start = start
        await pool.close()
        with pytest.raises(offload.WorkerClosed):
            await pool.assign(max, 1, 2)
        assert not contexts

    run(core, main)


def test_in_time_nothing_is_said(core, threadsafe, offload):
    async def main():
        log = []
        timers = core.get_event_loop().timers
        await core.sleep(0)  # the test's own limit is among them
        before = len(timers)
        async with offload.Pool(2, timeout=10, on_cancel="wait") as pool:
            jobs = [pool.assign(max, n, 1).options(dropped=lambda *late: log.append(late)) for n in range(5)]
            assert await core.gather(*jobs) == [1, 1, 2, 3, 4]
            with pytest.raises(ZeroDivisionError):
                await pool.assign(lambda: 1 // 0)
        assert not log
        assert len(timers) == before, "no timer is left behind"

    run(core, main)


def test_a_timeout_error_of_the_function_is_its_own(core, offload):
    def failing(error):
        raise error

    async def main():
        async with offload.Worker(timeout=10, on_cancel="wait") as worker:
            for error in (core.TimeoutError("mine"), core.CancelledError("mine")):
                with pytest.raises(type(error), match="mine"):
                    await worker.assign(failing, error)

    run(core, main)


def test_a_second_cancel_does_not_end_the_wait_either(core, threadsafe, offload):
    async def main():
        gate = Gate(threadsafe, offload)
        worker = offload.Worker()
        task = core.create_task(result_of(worker.assign(gate).options(on_cancel="wait")))
        await gate.entered.wait()
        for _ in range(3):
            task.cancel()
            await settle(core)
            assert not task.done()
        gate.opened.set()
        with pytest.raises(core.CancelledError):
            await task
        await worker.close(5)

    run(core, main)


@pytest.mark.parametrize(
    "options", [{"timeout": -1}, {"timeout": float("nan")}, {"on_cancel": "kill"}, {"dropped": 3}, {"progress": 3}]
)
def test_what_can_t_be_is_refused_where_it_is_said(core, offload, options):
    worker = offload.Worker()
    with pytest.raises((ValueError, TypeError), match=sorted(options)[0]):
        worker.assign(max, 1, 2).options(**options)
    run(core, lambda: result_of(worker.close()))


# What a function can ask and say


@pytest.mark.rp2040(seeds=1)
def test_progress_is_called_by_the_loop_with_the_latest(core, offload):
    def work():
        for n in range(50):
            offload.progress(n, 50)
        return "done"

    async def main():
        seen = []
        async with offload.Worker() as worker:
            assert await worker.assign(work).options(progress=lambda *args: seen.append(args)) == "done"
            assert await worker.assign(work) == "done"
        assert seen[-1] == (49, 50) and seen == sorted(seen)

    run(core, main)


def test_progress_comes_while_the_function_runs(core, threadsafe, offload):
    told = threadsafe.ThreadSafeEvent()

    def work():
        for n in range(3):
            offload.progress(n)
            told.wait_sync(10)
            told.clear()

    async def main():
        seen = []

        def show(n):
            seen.append(n)
            told.set()

        async with offload.Worker() as worker:
            await worker.assign(work).options(progress=show)
        assert seen == [0, 1, 2]

    run(core, main)


def test_a_progress_callback_that_fails_is_reported_and_harms_nothing(core, offload):
    def show(n):
        raise ValueError("no " + str(n))

    async def main():
        contexts = handled(core)
        async with offload.Worker() as worker:
            assert await worker.assign(lambda: offload.progress(1) or 5).options(progress=show) == 5
        assert [str(context["exception"]) for context in contexts] == ["no 1"]

    run(core, main)


def test_outside_a_job_there_is_none_to_ask_about(offload):
    for ask in (offload.cancelled, offload.checkpoint, offload.progress):
        with pytest.raises(RuntimeError, match="a thread of offload"):
            ask()
        assert isinstance(start_thread(caught, ask).join(), RuntimeError)


def caught(fn):
    try:
        fn()
    except Exception as error:
        return error
    return None


# Statistics, the limiter, threads that come and go


@pytest.mark.rp2040(seeds=1)
def test_statistics_count_what_happened(core, threadsafe, offload):
    async def main():
        gate = Gate(threadsafe, offload)
        async with offload.Worker() as worker:
            await worker.assign(max, 1, 2)
            await core.gather(worker.assign(lambda: 1 // 0), return_exceptions=True)
            task = core.create_task(result_of(worker.assign(gate)))
            queued = core.create_task(result_of(worker.assign(max, 1, 2)))
            await gate.entered.wait()
            await settle(core)
            start = ticks_ms()
            while ticks_diff(ticks_ms(), start) < 20:
                await core.sleep_ms(5)
            now = worker.statistics()
            assert [now[key] for key in ("queued", "running", "done", "failed", "threads")] == [1, 1, 1, 1, 1]
            assert 0.015 < now["longest"] < 10
            task.cancel()
            await settle(core)
            gate.opened.set()
            await queued
        now = worker.statistics()
        keys = ("queued", "running", "done", "failed", "abandoned", "threads")
        assert [now[key] for key in keys] == [0, 0, 3, 1, 1, 0]

    run(core, main)


def test_pools_that_share_a_limiter_run_no_more_at_once_than_that(core, threadsafe, offload):
    semaphore = submodule(threadsafe, "semaphore").ThreadSafeSemaphore(2)
    lock = threadsafe.ThreadSafeQueue(1)
    counts = [0, 0]

    def work():
        lock.put_sync(1, True)
        counts[0] += 1
        counts[1] = max(counts)
        lock.get_sync()
        sleep_ms(3)
        lock.put_sync(1, True)
        counts[0] -= 1
        lock.get_sync()

    async def main():
        pools = [offload.Pool(3, limiter=semaphore) for _ in range(2)]
        await core.gather(*[pool.assign(work) for pool in pools for _ in range(6)])
        for pool in pools:
            await pool.close(5)

    run(core, main)
    assert counts == [0, 2] and semaphore.value() == 2


def test_threads_that_have_nothing_to_do_end_and_come_again(core, threadsafe, offload):
    async def main():
        async with offload.Pool(3, idle=0.02) as pool:
            for _ in range(3):
                gates = [Gate(threadsafe, offload) for _ in range(3)]
                tasks = [core.create_task(result_of(pool.assign(gate))) for gate in gates]
                for gate in gates:
                    await gate.entered.wait()
                assert pool.statistics()["threads"] == 3
                for gate in gates:
                    gate.opened.set()
                await core.gather(*tasks)
                while pool.statistics()["threads"]:
                    await core.sleep_ms(5)
            assert pool.statistics()["done"] == 9

    run(core, main)


@pytest.mark.parametrize("size", [1, 3])
def test_jobs_that_come_just_as_threads_end_are_done(core, offload, size):
    async def main():
        async with offload.Pool(size, idle=0.002) as pool:
            for n in range(150):
                assert await pool.assign(max, n, 0) == n
                await core.sleep_ms(n % 5)
            assert pool.statistics()["done"] == 150

    run(core, main)


def test_a_worker_s_thread_stays(core, offload):
    async def main():
        async with offload.Worker() as worker:
            assert worker.idle_time is None
            assert worker.statistics()["threads"] == 1

    run(core, main)


def test_close_without_draining_withdraws_what_is_queued(core, threadsafe, offload):
    async def main():
        gate = Gate(threadsafe, offload)
        calls = []
        worker = offload.Worker()
        tasks = [core.create_task(result_of(worker.assign(gate, 1)))]
        await gate.entered.wait()
        tasks += [core.create_task(result_of(worker.assign(calls.append, n))) for n in range(3)]
        await settle(core)
        closing = core.create_task(worker.close(5, False))
        await settle(core)
        assert [task.done() for task in tasks] == [False, True, True, True]
        gate.opened.set()
        await closing
        results = await core.gather(*tasks, return_exceptions=True)
        assert results[0] == 1 and [type(result) for result in results[1:]] == [offload.WorkerClosed] * 3
        assert not calls

    run(core, main)
