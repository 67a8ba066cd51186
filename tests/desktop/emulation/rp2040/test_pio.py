"""The PIO of the emulated RP2040: programs run at their own pace, in the board's time, and an idle one costs none."""

import pytest

from twincore.desktop.emulation import emulator

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

PROGRAMS = """
import rp2
from machine import Pin

@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def square():
    set(pins, 1)[4]
    set(pins, 0)[4]

@rp2.asm_pio()
def count():
    pull()
    mov(x, osr)
    label("again")
    jmp(x_dec, "again")
    push()

@rp2.asm_pio(fifo_join=rp2.PIO.JOIN_RX)
def edges():
    wait(1, gpio, 3)
    wait(0, gpio, 3)
    in_(null, 8)
    push()
    irq(rel(0))
"""


def ran(app, program, **options):
    return emulator.run(app(PROGRAMS + program), wall_limit=50, **options)


def printed(result):
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_an_output_toggles_as_fast_as_its_divider_says_and_other_pins_hear_it(target_is_here, app):
    target_is_here("rp2040")
    program = """
import time
came = []
Pin(3, Pin.IN).irq(lambda pin: came.append(time.ticks_us()), Pin.IRQ_RISING, hard=False)
for freq in (10_000, 4_000):
    machine = rp2.StateMachine(5, square, freq=freq, set_base=Pin(2))
    machine.active(1)
    time.sleep_ms(30)
    machine.active(0)
    periods = [time.ticks_diff(b, a) for a, b in zip(came, came[1:])]
    print(sum(periods) / len(periods))
    came.clear()
    time.sleep_ms(30)
    print(len(came))
"""
    fast, then, slow, at_last = map(float, printed(ran(app, program)))
    assert (then, at_last) == (0, 0)
    assert abs(fast - 1000) < 2 and abs(slow - 2500) < 5


def test_it_counts_in_its_own_cycles_while_the_core_does_something_else(target_is_here, app):
    target_is_here("rp2040")
    program = """
import time
machine = rp2.StateMachine(0, count, freq=1_000_000)
machine.active(1)
for n in (0, 10_000):
    start = time.ticks_us()
    machine.put(n)
    while not machine.rx_fifo():
        pass
    print(time.ticks_diff(time.ticks_us(), start))
    machine.get()
"""
    nothing, much = printed(ran(app, program))
    assert 9_900 <= int(much) - int(nothing) <= 10_100 and int(nothing) < 100


def test_it_waits_for_edges_fills_a_joined_fifo_stalls_and_interrupts(target_is_here, app):
    target_is_here("rp2040")
    program = """
import time
interrupts = []
machine = rp2.StateMachine(1, edges)
machine.irq(lambda machine: interrupts.append(1), hard=False)
machine.active(1)
out = Pin(2, Pin.OUT, value=0)
for _ in range(12):
    out(1)
    out(0)
print(machine.rx_fifo(), len(interrupts))
machine.get()
time.sleep_ms(1)
print(machine.rx_fifo(), len(interrupts))
machine.active(0)
machine = rp2.StateMachine(1, edges)
print(machine.rx_fifo())
"""
    assert printed(ran(app, program)) == ["8 8", "8 9", "0"]


def test_a_machine_that_waits_keeps_no_sleeping_board_awake(target_is_here, app):
    target_is_here("rp2040")
    program = """
from twincore import core as asyncio
machine = rp2.StateMachine(1, edges)
machine.active(1)
async def main():
    await asyncio.Event().wait()
asyncio.run(main())
"""
    assert ran(app, program).ending == "deadlock"


def test_a_reset_stops_it(take):
    before = """
import machine
rp2.StateMachine(0, square, freq=10_000, set_base=Pin(2)).active(1)
machine.reset()
"""
    after = """
import time
came = []
Pin(3, Pin.IN).irq(lambda pin: came.append(1), Pin.IRQ_RISING, hard=False)
time.sleep_ms(20)
print(len(came))
rp2.StateMachine(0, square, freq=10_000, set_base=Pin(2)).active(1)
time.sleep_ms(20)
print(len(came))
"""
    reset, then = take(1, {"run": PROGRAMS + before}, {"run": PROGRAMS + after})
    assert reset.resets == ["reset"]
    nothing, anew = map(int, then.output.split())
    assert nothing == 0 and 18 <= anew <= 22
