# A task may be given twice, be in two gathers, and be awaited elsewhere at the same time.
from twincore import core as asyncio


async def value(n):
    await asyncio.sleep(0.01)
    return n


async def wait(name, awaitable):
    print(name, await awaitable)


async def gather(*tasks):
    return await asyncio.gather(*tasks)


async def main():
    one = asyncio.create_task(value(1))
    two = asyncio.create_task(value(2))
    waits = [wait("first", gather(one, two, one)), wait("second", gather(two, one)), wait("alone", one)]
    waits = [asyncio.create_task(each) for each in waits]
    for each in waits[::-1]:
        await each


asyncio.run(main())

# prints:
# alone 1
# first [1, 2, 1]
# second [2, 1]
