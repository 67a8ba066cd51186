"""What belongs to the tasks of a loop says so to threads, and what they are to use."""

import pytest

from support import run, start_thread

CASES = {
    "Queue.put_nowait": "ThreadSafeQueue",
    "Queue.get_nowait": "ThreadSafeQueue",
    "Queue.shutdown": "ThreadSafeQueue",
    "RingbufQueue.put_nowait": "ThreadSafeQueue",
    "Semaphore.release": "ThreadSafeSemaphore",
    "Barrier.trigger": "call_soon_threadsafe",
    "Barrier.abort": "call_soon_threadsafe",
    "Condition.notify": "call_soon_threadsafe",
    "Condition.notify_all": "call_soon_threadsafe",
    "Delay_ms.deinit": "call_soon_threadsafe",
    "MillisecTimer.deinit": "call_soon_threadsafe",
}


async def until(one):
    await one.wait()


async def wait_for(condition):
    async with condition:
        await condition.wait()


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_thread_is_told_what_to_use_instead(core, primitives, case):
    name, method = case.split(".")
    args = {"Queue": (1,), "RingbufQueue": (1,), "Semaphore": (0,), "Barrier": (2,)}.get(name, ())
    said = []

    async def main():
        one = getattr(primitives, name)(*args)
        if name in ("Queue", "RingbufQueue"):
            if method == "get_nowait":
                one.put_nowait(1)
                waiting = core.create_task(one.put(2))
            else:
                waiting = core.create_task(one.get())
        elif name == "Condition":
            waiting = core.create_task(wait_for(one))
        elif name in ("Delay_ms", "MillisecTimer"):
            if name == "MillisecTimer":
                one(1000)
            waiting = core.create_task(until(one))
        else:
            waiting = core.create_task(one.acquire() if name == "Semaphore" else one.wait())
        await core.sleep(0)
        await core.sleep(0)

        def wrong():
            try:
                getattr(one, method)(*((1,) if method == "put_nowait" else ()))
            except core.WrongContextError as error:
                said.append(str(error))

        if name == "Condition":
            await one.acquire()
        start_thread(wrong).join()
        assert not waiting.done()
        waiting.cancel()
        if name == "Condition":
            one.release()
        elif method == "deinit":
            one.deinit()

    run(core, main)
    assert len(said) == 1 and CASES[case] in said[0], said
