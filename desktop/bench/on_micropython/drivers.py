"""On the board: how late drivers tell tasks what interrupts have seen. Prints a line of microseconds.

The first is what the interrupt takes, its entry and exit included, -1 where none is measured; then, for each event, how
late the driver's function is called: after the edge or the last byte, and what the driver waits on purpose.
argv: a key of DRIVERS; how many other tasks are ready all the time. Pin 2 is wired to pin 3, and UART 0 to itself.
"""

import gc
import sys
import time
from _thread import start_new_thread

from machine import UART, Pin

from twincore import core as asyncio

which, READY = sys.argv[1], int(sys.argv[2])
TIMES, TOGGLES = 24, 40
out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)
stamp = 0
waited = 0  # us after the stamp that the driver has to wait, or the bytes take
wanted = done = 0  # events
late = []
over = None


def told(*_):
    """The driver's function, on core 0."""
    global done
    now = time.ticks_us()
    if done < wanted:
        late.append(time.ticks_diff(now, stamp) - waited)
        done += 1
        if done == TIMES:
            over.set()


def edge():
    """What happens, on core 1."""
    global stamp
    stamp = time.ticks_us()
    out(1 - out())


def press():
    edge()
    time.sleep_ms(100)
    out(0)
    time.sleep_ms(100)


def code():
    global stamp
    from twincore.drivers.nec_times import encode

    times = encode(0x59, 0x16, False)
    until = time.ticks_us()
    for us in times:
        out(1 - out())
        until = time.ticks_add(until, us)
        while time.ticks_diff(until, time.ticks_us()) > 0:
            pass
    edge()


def second():
    time.sleep_us(980_000 - time.ticks_diff(time.ticks_us(), stamp))
    out(0)
    while time.ticks_diff(time.ticks_us(), stamp) < 1_000_000:
        pass
    edge()


def record():
    global stamp
    port.write(b"0123456\n")
    port.flush()
    stamp = time.ticks_us()


def switch():
    from twincore.primitives import Switch

    device = Switch(pin)
    device.open_func(told)
    return device.debounce_ms * 1000, press


def button():
    from twincore.primitives import Pushbutton

    device = Pushbutton(pin)
    device.press_func(told)
    return device.debounce_ms * 1000, press


def encoder():
    from twincore.primitives import Encoder

    Encoder(pin, Pin(4, Pin.IN, Pin.PULL_DOWN), callback=told, delay=10)
    return 10_000, edge


def infrared():
    from twincore.drivers import NEC_IR
    from twincore.drivers.nec_ir import SILENCE

    NEC_IR(pin, told)
    return SILENCE, code


def delay():
    from twincore.primitives import Delay_ms

    device = Delay_ms(told, duration=10)
    pin.irq(lambda _: device.trigger(), hard=True)
    return 10_000, edge


def pulses():
    from twincore.drivers.pps import Pulses

    Pulses(pin, told)
    return 0, second


def async_pin():
    from twincore.primitives import AsyncPin

    device = AsyncPin(pin)

    async def wait():
        while True:
            await device.wait_edge()
            told()

    tasks.append(asyncio.create_task(wait()))
    return 0, edge


def records():
    global port
    from twincore.drivers import RecordOrientedUart

    port = UART(0, 115200, tx=Pin(0), rx=Pin(1))
    device = RecordOrientedUart(port, b"\n")

    async def read():
        async for _ in device:
            told()

    tasks.append(asyncio.create_task(read()))
    return 0, record


tasks = []
DRIVERS = {
    "pin": async_pin,
    "delay": delay,
    "switch": switch,
    "button": button,
    "encoder": encoder,
    "infrared": infrared,
    "pulses": pulses,
    "record": records,
}


def toggling():
    """How long a change of the pin takes on this core, and the interrupt that it makes, if any."""
    begun = time.ticks_us()
    for _ in range(TOGGLES // 2):
        out(1)
        out(0)
    return time.ticks_diff(time.ticks_us(), begun) / TOGGLES


def core1(act):
    for n in range(TIMES):
        while wanted <= n:
            time.sleep_ms(1)
        time.sleep_ms(40)  # core 0 is asleep by now, unless tasks are ready
        time.sleep_us(370 * n % 1000)  # drivers count in ms: events come anywhere in one
        act()


async def turn():
    while done < TIMES:
        await asyncio.sleep_ms(0)


async def main():
    global over, waited, wanted
    over = asyncio.Event()
    plain = toggling()
    waited, act = DRIVERS[which]()
    isr = -1 if which in ("pulses", "record") else round(toggling() - plain)
    await asyncio.sleep_ms(500)  # the driver is done with these
    for _ in range(READY):
        tasks.append(asyncio.create_task(turn()))
    start_new_thread(core1, (act,))
    for n in range(TIMES):
        gc.collect()  # or each allocation takes longer than the one before
        wanted = n + 1
        while done < wanted:
            await asyncio.sleep_ms(300 if READY == 0 else 50)
    await over.wait()
    print(isr, *late)


asyncio.run(main())
