# A task cancelled before it first ran never runs.
from twincore import core as asyncio


async def child():
    try:
        print("never")
    finally:
        print("nor this")


async def main():
    task = asyncio.create_task(child())
    print(task.cancel(), task.done())
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")
    print(task.done(), task.cancelled())


asyncio.run(main())

# prints:
# True False
# CancelledError
# True True
