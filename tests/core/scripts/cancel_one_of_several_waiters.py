# Cancelling one of several that await a task cancels the task, and so the others see it cancelled. (See shield.)
from twincore import core as asyncio


async def shared():
    try:
        await asyncio.sleep(1000)
    finally:
        print("shared ends")


async def wait(name, task):
    try:
        await task
    except asyncio.CancelledError:
        print(name, "sees a CancelledError")


async def main():
    task = asyncio.create_task(shared())
    waiters = [asyncio.create_task(wait(name, task)) for name in "abc"]
    await asyncio.sleep(0)
    print(waiters[1].cancel())
    for waiter in waiters:
        await waiter
    print(task.cancelled(), [waiter.cancelled() for waiter in waiters])


asyncio.run(main())

# prints:
# True
# shared ends
# a sees a CancelledError
# b sees a CancelledError
# c sees a CancelledError
# True [False, False, False]
