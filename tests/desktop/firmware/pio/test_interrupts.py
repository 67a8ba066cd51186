"""Flags that interrupt the program: soft and hard handlers, of a machine and of the PIO."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def world(new_world):
    world = new_world()
    with world.board.core("test", main=True):
        yield world


def flags():
    pull()
    irq(rel(0))
    set(x, 3)
    mov(isr, x)
    push()


def machine_of(world, number=0, program=flags):
    rp2 = world.import_module("rp2")
    machine = rp2.StateMachine(number, rp2.asm_pio()(program))
    machine.active(1)
    return machine


def test_a_soft_handler_is_called_by_the_main_program_with_its_machine(world):
    machine = machine_of(world, 5)
    came = []
    made = machine.irq(lambda of: came.append((of, of.irq().flags(), world.interrupts.in_handler())))
    machine.put(1)
    world.board.run(us=20)
    assert came == [(machine, 1, False)] and made is machine.irq()


def test_a_hard_handler_finds_the_word_that_was_pushed_right_behind_the_flag(world):
    machine = machine_of(world)
    found = [0]

    def handler(of):
        found[0] = of.get() + world.interrupts.in_handler()

    machine.irq(handler, hard=True)
    machine.put(1)
    world.board.run(us=20)
    assert found == [4]


def test_a_hard_handler_that_would_wait_is_told(world):
    machine = machine_of(world)
    machine.irq(lambda of: of.get() and of.get(), hard=True)
    machine.put(1)
    world.board.run(us=20)
    assert "can't wait for a word" in "".join(world.printed)
    machine.put(1)
    world.board.run(us=20)
    assert "".join(world.printed).count("Uncaught exception in IRQ callback handler of StateMachine(0)") == 1


def test_the_handler_of_a_pio_is_told_which_flags(world):
    rp2 = world.import_module("rp2")
    came = []
    made = rp2.PIO(0).irq(lambda pio: came.append((pio, pio.irq().flags())), rp2.PIO.IRQ_SM0 | rp2.PIO.IRQ_SM3)
    machine_of(world, 0, lambda: (irq(0), irq(1), irq(block, 3), push(), pull()))
    world.board.run(us=20)
    assert came == [(rp2.PIO(0), rp2.PIO.IRQ_SM0 | rp2.PIO.IRQ_SM3)]
    assert made.trigger(rp2.PIO.IRQ_SM1) == 0x900
    world.board.run(us=20)
    assert came[1:] == [(rp2.PIO(0), rp2.PIO.IRQ_SM1)]  # it was up all the time


def test_no_handler_and_a_trigger_of_nothing_leave_the_flag_up(world):
    machine = machine_of(world, 1, lambda: (irq(block, rel(0)), push(), pull()))
    machine.irq(lambda of: None, 0)
    world.board.run(us=20)
    assert machine.rx_fifo() == 0
    machine.irq(None)
    world.board.run(us=20)
    assert machine.rx_fifo() == 0
    machine.irq(lambda of: None)
    world.board.run(us=20)
    assert machine.rx_fifo() == 1


def test_what_makes_no_sense_is_refused(world):
    rp2 = world.import_module("rp2")
    with pytest.raises(TypeError, match="a handler must be callable, not int"):
        machine_of(world).irq(5)
    with pytest.raises(ValueError, match=r"invalid trigger 16: there is PIO.IRQ_SM0 to IRQ_SM3"):
        rp2.PIO(0).irq(print, 16)
    with pytest.raises(TypeError, match="can't convert str to int"):
        rp2.PIO(0).irq(print, "x")
