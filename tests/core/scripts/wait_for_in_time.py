# What ends in time gives its result or raises its exception; with None it may take as long as it likes.
from twincore import core as asyncio


async def value(delay):
    await asyncio.sleep(delay)
    return delay


async def failing():
    await asyncio.sleep(0.01)
    raise ValueError("mine")


async def main():
    print(await asyncio.wait_for(value(0.01), 0.05))
    print(await asyncio.wait_for(value(0), 0.05))
    print(await asyncio.wait_for(asyncio.create_task(value(0.02)), 0.05))
    print(await asyncio.wait_for(value(5), None))
    try:
        await asyncio.wait_for(failing(), 0.05)
    except ValueError as error:
        print("raised", error)


asyncio.run(main())

# prints:
# 0.01
# 0
# 0.02
# 5
# raised mine
