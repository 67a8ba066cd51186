# With return_exceptions each exception takes its result's place, a child's CancelledError too.
from twincore import core as asyncio


async def child(error=None):
    await asyncio.sleep(0)
    if error:
        raise error
    return "result"


async def forever():
    await asyncio.Event().wait()


async def main():
    stuck = asyncio.create_task(forever())
    gathering = asyncio.gather(child(ValueError("mine")), child(), stuck, child(OSError(5)), return_exceptions=True)
    gathering = asyncio.create_task(wait(gathering))
    for _ in range(4):
        await asyncio.sleep(0)
    print("done", gathering.done())
    stuck.cancel()
    for result in await gathering:
        print(result if isinstance(result, str) else type(result).__name__)


async def wait(awaitable):
    return await awaitable


asyncio.run(main())

# prints:
# done False
# ValueError
# result
# CancelledError
# OSError
