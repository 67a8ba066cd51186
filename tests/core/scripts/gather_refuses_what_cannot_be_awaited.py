# If one of the arguments can't be awaited gather refuses, and starts none of the others.
# asyncio differs: it starts those before it.
from twincore import core as asyncio


async def child():
    print("never")


async def main():
    try:
        await asyncio.gather(child(), 3)
    except TypeError:
        print("TypeError")
    for _ in range(3):
        await asyncio.sleep(0)


asyncio.run(main())

# prints:
# TypeError
