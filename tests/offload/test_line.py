"""JobLine: a thread is woken for a job if none is on its way, and none of the jobs is forgotten."""

import pytest

from support import RP2, run, sleep_ms, ticks_diff, ticks_ms


async def result_of(awaitable):
    return await awaitable


def test_a_hundred_quick_jobs_do_not_start_as_many_threads(core, offload):
    async def main():
        async with offload.Pool(32) as pool:
            for _ in range(5):
                assert await core.gather(*[pool.assign(max, n, 0) for n in range(100)]) == list(range(100))
            return pool.statistics()["threads"]

    assert run(core, main) < 32


def test_jobs_that_block_have_as_many_threads_as_there_may_be(core, threadsafe, offload):
    """Each waits for all the others: with a thread less they would wait for ever."""
    count = 6
    entered = threadsafe.ThreadSafeQueue(count)
    opened = threadsafe.ThreadSafeEvent()

    def meet():
        entered.put_sync(1)
        if entered.full():
            opened.set()
        opened.wait_sync(10)
        return entered.full()

    async def main():
        async with offload.Pool(count) as pool:
            for _ in range(3):
                assert await core.gather(*[pool.assign(meet) for _ in range(count)]) == [True] * count
                while not entered.empty():
                    entered.get_sync()
                opened.clear()

    run(core, main)


@pytest.mark.rp2040(seeds=2)
@pytest.mark.parametrize("size", [1, 3])
def test_none_is_forgotten_whatever_the_moment(core, offload, size):
    """Threads fall asleep, wake and work just as jobs come."""

    def work(n):
        if n % 3 == 0:
            sleep_ms(1)
        return n

    async def caller(pool, first):
        for n in range(first, first + 40):
            assert await pool.assign(work, n) == n
            if n % 7 == 0:
                await core.sleep_ms(1)

    async def main():
        async with (offload.Worker(qsize=4) if size == 1 else offload.Pool(size, qsize=4)) as pool:
            await core.gather(*[caller(pool, 100 * n) for n in range(5)])
            assert pool.statistics()["done"] == 200

    run(core, main, limit=60)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_pool_has_the_one_second_core_and_does_not_ask_for_more(core, offload):
    """It did for each job that had to wait, and held the loop up for 100 ms each time."""
    if not RP2:
        return
    passes = []

    async def tick():
        while True:
            passes.append(ticks_ms())
            await core.sleep_ms(1)

    async def main():
        task = core.create_task(tick())
        async with offload.Pool(3) as pool:
            await core.gather(*[pool.assign(sleep_ms, 1) for _ in range(3)])  # what that loads is loaded now
            passes.clear()
            await core.gather(*[pool.assign(sleep_ms, 2) for _ in range(10)])
            task.cancel()
            return pool.statistics()

    counts = run(core, main)
    assert (counts["threads"], counts["done"], counts["unstarted"]) == (1, 13, 0)
    assert max(ticks_diff(passes[n + 1], passes[n]) for n in range(len(passes) - 1)) < 90


@pytest.mark.cpython
def test_a_thread_that_can_t_be_started_is_told_if_there_is_no_other(core, offload, monkeypatch):
    def refused(pool, slot):
        raise RuntimeError("can't start new thread")

    async def main():
        pool = offload.Pool(3)
        start = offload.worker.start
        offload.worker.start = refused
        try:
            with pytest.raises(RuntimeError, match="can't start new thread"):
                await pool.assign(max, 1, 2)
            offload.worker.start = start
            assert await pool.assign(max, 1, 2) == 2
            offload.worker.start = refused
            assert await core.gather(*[pool.assign(max, n, 0) for n in range(9)]) == list(range(9))
        finally:
            offload.worker.start = start
        await pool.close(5)

    run(core, main)


@pytest.mark.cpython
def test_a_process_ends_with_a_job_that_never_does(tmp_path):
    import subprocess
    import sys

    script = (
        "import time, twincore.core as core, twincore.offload as offload\n"
        "async def main():\n"
        "    core.create_task(stuck())\n"
        "    await core.sleep(0.05)\n"
        "async def stuck():\n"
        "    await offload.unblock(time.sleep, 1000)\n"
        "core.run(main())\n"
        "print('over')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")


UNSTARTABLE = 1 << 47  # bytes of stack for a thread: more than there are addresses


@pytest.mark.cpython
def test_threads_that_can_t_be_started_are_counted_and_told_of_once_and_the_others_do_the_jobs(core, offload, capsys):
    async def main():
        async with offload.Pool(3, "short", idle=None) as pool:
            assert await pool.assign(max, 1, 2) == 2
            assert pool.statistics()["unstarted"] == 0
            pool.stack_size = UNSTARTABLE
            for _ in range(3):
                jobs = [pool.assign(sleep_ms, 2) for _ in range(4)]
                assert await core.gather(*jobs) == [None] * 4
            return pool.statistics()

    counts = run(core, main)
    assert counts["unstarted"] > 1 and counts["threads"] == 1 and counts["done"] == 13
    said = capsys.readouterr().err
    assert said.count("short: Another thread could not be started; the jobs are left to the others, 1") == 1
    assert said.count("RuntimeError: can't start new thread") == 1


@pytest.mark.cpython
def test_where_there_is_no_other_thread_the_caller_is_told_and_later_the_report_still_comes(core, offload, capsys):
    async def main():
        async with offload.Pool(4, idle=None, stack_size=UNSTARTABLE) as pool:
            for _ in range(2):
                with pytest.raises(RuntimeError, match="can't start new thread"):
                    await pool.assign(max, 1, 2)
            assert pool.statistics()["unstarted"] == 2 and not capsys.readouterr().err
            pool.stack_size = 0
            assert await pool.assign(max, 1, 2) == 2
            pool.stack_size = UNSTARTABLE
            await core.gather(*[pool.assign(sleep_ms, 5) for _ in range(8)])

    run(core, main)
    assert capsys.readouterr().err.count("Another thread could not be started") == 1


@pytest.mark.cpython
def test_an_outcome_is_there_before_the_next_job_begins(core, offload):
    """A thread that has another job does not sleep: it wakes who waits for the last all the same."""
    from threading import Event

    gate = Event()

    async def main():
        async with offload.Worker() as worker:
            quick, slow = worker.assign(int, "7"), worker.assign(gate.wait, 20)
            first = core.create_task(result_of(quick))
            second = core.create_task(result_of(slow))
            assert await first == 7
            gate.set()
            assert await second

    run(core, main)


@pytest.mark.cpython
def test_jobs_for_which_no_thread_could_be_started_leave_the_line(core, offload):
    def refused(pool, slot):
        raise RuntimeError("can't start new thread")

    async def main():
        pool = offload.Pool(2, qsize=2)
        start = offload.worker.start
        offload.worker.start = refused
        try:
            for _ in range(5):
                with pytest.raises(RuntimeError, match="can't start new thread"):
                    await core.wait_for(pool.assign(max, 1, 2), 5)
            assert pool.statistics()["queued"] == 0
        finally:
            offload.worker.start = start
        assert await core.wait_for(pool.assign(max, 1, 2), 5) == 2
        await pool.close(5)

    run(core, main)


def test_to_wait_for_the_limiter_is_not_to_run(core, threadsafe, offload):
    limiter = threadsafe.ThreadSafeSemaphore(1)
    limiter.acquire_sync()

    async def main():
        async with offload.Worker(limiter=limiter) as worker:
            job = worker.assign(max, 1, 2)
            job.start()
            await core.sleep_ms(200)
            limiter.release()
            assert await job == 2
            return worker.statistics()["longest"]

    assert run(core, main) < 0.2
