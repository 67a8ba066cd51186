# What fails while it is cancelled for the time being up is reported, and TimeoutError raised all the same.
# asyncio may differ: it raises the error of the cleanup.
from twincore import core as asyncio


async def child():
    try:
        await asyncio.sleep(1000)
    finally:
        raise ValueError("in the cleanup")


async def main():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: print("reported", context["exception"]))
    for awaited in (child(), asyncio.create_task(child())):
        try:
            await asyncio.wait_for(awaited, 0.01)
        except asyncio.TimeoutError:
            print("TimeoutError")


asyncio.run(main())

# prints:
# reported in the cleanup
# TimeoutError
# reported in the cleanup
# TimeoutError
