# Pins, hard and soft interrupts, timers, a queue from an interrupt, and tasks: in what order things happen.
import machine
import micropython
from machine import Pin, Timer

from twincore import core as asyncio
from twincore import threadsafe

micropython.alloc_emergency_exception_buf(100)
out = Pin(2, Pin.OUT, value=0)
log = []
seen = bytearray(32)
count = 0


def hard(pin):
    global count
    seen[count] = 1 + pin.value()
    count += 1


wired = Pin(3, Pin.IN)
wired.irq(hard, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
for _ in range(5):
    out.toggle()
print("hard", list(seen[:count]))
state = machine.disable_irq()
out.toggle()
print("disabled", count)
machine.enable_irq(state)
print("enabled", count)
wired.irq(None)

queue = threadsafe.ThreadSafeQueue(8)
flag = asyncio.ThreadSafeFlag()


def put(pin):
    queue.put_sync(pin.value())


async def main():
    async def consume():
        async for item in queue:
            log.append(("got", item))

    async def blink():
        for n in range(4):
            await asyncio.sleep_ms(200)
            log.append(("blink", n))
            out.toggle()

    wired.irq(put, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
    task = asyncio.create_task(consume())
    ticks = []
    timer = Timer(-1)

    def tick(timer):
        ticks.append(1)
        log.append(("timer", len(ticks)))

    timer.init(period=500, mode=Timer.PERIODIC, callback=tick)
    once = Timer(-1)
    once.init(period=740, mode=Timer.ONE_SHOT, callback=lambda t: flag.set())
    await asyncio.gather(blink(), wait())
    await asyncio.sleep_ms(500)
    timer.deinit()
    await asyncio.sleep_ms(800)
    queue.close()
    await task


async def wait():
    await flag.wait()
    log.append("flag")


asyncio.run(main())
for entry in log:
    print(entry)
micropython.schedule(print, "scheduled")
for _ in range(3):
    pass
print("end")
