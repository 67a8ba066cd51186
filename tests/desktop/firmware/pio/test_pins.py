"""Pins that a PIO has, loses and may not have."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def world(new_world):
    world = new_world()
    with world.board.core("test"):
        yield world


def pulse():
    pull()
    set(pins, 1)[9]
    set(pins, 0)


def machine_of(world, number, program, freq=1_000_000, settings=None, **pins):
    rp2 = world.import_module("rp2")
    machine = rp2.StateMachine(number, rp2.asm_pio(**(settings or {"set_init": 2}))(program), freq=freq, **pins)
    machine.active(1)
    return machine


def watched(world, pin):
    seen = []
    world.board.line(pin).watch(lambda level, when: seen.append((when, level)))
    return seen


def test_a_pin_that_the_program_takes_is_the_machines_no_more(world):
    seen = watched(world, 2)
    machine = machine_of(world, 0, pulse, set_base=2)
    assert world.board.users["GP2"] == "PIO(0)"
    Pin = world.import_module("machine").Pin
    Pin(2, Pin.OUT, value=0)
    assert "GP2" not in world.board.users
    machine.put(1)
    world.board.run(us=30)
    assert seen == []
    other = machine_of(world, 4, pulse, set_base=2)
    assert world.board.users["GP2"] == "PIO(1)"
    machine_of(world, 1, pulse, set_base=2)
    assert world.board.users["GP2"] == "PIO(0)"
    other.put(1)
    world.board.run(us=30)
    assert seen == []


def test_another_peripherals_pin_is_refused(world):
    machine = world.import_module("machine")
    machine.PWM(machine.Pin(2), freq=1000, duty_u16=1000)
    with pytest.raises(ValueError, match=r"PIO\(0\) can't have GP2: PWM\(GP2\) has it"):
        machine_of(world, 0, pulse, set_base=2)
