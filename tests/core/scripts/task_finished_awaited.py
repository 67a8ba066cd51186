# Awaiting a task that has ended gives its result or error at once, without yielding, as often as one likes.
from twincore import core as asyncio


async def value():
    return 7


async def failing():
    raise ValueError("mine")


async def other():
    print("other runs")


async def main():
    tasks = [asyncio.create_task(value()), asyncio.create_task(failing())]
    await asyncio.sleep(0)
    asyncio.create_task(other())
    print([task.done() for task in tasks])
    for _ in range(2):
        print(await tasks[0])
        try:
            await tasks[1]
        except ValueError as error:
            print("ValueError:", error)
    print("main yields")
    await asyncio.sleep(0)


asyncio.run(main())

# prints:
# [True, True]
# 7
# ValueError: mine
# 7
# ValueError: mine
# main yields
# other runs
