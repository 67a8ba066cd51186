# A task that was woken but has not run yet gets the cancel: by an event, a task's end, its timer.
from twincore import core as asyncio


async def watch(name, awaitable):
    try:
        await awaitable
        print(name, "went on")
    except asyncio.CancelledError:
        print(name, "was cancelled")


async def main():
    event = asyncio.Event()
    one = asyncio.create_task(watch("event", event.wait()))
    await asyncio.sleep(0)
    event.set()
    print(one.cancel())
    await one

    event = asyncio.Event()
    other = asyncio.create_task(event.wait())
    two = asyncio.create_task(watch("task", other))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    event.set()
    await asyncio.sleep(0)
    print(other.done(), two.done(), two.cancel())
    await two

    three = asyncio.create_task(watch("timer", asyncio.sleep(0.01)))
    await asyncio.sleep(0.01)
    print(three.done(), three.cancel())
    await three


asyncio.run(main())

# prints:
# True
# event was cancelled
# True False True
# task was cancelled
# False True
# timer was cancelled
