# Cancelling a gather cancels all children that have not ended and raises CancelledError at once.
# asyncio differs: it waits until all children have ended.
from twincore import core as asyncio


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
        print(name, "ends")
    except asyncio.CancelledError:
        print(name, "is cancelled")
        await asyncio.sleep(0.01)
        print(name, "has cleaned up")
        raise


async def gather():
    try:
        await asyncio.gather(child("a", 1000), child("b", 0.01), child("c", 1000), return_exceptions=True)
    except asyncio.CancelledError:
        print("gather is cancelled")
        raise


async def main():
    task = asyncio.create_task(gather())
    await asyncio.sleep(0.05)
    print(task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")
    await asyncio.sleep(0.05)


asyncio.run(main())

# prints:
# b ends
# True
# gather is cancelled
# a is cancelled
# c is cancelled
# CancelledError
# a has cleaned up
# c has cleaned up
