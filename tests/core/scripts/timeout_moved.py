# A timeout can be moved either way, and taken off, while its block runs.
from twincore import core as asyncio


async def main():
    loop = asyncio.get_event_loop()
    try:
        async with asyncio.timeout(1000) as it:
            it.reschedule(loop.time() + 0.01)
            await asyncio.sleep(0.05)
            print("never")
    except asyncio.TimeoutError:
        print("TimeoutError")
    async with asyncio.timeout(0.01) as it:
        it.reschedule(loop.time() + 1)
        await asyncio.sleep(0.05)
        print("in time")
        it.reschedule(None)
        await asyncio.sleep(5)
        print("without limit", it.when())
    try:
        it.reschedule(1)
    except RuntimeError:
        print("too late")


asyncio.run(main())

# prints:
# TimeoutError
# in time
# without limit None
# too late
