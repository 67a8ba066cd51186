"""A job: run once, by one thread, for one task; withdrawn or failed, it never runs."""

import pytest

from support import run, start_thread


class Worker:
    """Takes jobs, and runs one when it is told to."""

    name = "worker"

    def __init__(self, threadsafe, size=4):
        self.queue = threadsafe.ThreadSafeQueue(size)
        self.putters = self.queue.putters
        self.abandoned = 0

    def submit(self, job):
        return self.queue.try_put(job)

    def has_room(self):
        return not self.queue.full()

    def note_abandoned(self):
        self.abandoned += 1

    def run_next(self):
        self.queue.get_sync().run()


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


async def result_of(job):
    return await job


def make(offload, worker, func, *args, **kwargs):
    return offload.Job(worker, func, args, kwargs)


def test_it_is_queued_when_it_is_first_awaited(core, offload, threadsafe):
    worker = Worker(threadsafe)
    job = make(offload, worker, max, 1, 2)
    assert worker.queue.empty()

    async def main():
        task = core.create_task(result_of(job))
        await settle(core)
        assert worker.queue.qsize() == 1
        worker.run_next()
        return await task

    assert run(core, main) == 2


def test_it_runs_once_however_often_it_is_told_to(core, offload, threadsafe):
    worker = Worker(threadsafe)
    log = []
    job = make(offload, worker, log.append, 1)

    async def main():
        task = core.create_task(result_of(job))
        await settle(core)
        worker.run_next()
        job.run()
        await task

    run(core, main)
    assert log == [1]


def test_only_the_first_of_many_threads_has_the_claim(offload, threadsafe):
    for _ in range(20):
        job = make(offload, Worker(threadsafe), max, 1, 2)
        threads = [start_thread(job.claim) for _ in range(3)]
        assert sum([thread.join() for thread in threads]) == 1


def test_failed_before_it_started_it_never_runs(core, offload, threadsafe):
    worker = Worker(threadsafe)
    log = []
    job = make(offload, worker, log.append, 1)

    async def main():
        task = core.create_task(result_of(job))
        await settle(core)
        job.fail(offload.WorkerClosed("gone"))
        worker.run_next()
        with pytest.raises(offload.WorkerClosed, match="gone"):
            await task

    run(core, main)
    assert log == []


def test_failing_a_job_that_has_ended_changes_nothing(core, offload, threadsafe):
    worker = Worker(threadsafe)
    job = make(offload, worker, max, 1, 2)

    async def main():
        task = core.create_task(result_of(job))
        await settle(core)
        worker.run_next()
        job.fail(offload.WorkerClosed("gone"))
        return await task

    assert run(core, main) == 2


def test_it_may_have_ended_by_the_time_that_it_is_queued(core, offload, threadsafe):
    """The worker is faster than the task that hands the job over."""

    class Immediate(Worker):
        def submit(self, job):
            start_thread(job.run).join()
            return True

    async def main():
        worker = Immediate(threadsafe)
        results = []
        for n in range(3):
            results.append(await make(offload, worker, max, n, 1))
        return results

    assert run(core, main) == [1, 1, 2]


def test_a_full_queue_makes_it_wait_and_a_cancel_there_frees_the_next(core, offload, threadsafe):
    worker = Worker(threadsafe, size=1)

    async def main():
        tasks = [core.create_task(result_of(make(offload, worker, max, n, 0))) for n in range(4)]
        await settle(core)
        assert worker.queue.qsize() == 1
        worker.run_next()
        tasks[1].cancel()
        await settle(core)
        worker.run_next()
        await settle(core)
        worker.run_next()
        return await core.gather(*tasks, return_exceptions=True)

    results = run(core, main)
    assert isinstance(results[1], core.CancelledError)
    assert [results[0], results[2], results[3]] == [0, 2, 3]


def test_each_loop_s_task_is_woken_by_its_own_bell(core, offload, threadsafe):
    worker = Worker(threadsafe, size=8)

    async def main(n):
        return await make(offload, worker, max, n, 0)

    threads = [start_thread(run, core, main, n) for n in range(3)]
    for _ in threads:
        worker.queue.get_sync(timeout=5).run()
    assert [thread.join() for thread in threads] == [0, 1, 2]


def test_one_that_failed_or_was_withdrawn_is_not_awaited_again_in_vain(core, offload, threadsafe):
    """It used to give None, the second time."""
    held = threadsafe.ThreadSafeEvent()

    async def main():
        async with offload.Worker() as worker:
            failed = worker.assign(int, "x")
            with pytest.raises(ValueError):
                await failed
            with pytest.raises(RuntimeError, match="make a new job"):
                await failed
            first = worker.assign(held.wait_sync, 10)
            first.start()
            withdrawn = worker.assign(max, 1, 2)
            with pytest.raises(core.TimeoutError):
                await core.wait_for(withdrawn, 0.01)
            held.set()
            with pytest.raises(RuntimeError, match="make a new job"):
                await withdrawn
            await first
            again = worker.assign(max, 1, 2)
            assert (await again, await again) == (2, 2)

    run(core, main)


def test_a_second_task_that_awaits_it_is_told(core, offload, threadsafe):
    """It took the first one's place, and that one waited for ever."""
    held = threadsafe.ThreadSafeEvent()

    async def main():
        async with offload.Worker() as worker:
            job = worker.assign(held.wait_sync, 10)
            first = core.create_task(result_of(job))
            await settle(core)
            with pytest.raises(RuntimeError, match="awaited by another task"):
                await job
            held.set()
            await core.wait_for(first, 5)

    run(core, main)
