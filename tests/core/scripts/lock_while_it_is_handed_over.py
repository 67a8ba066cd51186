# Between release and the next holder's run the lock is locked: nobody else can take it, or release it.
# asyncio differs: locked() is False then, so it can't tell who releases in between.
from twincore import core as asyncio


async def hold(name, lock):
    async with lock:
        print(name, "has it")


async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    one = asyncio.create_task(hold("first", lock))
    await asyncio.sleep(0)
    lock.release()
    print(lock.locked())
    try:
        lock.release()
    except RuntimeError as error:
        print("RuntimeError:", error)
    two = asyncio.create_task(hold("second", lock))
    async with lock:
        print("main has it, as it came before the second:", one.done(), two.done())
    await two


asyncio.run(main())

# prints:
# True
# RuntimeError: Lock not acquired
# first has it
# main has it, as it came before the second: True False
# second has it
