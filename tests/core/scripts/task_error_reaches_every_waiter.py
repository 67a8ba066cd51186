# The exception that ends a task is raised to each that awaits it, and it is the same one.
from twincore import core as asyncio

seen = []


async def failing():
    await asyncio.sleep(0)
    raise ValueError("mine")


async def wait(name, task):
    try:
        await task
    except ValueError as error:
        seen.append(error)
        print(name, "got", error)


async def main():
    task = asyncio.create_task(failing())
    waiters = [asyncio.create_task(wait(name, task)) for name in "ab"]
    for waiter in waiters:
        await waiter
    await wait("main", task)
    print(seen[0] is seen[1] is seen[2])


asyncio.run(main())

# prints:
# a got mine
# b got mine
# main got mine
# True
