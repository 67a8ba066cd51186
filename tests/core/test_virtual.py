"""Virtual time: jumps when every task waits, and only then."""

import pytest

from support import sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


def run(core, main, clock=None):
    clock = clock or core.VirtualClock()
    core.new_event_loop(clock)
    try:
        return core.run(main())
    finally:
        core.new_event_loop()


def test_an_hour_takes_a_moment(core):
    start = ticks_ms()

    async def main():
        await core.sleep(3600)
        return "done"

    assert run(core, main) == "done"
    assert ticks_diff(ticks_ms(), start) < 5000


def test_sleepers_wake_in_the_order_of_their_times(core):
    log = []

    async def sleeper(seconds):
        await core.sleep(seconds)
        log.append(seconds)

    async def main():
        await core.gather(*[sleeper(s) for s in (300, 100, 200, 100)])

    run(core, main)
    assert log == [100, 100, 200, 300]


def test_time_stands_still_while_tasks_run(core):
    clock = core.VirtualClock()

    async def main():
        before = clock.now()
        for _ in range(100):
            await core.sleep(0)
        sleep_ms(5)
        assert clock.now() == before
        await core.sleep_ms(7)
        assert clock.now() - before == 7 * submodule(core, "times").UNITS_PER_MS

    run(core, main, clock)


def test_a_timeout_falls_due_in_virtual_time(core):
    async def main():
        with pytest.raises(core.TimeoutError):
            await core.wait_for(core.Event().wait(), 1000)

    run(core, main)


def test_time_waits_for_a_job(core, offload):
    """The job takes real time; the timer of ten virtual ms does not fall due meanwhile."""

    async def main():
        worker = offload.Worker()
        job = core.create_task(worker.assign(sleep_ms, 30))
        try:
            return await core.wait_for(job, 0.01)
        finally:
            await worker.close()

    assert run(core, main) is None


def test_a_cancelled_job_lets_time_go_on(core, offload):
    clock = core.VirtualClock()

    async def main():
        worker = offload.Worker()
        job = core.create_task(worker.assign(sleep_ms, 20))
        await core.sleep(0)
        await core.sleep(0)
        job.cancel()
        with pytest.raises(core.CancelledError):
            await job
        await core.sleep(100)
        await worker.close()

    run(core, main, clock)
    assert clock.now() >= 100 * 1000 * submodule(core, "times").UNITS_PER_MS


def test_a_thread_made_known_by_hold_is_waited_for(core, threadsafe):
    clock = core.VirtualClock()

    async def main():
        queue = threadsafe.ThreadSafeQueue(1)
        clock.hold()
        thread = start_thread(lambda: (sleep_ms(30), queue.put_sync("in time")))
        item = await queue.get(timeout=0.01)
        clock.release()
        thread.join()
        return item

    assert run(core, main, clock) == "in time"


def test_a_thread_not_made_known_has_no_time(core, threadsafe):
    async def main():
        queue = threadsafe.ThreadSafeQueue(1)
        with pytest.raises(core.TimeoutError):
            await queue.get(timeout=1000)

    run(core, main)


def test_two_runs_give_the_same_trace(core):
    def trace():
        clock, log = core.VirtualClock(), []

        async def worker(n):
            for i in range(5):
                await core.sleep_ms((n * 7 + i * 3) % 11)
                log.append((clock.now(), n, i))

        async def main():
            await core.gather(*[worker(n) for n in range(10)])

        run(core, main, clock)
        return log

    assert trace() == trace()
