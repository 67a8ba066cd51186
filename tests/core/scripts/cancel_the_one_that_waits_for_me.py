# Cancelling a task that awaits the canceller cancels the canceller, at its next wait.
from twincore import core as asyncio


async def wait(task):
    try:
        await task
    except asyncio.CancelledError:
        print("the waiter sees it")
        raise


async def canceller(box):
    await asyncio.sleep(0)
    print(box[0].cancel())
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print("never")
    except asyncio.CancelledError:
        print("the canceller is cancelled")
        raise


async def main():
    box = []
    task = asyncio.create_task(canceller(box))
    box.append(asyncio.create_task(wait(task)))
    try:
        await box[0]
    except asyncio.CancelledError:
        print(task.cancelled(), box[0].cancelled())


asyncio.run(main())

# prints:
# True
# the canceller is cancelled
# the waiter sees it
# True True
