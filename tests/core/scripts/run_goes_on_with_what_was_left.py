# Tasks that are left at the end of a run are not cancelled: they go on at the next one.
# asyncio differs: it cancels them.
from twincore import core as asyncio


async def child(name):
    try:
        for n in range(4):
            print(name, n)
            await asyncio.sleep(0)
    finally:
        print(name, "ends")


async def main(name, turns):
    for _ in range(turns):
        await asyncio.sleep(0)
    print(name, "ends")


asyncio.create_task(child("child"))
asyncio.run(main("first", 1))
print("between")
asyncio.run(main("second", 0))
asyncio.run(main("third", 2))

# prints:
# child 0
# child 1
# first ends
# between
# child 2
# second ends
# child 3
# child ends
# third ends
