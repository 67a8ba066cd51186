# One that is cancelled just after it was handed the lock passes it on; the last leaves it free.
from twincore import core as asyncio


async def hold(name, lock):
    try:
        async with lock:
            print(name, "has it")
    except asyncio.CancelledError:
        print(name, "is cancelled")


async def main():
    lock = asyncio.Lock()
    for cancelled in ((0,), (0, 1), (1,)):
        await lock.acquire()
        tasks = [asyncio.create_task(hold(name, lock)) for name in "ab"]
        await asyncio.sleep(0)
        lock.release()
        for n in cancelled:
            tasks[n].cancel()
        for task in tasks:
            await task
        print(lock.locked())


asyncio.run(main())

# prints:
# a is cancelled
# b has it
# False
# a is cancelled
# b is cancelled
# False
# a has it
# b is cancelled
# False
