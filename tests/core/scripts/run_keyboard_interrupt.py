# KeyboardInterrupt in a task comes out of run; who awaited the task sees a cancel; a second run can shut down.
# asyncio differs: it cancels all other tasks.
from twincore import core as asyncio


async def worker():
    try:
        while True:
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        print("the worker is cancelled")
        raise


async def interrupted():
    for _ in range(3):
        await asyncio.sleep(0)
    raise KeyboardInterrupt


async def main():
    task = asyncio.create_task(interrupted())
    try:
        await task
    except asyncio.CancelledError:
        print("main sees a CancelledError")


async def shutdown():
    print(work.cancel())
    try:
        await work
    except asyncio.CancelledError:
        print("shut down")
    await asyncio.sleep(0)


work = asyncio.create_task(worker())
try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("KeyboardInterrupt", work.done())
asyncio.run(shutdown())

# prints:
# KeyboardInterrupt False
# main sees a CancelledError
# True
# the worker is cancelled
# shut down
