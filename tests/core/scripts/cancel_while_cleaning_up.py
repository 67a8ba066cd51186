# A cancelled task may await in its finally block for as long as it likes; who awaits it waits for that.
from twincore import core as asyncio


async def child():
    try:
        await asyncio.sleep(1000)
    finally:
        for n in range(3):
            print("cleans up", n)
            await asyncio.sleep(0.01)


async def main():
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    print("still at it:", not task.done())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")


asyncio.run(main())

# prints:
# cleans up 0
# still at it: True
# cleans up 1
# cleans up 2
# CancelledError
