# A block whose time is up is cancelled and raises TimeoutError; in time, or without a limit, it does nothing.
from twincore import core as asyncio


async def block(limit, delay):
    try:
        async with asyncio.timeout(limit) as it:
            try:
                await asyncio.sleep(delay)
                print("in time")
            finally:
                print("cleans up, expired:", it.expired())
    except asyncio.TimeoutError:
        print("TimeoutError")


async def main():
    await block(0.01, 0.05)
    await block(0.05, 0.01)
    await block(None, 50)
    await block(0, 0.01)
    try:
        async with asyncio.timeout(0.01):
            async with asyncio.timeout(0.05):
                await asyncio.sleep(1000)
    except asyncio.TimeoutError:
        print("the outer one")


asyncio.run(main())

# prints:
# cleans up, expired: True
# TimeoutError
# in time
# cleans up, expired: False
# in time
# cleans up, expired: False
# cleans up, expired: True
# TimeoutError
# the outer one
