# Sleepers wake in order of their times; zero or less yields once; sleep gives None.
from twincore import core as asyncio


async def child(name, delay):
    print(name, await asyncio.sleep(delay))


async def main():
    delays = (("d", 0.03), ("b", 0.01), ("zero", 0), ("c", 0.02), ("less", -5))
    tasks = [asyncio.create_task(child(name, delay)) for name, delay in delays]
    await asyncio.sleep(0)
    print("all sleep:", [task.done() for task in tasks])
    await asyncio.sleep(0)
    print("zero is over:", [task.done() for task in tasks])
    for task in tasks:
        await task


asyncio.run(main())

# prints:
# all sleep: [False, False, False, False, False]
# zero None
# less None
# zero is over: [False, False, True, False, True]
# b None
# c None
# d None
