# Taking a free lock does not yield; acquire gives True.
from twincore import core as asyncio


async def other():
    print("other runs")


async def main():
    lock = asyncio.Lock()
    asyncio.create_task(other())
    print(lock.locked(), await lock.acquire(), lock.locked())
    lock.release()
    print(lock.locked())
    async with lock:
        print(lock.locked())
    print(lock.locked())
    await asyncio.sleep(0)


asyncio.run(main())

# prints:
# False True True
# False
# True
# False
# other runs
