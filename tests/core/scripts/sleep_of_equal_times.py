# Those who wake at the same time wake in the order in which they fell asleep, whatever they were told.
# asyncio may differ: its order among equals is any.
from twincore import core as asyncio


async def child(name, first, second):
    await asyncio.sleep(first)
    await asyncio.sleep(second)
    print(name)


async def main():
    times = (("a", 0, 0.05), ("b", 0.01, 0.04), ("c", 0, 0.05), ("d", 0.02, 0.03), ("e", 0, 0.05))
    tasks = [asyncio.create_task(child(*each)) for each in times]
    for task in tasks:
        await task


asyncio.run(main())

# prints:
# a
# c
# e
# b
# d
