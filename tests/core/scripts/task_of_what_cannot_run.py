# create_task takes what can be awaited, and refuses the rest, also the function in place of its coroutine.
from twincore import core as asyncio


async def value():
    return 1


async def main():
    for thing in (None, 3, "text", (), value):
        try:
            asyncio.create_task(thing)
        except TypeError:
            print("TypeError")
    print(await asyncio.create_task(value()))
    print(await asyncio.create_task(asyncio.sleep(0.001)))
    event = asyncio.Event()
    waiter = asyncio.create_task(event.wait())
    event.set()
    print(await waiter)


asyncio.run(main())

# prints:
# TypeError
# TypeError
# TypeError
# TypeError
# TypeError
# 1
# None
# True
