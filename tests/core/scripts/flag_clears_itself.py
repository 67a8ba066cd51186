# A ThreadSafeFlag is cleared when wait returns; several sets are one; waiting for a set flag does not yield.
# asyncio differs: it has no ThreadSafeFlag.
from twincore import core as asyncio


async def wait(flag):
    while True:
        await flag.wait()
        print("woken, set:", flag.is_set())


async def main():
    flag = asyncio.ThreadSafeFlag()
    for _ in range(3):
        flag.set()
    task = asyncio.create_task(wait(flag))
    print("set:", flag.is_set())
    await asyncio.sleep(0)
    for _ in range(2):
        flag.set()
        flag.set()
        print("set:", flag.is_set())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    flag.set()
    flag.clear()
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()


asyncio.run(main())

# prints:
# set: True
# woken, set: False
# set: True
# woken, set: False
# set: True
# woken, set: False
