"""twincore.primitives: what tasks of one loop synchronise with."""

from twincore import core
from twincore.primitives import Barrier, Delay_ms, Queue, Semaphore


async def test_a_queue_holds_back_who_is_too_fast():
    queue, most = Queue(2), []

    async def produce():
        for n in range(10):
            await queue.put(n)
            most.append(queue.qsize())

    task = core.create_task(produce())
    for n in range(10):
        assert await queue.get() == n
    await task
    assert max(most) <= 2


async def test_a_semaphore_lets_in_as_many_as_it_says():
    semaphore, inside, most = Semaphore(2), [0], [0]

    async def enter():
        async with semaphore:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            await core.sleep_ms(2)
            inside[0] -= 1

    await core.gather(*(enter() for _ in range(5)))
    assert most == [2]


async def test_a_barrier_releases_all_at_once():
    barrier, passed = Barrier(3), []

    async def arrive(n):
        await barrier.wait()
        passed.append(n)

    tasks = [core.create_task(arrive(n)) for n in range(2)]
    await core.sleep_ms(5)
    assert passed == []
    await arrive(2)
    await core.gather(*tasks)
    assert sorted(passed) == [0, 1, 2]


async def test_a_delay_that_is_triggered_again_starts_anew():
    calls = []
    delay = Delay_ms(lambda: calls.append(1), duration=60)
    delay.trigger()
    for _ in range(3):
        await core.sleep_ms(10)
        delay.trigger()
    assert calls == []
    await core.sleep_ms(200)
    assert calls == [1]
