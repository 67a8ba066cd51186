# An error is reported though somebody awaited the task, if that one was cancelled in the meantime.
# asyncio differs: it reports when the task is collected.
from twincore import core as asyncio


async def failing(ms):
    try:
        await asyncio.sleep_ms(ms)
    except asyncio.CancelledError:
        pass
    raise ValueError(f"after {ms} ms")


async def main():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: print("reported:", context["exception"]))
    task = asyncio.create_task(failing(1))
    waiter = asyncio.create_task(asyncio.wait([task]))
    await asyncio.sleep_ms(0)
    waiter.cancel()
    await asyncio.sleep_ms(2)
    print("and for shield")
    task = asyncio.create_task(failing(3))
    try:
        await asyncio.wait_for_ms(asyncio.shield(task), 1)
    except asyncio.TimeoutError:
        await asyncio.sleep_ms(4)


asyncio.run(main())

# prints:
# reported: after 1 ms
# and for shield
# reported: after 3 ms
