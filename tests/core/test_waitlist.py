"""WaitList: who waits in one line are tasks of one loop; another thread's are refused, and told what to use."""

import pytest

from support import run, start_thread


@pytest.mark.parametrize("kind", ["Event", "Lock"])
def test_a_task_of_another_threads_loop_is_refused_while_one_waits(core, kind):
    told = []

    async def wait(it):
        await (it.wait() if kind == "Event" else it.acquire())

    async def foreign(it):
        try:
            await wait(it)
        except core.WrongContextError as error:
            told.append(str(error))

    async def main():
        it = getattr(core, kind)()
        if kind == "Lock":
            await it.acquire()
        mine = core.create_task(wait(it))
        await core.sleep_ms(1)
        start_thread(run, core, foreign, it).join()
        assert not mine.done()
        if kind == "Lock":
            it.release()
        else:
            it.set()
        await mine

    run(core, main)
    assert len(told) == 1 and "another context" in told[0] and "ThreadSafe" + kind in told[0], told
    assert told[0].startswith("Event.wait()" if kind == "Event" else "Lock.acquire()"), told


def test_loops_one_after_the_other_may_use_the_same(core):
    event = core.Event()
    lock = core.Lock()

    async def main():
        event.clear()
        task = core.create_task(until_set())
        async with lock:
            await core.sleep_ms(1)
            event.set()
        await task

    async def until_set():
        await event.wait()
        async with lock:
            pass

    for _ in range(2):
        run(core, main)
