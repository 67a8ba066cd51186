"""On the board: task switches per second with ten tasks that do nothing else. argv[1]: twincore or upstream."""

import sys
import time

if sys.argv[1] == "upstream":
    import asyncio
else:
    from twincore import core as asyncio

TASKS = 10
EACH = 200


async def switch():
    for _ in range(EACH):
        await asyncio.sleep_ms(0)


async def main():
    tasks = [asyncio.create_task(switch()) for _ in range(TASKS)]
    start = time.ticks_us()
    for task in tasks:
        await task
    print(TASKS * EACH * 1000000 // time.ticks_diff(time.ticks_us(), start))


asyncio.run(main())
