# Releasing what is not locked is an error; a block that raises releases; `as` gives True.
# asyncio differs: `as` gives None, and the message is another.
from twincore import core as asyncio


async def main():
    lock = asyncio.Lock()
    try:
        lock.release()
    except RuntimeError as error:
        print("RuntimeError:", error)
    try:
        async with lock as got:
            print(got, lock.locked())
            raise ValueError("in the block")
    except ValueError as error:
        print("ValueError:", error, lock.locked())
    try:
        async with lock:
            lock.release()
    except RuntimeError as error:
        print("RuntimeError:", error)


asyncio.run(main())

# prints:
# RuntimeError: Lock not acquired
# True True
# ValueError: in the block False
# RuntimeError: Lock not acquired
