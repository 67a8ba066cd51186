# done, cancelled, result and exception tell how a task ended.
from twincore import core as asyncio


async def value():
    return 1


async def failing():
    raise ValueError("mine")


async def forever():
    await asyncio.Event().wait()


async def main():
    tasks = [asyncio.create_task(coro) for coro in (value(), failing(), forever())]
    print([task.done() for task in tasks], [task.cancelled() for task in tasks])
    await asyncio.sleep(0)
    tasks[2].cancel()
    print([task.done() for task in tasks])
    await asyncio.sleep(0)
    print([task.done() for task in tasks], [task.cancelled() for task in tasks])
    print(tasks[0].result(), tasks[0].exception(), tasks[1].exception())
    for task in tasks[1:]:
        try:
            task.result()
        except BaseException as error:
            print(type(error).__name__)


asyncio.run(main())

# prints:
# [False, False, False] [False, False, False]
# [True, True, False]
# [True, True, True] [False, False, True]
# 1 None mine
# ValueError
# CancelledError
