"""A scheduler on each core, talking through threadsafe: the same file on CPython, MicroPython unix and an RP2040.

Core 0 runs the application's tasks. Core 1 runs a loop of its own, with tasks of its own: a sampler and a filter, which
nothing on core 0 can delay. Requests go there, and readings come back, through queues; a message stops it.

    twincore run examples/loop_per_core.py [--on cpython|micropython|rp2040]
"""

from twincore import core
from twincore.offload import Worker
from twincore.threadsafe import Message, ThreadSafeQueue

READINGS = 20


async def sampler(raw, period_ms):
    """On core 1: a sample every `period_ms`, as a sensor would give it."""
    n = 0
    while True:
        await core.sleep_ms(period_ms)
        n += 1
        raw.put_sync(n * n % 17)  # core 1's own: between two tasks of that loop


async def take(queue, count):
    """The next `count` items."""
    items = []
    for _ in range(count):
        items.append(await queue.get())
    return items


async def smoother(raw, readings):
    """On core 1: the mean of each four samples, to core 0."""
    while True:
        await readings.put(sum(await take(raw, 4)))


async def second_core(readings, stop):
    """The main task of core 1's loop."""
    raw = ThreadSafeQueue(8)
    tasks = [core.create_task(sampler(raw, 2)), core.create_task(smoother(raw, readings))]
    why = await stop
    for task in tasks:
        task.cancel()
    await core.gather(*tasks, return_exceptions=True)
    return why


async def heartbeat(beats):
    """On core 0: goes on whatever core 1 does."""
    while True:
        beats.append(core.current_task())
        await core.sleep_ms(5)


async def main():
    readings, stop = ThreadSafeQueue(4), Message()
    async with Worker() as worker:  # a thread; on RP2 core 1
        other = core.create_task(worker.assign(core.run, second_core(readings, stop)))
        beats = []
        pulse = core.create_task(heartbeat(beats))
        got = await take(readings, READINGS)
        stop.set("enough")
        ended = await other
        pulse.cancel()
    wanted = [sum([n * n % 17 for n in range(4 * i + 1, 4 * i + 5)]) for i in range(READINGS)]
    assert got == wanted, got
    assert ended == "enough"
    assert len(beats) > 5 and all(task is pulse for task in beats)
    print("core 1 sent", len(got), "readings, none lost; core 0's heart beat", len(beats), "times meanwhile")


core.run(main())
