# A task may swallow the cancel, go on, and return a result.
from twincore import core as asyncio


async def child():
    for n in range(3):
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            print("swallowed", n)
    return "result"


async def main():
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    for _ in range(3):
        print(task.cancel(), task.done())
        await asyncio.sleep(0)
    print(await task, task.cancelled())


asyncio.run(main())

# prints:
# True False
# swallowed 0
# True False
# swallowed 1
# True False
# swallowed 2
# result False
