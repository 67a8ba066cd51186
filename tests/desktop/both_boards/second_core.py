# The second core, a queue each way, an event, and what a program sees of errors on the way.
import _thread

from machine import Pin

from twincore import core as asyncio
from twincore import threadsafe

to_core_1 = threadsafe.ThreadSafeQueue(2)
to_task = threadsafe.ThreadSafeQueue(2)
started = threadsafe.ThreadSafeEvent()
log = []


def core_1():
    started.set()
    while True:
        try:
            item = to_core_1.get_sync(True)
        except threadsafe.QueueClosed:
            break
        to_task.put_sync(item * item, True)
    to_task.close()


async def main():
    _thread.start_new_thread(core_1, ())
    await started.wait()
    try:
        _thread.start_new_thread(core_1, ())
    except OSError as error:
        log.append("no third core: " + str(error.args[0]))

    async def feed():
        for n in range(6):
            await to_core_1.put(n)
            log.append(("put", n))
        to_core_1.close()

    feeding = asyncio.create_task(feed())
    results = []
    async for item in to_task:
        results.append(item)
    await feeding
    log.append(results)
    try:
        to_core_1.put_sync(1)
    except threadsafe.QueueClosed as error:
        log.append(error)
    try:
        await asyncio.wait_for_ms(asyncio.Event().wait(), 50)
    except asyncio.TimeoutError:
        log.append("time is up")


asyncio.run(main())
for entry in log:
    print(entry)
led = Pin("LED", Pin.OUT, value=1)
led.toggle()
print("led", led.value(), Pin(25).value())
