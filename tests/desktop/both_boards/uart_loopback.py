# A UART that hears itself, while a timer ticks and a pin interrupts: lines, a stream that a task reads, what is lost.
import time

from machine import UART, Pin, Timer

from twincore import core as asyncio
from twincore import threadsafe

uart = UART(0, 9600, tx=Pin(0), rx=Pin(1), timeout=50)
print("sent", uart.write("hello\n"))
time.sleep_ms(100)
print("waiting", uart.any(), uart.read())
print("nothing", uart.read())
uart.write(b"\x00\x7f\x80\xff")
time.sleep_ms(100)
room = bytearray(3)
print("into", uart.readinto(room), room, uart.read(5), uart.any())
uart.init(38400, bits=7, parity=0, stop=2, timeout=50)
uart.write("seven\n")
time.sleep_ms(100)
print("again", uart.readline())
uart.init(9600, bits=8, parity=None, stop=1, timeout=0, rxbuf=32)

log = []
queue = threadsafe.ThreadSafeQueue(8)
out = Pin(2, Pin.OUT, value=0)
wired = Pin(3, Pin.IN)
wired.irq(lambda pin: queue.put_sync(pin.value()), Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
ticks = 0


def tick(timer):
    global ticks
    ticks += 1
    log.append(("timer", ticks))
    out.toggle()


async def edges():
    async for level in queue:
        log.append(("edge", level))


async def receive():
    reader = asyncio.StreamReader(uart)
    while True:
        line = await reader.readline()
        log.append(("line", line))
        if line == b"end\n":
            return


async def send():
    writer = asyncio.StreamWriter(uart, {})
    for text in ("one\n", "two\nthree\n", "a line of 26 characters ..\n", "end\n"):
        await asyncio.sleep_ms(600)
        log.append(("write", len(text)))
        writer.write(text)
        await writer.drain()


async def main():
    edge_task = asyncio.create_task(edges())
    receiving = asyncio.create_task(receive())
    await asyncio.sleep_ms(300)
    timer = Timer(period=1200, mode=Timer.PERIODIC, callback=tick)
    await send()
    await receiving
    await asyncio.sleep_ms(300)
    timer.deinit()
    queue.close()
    await edge_task


asyncio.run(main())
for entry in log:
    print(entry)
