# A waiter that is cancelled leaves the others waiting, and in order.
from twincore import core as asyncio


async def wait(name, event):
    try:
        await event.wait()
        print(name, "goes")
    except asyncio.CancelledError:
        print(name, "is cancelled")


async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(wait(name, event)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(wait("e", event)))
    await asyncio.sleep(0)
    event.set()
    tasks[3].cancel()
    for task in tasks:
        await task


asyncio.run(main())

# prints:
# b is cancelled
# a goes
# c goes
# d is cancelled
# e goes
