"""Worker, Pool and Context: blocking calls on other threads, their outcomes, their order, and how they end."""

import sys

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread, ticks_diff, ticks_ms

NAN = float("nan")


class Gate:
    """Holds a job back until it is opened; remembers that the job came."""

    def __init__(self, threadsafe):
        self.entered = threadsafe.ThreadSafeEvent()
        self.opened = threadsafe.ThreadSafeEvent()

    def __call__(self, result=None):
        self.entered.set()
        self.opened.wait_sync()
        return result


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


def handled(core):
    """A list of the contexts that the exception handler of the current loop is called with."""
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    return contexts


def double(n):
    return 2 * n


def failing(error):
    raise error


# Outcomes


@pytest.mark.rp2040(seeds=2)
def test_the_result_of_the_function_comes_back(core, offload):
    async def main():
        async with offload.Worker() as worker:
            assert await worker.assign(double, 21) == 42
            assert await worker.assign(dict, a=1, b=2) == {"a": 1, "b": 2}
            assert await worker.assign(sorted, [2, 3, 1], reverse=True) == [3, 2, 1]
            assert await worker.assign(lambda: None) is None

    run(core, main, limit=None)


@pytest.mark.rp2040(seeds=1)
def test_the_job_runs_on_another_thread_and_the_same_one_each_time(core, offload):
    import _thread

    async def main():
        idents = set()
        async with offload.Worker() as worker:
            for _ in range(3):
                idents.add(await worker.assign(_thread.get_ident))
        return idents

    idents = run(core, main)
    assert len(idents) == 1 and _thread.get_ident() not in idents


@pytest.mark.rp2040(seeds=1)
def test_an_exception_reaches_the_awaiter_and_the_worker_lives_on(core, offload):
    """Defect 5: upstream's thread dies, and its caller and every later one hang."""

    async def main():
        async with offload.Worker() as worker:
            for _ in range(3):
                with pytest.raises(ValueError, match="why"):
                    await worker.assign(failing, ValueError("why"))
            assert await worker.assign(double, 1) == 2

    run(core, main, limit=None)


@pytest.mark.cpython
def test_the_traceback_shows_where_in_the_job_it_failed(core, offload):
    import traceback

    async def main():
        async with offload.Worker() as worker:
            await worker.assign(failing, ValueError("why"))

    with pytest.raises(ValueError) as caught:
        run(core, main)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "failing" and "main" in names


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_no_kind_of_exception_ends_the_worker(core, offload, error):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(error):
                await worker.assign(failing, error())
            return await worker.assign(double, 1)

    assert run(core, main) == 2


def test_sys_exit_in_a_job_is_raised_to_its_awaiter(core, offload):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(SystemExit) as caught:
                await worker.assign(sys.exit, 3)
            assert caught.value.args[0] == 3
            return await worker.assign(double, 1)

    assert run(core, main) == 2


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration])
def test_stop_iteration_comes_as_a_runtime_error_since_a_coroutine_cannot_raise_it(core, offload, error):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(RuntimeError, match="Stop.*Iteration"):
                await worker.assign(failing, error())
            return await worker.assign(double, 1)

    assert run(core, main) == 2


def test_a_cancelled_error_of_the_job_is_its_awaiter_s(core, offload):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(core.CancelledError):
                await worker.assign(failing, core.CancelledError())
            return await worker.assign(double, 1)

    assert run(core, main) == 2


def test_what_is_not_callable_is_refused_where_it_is_assigned(core, offload):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(TypeError, match=r"a function and its arguments are expected.*assign\(func, arg\)"):
                worker.assign(double(3))
            with pytest.raises(TypeError, match="expected"):
                offload.unblock(None)

    run(core, main)


def test_wrong_arguments_fail_in_the_job(core, offload):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(TypeError):
                await worker.assign(double)
            return await worker.assign(double, 2)

    assert run(core, main) == 4


# Order, and a full queue


@pytest.mark.rp2040(seeds=1)
def test_jobs_run_one_after_another_in_the_order_they_were_awaited(core, offload):
    log = []

    async def main():
        async with offload.Worker() as worker:
            await core.gather(*[worker.assign(log.append, n) for n in range(8)])

    run(core, main)
    assert log == list(range(8))


def test_the_scheduler_goes_on_while_a_job_runs(core, offload):
    async def main():
        async with offload.Worker() as worker:
            job = core.create_task(worker.assign(sleep_ms, 40))
            turns = 0
            while not job.done():
                await core.sleep_ms(2)
                turns += 1
            return turns

    assert run(core, main) >= 5


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("make", ["Worker", "Context"])
def test_more_callers_than_the_queue_holds_are_all_served_in_order(core, offload, threadsafe, make):
    """Defect 6: upstream's callers get AssertionError from a flag that only one may wait for."""
    log = []
    gate = Gate(threadsafe)

    async def main():
        worker = getattr(offload, make)(qsize=2)
        first = core.create_task(worker.assign(gate))
        await gate.entered.wait()
        callers = [core.create_task(worker.assign(log.append, n)) for n in range(10)]
        await settle(core)
        gate.opened.set()
        await core.gather(first, *callers)
        await worker.close()

    run(core, main)
    assert log == list(range(10))


def test_callers_cancelled_while_the_queue_is_full_hinder_nobody(core, offload, threadsafe):
    log = []
    gate = Gate(threadsafe)

    async def main():
        async with offload.Worker(qsize=1) as worker:
            first = core.create_task(worker.assign(gate))
            await gate.entered.wait()
            callers = [core.create_task(worker.assign(log.append, n)) for n in range(12)]
            await settle(core)
            for n in (0, 1, 5, 6, 11):
                callers[n].cancel()
            await settle(core)
            callers[2].cancel()
            gate.opened.set()
            await core.gather(first, *callers, return_exceptions=True)

    run(core, main)
    assert log == [3, 4, 7, 8, 9, 10]


def test_cancels_at_any_moment_lose_no_job_and_run_none_twice(core, offload):
    log = []
    ended = []

    async def caller(worker, n):
        await worker.assign(log.append, n)
        ended.append(n)

    async def main():
        async with offload.Worker(qsize=2) as worker:
            for turn in range(30):
                tasks = [core.create_task(caller(worker, 10 * turn + n)) for n in range(6)]
                for _ in range(turn % 5):
                    await core.sleep(0)
                tasks[turn % 6].cancel()
                await core.sleep(0)
                tasks[(turn * 5 + 1) % 6].cancel()
                results = await core.gather(*tasks, return_exceptions=True)
                for n, result in enumerate(results):
                    if isinstance(result, core.CancelledError):
                        assert n in (turn % 6, (turn * 5 + 1) % 6)
                    else:
                        assert 10 * turn + n in log

    run(core, main)
    assert len(log) == len(set(log))
    assert set(ended) <= set(log)


# Cancelling


@pytest.mark.rp2040(seeds=1)
def test_a_job_cancelled_before_it_started_never_runs(core, offload, threadsafe):
    """Defect 7: upstream runs it all the same."""
    log = []
    gate = Gate(threadsafe)

    async def main():
        async with offload.Worker() as worker:
            first = core.create_task(worker.assign(gate))
            second = core.create_task(worker.assign(log.append, "second"))
            third = core.create_task(worker.assign(log.append, "third"))
            await gate.entered.wait()
            second.cancel()
            with pytest.raises(core.CancelledError):
                await second
            gate.opened.set()
            await first
            await third

    run(core, main, limit=None)
    assert log == ["third"]


@pytest.mark.rp2040(seeds=1)
def test_cancelled_while_the_job_runs_the_caller_is_free_at_once(core, offload, threadsafe):
    gate = Gate(threadsafe)

    async def main():
        async with offload.Worker() as worker:
            contexts = handled(core)
            task = core.create_task(worker.assign(gate, "late"))
            await gate.entered.wait()
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            gate.opened.set()
            assert await worker.assign(double, 1) == 2
            assert contexts == []

    run(core, main, limit=None)


def test_an_error_after_the_caller_was_cancelled_is_reported(core, offload, threadsafe):
    gate = Gate(threadsafe)

    def late():
        gate()
        raise ValueError("too late")

    async def main():
        async with offload.Worker() as worker:
            contexts = handled(core)
            task = core.create_task(worker.assign(late))
            await gate.entered.wait()
            task.cancel()
            await core.gather(task, return_exceptions=True)
            gate.opened.set()
            await worker.assign(double, 1)
            await settle(core)
            return contexts

    contexts = run(core, main)
    assert [str(context["exception"]) for context in contexts] == ["too late"]
    assert "after its caller was cancelled" in contexts[0]["message"]


def test_a_job_that_ends_as_it_is_cancelled_leaves_no_trace_but_a_report(core, offload, threadsafe):
    """The task is in the ready ring with the outcome when the cancel comes."""

    async def main():
        async with offload.Worker() as worker:
            contexts = handled(core)
            go, done = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

            def job():
                go.wait_sync(5)
                done.set()
                raise ValueError("unseen")

            task = core.create_task(worker.assign(job))
            await settle(core)
            go.set()
            start = ticks_ms()
            while not done.is_set() and ticks_diff(ticks_ms(), start) < 5000:
                sleep_ms(1)
            sleep_ms(20)  # the loop stands still, the job ends and rings
            assert done.is_set()
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task
            await worker.assign(double, 1)
            await settle(core)
            return [str(context["exception"]) for context in contexts]

    assert run(core, main) == ["unseen"]


def test_wait_for_bounds_a_job(core, offload, threadsafe):
    gate = Gate(threadsafe)

    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(core.TimeoutError):
                await core.wait_for(worker.assign(gate), 0.01)
            gate.opened.set()
            return await core.wait_for(worker.assign(double, 4), 5)

    assert run(core, main) == 8


# Closing


@pytest.mark.rp2040(seeds=1)
def test_close_lets_what_is_queued_end_and_takes_nothing_more(core, offload):
    log = []

    async def main():
        worker = offload.Worker()
        tasks = [core.create_task(worker.assign(log.append, n)) for n in range(5)]
        await settle(core)
        closing = worker.close()
        with pytest.raises(offload.WorkerClosed, match="is closed and takes no more jobs; make a new one for double"):
            await worker.assign(double, 1)
        await closing
        assert log == [0, 1, 2, 3, 4]
        await core.gather(*tasks)
        await worker.close()

    run(core, main, limit=None)


def test_a_closed_worker_is_a_runtime_error(offload):
    assert issubclass(offload.WorkerClosed, RuntimeError)


def test_close_ends_callers_that_wait_for_room_in_the_queue(core, offload, threadsafe):
    gate = Gate(threadsafe)

    async def main():
        worker = offload.Worker(qsize=1)
        tasks = [core.create_task(worker.assign(gate))]
        await gate.entered.wait()
        tasks += [core.create_task(worker.assign(double, n)) for n in range(3)]
        await settle(core)
        closing = core.create_task(worker.close())
        await settle(core)
        gate.opened.set()
        results = await core.gather(*tasks, return_exceptions=True)
        await closing
        assert results[:2] == [None, 0]
        assert [type(result) for result in results[2:]] == [offload.WorkerClosed] * 2

    run(core, main)


def test_a_close_says_of_a_job_that_waits_for_its_limiter_that_it_has_not_begun(core, offload, threadsafe):
    limiter = threadsafe.ThreadSafeSemaphore(1)

    async def main():
        assert limiter.acquire_nowait()
        worker = offload.Worker("sensor", limiter=limiter)
        task = core.create_task(worker.assign(double, 3))
        while worker.slots[0].job is None or worker.slots[0].since >= 0:
            await core.sleep_ms(1)
        with pytest.raises(core.TimeoutError) as raised:
            await worker.close(0.02)
        assert str(raised.value) == "sensor is still waiting for a permit to run double after 0.02 s"
        with pytest.raises(offload.WorkerClosed):
            await task
        limiter.release()
        await worker.close()

    run(core, main)


def test_a_job_that_never_ends_is_named_and_nobody_hangs(core, offload, threadsafe):
    gate = Gate(threadsafe)

    def never_ending():
        gate()

    async def main():
        worker = offload.Worker("sensor", qsize=2)
        tasks = [core.create_task(worker.assign(never_ending))]
        await gate.entered.wait()
        tasks += [core.create_task(worker.assign(double, n)) for n in range(4)]
        await settle(core)
        with pytest.raises(core.TimeoutError, match="sensor is still running never_ending") as raised:
            await worker.close(0.02)
        assert "after 0.02 s" in str(raised.value)
        if CPYTHON:
            assert "called by never_ending, " in str(raised.value) and "test_worker.py:" in str(raised.value)
        results = await core.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [offload.WorkerClosed] * 5
        gate.opened.set()
        await worker.close()

    run(core, main)


def test_a_job_given_up_that_ends_at_that_moment_resumes_its_task_once(core, offload, threadsafe):
    gate = Gate(threadsafe)
    log = []

    async def caller(worker):
        try:
            log.append(await worker.assign(gate, "result"))
        except offload.WorkerClosed:
            log.append("closed")
        await core.Event().wait()

    async def main():
        worker = offload.Worker()
        task = core.create_task(caller(worker))
        await gate.entered.wait()
        with pytest.raises(core.TimeoutError):
            await worker.close(0.005)
        gate.opened.set()
        start = ticks_ms()
        while ticks_diff(ticks_ms(), start) < 20:  # the job ends before the loop has answered the bell
            pass
        await core.sleep_ms(5)
        assert log in (["closed"], ["result"]) and not task.done()
        task.cancel()

    run(core, main)


def test_the_late_error_of_a_job_given_up_is_reported(core, offload, threadsafe):
    gate = Gate(threadsafe)

    def late():
        gate()
        raise ValueError("too late")

    async def main():
        contexts = handled(core)
        worker = offload.Worker()
        task = core.create_task(worker.assign(late))
        await gate.entered.wait()
        with pytest.raises(core.TimeoutError):
            await worker.close(0.005)
        with pytest.raises(offload.WorkerClosed):
            await task
        gate.opened.set()
        await worker.close()
        await settle(core)
        return [str(context["exception"]) for context in contexts]

    assert run(core, main) == ["too late"]


@pytest.mark.parametrize("timeout", [-1, NAN])
def test_a_negative_time_to_close_or_nan_is_refused_and_closes_nothing(core, offload, timeout):
    async def main():
        async with offload.Worker() as worker:
            with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
                worker.close(timeout)
            return await worker.assign(double, 5)

    assert run(core, main) == 10


def test_close_with_a_timeout_that_suffices_raises_nothing(core, offload):
    async def main():
        worker = offload.Worker()
        task = core.create_task(worker.assign(sleep_ms, 10))
        await settle(core)
        await worker.close(5)
        assert task.done() or await task is None

    run(core, main)


def test_async_with_closes_when_its_body_fails(core, offload):
    log = []

    async def main():
        with pytest.raises(ValueError):
            async with offload.Worker() as worker:
                task = core.create_task(worker.assign(log.append, 1))
                await settle(core)
                raise ValueError
        await task
        with pytest.raises(offload.WorkerClosed):
            await worker.assign(double, 1)

    run(core, main)
    assert log == [1]


@pytest.mark.rp2040(seeds=1)
def test_a_worker_closed_makes_room_for_a_new_one(core, offload):
    async def main():
        results = []
        for n in range(4):
            async with offload.Worker() as worker:
                results.append(await worker.assign(double, n))
        return results

    assert run(core, main) == [0, 2, 4, 6]


# Pools


@pytest.mark.parametrize("size", [0, -1, 2.5, "a", None])
def test_a_pool_without_threads_is_refused(offload, size):
    with pytest.raises(ValueError, match="1 thread or more"):
        offload.Pool(size)


def test_a_queue_of_no_jobs_is_refused(offload):
    with pytest.raises(ValueError, match="1 job or more"):
        offload.Pool(1, qsize=0)
    with pytest.raises(ValueError, match="1 job or more"):
        offload.Worker(qsize=0)
    with pytest.raises(ValueError, match="1 job or more"):
        offload.Pool(1, qsize="a")


@pytest.mark.cpython
def test_a_job_that_waits_for_a_permit_is_queued_not_running(core, offload, threadsafe):
    async def main():
        permits = threadsafe.ThreadSafeSemaphore(1)
        gate = Gate(threadsafe)
        async with offload.Pool(1, limiter=permits) as one, offload.Pool(1, limiter=permits) as other:
            first = core.create_task(one.assign(gate, 1))
            await gate.entered.wait()
            second = core.create_task(other.assign(abs, -2))
            while not other.slots or other.slots[0].job is None:
                await core.sleep_ms(1)
            counts = other.statistics()
            assert (counts["queued"], counts["running"], counts["longest"]) == (1, 0, 0)
            assert (one.statistics()["queued"], one.statistics()["running"]) == (0, 1)
            gate.opened.set()
            assert await core.gather(first, second) == [1, 2]
            assert (other.statistics()["queued"], other.statistics()["done"]) == (0, 1)

    run(core, main)


def test_what_is_no_limiter_or_name_is_refused(offload):
    with pytest.raises(TypeError, match="limiter"):
        offload.Pool(1, limiter=3)
    with pytest.raises(TypeError, match="name"):
        offload.pool(3)


def test_a_pool_runs_as_many_jobs_at_once_as_it_has_threads(core, offload, threadsafe):
    gates = [Gate(threadsafe) for _ in range(4)]

    async def main():
        async with offload.Pool(3) as pool:
            tasks = [core.create_task(pool.assign(gate, n)) for n, gate in enumerate(gates)]
            for gate in gates[:3]:
                await gate.entered.wait()
            await core.sleep_ms(10)
            assert not gates[3].entered.is_set()
            gates[1].opened.set()
            await gates[3].entered.wait()
            for gate in gates:
                gate.opened.set()
            return await core.gather(*tasks)

    assert run(core, main) == [0, 1, 2, 3]


def test_a_pool_that_was_never_used_closes_at_once(core, offload):
    async def main():
        await offload.Pool(3).close()
        async with offload.Pool(2):
            pass

    run(core, main)


def test_all_threads_of_a_pool_end_when_it_is_closed(core, offload):
    async def main():
        pool = offload.Pool(4)
        results = await core.gather(*[pool.assign(double, n) for n in range(20)])
        await pool.close(5)
        return results

    assert run(core, main) == [2 * n for n in range(20)]


def test_close_is_told_of_a_thread_that_ends_by_itself_meanwhile(core, offload):
    """It had nothing to do, and left when the pool was not closed yet but somebody waited for its end already."""

    class Meanwhile(offload.Pool):
        def shut(self):
            while self.slots:
                sleep_ms(1)
            offload.Pool.shut(self)

    async def main():
        pool = Meanwhile(1, idle=0.01)
        assert await pool.assign(double, 3) == 6
        await pool.close()

    run(core, main)


def test_two_loops_in_two_threads_use_one_pool(core, offload):
    pool = offload.Pool(2)

    async def main(first):
        return await core.gather(*[pool.assign(double, first + n) for n in range(10)])

    threads = [start_thread(run, core, main, 100 * n) for n in range(2)]
    for n, thread in enumerate(threads):
        assert thread.join() == [2 * (100 * n + m) for m in range(10)]
    run(core, pool.close)


def test_context_takes_upstream_s_argument_and_kwargs(core, offload):
    async def main():
        context = offload.Context(qsize=3)
        result = await context.assign(sorted, [1, 3, 2], reverse=True)
        await context.close()
        return result

    assert run(core, main) == [3, 2, 1]


def test_a_program_runs_twice_in_one_process(core, offload):
    """Nothing of the first run is left that the second trips over, a worker that was not closed included."""
    left = []

    async def main():
        worker = offload.Worker() if not RP2 else None
        left.append(worker)
        results = await core.gather(worker.assign(double, 1), offload.unblock(double, 2))
        core.create_task(worker.assign(sleep_ms, 1))  # not awaited
        return results

    for _ in range(2):
        assert run(core, main) == [2, 4]

    async def last():
        for worker in left:
            await worker.close(5)

    run(core, last)


@pytest.mark.cpython
def test_jobs_and_results_are_not_kept_alive(core, offload):
    import gc
    import weakref

    class Thing:
        pass

    seen = []

    def job(argument):
        result = Thing()
        seen.append(weakref.ref(result))
        seen.append(weakref.ref(argument))
        return result

    async def main():
        async with offload.Worker() as worker:
            await worker.assign(job, Thing())
            await worker.assign(double, 1)
            gc.collect()
            assert [ref() for ref in seen] == [None, None]

    run(core, main)


# The second core


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_core_1_in_use_is_told_apart_with_what_to_do(core, offload, threadsafe):
    """Defect 7: upstream raises OSError("core1 in use")."""
    if not RP2:
        return
    gate = Gate(threadsafe)
    thread = start_thread(gate)

    async def main():
        with pytest.raises(RuntimeError, match="core 1 is in use.*end the thread or close the Worker"):
            offload.Worker()
        gate.opened.set()
        thread.join()
        async with offload.Worker() as worker:
            with pytest.raises(RuntimeError, match="core 1 is in use"):
                offload.Worker()
            return await worker.assign(double, 3)

    assert run(core, main) == 6


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_a_worker_computes_while_tasks_take_turns(core, offload):
    def compute(ms):
        start = ticks_ms()
        total = 0
        while ticks_diff(ticks_ms(), start) < ms:
            total += 1
        return total

    async def heart(beats):
        while True:
            beats.append(ticks_ms())
            await core.sleep_ms(2)

    async def main():
        beats = []
        task = core.create_task(heart(beats))
        async with offload.Worker() as worker:
            for _ in range(3):
                assert await worker.assign(compute, 10) > 0
        task.cancel()
        return len(beats)

    assert run(core, main) > 5


@pytest.mark.cpython
@pytest.mark.parametrize("started", [True, False], ids=["after it started", "before"])
def test_ctrl_c_while_a_thread_starts_leaves_a_pool_that_works_and_closes(core, offload, started):
    start = offload.worker.start

    def interrupted(pool, slot):
        offload.worker.start = start
        if started:
            start(pool, slot)
            while not slot.taken:
                sleep_ms(1)
        raise KeyboardInterrupt

    async def main():
        pool = offload.Pool(1)
        offload.worker.start = interrupted
        with pytest.raises(KeyboardInterrupt):
            pool.start_another()
        result = await pool.assign(abs, -1)
        await pool.close(5)
        return result

    assert run(core, main) == 1


def test_a_close_that_gave_up_is_not_waited_for_again_at_the_end_of_the_block(core, threadsafe, offload):
    """The block would have held the error back until what is stuck ends."""
    held = threadsafe.ThreadSafeEvent()

    async def main():
        try:
            async with offload.Worker("w") as worker:
                worker.assign(held.wait_sync, 60).start()
                await core.sleep_ms(20)
                await worker.close(0.05)
        finally:
            held.set()

    start = ticks_ms()
    with pytest.raises(core.TimeoutError):
        run(core, main)
    assert ticks_diff(ticks_ms(), start) < 20_000


@pytest.mark.cpython
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_close_with_a_time_limit_in_a_task_of_another_loop(core, threadsafe, offload, loop):
    module = pytest.importorskip(loop)
    held = threadsafe.ThreadSafeEvent()

    async def main():
        pool = offload.Pool(1, "p")
        await pool.assign(max, 1, 2)
        await pool.close(5)
        stuck = offload.Worker("stuck")
        stuck.assign(held.wait_sync, 60).start()
        with pytest.raises(core.TimeoutError, match="stuck is still running"):
            await stuck.close(0.2)
        held.set()

    module.run(main())
