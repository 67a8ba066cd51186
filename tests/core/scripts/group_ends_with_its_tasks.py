# A TaskGroup's block ends when its tasks have ended; these may start more.
from twincore import core as asyncio


async def child(group, n):
    await asyncio.sleep(n / 100)
    print("ends", n)
    if n > 1:
        group.create_task(child(group, n - 1))
    return n


async def main():
    async with asyncio.TaskGroup() as group:
        task = group.create_task(child(group, 3))
        print("the block's end")
    print("after the block", task.result())


asyncio.run(main())

# prints:
# the block's end
# ends 3
# ends 2
# ends 1
# after the block 3
