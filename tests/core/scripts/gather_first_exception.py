# The first exception is raised to the caller at once; the others run on, and what they raise is not reported.
from twincore import core as asyncio


async def child(n, error=None):
    await asyncio.sleep(n / 100)
    print("ends", n)
    if error:
        raise error
    return n


async def main():
    asyncio.get_event_loop().set_exception_handler(lambda loop, context: print("reported", context["exception"]))
    tasks = [asyncio.create_task(coro) for coro in (child(3), child(1, ValueError("first")), child(2))]
    try:
        await asyncio.gather(*tasks)
    except ValueError as error:
        print("raised", error)
    print([task.done() for task in tasks])
    await asyncio.sleep(0.05)
    print([task.done() for task in tasks])


asyncio.run(main())

# prints:
# ends 1
# raised first
# [False, True, False]
# ends 2
# ends 3
# [True, True, True]
