# Waiting for an event that is set does not yield.
from twincore import core as asyncio


async def other():
    print("other runs")


async def main():
    event = asyncio.Event()
    event.set()
    asyncio.create_task(other())
    for _ in range(3):
        print(await event.wait())
    await asyncio.sleep(0)
    print("main ends")


asyncio.run(main())

# prints:
# True
# True
# True
# other runs
# main ends
