"""On the board: how long from a set on core 1, or in a hard ISR, to the task on core 0. Prints microseconds.

argv: flag (twincore's), queue (twincore's), isr (a flag set by a Pin interrupt), built-in or built-in-isr (that
asyncio's flag); then how many other tasks are ready all the time. With none core 0 is idle, and there is no timer
either: what does not send an event to core 0 leaves it asleep for ever.
"""

import sys
import time
from _thread import start_new_thread

what, TASKS = sys.argv[1], int(sys.argv[2])
TIMES = 20

if what.startswith("built-in"):
    import asyncio
else:
    from twincore import core as asyncio
    from twincore.threadsafe import ThreadSafeQueue

    queue = ThreadSafeQueue([0] * 4)

flag = asyncio.ThreadSafeFlag()
stamp = 0
ready = 0


def on_edge(_):
    global stamp
    stamp = time.ticks_us()
    flag.set()


def edge():
    pin.value(1)
    pin.value(0)


def core1():
    global stamp
    act = edge if what.endswith("isr") else flag.set
    put = queue.put_sync if what == "queue" else None
    now = time.ticks_us
    for i in range(TIMES):
        while ready <= i:
            time.sleep_ms(1)
        time.sleep_ms(5)  # core 0 is asleep by now
        time.sleep_us(70 * i)  # anywhere in a pass of ten tasks, which takes 1.4 ms: not always at the same place
        stamp = now()  # little is between this and what is measured
        if put is None:
            act()
        else:
            put(i)


async def turn():
    while ready >= 0:
        await asyncio.sleep_ms(0)


async def main():
    global ready
    late = []
    tasks = [asyncio.create_task(turn()) for _ in range(TASKS)]
    start_new_thread(core1, ())
    wait = queue.get if what == "queue" else flag.wait
    now = time.ticks_us
    for i in range(TIMES):
        ready = i + 1
        await wait()
        then = now()
        late.append(time.ticks_diff(then, stamp))
    ready = -1
    for task in tasks:
        await task
    print(*late)


if what.endswith("isr"):
    from machine import Pin

    pin = Pin(2, Pin.OUT, value=0)
    Pin(3, Pin.IN).irq(on_edge, Pin.IRQ_RISING, hard=True)
asyncio.run(main())
