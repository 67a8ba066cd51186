# Tasks first run in the order in which they were created, and take turns where they yield.
from twincore import core as asyncio


async def child(name):
    for n in range(3):
        print(name, n)
        await asyncio.sleep(0)
    return name


async def main():
    tasks = [asyncio.create_task(child(name)) for name in "cab"]
    print("created")
    for task in tasks:
        print("result", await task)


asyncio.run(main())

# prints:
# created
# c 0
# a 0
# b 0
# c 1
# a 1
# b 1
# c 2
# a 2
# b 2
# result c
# result a
# result b
