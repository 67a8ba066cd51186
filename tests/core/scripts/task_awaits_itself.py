# A task that awaits itself gets a RuntimeError, and can go on.
from twincore import core as asyncio


async def main():
    try:
        await asyncio.current_task()
    except RuntimeError:
        print("RuntimeError")
    await asyncio.sleep(0)
    print("goes on")


asyncio.run(main())

# prints:
# RuntimeError
# goes on
