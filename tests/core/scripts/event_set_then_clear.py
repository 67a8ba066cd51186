# set followed by clear lets exactly those go that wait at that moment.
from twincore import core as asyncio


async def wait(name, event):
    await event.wait()
    print(name, "goes, set:", event.is_set())


async def main():
    event = asyncio.Event()
    tasks = [asyncio.create_task(wait(name, event)) for name in "ab"]
    await asyncio.sleep(0)
    event.set()
    event.clear()
    tasks.append(asyncio.create_task(wait("late", event)))
    for _ in range(3):
        await asyncio.sleep(0)
    print([task.done() for task in tasks])
    event.set()
    await tasks[2]


asyncio.run(main())

# prints:
# a goes, set: False
# b goes, set: False
# [True, True, False]
# late goes, set: True
