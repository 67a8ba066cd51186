"""Prints the bytes that a task switch allocates. argv: twincore or built-in, tasks, turns of each that are watched."""

import gc
import sys

if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio

TASKS, TURNS = [int(word) for word in sys.argv[2:]]
WARM_UP = 5  # turns


async def switch():
    for _ in range(WARM_UP + TURNS + WARM_UP):
        await asyncio.sleep_ms(0)


async def watch():
    """Take turns with the others; print what all together allocate from this task's turn to the one TURNS later."""
    for _ in range(WARM_UP):
        await asyncio.sleep_ms(0)
    before = gc.mem_alloc()
    for _ in range(TURNS):
        await asyncio.sleep_ms(0)
    after = gc.mem_alloc()
    assert not any(task.done() for task in others), "a task left its loop early"
    print((after - before) / (TASKS * TURNS))


async def main():
    others.extend([asyncio.create_task(switch()) for _ in range(TASKS - 1)])
    gc.collect()
    gc.disable()  # nothing is freed
    await watch()


others = []
asyncio.run(main())
