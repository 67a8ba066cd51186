# A task that fails and that nobody awaits is reported to the handler, once, a turn after its end; with these keys.
# asyncio differs: it reports when the task is garbage.
from twincore import core as asyncio


async def failing(n):
    raise ValueError(n)


def handler(loop, context):
    print("reported", sorted(context.keys()))
    print(loop is asyncio.get_event_loop(), context["future"] in tasks)
    print(context["message"])
    print(type(context["exception"]).__name__, context["exception"])


async def main():
    asyncio.get_event_loop().set_exception_handler(handler)
    for n in (1, 2):
        tasks.append(asyncio.create_task(failing(n)))
        await asyncio.sleep(0)
        print("it has failed:", tasks[-1].done())
        await asyncio.sleep(0)
    await asyncio.sleep(0)


tasks = []
asyncio.run(main())

# prints:
# it has failed: True
# reported ['exception', 'future', 'message']
# True True
# Task exception wasn't retrieved
# ValueError 1
# it has failed: True
# reported ['exception', 'future', 'message']
# True True
# Task exception wasn't retrieved
# ValueError 2
