"""What a program reads at the pins of the emulated board, and what it finds on buses to which nothing is connected."""

import pytest

from twincore.desktop.emulation import emulator

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

PINS = """
from machine import ADC, Pin
print("not set up", Pin(6).value())
out = Pin(7, Pin.OUT, value=1)
print("an output reads back", out.value(), out.off() or out.value())
print("pulled", Pin(8, Pin.IN, Pin.PULL_UP).value(), Pin(9, Pin.IN, Pin.PULL_DOWN).value())
Pin(8, Pin.IN, None)
print("floating", Pin(8).value())
drain = Pin(10, Pin.OPEN_DRAIN, Pin.PULL_UP, value=0)
print("open drain", drain.value(), drain.on() or drain.value())
edges = []
out.irq(lambda pin: edges.append(pin.value()), Pin.IRQ_RISING, hard=False)
for level in (0, 1, 1, 0, 1, 1):
    out.value(level)
    for _ in range(3): pass
print("edges", len(edges))
print("wired", Pin(3, Pin.IN).value(), Pin(2, Pin.OUT, value=1).value(), Pin(3).value())
print("degrees", round(27 - (ADC(4).read_u16() / 65535 * 3.3 - 0.706) / 0.001721))
"""

BUS = """
import time
from machine import I2C, UART, Pin
bus = I2C(0, scl=Pin(5), sda=Pin(4), freq=100_000)
for act in (lambda: bus.writeto(0x40, b"ab"), lambda: bus.readfrom(0x40, 3)):
    start = time.ticks_us()
    try:
        act()
    except OSError as error:
        print(error.errno, 100 < time.ticks_diff(time.ticks_us(), start) < 1000)
port = UART(0, 9600, txbuf=64)
start = time.ticks_us()
port.write(b"x" * 48)
print("sent at once", time.ticks_diff(time.ticks_us(), start) < 1000, port.txdone())
port.flush()
print("gone after 50 ms", 48_000 < time.ticks_diff(time.ticks_us(), start) < 52_000, port.txdone(), port.read())
"""


def test_pins_have_the_levels_of_a_real_board(target_is_here, app):
    target_is_here("rp2040")
    result = emulator.run(app(PINS))
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "not set up 0",
        "an output reads back 1 0",
        "pulled 1 0",
        "floating 1",
        "open drain 0 1",
        "edges 2",
        "wired 0 1 1",
        "degrees 27",
    ]


def test_nobody_answers_on_a_bus_at_once_and_a_uart_has_its_speed(target_is_here, app):
    target_is_here("rp2040")
    result = emulator.run(app(BUS))
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "5 True",
        "5 True",
        "sent at once True False",
        "gone after 50 ms True True None",
    ]
