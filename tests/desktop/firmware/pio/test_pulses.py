"""A strip of LEDs that a PIO drives: its pulses are shorter than a microsecond."""

import pytest

from twincore.desktop.chips import NeoPixel

# ruff: noqa: F821 - asm_pio knows these names


def ws2812():
    wrap_target()
    label("bitloop")
    out(x, 1).side(0)[2]
    jmp(not_x, "do_zero").side(1)[2]
    jmp("bitloop").side(1)[2]
    label("do_zero")
    nop().side(0)[2]
    wrap()


def started(world, freq=8_000_000):
    rp2 = world.import_module("rp2")
    settings = {"sideset_init": rp2.PIO.OUT_LOW, "out_shiftdir": 0, "autopull": True, "pull_thresh": 24}
    machine = rp2.StateMachine(4, rp2.asm_pio(**settings)(ws2812), freq=freq, sideset_base=22)
    machine.active(1)
    return machine


@pytest.mark.parametrize("virtual", [True, False])
def test_a_strip_shows_what_is_put(new_world, virtual):
    world = new_world(virtual=virtual)
    strip = NeoPixel(world.board, 22, 12)
    with world.board.core("test"):
        machine = started(world)
        for number in range(12):
            machine.put(number << 16 | 255 << 8 | number, 8)
        world.board.wait_until(lambda: strip.colours[11] == (255, 11, 11), timeout=20)
    assert strip.colours == [(255, number, number) for number in range(12)] and strip.misfits == 0


def test_the_length_of_the_pulses_is_the_machines_to_the_nanosecond(new_world):
    world = new_world()
    heard = []
    world.board.line(22).on_pulses = lambda pulses, began, ended: heard.append((list(pulses), began, ended))
    with world.board.core("test"):
        machine = started(world)
        machine.put(0b1011 << 20, 8)
        world.board.run(us=100)
    ((pulses, began, ended),) = heard
    assert len(pulses) == 24
    for (high, low), bit in zip(pulses, "1011" + 19 * "0", strict=False):  # a cycle is 15 or 16 ticks of 8 ns
        assert abs(high - (750 if bit == "1" else 375)) <= 8 and abs(high + low - 1125) <= 8
    assert pulses[-1][1] == 20_000.0
    assert ended - began == pytest.approx(sum(map(sum, pulses)) / 1000)


def test_pulses_that_are_too_long_are_misfits(new_world):
    world = new_world()
    strip = NeoPixel(world.board, 22)
    with world.board.core("test"):
        machine = started(world, 4_000_000)
        machine.put(1, 8)
        world.board.run(us=200)
    assert strip.misfits > 0
