"""rp2: programs as authors write them, what there is not, and the button."""

import pytest


def test_a_pin_blinks_at_the_machines_pace(run):
    ran = run("""
import rp2, time
from machine import Pin

@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def blink():
    wrap_target()
    set(pins, 1)   [31]
    nop()          [31]
    nop()          [31]
    nop()          [31]
    nop()          [31]
    set(pins, 0)   [31]
    nop()          [31]
    nop()          [31]
    nop()          [31]
    nop()          [31]
    wrap()

led = Pin(25)
times = []
led.irq(lambda pin: times.append(time.ticks_ms()), Pin.IRQ_RISING)
sm = rp2.StateMachine(0, blink, freq=2000, set_base=Pin(25))
sm.active(1)
time.sleep(1)
sm.active(0)
print([b - a for a, b in zip(times, times[1:])])
""")
    assert (ran.code, ran.lines) == (0, [str([160] * 6)])


def test_bytes_go_from_a_transmitter_to_a_receiver(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("""
from machine import Pin
from rp2 import PIO, StateMachine, asm_pio

@asm_pio(sideset_init=PIO.OUT_HIGH, out_init=PIO.OUT_HIGH, out_shiftdir=PIO.SHIFT_RIGHT)
def uart_tx():
    pull()
    set(x, 7)  .side(0)       [7]
    label("bitloop")
    out(pins, 1)              [6]
    jmp(x_dec, "bitloop")
    nop()      .side(1)       [6]

@asm_pio(in_shiftdir=PIO.SHIFT_RIGHT)
def uart_rx():
    label("start")
    wait(0, pin, 0)
    set(x, 7)                 [10]
    label("bitloop")
    in_(pins, 1)
    jmp(x_dec, "bitloop")     [6]
    jmp(pin, "good_stop")
    irq(block, 4)
    wait(1, pin, 0)
    jmp("start")
    label("good_stop")
    push(block)

tx = StateMachine(0, uart_tx, freq=8 * 115_200, sideset_base=Pin(2), out_base=Pin(2))
rx = StateMachine(4, uart_rx, freq=8 * 115_200, in_base=Pin(3), jmp_pin=Pin(3))
tx.active(1)
rx.active(1)
for char in "Hello PIO":
    tx.put(ord(char))
    print(chr(rx.get() >> 24), end="")
""")
    world = new_world()
    world.board.line(2).link(world.board.line(3))
    assert world.run(script) == 0
    assert "".join(world.printed) == "Hello PIO"


def test_a_pulse_is_measured(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("""
import rp2
from machine import Pin, PWM

@rp2.asm_pio(in_shiftdir=rp2.PIO.SHIFT_LEFT, autopush=True, push_thresh=32)
def measure():
    mov(x, invert(null))
    wait(0, pin, 0)
    wait(1, pin, 0)
    label("high")
    jmp(x_dec, "on")
    label("on")
    jmp(pin, "high")
    mov(x, invert(x))
    in_(x, 32)

pwm = PWM(Pin(2), freq=1000, duty_u16=16384)
sm = rp2.StateMachine(0, measure, freq=10_000_000, in_base=Pin(3), jmp_pin=Pin(3))
sm.active(1)
print([round(sm.get() / 5) for _ in range(3)])
""")
    world = new_world()
    world.board.line(2).link(world.board.line(3))
    assert world.run(script) == 0
    assert "".join(world.printed) == "[250, 250, 250]\n"


def test_dma_is_refused_with_advice(new_world):
    with pytest.raises(NotImplementedError, match="a simulated board has no DMA; use StateMachine.put and get"):
        new_world("pico").import_module("rp2").DMA()


def test_the_bootsel_button(new_world):
    world = new_world("pico")
    rp2 = world.import_module("rp2")
    assert rp2.bootsel_button() == 0
    world.board.bootsel = True
    assert rp2.bootsel_button() == 1
    assert not hasattr(rp2, "Flash")
