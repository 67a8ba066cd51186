# A task that was reported still raises its exception to one that awaits it later, and is not reported again.
# asyncio differs: it reports when the task is garbage.
from twincore import core as asyncio


async def failing():
    raise ValueError("mine")


async def main():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: print("reported", context["exception"]))
    task = asyncio.create_task(failing())
    await asyncio.sleep(0.01)
    for _ in range(2):
        try:
            await task
        except ValueError as error:
            print("raised", error)
    await asyncio.sleep(0.01)


asyncio.run(main())

# prints:
# reported mine
# raised mine
# raised mine
