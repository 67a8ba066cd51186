"""pyb.DAC, as an ADC sees it through a wire."""

import pytest


@pytest.fixture
def wired(new_world):
    """A pyboard's world with X5 wired to X1, and a function that reads the ADC at X1."""
    world = new_world("pyboard")
    world.board.line("X5").link(world.board.line("X1"))
    pyb = world.import_module("pyb")
    return world, pyb.DAC, pyb.ADC("X1").read


def test_what_is_written_is_the_voltage_of_its_wire(wired):
    _, DAC, read = wired
    dac = DAC(1, bits=12)
    assert read() == 0
    for value in (1, 2048, 4095):
        dac.write(value)
        assert read() == value
    dac.init(bits=8)
    dac.write(255)
    assert read() == 4095
    dac.write(256 + 51)
    assert read() == 819
    assert repr(dac) == "DAC(1, bits=8)"


def test_a_pin_given_up_has_its_logic_level_again(wired):
    world, DAC, read = wired
    dac = DAC(world.import_module("pyb").Pin("X5"))
    with pytest.raises(ValueError, match=r"can't have X5: DAC\(X5\) has it"):
        world.import_module("machine").ADC("X5")
    dac.write(100)
    dac.deinit()
    world.board.line("X1").drive(1)
    assert read() == 4095
    world.import_module("machine").ADC("X5")


def test_a_buffer_is_put_out_at_its_rate_once_or_for_ever(new_world):
    world = new_world("pyboard")
    board, pyb = world.board, world.import_module("pyb")
    voltage = board.analog("X6")
    dac = pyb.DAC(2)
    with board.core("main", main=True):

        def seen(count):
            """The next so many values, read in the middle of each."""
            values = []
            for _ in range(count):
                pyb.udelay(500)
                values.append(round(voltage.read() * 255))
                pyb.udelay(500)
            return values

        dac.write_timed(bytes([10, 20, 30]), 1000)
        assert seen(5) == [10, 20, 30, 30, 30]
        dac.write_timed(bytes([10, 20, 30]), pyb.Timer(6, freq=1000), mode=dac.CIRCULAR)
        assert seen(5) == [10, 20, 30, 10, 20]
        dac.triangle(1000 * 4096)
        assert seen(4) == [128, 127, 128, 127]  # half way up, half way down
        dac.noise(1000)
        first = seen(8)
        assert len(set(first)) > 4
        dac.noise(1000)
        assert seen(8) == first


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda pyb: pyb.DAC(3), "a pyboard has 1, at X5, and 2, at X6"),
        (lambda pyb: pyb.DAC("X1"), "a pyboard has 1, at X5, and 2, at X6"),
        (lambda pyb: pyb.DAC(1, bits=10), "8 or 12 bits, not 10"),
        (lambda pyb: pyb.DAC(1).triangle(0), "more than 0, not 0"),
        (lambda pyb: pyb.DAC(1).write_timed(b"", 100), "at least one value"),
    ],
)
def test_what_makes_no_sense_is_said(new_world, call, says):
    with pytest.raises(ValueError, match=says):
        call(new_world("pyboard").import_module("pyb"))
