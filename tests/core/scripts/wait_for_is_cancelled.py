# Cancelling who waits cancels the awaited, and the CancelledError comes when that has cleaned up.
from twincore import core as asyncio


async def child():
    try:
        await asyncio.sleep(1000)
    finally:
        print("is cancelled")
        await asyncio.sleep(0.02)
        print("has cleaned up")


async def wait():
    try:
        await asyncio.wait_for(child(), 50)
    except asyncio.CancelledError:
        print("the caller is cancelled")
        raise


async def main():
    task = asyncio.create_task(wait())
    await asyncio.sleep(0.01)
    print(task.cancel())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")


asyncio.run(main())

# prints:
# True
# is cancelled
# has cleaned up
# the caller is cancelled
# CancelledError
