# With no time, or less, the awaited runs to its first wait; what needs none gives its result.
# asyncio may differ: up to 3.11 it cancels it before it runs.
from twincore import core as asyncio


async def child(name):
    print(name, "runs")
    if name == "slow":
        await asyncio.sleep(0.01)
        print("never")
    return name


async def main():
    for timeout in (0, -1):
        print(await asyncio.wait_for(child("quick"), timeout))
        try:
            await asyncio.wait_for(child("slow"), timeout)
        except asyncio.TimeoutError:
            print("TimeoutError")


asyncio.run(main())

# prints:
# quick runs
# quick
# slow runs
# TimeoutError
# quick runs
# quick
# slow runs
# TimeoutError
