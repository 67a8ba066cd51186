# Cancelling a task that awaits another cancels that one, and so on; if the last swallows it nobody is cancelled.
from twincore import core as asyncio


async def last(swallow):
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print("last is cancelled")
        if not swallow:
            raise
    return "result"


async def relay(name, task):
    try:
        got = await task
        print(name, "got", got)
        return got
    except asyncio.CancelledError:
        print(name, "is cancelled")
        raise


async def main():
    for swallow in (False, True):
        task = asyncio.create_task(last(swallow))
        middle = asyncio.create_task(relay("middle", task))
        outer = asyncio.create_task(relay("outer", middle))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print(outer.cancel())
        try:
            print(await outer)
        except asyncio.CancelledError:
            print("CancelledError")


asyncio.run(main())

# prints:
# True
# last is cancelled
# middle is cancelled
# outer is cancelled
# CancelledError
# True
# last is cancelled
# middle got result
# outer got result
# result
