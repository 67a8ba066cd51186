# A cancel by others stays one, also when the time is up before the block has cleaned up.
from twincore import core as asyncio


async def block():
    try:
        async with asyncio.timeout(0.02) as it:
            try:
                await asyncio.sleep(1000)
            finally:
                await asyncio.sleep(0.05)
    except asyncio.TimeoutError:
        print("never")
    finally:
        print("left, expired:", it.expired())


async def main():
    task = asyncio.create_task(block())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")


asyncio.run(main())

# prints:
# left, expired: True
# CancelledError
