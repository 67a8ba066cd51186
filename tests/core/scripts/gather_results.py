# gather gives the results in the order of its arguments, coroutines, tasks and finished tasks; [] for none.
from twincore import core as asyncio


async def value(n, delay):
    await asyncio.sleep(delay)
    print("ends", n)
    return n


async def main():
    done = asyncio.create_task(value(0, 0))
    await done
    task = asyncio.create_task(value(1, 0.03))
    print(await asyncio.gather(done, task, value(2, 0.01), value(3, 0.02)))
    print(await asyncio.gather())
    print(await asyncio.gather(return_exceptions=True))


asyncio.run(main())

# prints:
# ends 0
# ends 2
# ends 3
# ends 1
# [0, 1, 2, 3]
# []
# []
