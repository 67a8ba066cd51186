# A lock is handed to those who wait in order of arrival; who releases it can't take it again ahead of them.
from twincore import core as asyncio


async def hold(name, lock):
    for n in range(2):
        async with lock:
            print(name, n, "takes it")
            await asyncio.sleep(0.01)
        print(name, n, "released it")


async def main():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(hold(name, lock)) for name in "ba"]
    for task in tasks:
        await task
    print(lock.locked())


asyncio.run(main())

# prints:
# b 0 takes it
# b 0 released it
# a 0 takes it
# a 0 released it
# b 1 takes it
# b 1 released it
# a 1 takes it
# a 1 released it
# False
