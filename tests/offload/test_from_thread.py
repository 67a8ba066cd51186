"""from_thread: what a blocking function asks of the scheduler that awaits it."""

import pytest

from support import CPYTHON, run, start_thread, submodule


def open_for_calls(core, threadsafe):
    submodule(threadsafe, "calls").open_for_calls(core.get_event_loop())


@pytest.mark.rp2040(seeds=1)
def test_a_coroutine_runs_as_a_task_of_the_loop_that_awaits_the_job(core, threadsafe, offload):
    from_thread = submodule(offload, "from_thread")

    async def ask(n):
        await core.sleep_ms(1)
        return n * 2

    def work(n):
        return from_thread.run(ask, n) + from_thread.run_sync(max, 1, 2)

    async def main():
        open_for_calls(core, threadsafe)
        async with offload.Worker() as worker:
            return await worker.assign(work, 20)

    assert run(core, main) == 42


def test_errors_come_back_to_the_thread(core, threadsafe, offload):
    from_thread = submodule(offload, "from_thread")

    async def failing():
        await core.sleep(0)
        raise ValueError("no")

    def work():
        for call in (lambda: from_thread.run(failing), lambda: from_thread.run_sync(int, "x")):
            try:
                call()
            except ValueError:
                continue
            return False
        return True

    async def main():
        open_for_calls(core, threadsafe)
        async with offload.Worker() as worker:
            return await worker.assign(work)

    assert run(core, main) is True


def test_who_is_not_wanted_any_more_is_told(core, threadsafe, offload):
    from_thread = submodule(offload, "from_thread")
    entered, told = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()
    log = []

    def work():
        entered.set()
        told.wait_sync(10)
        try:
            from_thread.run_sync(log.append, 1)
        except offload.JobCancelled:
            log.append("told")

    async def caller(worker):
        await worker.assign(work)

    async def main():
        open_for_calls(core, threadsafe)
        worker = offload.Worker()
        task = core.create_task(caller(worker))
        await entered.wait()
        task.cancel()
        await core.sleep(0)
        told.set()
        await worker.close(5)

    run(core, main)
    assert log == ["told"]


def test_outside_a_job_there_is_no_loop_to_ask(core, offload):
    from_thread = submodule(offload, "from_thread")

    def ask():
        with pytest.raises(RuntimeError, match="a thread of offload"):
            from_thread.run_sync(max, 1, 2)
        return "refused"

    assert start_thread(ask).join() == "refused"


def test_a_loop_that_ends_meanwhile_lets_the_thread_go(core, threadsafe, offload):
    from_thread = submodule(offload, "from_thread")
    asked, log = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeQueue(1)

    async def never():
        asked.set()
        await core.sleep(1000)

    def work():
        try:
            from_thread.run(never)
        except BaseException as error:
            log.put_sync(type(error).__name__)

    async def caller(worker):
        await worker.assign(work)

    worker = offload.Worker()

    async def main():
        open_for_calls(core, threadsafe)
        core.create_task(caller(worker))
        await asked.wait()

    run(core, main)
    assert log.get_sync(timeout=10) in ("LoopStopped", "CancelledError")
    worker.shut()


@pytest.mark.cpython
def test_start_soon_blocks_for_nothing(core, threadsafe, offload):
    from_thread = submodule(offload, "from_thread")
    log = []

    def work():
        from_thread.start_soon(log.append, 1)
        return "on"

    async def main():
        async with offload.Worker() as worker:
            assert await worker.assign(work) == "on"
            await core.sleep_ms(1)
        assert log == [1]

    assert CPYTHON
    run(core, main)


@pytest.mark.cpython
def test_a_job_that_asyncio_awaits_is_told_that_this_is_for_ours(offload):
    import asyncio

    from_thread = submodule(offload, "from_thread")

    async def main():
        with pytest.raises(RuntimeError, match="asyncio"):
            await offload.unblock(from_thread.run_sync, max, 1, 2)
        return await offload.unblock(max, 1, 2)

    assert asyncio.run(main()) == 2


@pytest.mark.parametrize("raced", [False, True])
def test_a_signal_cancels_what_the_function_waits_for(core, threadsafe, offload, raced):
    from_thread = submodule(offload, "from_thread")
    log = []

    async def ask(entered):
        entered.set()
        try:
            await core.Event().wait()
        finally:
            log.append("ended")

    def work(entered):
        try:
            from_thread.run(ask, entered)
        except offload.JobCancelled:
            log.append("told")
            raise

    async def main():
        open_for_calls(core, threadsafe)
        async with offload.Worker() as worker:
            entered = core.Event()
            task = core.create_task(result_of(worker.assign(work, entered).options(on_cancel="signal")))
            if not raced:
                await entered.wait()
            else:
                await core.sleep(0)
            task.cancel()
            with pytest.raises(core.CancelledError):
                await task

    run(core, main)
    assert raced or log == ["ended", "told"]


async def result_of(job):
    return await job
