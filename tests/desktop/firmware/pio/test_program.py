"""rp2.PIO: programs in its memory, and its machines."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def rp2(new_world):
    return new_world().import_module("rp2")


def program(rp2, length):
    return rp2.asm_pio()(lambda: [nop() for _ in range(length)])


def test_there_is_one_object_for_each_and_a_pico_2_has_three(rp2, new_world):
    assert rp2.PIO(1) is rp2.PIO(1) and repr(rp2.PIO(1)) == "PIO(1)"
    with pytest.raises(ValueError, match="invalid PIO 2: there is 0 to 1"):
        rp2.PIO(2)
    newer = new_world("pico2").import_module("rp2")
    assert repr(newer.PIO(2).state_machine(3)) == "StateMachine(11)"


def test_a_memory_of_32_instructions_is_full_and_has_room_again(rp2):
    first, second = program(rp2, 20), program(rp2, 13)
    rp2.PIO(0).add_program(first)
    with pytest.raises(OSError) as error:
        rp2.PIO(0).add_program(second)
    assert error.value.errno == 12
    rp2.PIO(1).add_program(second)
    assert (first[1:3], second[1:3]) == ([12, -1], [-1, 19])
    rp2.PIO(0).remove_program(first)
    rp2.PIO(0).remove_program(first)
    rp2.PIO(0).add_program(second)
    assert (first[1], second[1]) == (-1, 19)


def test_without_a_program_all_memory_is_free(rp2):
    for length in (20, 12):
        rp2.PIO(0).add_program(program(rp2, length))
    rp2.PIO(0).remove_program()
    rp2.PIO(0).add_program(program(rp2, 32))


def test_one_of_more_than_32_instructions_never_fits(rp2):
    with pytest.raises(OSError):
        rp2.PIO(0).add_program(program(rp2, 33))


def test_its_machines_are_the_boards(rp2):
    machine = rp2.PIO(1).state_machine(2, program(rp2, 1), freq=2000)
    assert machine is rp2.StateMachine(6)
    with pytest.raises(ValueError, match="invalid StateMachine 4: a PIO has 0 to 3"):
        rp2.PIO(0).state_machine(4)
