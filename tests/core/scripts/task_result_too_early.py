# Asking a task that has not ended for its result is an error; it harms nothing.
# asyncio differs: the error is an InvalidStateError there.
from twincore import core as asyncio


async def value():
    return 1


async def main():
    task = asyncio.create_task(value())
    for ask in (task.result, task.exception):
        try:
            ask()
        except RuntimeError as error:
            print(error)
    print(await task)


asyncio.run(main())

# prints:
# the task has not ended: await it
# the task has not ended: await it
# 1
