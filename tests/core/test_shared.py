"""A turn for the others, now and then, of a task that never has to wait: nobody loses its place, nothing is lost."""

import pytest

from support import run, submodule


async def settle(core):
    for _ in range(4):
        await core.sleep(0)


@pytest.mark.rp2040
def test_whoever_has_to_give_others_a_turn_keeps_its_place_in_the_line(core, threadsafe):
    """One of many waits gives the other tasks a turn, whichever it is: here each is the one at some time."""
    queue, log = threadsafe.ThreadSafeQueue(9), []

    async def get(n):
        log.append((n, await queue.get()))

    async def main():
        for number in range(submodule(core, "shared").TURN):
            tasks = [core.create_task(get(n)) for n in range(3)]
            await settle(core)
            for item in "abc":
                queue.put_sync(item)
            await core.gather(*tasks)
            assert log == [(0, "a"), (1, "b"), (2, "c")], number
            log.clear()

    run(core, main)


@pytest.mark.rp2040
def test_a_queue_that_is_never_empty_does_not_stop_the_others(core, threadsafe):
    queue, log = threadsafe.ThreadSafeQueue(2), []

    async def other():
        while True:
            log.append("other")
            await core.sleep(0)

    async def main():
        task = core.create_task(other())
        for n in range(200):
            await queue.put(n)
            assert await queue.get() == n
        task.cancel()

    run(core, main)
    assert len(log) >= 2 * 200 // submodule(core, "shared").TURN - 1


@pytest.mark.rp2040
def test_who_is_cancelled_while_the_others_have_their_turn_takes_nothing(core, threadsafe):
    queue, log = threadsafe.ThreadSafeQueue(500), []

    async def take():
        while True:
            log.append(await queue.get())

    async def main():
        for n in range(500):
            queue.put_sync(n)
        while not queue.empty():
            task = core.create_task(take())
            await core.sleep(0)
            task.cancel()
            await core.gather(task, return_exceptions=True)

    run(core, main)
    assert log == list(range(500))
