# Without return_exceptions a child that is cancelled by others raises CancelledError to the caller; the others run on.
from twincore import core as asyncio


async def child(name, delay):
    try:
        await asyncio.sleep(delay)
        print(name, "ends")
    except asyncio.CancelledError:
        print(name, "is cancelled")
        raise


async def main():
    a = asyncio.create_task(child("a", 1000))
    b = asyncio.create_task(child("b", 0.02))
    gathering = asyncio.create_task(gather(a, b))
    await asyncio.sleep(0.01)
    a.cancel()
    await gathering
    await b


async def gather(*tasks):
    try:
        await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        print("gather raises CancelledError")


asyncio.run(main())

# prints:
# a is cancelled
# gather raises CancelledError
# b ends
