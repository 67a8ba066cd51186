# wait returns the tasks that have ended and the others: all, at the first end, at the first error, or after a time.
from twincore import core as asyncio


async def child(n, error):
    await asyncio.sleep(n / 100)
    if error:
        raise ValueError(n)
    return n


def names(tasks):
    return sorted([task.get_name() for task in tasks])


async def main():
    for options in (
        {},
        {"return_when": asyncio.FIRST_COMPLETED},
        {"return_when": asyncio.FIRST_EXCEPTION},
        {"timeout": 0.025},
        {"timeout": 0},
    ):
        tasks = [asyncio.create_task(child(n, n == 3), name=str(n)) for n in (4, 1, 3, 2)]
        done, pending = await asyncio.wait(tasks, **options)
        print(names(done), names(pending))
        if pending:
            done, pending = await asyncio.wait(pending)
            print("later", names(done), names(pending))
        print(tasks[2].exception())


asyncio.run(main())

# prints:
# ['1', '2', '3', '4'] []
# 3
# ['1'] ['2', '3', '4']
# later ['2', '3', '4'] []
# 3
# ['1', '2', '3'] ['4']
# later ['4'] []
# 3
# ['1', '2'] ['3', '4']
# later ['3', '4'] []
# 3
# [] ['1', '2', '3', '4']
# later ['1', '2', '3', '4'] []
# 3
