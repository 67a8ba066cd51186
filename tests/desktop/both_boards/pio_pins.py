# Two PIO machines, one at each end of a wire: what one counts in cycles of what the other drives.
import time

import rp2
from machine import Pin

# ruff: noqa: F821 - asm_pio knows these names


@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def pulse():
    pull()
    mov(x, osr)
    set(pins, 1)
    label("high")
    jmp(x_dec, "high")
    set(pins, 0)
    irq(rel(0))


@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW, sideset_init=rp2.PIO.OUT_LOW, out_shiftdir=rp2.PIO.SHIFT_RIGHT)
def pattern():
    pull().side(0)
    set(x, 7)
    label("next")
    out(y, 1)
    jmp(not_y, "zero")
    nop().side(1)[3]
    jmp("done").side(0)
    label("zero")
    nop().side(1)
    nop().side(0)[3]
    label("done")
    jmp(x_dec, "next")[2]


@rp2.asm_pio(fifo_join=rp2.PIO.JOIN_RX)  # a slow reader makes it miss none of eight
def measure():
    mov(x, invert(null))
    wait(0, pin, 0)
    wait(1, pin, 0)
    label("high")
    jmp(x_dec, "on")
    label("on")
    jmp(pin, "high")
    mov(isr, invert(x))
    push()


@rp2.asm_pio()
def edges():
    wait(1, gpio, 3)
    in_(null, 1)
    push()
    wait(0, gpio, 3)


def make(number, program, freq, **pins):
    rp2.PIO(number // 4).remove_program(program)
    return rp2.StateMachine(number, program, freq=freq, **pins)


came = []
for freq in (1_000_000, 7_812_500, 2000):
    driver = make(0, pulse, freq, set_base=Pin(2))
    meter = make(4, measure, freq * 16, in_base=Pin(3), jmp_pin=Pin(3))
    driver.irq(lambda sm: came.append(sm))
    meter.active(1)
    driver.active(1)
    counts = []
    for cycles in (0, 1, 2, 3, 10, 100):
        driver.put(cycles)
        counts.append((meter.get() + 4) // 8)  # high for 2 cycles more, of which the meter counts eighths
    print(freq, counts)
    time.sleep_ms(2)
    meter.active(0)
    driver.active(0)
print(len(came), came[0])

driver = make(0, pattern, 1_000_000, sideset_base=Pin(2))
meter = make(1, measure, 8_000_000, in_base=Pin(3), jmp_pin=Pin(3))
meter.active(1)
driver.active(1)
driver.put(0b11001010)
print([(meter.get() + 2) // 4 for _ in range(8)])
meter.active(0)
driver.active(0)

counter = make(5, edges, 10_000_000)
counter.active(1)
out = Pin(2, Pin.OUT, value=0)
for _ in range(3):
    out(1)
    out(0)
print(counter.rx_fifo())
driver = make(0, pulse, 1_000_000, set_base=Pin(2))
driver.active(1)
driver.put(5)
time.sleep_ms(1)
print(counter.rx_fifo(), Pin(3).value())
driver.exec("set(pins, 1)")
print(Pin(3).value(), counter.rx_fifo())
driver.exec("set(pindirs, 0)")
out.init(Pin.OUT, value=0)
driver.exec("set(pindirs, 1)")
print(Pin(3).value())
