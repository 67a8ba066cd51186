"""machine.ADC: what is read of the voltage that a test puts at a pin."""

import pytest


def test_it_reads_what_is_at_the_pin(new_world):
    world = new_world("pico")
    adc = world.import_module("machine").ADC(26)
    voltage = world.board.analog(26)
    for value, expected in ((0.0, 0), (1.0, 65535), (7, 65535), (-1, 0), (0.5, 32776)):
        voltage.value = value
        assert adc.read_u16() == expected
    assert not any(hasattr(adc, name) for name in ("read_uv", "read", "width", "atten"))  # as on a Pico


def test_a_function_of_time_is_read_at_its_time(new_world):
    world = new_world("pico")
    adc = world.import_module("machine").ADC(world.import_module("machine").Pin(27))
    world.board.analog("GP27").value = lambda us: us / 1_000_000
    with world.main_program():
        world.sleep(250_000)
        assert adc.read_u16() == pytest.approx(65535 / 4, abs=16)


def test_left_alone_it_follows_the_logic_level(new_world):
    world = new_world("pico")
    adc = world.import_module("machine").ADC("GP28")
    world.board.line(28).drive(1)
    assert adc.read_u16() == 65535


def test_channels_and_the_chips_own_temperature(new_world):
    world = new_world("pico")
    ADC = world.import_module("machine").ADC
    world.board.analog(27).value = 1.0
    assert ADC(1).read_u16() == 65535
    volts = ADC(ADC.CORE_TEMP).read_u16() * 3.3 / 65535
    assert 27 - (volts - 0.706) / 0.001721 == pytest.approx(27, abs=0.5)  # as the Pico's documentation computes it


def test_an_esp32_reads_as_many_bits_as_it_is_told(new_world):
    world = new_world("esp32")
    m = world.import_module("machine")
    adc = m.ADC(m.Pin(34), atten=m.ADC.ATTN_11DB)
    world.board.analog(34).value = 1.0
    assert adc.read() == 4095
    adc.width(9)
    assert adc.read() == 511
    assert adc.read_u16() == 65535
    assert adc.read_uv() == 3_300_000
    with pytest.raises(ValueError, match="9 to 12 bits"):
        adc.width(4)


@pytest.mark.parametrize(
    ("kind", "pin", "text"),
    [
        ("pico", 5, "Pin GP5 doesn't have ADC capabilities: GP26, GP27, GP28 and GP29 do"),
        ("pyboard", "Y1", "Pin Y1"),
        ("esp32", 5, "Pin GPIO5"),
        ("pico", 99, "no pin 99"),
    ],
)
def test_a_pin_without_one_is_named(new_world, kind, pin, text):
    with pytest.raises(ValueError, match=text):
        new_world(kind).import_module("machine").ADC(pin)


def test_a_program_reads_in_real_time(new_world, tmp_path):
    world = new_world(virtual=False)
    world.board.analog(26).value = lambda us: 1.0
    (tmp_path / "main.py").write_text("import machine\nprint(machine.ADC(0).read_u16())\n")
    world.run(tmp_path / "main.py")
    assert "".join(world.printed) == "65535\n"
