"""A bare application with one worker: a task has work done on core 1, again and again. Made for `twincore size`."""

from twincore import core as asyncio
from twincore.offload import Worker


def work(number):
    return number + 1


async def main():
    worker = Worker()
    number = 0
    while True:
        number = await worker.assign(work, number)
        await asyncio.sleep_ms(10)


asyncio.run(main())
