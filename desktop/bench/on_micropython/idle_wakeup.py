"""On the unix port: prints the median of microseconds from a thread's set to the task that waited in an idle loop.

argv: twincore or built-in; flag, or of twincore event or queue; how often.
"""

import sys
import time
from _thread import start_new_thread

if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio
    from twincore.threadsafe import ThreadSafeEvent, ThreadSafeQueue

    event = ThreadSafeEvent()
    queue = ThreadSafeQueue(1)

what, TIMES = sys.argv[2], int(sys.argv[3])
WARM_UP = 5
IDLE = 500  # us for the loop to fall asleep

flag = asyncio.ThreadSafeFlag()
stamp = 0
ready = 0


def thread():
    global stamp
    for i in range(WARM_UP + TIMES):
        while ready <= i:
            time.sleep_us(100)
        time.sleep_us(IDLE)
        stamp = time.ticks_us()
        if what == "queue":
            queue.put_sync(i)
        elif what == "event":
            event.set()
        else:
            flag.set()


async def main():
    global ready
    late = [0] * (WARM_UP + TIMES)
    start_new_thread(thread, ())
    for i in range(WARM_UP + TIMES):
        ready = i + 1
        if what == "queue":
            assert await queue.get() == i, "an item was lost or came out of order"
        elif what == "event":
            await event.wait()
            event.clear()
        else:
            await flag.wait()
        late[i] = time.ticks_diff(time.ticks_us(), stamp)
    late = sorted(late[WARM_UP:])
    assert late[0] >= 0, "a task went on before it was woken"
    print(late[TIMES // 2])


asyncio.run(main())
