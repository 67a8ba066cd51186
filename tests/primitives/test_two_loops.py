"""What tasks of one loop wait for is refused to tasks of another thread's loop, who are told so."""

import pytest

from support import run, start_thread

CASES = {
    "Queue.get": lambda it: it.get(),
    "Queue.put": lambda it: it.put(1),
    "RingbufQueue.put": lambda it: it.put(1),
    "full Queue.put": lambda it: it.put(1),
    "full Queue.get": lambda it: it.get(),
    "Semaphore.acquire": lambda it: it.acquire(),
    "Barrier.wait": lambda it: it.wait(),
    "Condition.wait": lambda it: with_lock(it),
    "Delay_ms.wait": lambda it: it.wait(),
    "MillisecTimer.wait": lambda it: it.wait(),
    "MillisecTimer": lambda it: it(1),
}


async def until(aw):
    return await aw


async def with_lock(condition):
    async with condition:
        await condition.wait()


async def iterate(encoder):
    async for _ in encoder:
        pass


def made(primitives, name):
    if name.startswith("full"):
        queue = primitives.Queue(1)
        queue.put_nowait("first")
        return queue
    args = {"RingbufQueue": (2,), "Semaphore": (0,), "Barrier": (2,), "Delay_ms": (None, (), 1000)}.get(name, ())
    return getattr(primitives, name)(*args)


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_task_of_another_loop_is_told(core, primitives, case):
    told = []

    async def foreign(it):
        try:
            await CASES[case](it)
        except core.WrongContextError as error:
            told.append(str(error))

    def elsewhere(it):
        run(core, foreign, it)

    async def main():
        name = case.split(".")[0]
        it = made(primitives, name)
        if name == "full Queue":
            mine = core.create_task(until(it.put("second")))
        elif name == "Semaphore":
            mine = core.create_task(until(it.acquire()))
        elif name == "MillisecTimer":
            mine = core.create_task(until(it(200)))
        elif name.endswith("Queue"):
            mine = core.create_task(until(it.get()))
        elif name == "Condition":
            mine = core.create_task(with_lock(it))
        else:
            mine = core.create_task(until(it.wait()))
        await core.sleep(0)
        await core.sleep(0)
        start_thread(elsewhere, it).join()
        assert len(told) == 1 and "another context" in told[0], told
        assert not mine.done()
        if name == "full Queue":
            assert await it.get() == "first"
        elif name == "Semaphore":
            it.release()
        elif name.endswith("Queue"):
            await it.put("mine")
        elif name == "Barrier":
            await it.wait()
        elif name == "Condition":
            async with it:
                it.notify()
        elif name == "Delay_ms":
            it.trigger(1)
        await mine
        if hasattr(it, "deinit"):
            it.deinit()

    run(core, main)


def test_an_encoder_is_its_loops(core, primitives):
    told = []

    async def foreign(encoder):
        try:
            await iterate(encoder)
        except core.WrongContextError as error:
            told.append(str(error))

    async def main():
        encoder = primitives.Encoder(lambda: 0, lambda: 1)
        start_thread(run, core, foreign, encoder).join()
        assert len(told) == 1 and "another context" in told[0], told
        encoder.deinit()

    run(core, main)
