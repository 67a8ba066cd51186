# A task that ignores the cancel delays the TimeoutError until it ends; what it returns then is lost.
# asyncio may differ: up to 3.11 it returns what came too late.
from twincore import core as asyncio


async def stubborn():
    try:
        await asyncio.sleep(1000)
    except asyncio.CancelledError:
        print("ignored")
    await asyncio.sleep(0.03)
    print("ends")
    return "result"


async def main():
    for awaited in (stubborn(), asyncio.create_task(stubborn())):
        try:
            print(await asyncio.wait_for(awaited, 0.01))
        except asyncio.TimeoutError:
            print("TimeoutError")


asyncio.run(main())

# prints:
# ignored
# ends
# TimeoutError
# ignored
# ends
# TimeoutError
