"""Prints after how many us, at worst, a 100 ms stream timer fires beside 10 tasks that block 5 ms each.

argv: twincore or built-in, then "urgent" for twincore's urgent_first. The stream is a Python object with an `ioctl`, as
in the tutorial; the tasks that block yield with sleep_ms(0).
"""

import io
import sys
import time

if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio

TASKS, BLOCK, PERIOD, TIMES = 10, 5, 100, 16  # ms


class Timer(io.IOBase):
    def __init__(self):
        self.due = 0

    def ioctl(self, request, flags):
        if request == 3 and time.ticks_diff(time.ticks_us(), self.due) >= 0:
            return flags & 1
        return 0

    def readline(self):
        return "\n"


async def block():
    while not over:
        time.sleep_ms(BLOCK)
        await asyncio.sleep_ms(0)


async def main():
    if len(sys.argv) > 2 and sys.argv[1] != "built-in":
        asyncio.urgent_first()
    timer = Timer()
    reader = asyncio.StreamReader(timer)
    tasks = [asyncio.create_task(block()) for _ in range(TASKS)]
    late = []
    for n in range(TIMES):
        await asyncio.sleep_ms(7 * n)  # from anywhere in a round
        timer.due = time.ticks_add(time.ticks_us(), PERIOD * 1000 + 310 * n)  # nor always at the end of a block
        await reader.readline()
        late.append(PERIOD * 1000 + time.ticks_diff(time.ticks_us(), timer.due))
    over.append(True)
    for task in tasks:
        await task
    assert min(late) >= PERIOD * 1000
    print(max(late))


over = []
asyncio.run(main())
