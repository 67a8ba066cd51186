# set wakes all that wait, in order of arrival, not before they run; wait gives True; the event stays set until clear.
from twincore import core as asyncio


async def wait(name, event):
    print(name, "waits")
    print(name, await event.wait())


async def main():
    event = asyncio.Event()
    print(event.is_set())
    tasks = [asyncio.create_task(wait(name, event)) for name in "cab"]
    await asyncio.sleep(0)
    event.set()
    event.set()
    print("set")
    for task in tasks:
        await task
    print(event.is_set())
    event.clear()
    print(event.is_set())


asyncio.run(main())

# prints:
# False
# c waits
# a waits
# b waits
# set
# c True
# a True
# b True
# True
# False
