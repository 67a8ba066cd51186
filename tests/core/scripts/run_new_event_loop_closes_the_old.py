# new_event_loop closes what the old loop still has: finally blocks run and may wait; nothing of it is left.
# asyncio differs: it drops them as they stand.
from twincore import core as asyncio


async def child(name, delay):
    try:
        await asyncio.Event().wait()
    finally:
        print(name, "cleans up")
        await asyncio.sleep(delay)
        print(name, "has cleaned up")


async def never():
    print("never")


async def main():
    asyncio.create_task(child("a", 0.02))
    asyncio.create_task(child("b", 0.01))
    await asyncio.sleep(0)
    asyncio.create_task(never())
    return "main ends"


print(asyncio.run(main()))
print("not yet")
asyncio.new_event_loop()
print("closed")


async def again():
    for _ in range(3):
        await asyncio.sleep(0)


asyncio.run(again())

# prints:
# main ends
# not yet
# b cleans up
# a cleans up
# b has cleaned up
# a has cleaned up
# closed
