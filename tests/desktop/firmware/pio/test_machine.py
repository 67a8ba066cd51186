"""A state machine cycle by cycle: what is on its pins, in microseconds, at an instruction each."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def world(new_world):
    world = new_world()
    with world.board.core("test"):
        yield world


@pytest.fixture
def driven(world):
    """A function: the edges at GP2 of a program at 1 MHz: driven(program, words, us=..., **settings)."""

    def driven(program, words=(), us=40, execs=(), **settings):
        rp2 = world.import_module("rp2")
        pins = {"out_base": 2, "set_base": 2, "sideset_base": 2}
        machine = rp2.StateMachine(0, rp2.asm_pio(**settings)(program), freq=1_000_000, **pins)
        seen = []
        world.board.line(2).watch(lambda level, when: seen.append(when if level else -when))
        for word in words:
            machine.put(word)
        machine.active(1)
        for instruction in execs:
            world.board.run(us=10)
            machine.exec(instruction)
        world.board.run(us=us)
        machine.active(0)
        return seen

    return driven


OUT = {"out_init": 2, "out_shiftdir": 1}


def test_an_instruction_takes_a_cycle_and_its_delay(driven):
    assert driven(lambda: (set(pins, 1)[3], set(pins, 0), nop()[4]), set_init=2)[:5] == [0, -4, 10, -14, 20]


def test_an_out_that_is_refilled_stalls_for_a_cycle_and_one_that_refills_does_not(driven):
    def program():
        set(y, 0)
        out(pins, 1)
        out(pins, 1)
        out(pins, 1)
        out(pins, 1)
        irq(block, 4)

    once = {"autopull": True, "pull_thresh": 2, **OUT}
    assert driven(program, [0b01, 0b01], **once) == [1, -2, 3, -4]


def test_a_side_set_comes_at_once_though_the_instruction_stalls(driven):
    assert driven(lambda: (nop()[4], pull().side(1), set(y, 0)), sideset_init=2) == [5]


def test_a_side_set_has_the_last_word_on_a_pin_that_is_set_too(driven):
    assert driven(lambda: (set(pins, 1).side(0), nop().side(1), pull().side(0)), set_init=2, sideset_init=2) == [1, -2]


def test_an_optional_side_set_leaves_the_pin_alone(driven):
    assert driven(lambda: (nop().side(1), nop()[2], nop().side(0), pull()), sideset_init=2) == [0, -4]


def test_side_set_of_directions_lets_the_pin_go(driven):
    def program():
        nop().side(1)
        nop().side(0)
        pull().side(1)

    assert driven(program, sideset_init=1, side_pindir=True) == [0]  # high, and nobody pulls it down


def test_what_is_injected_has_its_own_delay_and_the_injecting_one_has_none(driven):
    high = 0xE001 | 3 << 8  # set(pins, 1)[3]
    seen = driven(lambda: (pull(), out(exec, 16)[7], set(pins, 0), pull()), [high], set_init=2, out_shiftdir=1)
    assert seen == [2, -6]


def test_a_flag_that_is_waited_for_is_waited_for_from_the_next_cycle_on(driven):
    def program():
        irq(block, 5)
        set(pins, 1)
        pull()

    assert driven(program, execs=["irq(clear, 5)"], set_init=2) == [11]


def test_an_instruction_that_is_forced_leaves_the_program_where_it_is(driven):
    assert driven(lambda: (nop()[14], set(pins, 0), pull()), execs=["set(pins, 1)"], set_init=2) == [10, -15]


def test_a_forced_instruction_that_stalls_goes_on_though_the_machine_does_not_run(world):
    rp2 = world.import_module("rp2")
    machine = rp2.StateMachine(0, rp2.asm_pio(set_init=2)(lambda: nop()), set_base=2, in_base=3)
    line = world.board.line(3)
    line.drive(0)
    machine.exec("wait(1, pin, 0)")
    line.drive(1)
    world.board.run(us=1)
    assert machine._machine.forced is None and not machine.active()
    machine.exec("wait(1, irq, 4)")
    rp2.StateMachine(1).exec("irq(4)")
    world.board.run(us=1)
    assert machine._machine.forced is None and machine._machine.block.flags == 0
    machine.exec("pull()")
    machine.put(5)
    assert machine.tx_fifo() == 0


def test_stopped_it_keeps_the_rest_of_its_delay(world):
    rp2 = world.import_module("rp2")
    program = rp2.asm_pio(set_init=2)(lambda: (nop()[19], set(pins, 1), pull()))
    machine = rp2.StateMachine(0, program, freq=1_000_000, set_base=2)
    seen = []
    world.board.line(2).watch(lambda level, when: seen.append(when))
    machine.active(1)
    world.board.run(us=5)
    machine.active(0)
    world.board.run(us=100)
    machine.active(1)
    world.board.run(us=100)
    assert seen == [120]


def test_restarted_it_keeps_what_the_datasheet_says(world):
    rp2 = world.import_module("rp2")
    program = rp2.asm_pio()(lambda: (mov(isr, x), push(), mov(isr, osr), push(), pull()))
    machine = rp2.StateMachine(0, program)
    machine.exec("set(x, 5)")
    machine.put(7)
    machine.exec("pull()")
    machine.exec("in_(x, 5)")
    machine.put(9)
    machine.restart()
    machine.active(1)
    assert [machine.get(), machine.get(), machine.tx_fifo()] == [5, 7, 0]
