# A task can't cancel itself; it may raise CancelledError, which is the same to others.
# asyncio differs: there it can, and gets the CancelledError at its next wait.
from twincore import core as asyncio


async def child():
    try:
        asyncio.current_task().cancel()
    except RuntimeError as error:
        print(str(error).split(":")[0])
    await asyncio.sleep(0)
    raise asyncio.CancelledError


async def main():
    task = asyncio.create_task(child())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError", task.cancelled())


asyncio.run(main())

# prints:
# can't cancel self
# CancelledError True
