# run in a task of the same loop is refused, and harms nothing.
from twincore import core as asyncio


async def inner():
    print("never")


async def main():
    coro = inner()
    try:
        asyncio.run(coro)
    except RuntimeError:
        print("RuntimeError")
    coro.close()
    await asyncio.sleep(0)
    return "goes on"


print(asyncio.run(main()))

# prints:
# RuntimeError
# goes on
