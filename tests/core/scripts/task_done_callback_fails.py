# What a done callback raises is reported, and the next one is called.
from twincore import core as asyncio


async def child():
    pass


def failing(task):
    raise ValueError("in a callback")


def following(task):
    print("following")


def report(loop, context):
    print("reported", type(context["exception"]).__name__, context["exception"])


async def main():
    asyncio.get_event_loop().set_exception_handler(report)
    task = asyncio.create_task(child())
    task.add_done_callback(failing)
    task.add_done_callback(following)
    for _ in range(3):
        await asyncio.sleep(0)


asyncio.run(main())

# prints:
# reported ValueError in a callback
# following
