# A button with bouncing contacts, and an LED that it switches, which is wired to another pin.
from machine import Pin

from twincore import core as asyncio
from twincore.primitives import Pushbutton

led = Pin(15, Pin.OUT, value=0)
seen = Pin(16, Pin.IN)
edges = []
seen.irq(lambda pin: edges.append(pin.value()), Pin.IRQ_RISING | Pin.IRQ_FALLING)


async def main():
    button = Pushbutton(Pin(10, Pin.IN, Pin.PULL_UP))
    print("at rest", button.rawstate())
    done = asyncio.Event()
    button.press_func(led.toggle)
    button.release_func(print, ("released",))
    button.double_func(print, ("double",))
    button.long_func(done.set)
    await done.wait()
    await asyncio.sleep_ms(1500)
    print(edges, led.value(), seen.value())


asyncio.run(main())
