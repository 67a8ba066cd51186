# A second waiter gets a RuntimeError; a cancelled one leaves the flag as it is, for the next.
# asyncio differs: it has no ThreadSafeFlag.
from twincore import core as asyncio


async def wait(name, flag):
    try:
        await flag.wait()
        print(name, "woken")
    except RuntimeError:
        print(name, "gets a RuntimeError")
    except asyncio.CancelledError:
        print(name, "is cancelled")


async def main():
    flag = asyncio.ThreadSafeFlag()
    first = asyncio.create_task(wait("first", flag))
    await asyncio.create_task(wait("second", flag))
    flag.set()
    first.cancel()
    await first
    print("set:", flag.is_set())
    await asyncio.create_task(wait("third", flag))
    fourth = asyncio.create_task(wait("fourth", flag))
    await asyncio.sleep(0)
    flag.set()
    await fourth


asyncio.run(main())

# prints:
# second gets a RuntimeError
# first is cancelled
# set: True
# third woken
# fourth woken
