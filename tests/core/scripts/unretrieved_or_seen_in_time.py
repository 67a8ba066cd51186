# What somebody awaits in time, asks for, or gathers is not reported, nor is a cancel.
from twincore import core as asyncio


async def failing():
    raise ValueError("mine")


async def forever():
    await asyncio.Event().wait()


async def look(task):
    try:
        await task
    except ValueError as error:
        print("awaited:", error)


async def main():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: print("reported", context["exception"]))
    task = asyncio.create_task(failing())
    looker = asyncio.create_task(look(task))
    await looker
    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    print("asked for:", task.exception())
    results = await asyncio.gather(failing(), return_exceptions=True)
    print("gathered:", results[0])
    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    task.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    print("cancelled:", task.cancelled())


asyncio.run(main())

# prints:
# awaited: mine
# asked for: mine
# gathered: mine
# cancelled: True
