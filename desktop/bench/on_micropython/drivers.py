"""On the board: how late drivers tell tasks what interrupts have seen. Prints a line of microseconds.

The first is what the interrupt takes, its entry and exit included, -1 where none is measured; then, for each event, how
late the driver's function is called: after the edge or the last byte, and what the driver waits on purpose.
argv: a key of DRIVERS; how many other tasks are ready all the time. Pin 2 is wired to pin 3, and UART 0 to itself.
For SynCom 6 to 7, 8 to 9, 10 to 11; for the I2C link what is at 0x12 of I2C 0 gives a header, then as many bytes.
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


def exchange():
    """An exchange of the I2C link, as the other end's wires have it; what comes back is no more than a header."""
    link_shows(0)  # it has begun
    edge()
    for last in (False, True):  # the header, what it announces
        link_shows(1)
        out(0)
        link_shows(0)
        if not last:
            out(1)
    link_shows(1)
    out(1)
    link_shows(0)
    out(0)


def link_shows(level):
    while link_pin() != level:
        time.sleep_us(20)


class Stamped:
    """A pin that notes when its last edge came."""

    def __init__(self, pin):
        self._pin = pin
        self._noted = self._note
        self._handler = None

    def __call__(self):
        return self._pin()

    def _note(self, _):
        global stamp
        stamp = time.ticks_us()
        self._handler(self)

    def irq(self, handler, hard):
        self._handler = handler
        self._pin.irq(None if handler is None else self._noted, hard=hard)


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


def link():
    global link_pin
    from machine import I2C

    from twincore.drivers import Responder

    link_pin = Pin(6)
    stream = Responder(I2C(0, scl=Pin(5), sda=Pin(4), freq=400_000), pin, link_pin, verbose=False).stream()

    async def read():
        while True:
            await stream.readexactly(8)
            told()

    tasks.append(asyncio.create_task(read()))
    return 0, exchange


def syncom():
    from twincore.drivers import SynCom

    def made(passive, *pins):
        ckin, ckout, din, dout = pins
        return SynCom(passive, ckin, Pin(ckout, Pin.OUT, value=0), Pin(din, Pin.IN), Pin(dout, Pin.OUT, value=0),
                      string_mode=True, verbose=False)  # fmt: skip

    sender, receiver = made(False, Pin(7, Pin.IN), 2, 11, 8), made(True, Stamped(pin), 6, 9, 10)
    go = asyncio.ThreadSafeFlag()

    async def send():
        while not (sender.running() and receiver.running()):
            await asyncio.sleep_ms(10)
        while True:
            await go.wait()
            sender.send("01234567")

    async def read(channel):
        while True:
            await channel.await_obj()
            told()

    for coro in (sender.start(), receiver.start(read), send()):
        tasks.append(asyncio.create_task(coro))
    return 0, go.set


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
    "link": link,
    "syncom": syncom,
}
WITHOUT_INTERRUPT = ("pulses", "record", "link", "syncom")  # that `toggling` could measure


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
    isr = -1 if which in WITHOUT_INTERRUPT else round(toggling() - plain)
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
