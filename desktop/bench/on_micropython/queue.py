"""On a board: items a second from core 1 to a task, through a ThreadSafeQueue of 16. Prints that number."""

import time
from _thread import start_new_thread

from twincore import core
from twincore.threadsafe import ThreadSafeQueue

COUNT = 2000
queue = ThreadSafeQueue([0] * 16)


def core1():
    for i in range(COUNT):
        queue.put_sync(i, block=True)


async def main():
    start_new_thread(core1, ())
    start = time.ticks_us()
    for i in range(COUNT):
        if await queue.get() != i:
            raise ValueError("an item is missing, or out of order")
    print(COUNT * 1000000 / time.ticks_diff(time.ticks_us(), start))


core.run(main())
