# Of tasks that come to wait for each other, the one that closes the circle gets a RuntimeError; the others go on.
# asyncio differs: they wait for ever, and a cancel is an error of recursion.
from twincore import core as asyncio

tasks = {}


async def waits(name, other, wait):
    try:
        await wait(tasks[other])
        print(name, "goes on")
    except RuntimeError as error:
        print(name, str(error).split(":")[0])


def plainly(task):
    return task


def a_while(task):
    return asyncio.wait_for(task, 5)


async def main():
    for wait in (plainly, a_while):
        tasks["a"] = asyncio.create_task(waits("a", "b", wait))
        tasks["b"] = asyncio.create_task(waits("b", "c", plainly))
        tasks["c"] = asyncio.create_task(waits("c", "a", wait))
        await tasks["a"]

    # One that was cancelled while it waits for another's cleanup can't be waited for by that, either.
    async def cleaning():
        try:
            await asyncio.sleep(9)
        finally:
            await waits("cleanup", "patient", plainly)

    async def patient():
        await asyncio.wait_for(tasks["cleaning"], 1)

    tasks["cleaning"] = asyncio.create_task(cleaning())
    tasks["patient"] = asyncio.create_task(patient())
    try:
        await tasks["patient"]
    except asyncio.TimeoutError:
        print("too late")


asyncio.run(main())

# prints:
# c tasks can't wait for each other
# b goes on
# a goes on
# c tasks can't wait for each other
# b goes on
# a goes on
# cleanup tasks can't wait for each other
# too late
