# cancel raises CancelledError where the task waits, when it next runs; once the task has ended cancel returns False.
from twincore import core as asyncio


async def child():
    try:
        print("waits")
        await asyncio.sleep(1000)
    except Exception:
        print("never: CancelledError is no Exception")
    finally:
        print("cleans up")


async def main():
    task = asyncio.create_task(child())
    await asyncio.sleep(0)
    print(task.cancel())
    print("not at once")
    try:
        await task
    except asyncio.CancelledError:
        print("CancelledError")
    print(task.cancel())


asyncio.run(main())

# prints:
# waits
# True
# not at once
# cleans up
# CancelledError
# False
