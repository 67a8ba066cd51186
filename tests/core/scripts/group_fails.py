# When a task of a group fails the others and the block are cancelled and awaited; all errors are raised as one.
from twincore import core as asyncio


async def failing(n):
    await asyncio.sleep(n / 100)
    print("fails", n)
    raise ValueError(n)


async def forever(name):
    try:
        await asyncio.sleep(1000)
    finally:
        print(name, "is cancelled")
        await asyncio.sleep(0.01)
        print(name, "has cleaned up")
        raise OSError("in the cleanup")


async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing(1))
            group.create_task(forever("other"))
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                print("the block is cancelled")
                raise
    except Exception as error:
        print(sorted([type(each).__name__ for each in error.exceptions]))
    await asyncio.sleep(0)
    print("goes on")


asyncio.run(main())

# prints:
# fails 1
# other is cancelled
# the block is cancelled
# other has cleaned up
# ['OSError', 'ValueError']
# goes on
