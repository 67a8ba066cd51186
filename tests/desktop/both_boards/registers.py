# The registers of an RP2040's pins and time, and memory at the addresses of buffers.
import time

import machine
import micropython
import uctypes
from machine import Pin, mem8, mem16, mem32

# ruff: noqa: F821 - viper knows these names

GPIO_IN, GPIO_OUT, SET, CLEAR, XOR = 0xD0000004, 0xD0000010, 0xD0000014, 0xD0000018, 0xD000001C
TIMERAWL = 0x40054028
PINS = 1 << 2 | 1 << 3 | 1 << 6 | 1 << 7


def levels(what):
    print(what, bin(mem32[GPIO_OUT] & PINS), bin(mem32[GPIO_IN] & PINS))


out, joined = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)
six, seven = Pin(6, Pin.OUT, value=0), Pin(7, Pin.OUT, value=1)
seen = []
joined.irq(lambda pin: seen.append(pin.value()), Pin.IRQ_RISING | Pin.IRQ_FALLING)
levels("at first")
for register, value in (
    (SET, 1 << 2 | 1 << 6), (CLEAR, 1 << 7), (XOR, 1 << 2 | 1 << 7), (XOR, 1 << 2), (CLEAR, 1 << 2),
):
    mem32[register] = value
    time.sleep_ms(1)
    levels(hex(register))
mem32[GPIO_OUT] = 1 << 6
time.sleep_ms(1)
levels("all")
print(seen, out.value(), joined.value(), six.value(), seven.value())

before, ticks = mem32[TIMERAWL], time.ticks_us()
time.sleep_ms(20)
took, told = mem32[TIMERAWL] - before, time.ticks_diff(time.ticks_us(), ticks)
print(took >= 20_000, abs(took - told) < 2_000)

buf = bytearray(8)
at = uctypes.addressof(buf)
mem8[at] = 0x1FF
mem16[at + 2] = 0x1234
mem32[at + 4] = -2
print(buf, hex(mem16[at]), hex(mem32[at + 4]), mem8[at + 3])
for memory, wrong in ((mem16, at + 1), (mem32, at + 2)):
    try:
        memory[wrong]
    except ValueError:
        print("not aligned")


@micropython.viper
def fill(address: int, count: int, value: int):
    to = ptr8(address)
    for number in range(count):
        to[number] = value + number


fill(at, 4, 7)
print(buf)
words = uctypes.struct(at, (uctypes.ARRAY | 0, 2 | uctypes.UINT32), uctypes.LITTLE_ENDIAN)
words[1] = 0x01020304
print(buf, hex(words[0]), uctypes.sizeof((uctypes.ARRAY | 0, 2 | uctypes.UINT32)))
print(machine.mem32 is mem32)
