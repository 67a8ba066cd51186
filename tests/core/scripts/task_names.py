# A task has the name it was given; without one it has one that no other has.
from twincore import core as asyncio


async def child():
    return asyncio.current_task().get_name()


async def main():
    named = asyncio.create_task(child(), name="reader")
    one = asyncio.create_task(child())
    two = asyncio.create_task(child())
    print(await named, named.get_name())
    print(await one == await two, (await one)[:5], await one == one.get_name())
    named.set_name(42)
    print(repr(named.get_name()))


asyncio.run(main())

# prints:
# reader reader
# False Task- True
# '42'
