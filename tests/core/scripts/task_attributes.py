# A task's `coro`, `data` and `state` say what MicroPython's say; `data` holds StopIteration(result) in the end.
# asyncio differs: it has other attributes.
from twincore import core as asyncio


async def value():
    await asyncio.sleep(0)
    return 5


async def failing():
    raise ValueError("mine")


async def wait(task):
    await task


async def main():
    task = asyncio.create_task(value())
    print("created", task.state, task.coro is not None)
    waiter = asyncio.create_task(wait(task))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("awaited and ended", task.state, task.coro, type(task.data).__name__, task.data.value)
    await asyncio.sleep(0)
    print("ended unseen", waiter.state)
    await waiter
    print("seen", waiter.state)
    task = asyncio.create_task(failing())
    try:
        await task
    except ValueError:
        print("failed", task.state, type(task.data).__name__, task.data)


asyncio.run(main())

# prints:
# created True True
# awaited and ended False None StopIteration 5
# ended unseen None
# seen False
# failed False ValueError mine
