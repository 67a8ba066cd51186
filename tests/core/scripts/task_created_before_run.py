# A task may be created before the loop runs. It runs in the order of creation, so before the main task.
# asyncio differs: create_task needs a loop that runs.
from twincore import core as asyncio


async def child(name):
    print(name, "runs")
    return name


tasks = [asyncio.create_task(child(name)) for name in "ab"]
print("none has run")


async def main():
    print("main runs")
    for task in tasks:
        print(task.done(), await task)


asyncio.run(main())

# prints:
# none has run
# a runs
# b runs
# main runs
# True a
# True b
