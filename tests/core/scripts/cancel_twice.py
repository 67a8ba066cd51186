# Cancelled twice before it runs, a task gets one CancelledError; cancelled again while it cleans up, another.
from twincore import core as asyncio


async def child():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print("first")
        try:
            await asyncio.sleep(0)
            print("no second one")
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            print("second")
            raise


async def main():
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    print(task.cancel(), task.cancel())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")


asyncio.run(main())

# prints:
# True True
# first
# no second one
# True
# second
# CancelledError
