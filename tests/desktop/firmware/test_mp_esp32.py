"""esp32: touch pads, and values that are kept."""

import pytest


def test_a_touch_lowers_the_reading(new_world):
    world = new_world("esp32")
    m = world.import_module("machine")
    pad = m.TouchPad(m.Pin(4))
    assert pad.read() == 1000
    world.board.analog(4).value = 0.2
    assert pad.read() == 200
    with pytest.raises(ValueError, match="GPIO5 is no touch pad: GPIO4, GPIO0"):
        m.TouchPad(m.Pin(5))


def test_what_tutorials_begin_with(run):
    ran = run("""
import esp, machine
from machine import DAC, Pin
esp.osdebug(None)
dac = DAC(Pin(25))
print(esp.flash_size(), machine.wake_reason(), dac)
for wrong in (lambda: DAC(Pin(4)), lambda: dac.write(256), lambda: esp.flash_read(0, bytearray(4))):
    try:
        wrong()
    except Exception as e:
        print(e)
""", kind="esp32")
    assert ran.lines == [
        "4194304 0 DAC(GPIO25)",
        "Pin GPIO4 doesn't have DAC capabilities: GPIO25 and GPIO26 do",
        "value out of range: a DAC puts out 0 to 255, not 256",
        "esp: a simulated board has no flash to be read or written as a whole: use files",
    ]


def test_a_level_that_wakes_is_its_first_edge(run):
    ran = run("""
import esp32, machine
from machine import Pin
out, button = Pin(4, Pin.OUT, value=1), Pin(4)
button.irq(lambda pin: print('woken', pin), Pin.WAKE_LOW, wake=machine.DEEPSLEEP | machine.SLEEP)
for level in (0, 1):
    out(level)
    machine.idle()
print(esp32.idf_heap_info(esp32.HEAP_DATA)[0][1] > 0, machine.PIN_WAKE)
""", kind="esp32")
    assert ran.lines == ["woken Pin(4)", "True 2"]


def test_the_voltage_of_a_dac_is_read_where_a_wire_leads(new_world):
    world = new_world("esp32")
    m = world.import_module("machine")
    world.board.line(25).link(world.board.line(34))
    dac, adc = m.DAC(m.Pin(25)), m.ADC(m.Pin(34))
    dac.write(51)
    assert adc.read() == 819
    assert m.wake_reason() == 0 and m.TIMER_WAKE == 4


def test_values_are_kept_by_name(new_world):
    nvs = new_world("esp32").import_module("esp32").NVS("settings")
    nvs.set_i32("n", -5)
    nvs.set_blob("b", b"abc")
    buf = bytearray(5)
    assert (nvs.get_i32("n"), nvs.get_blob("b", buf), bytes(buf)) == (-5, 3, b"abc\0\0")
    nvs.erase_key("n")
    with pytest.raises(OSError, match="NOT_FOUND: 'settings' has no 'n', but b"):
        nvs.get_i32("n")
    with pytest.raises(OverflowError, match="32 bits"):
        nvs.set_i32("n", 1 << 31)


def test_values_of_two_boards_are_apart(new_world):
    first, second = (new_world("esp32").import_module("esp32").NVS("s") for _ in range(2))
    first.set_i32("n", 1)
    with pytest.raises(OSError, match="but nothing"):
        second.get_i32("n")


def test_its_pins_are_read_in_real_time(run):
    ran = run("from machine import Pin, TouchPad\nprint(TouchPad(Pin(4)).read())", kind="esp32", virtual=False)
    assert ran.text == "1000\n"
