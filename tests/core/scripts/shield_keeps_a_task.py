# Cancelling who awaits a shield leaves the task running; cancelling the task reaches who awaits the shield.
from twincore import core as asyncio


async def slow():
    try:
        await asyncio.sleep(0.05)
        print("slow ends")
        return "result"
    except asyncio.CancelledError:
        print("slow is cancelled")
        raise


async def wait(task):
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        print("the waiter sees a CancelledError")
        raise


async def main():
    task = asyncio.create_task(slow())
    waiter = asyncio.create_task(wait(task))
    await asyncio.sleep(0.01)
    waiter.cancel()
    await asyncio.sleep(0)
    print(waiter.done(), task.done())
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.01)
    except asyncio.TimeoutError:
        print("TimeoutError", task.done())
    print(await asyncio.shield(task))

    task = asyncio.create_task(slow())
    waiter = asyncio.create_task(wait(task))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.sleep(0.01)
    print(waiter.cancelled())


asyncio.run(main())

# prints:
# the waiter sees a CancelledError
# True False
# TimeoutError False
# slow ends
# result
# slow is cancelled
# the waiter sees a CancelledError
# True
