# A task that raises something else while it is being cancelled ends with that.
from twincore import core as asyncio


async def child():
    try:
        await asyncio.sleep(1000)
    finally:
        raise ValueError("from the cleanup")


async def main():
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except ValueError as error:
        print("ValueError:", error)
    print(task.cancelled())


asyncio.run(main())

# prints:
# ValueError: from the cleanup
# False
