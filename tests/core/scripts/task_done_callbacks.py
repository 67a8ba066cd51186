# Done callbacks are called in order, after the end; also when they were added after it; unless they were removed.
from twincore import core as asyncio


async def child():
    print("child ends")
    return 3


def first(task):
    print("first", task.result())


def second(task):
    print("second", task.done())


def third(task):
    print("third")


async def main():
    task = asyncio.create_task(child())
    for fn in (first, third, second, third):
        task.add_done_callback(fn)
    print("removed", task.remove_done_callback(third), task.remove_done_callback(print))
    await asyncio.sleep(0)
    print("not yet")
    await asyncio.sleep(0)
    task.add_done_callback(third)
    print("added late")
    await asyncio.sleep(0)
    print("main ends")


asyncio.run(main())

# prints:
# removed 2 0
# child ends
# not yet
# first 3
# second True
# added late
# third
# main ends
