"""asm_pio: what differs from the comparison with a board in both_boards/pio.py, which has the words."""

from array import array

import pytest

from twincore.desktop.firmware.pio.assembler import PIOASMError, assemble, encode

# ruff: noqa: F821 - asm_pio knows these names


def words(program, **settings):
    return list(assemble(program, settings, array)[0])


def test_numbers_that_const_has_made_are_known_and_other_names_of_the_module_are_not(run):
    ran = run("""
from micropython import const
import rp2
DELAY = const(5)
other = 5

@rp2.asm_pio()
def works():
    nop()[DELAY - 1]
print(works[0])

@rp2.asm_pio()
def does_not():
    nop()[other]
""")
    assert ran.lines[0] == "array('H', [42050])"
    assert ran.lines[-1].startswith("NameError: name 'other' is not defined") and "line 14" in ran.text


def test_arguments_and_variables_of_a_function_around_it_are_there():
    def make(count):
        def program():
            for _ in range(count):
                nop()

        return program

    assert words(make(3)) == [0xA042] * 3


def test_the_module_keeps_its_names_when_a_program_is_wrong():
    with pytest.raises(PIOASMError, match="unknown label nowhere"):
        words(lambda: jmp("nowhere"))
    assert "words" in globals() and "jmp" not in globals()


@pytest.mark.parametrize(
    "program, settings, text",
    [
        (lambda: nop()[32], {}, "delay too large: 32, and beside this side-set it is 31 at most"),
        (lambda: (nop()[8], nop().side(1)), {"sideset_init": 0}, "delay too large: 8, .* 7 at most"),
        (lambda: nop().side(4), {"sideset_init": (0, 0)}, "sideset too large: 4"),
        (lambda: nop().side(0), {}, "no sideset: asm_pio needs sideset_init"),
        (lambda: in_(pins, 33), {}, "invalid bit count 33"),
        (lambda: (label("a"), label("a")), {}, "duplicate label a"),
    ],
)
def test_what_is_wrong_is_said(program, settings, text):
    with pytest.raises(PIOASMError, match=text):
        words(program, **settings)


def test_a_jump_alone_is_refused_with_what_to_do():
    with pytest.raises(TypeError, match="give its number, 0 to 31 for an address"):
        encode("jmp(3)", 0, False, __builtins__)


def test_what_is_no_function_or_no_setting_is_refused():
    with pytest.raises(AttributeError, match="asm_pio is for functions"):
        words(5)
    with pytest.raises(TypeError, match="wrong"):
        words(lambda: nop(), wrong=1)
