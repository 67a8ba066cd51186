# When the time is up the awaited is cancelled, and when it has cleaned up TimeoutError raised.
from twincore import core as asyncio


async def child(name):
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print(name, "is cancelled")
        await asyncio.sleep(0.01)
        print(name, "has cleaned up")
        raise


async def main():
    for name in ("coroutine", "task"):
        awaited = child(name)
        if name == "task":
            awaited = asyncio.create_task(awaited)
        try:
            await asyncio.wait_for(awaited, 0.01)
        except asyncio.CancelledError:
            print("never")
        except asyncio.TimeoutError:
            print("TimeoutError")
    print(awaited.done())


asyncio.run(main())

# prints:
# coroutine is cancelled
# coroutine has cleaned up
# TimeoutError
# task is cancelled
# task has cleaned up
# TimeoutError
# True
