"""On a board: a call to core 1 and back, in an idle loop.

Prints the microseconds in which 99 of 100 calls of a function that does nothing are over.
"""

import time

from twincore import core, offload

COUNT = 400


def nothing():
    return None


async def main():
    took = []
    async with offload.Worker() as worker:
        for _ in range(20):
            await worker.assign(nothing)
        for _ in range(COUNT):
            await core.sleep_ms(2)
            start = time.ticks_us()
            await worker.assign(nothing)
            took.append(time.ticks_diff(time.ticks_us(), start))
    took.sort()
    print(took[COUNT * 99 // 100])


core.run(main())
