# current_task is the one that runs; outside a task there is none.
from twincore import core as asyncio


async def child():
    me = asyncio.current_task()
    await asyncio.sleep(0)
    return me is asyncio.current_task(), me


def outside():
    try:
        asyncio.current_task()
    except RuntimeError as error:
        print(error)


async def main():
    task = asyncio.create_task(child())
    same, me = await task
    print(same, me is task, asyncio.current_task() is task)


outside()
asyncio.run(main())
outside()

# prints:
# no running event loop
# True True False
# no running event loop
