"""What a fork leaves of pools: those of the child work, and a Worker whose thread is the parent's says so."""

import os

import pytest

from support import run

pytestmark = [pytest.mark.cpython, pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")]


def in_child(work):
    """What `work()` returns, a short text, in a forked process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            text = work()
        except BaseException as error:
            text = repr(error)
        os.write(writing, text.encode()[:4000])
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as result:
        text = result.read().decode()
    os.waitpid(child, 0)
    return text


async def result_of(awaitable):
    return await awaitable


def test_a_pool_begins_anew_in_the_child_and_goes_on_in_the_parent(core, threadsafe, offload):
    opened, entered = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

    def hold():
        entered.set()
        opened.wait_sync(10)
        return os.getpid()

    def child():
        return str(core.run(result_of(pool.assign(os.getpid))) == os.getpid() and pool.statistics()["threads"])

    async def main():
        task = core.create_task(result_of(pool.assign(hold)))
        waits = core.create_task(result_of(pool.assign(os.getpid)))
        await entered.wait()
        text = in_child(child)
        opened.set()
        assert await task == await waits == os.getpid()
        await pool.close(5)
        return text

    pool = offload.Pool(1)
    assert run(core, main) == "1"


def test_a_worker_is_gone_with_its_thread_and_says_so(core, offload):
    def child():
        try:
            return core.run(result_of(worker.assign(max, 1, 2)))
        except offload.WorkerClosed as error:
            return str(error)

    worker = offload.Worker("sensor")
    text = in_child(child)
    assert "sensor has its thread in the process that this one was forked from" in text and "max" in text
    assert run(core, result_of, worker.assign(max, 1, 2)) == 2
    run(core, lambda: result_of(worker.close(5)))


def test_what_was_closed_stays_closed(core, offload):
    async def main():
        pool = offload.Pool(2)
        await pool.assign(max, 1, 2)
        await pool.close()
        return in_child(lambda: str(pool.closed()))

    assert run(core, main) == "True"


def test_unblock_works_in_the_child_too(core, offload):
    assert run(core, result_of, offload.unblock(max, 1, 2)) == 2
    assert in_child(lambda: str(core.run(result_of(offload.unblock(max, 3, 2))))) == "3"
