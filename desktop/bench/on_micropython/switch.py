"""Prints task switches per second, of tasks that do nothing else while others wait for a ThreadSafeFlag each.

argv: twincore or built-in, tasks, turns of each, flags, milliseconds of passes to measure (one pass at least).
"""

import sys
import time

if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio

TASKS, TURNS, FLAGS, LONG_ENOUGH = [int(word) for word in sys.argv[2:]]


async def switch(turns):
    done = 0
    for done in range(1, turns + 1):  # noqa: B007
        await asyncio.sleep_ms(0)
    return done


async def one_pass(turns):
    tasks = [asyncio.create_task(switch(turns)) for _ in range(TASKS)]
    start = time.ticks_us()
    for task in tasks:
        assert await task == turns, "a task left its loop early"
    return time.ticks_diff(time.ticks_us(), start)


async def check_turns():
    order = []

    async def turn(number):
        for _ in range(4):
            order.append(number)
            await asyncio.sleep_ms(0)

    for task in [asyncio.create_task(turn(number)) for number in range(3)]:
        await task
    assert order == [0, 1, 2] * 4, "sleep_ms(0) does not take turns"


async def passing(flag):
    await flag.wait()
    passed.append(flag)


async def main():
    await check_turns()
    flags = [asyncio.ThreadSafeFlag() for _ in range(FLAGS)]
    parked = [asyncio.create_task(passing(flag)) for flag in flags]
    await one_pass(TURNS // 10)
    times = []
    while not times or sum(times) < LONG_ENOUGH * 1000:
        times.append(await one_pass(TURNS))
    assert not passed, "a flag was passed that nobody had set"
    for flag in flags:
        flag.set()
    for task in parked:
        await task
    assert passed == flags, "a flag that was set woke nobody"
    print(TASKS * TURNS * 1000000 / sorted(times)[len(times) // 2])


passed = []
asyncio.run(main())
