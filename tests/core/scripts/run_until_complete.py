# run_until_complete takes a task or a coroutine; with other tasks waiting it ends when that one does.
from twincore import core as asyncio


async def value(n):
    await asyncio.sleep(n / 100)
    return n


async def failing():
    raise ValueError("mine")


loop = asyncio.new_event_loop()
other = loop.create_task(value(5))
print(loop.run_until_complete(value(1)), other.done())
print(loop.run_until_complete(loop.create_task(value(2))), other.done())
done = loop.create_task(value(0))
print(loop.run_until_complete(value(1)), loop.run_until_complete(done), other.done())
try:
    loop.run_until_complete(failing())
except ValueError as error:
    print("raised", error)
print(loop.run_until_complete(other))
loop.close()

# prints:
# 1 False
# 2 False
# 1 0 False
# raised mine
# 5
