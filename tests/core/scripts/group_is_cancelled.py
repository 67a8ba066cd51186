# Cancelling who runs a group cancels its tasks and waits for them; one of them that is cancelled just ends.
from twincore import core as asyncio


async def forever(name):
    try:
        await asyncio.sleep(1000)
    finally:
        print(name, "is cancelled")
        await asyncio.sleep(0.01)
        print(name, "has cleaned up")


async def run(tasks):
    try:
        async with asyncio.TaskGroup() as group:
            for name in "ab":
                tasks.append(group.create_task(forever(name)))
    except asyncio.CancelledError:
        print("the block is left")
        raise


async def main():
    tasks = []
    runner = asyncio.create_task(run(tasks))
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.05)
    print("the group goes on:", not runner.done())
    runner.cancel()
    try:
        await runner
    except asyncio.CancelledError:
        print("CancelledError")


asyncio.run(main())

# prints:
# a is cancelled
# a has cleaned up
# the group goes on: True
# b is cancelled
# b has cleaned up
# the block is left
# CancelledError
