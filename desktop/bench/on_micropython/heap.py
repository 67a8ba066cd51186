"""Prints the bytes of heap that a sleeping task holds. argv: twincore or built-in, of how many the mean."""

import gc
import sys

if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio

COUNT = int(sys.argv[2])
LONG = 1000000  # ms


async def sleeping():
    global begun
    begun += 1
    await asyncio.sleep_ms(LONG)


async def start(tasks):
    """Fill the list with tasks that sleep."""
    until = begun + len(tasks)
    for i in range(len(tasks)):
        tasks[i] = asyncio.create_task(sleeping())
    while begun < until:
        await asyncio.sleep_ms(0)


async def main():
    first, tasks = [None], [None] * COUNT
    await start(first)  # what is made once is not a task's
    gc.collect()
    before = gc.mem_alloc()
    await start(tasks)
    gc.collect()
    held = gc.mem_alloc() - before
    assert not any(task.done() for task in tasks), "a task did not sleep"
    print(held / COUNT)


begun = 0
asyncio.run(main())
