# Any number of tasks may await one; they go on in the order in which they came, each with its result.
from twincore import core as asyncio


async def slow():
    await asyncio.sleep(0.01)
    print("slow ends")
    return "result"


async def wait(name, task):
    print(name, "waits")
    print(name, "got", await task)


async def main():
    task = asyncio.create_task(slow())
    waiters = [asyncio.create_task(wait(name, task)) for name in "bca"]
    for waiter in waiters:
        await waiter


asyncio.run(main())

# prints:
# b waits
# c waits
# a waits
# slow ends
# b got result
# c got result
# a got result
