# A loop in which tasks wait only for an Event and a flag stays alive, idle, until another thread sets the flag.
# asyncio differs: it has no ThreadSafeFlag.
import _thread
import time

from twincore import core as asyncio


def elsewhere():
    time.sleep(0.02)
    order.append("the thread sets the flag")
    flag.set()


async def wait(event):
    await event.wait()
    print("the event was set")


async def relay(event):
    await flag.wait()
    order.append("the task is woken")
    event.set()


async def main():
    event = asyncio.Event()
    asyncio.create_task(relay(event))
    waiter = asyncio.create_task(wait(event))
    await asyncio.sleep(0)
    _thread.start_new_thread(elsewhere, ())
    await waiter


order = []
flag = asyncio.ThreadSafeFlag()
asyncio.run(main())
print("\n".join(order))

# prints:
# the event was set
# the thread sets the flag
# the task is woken
