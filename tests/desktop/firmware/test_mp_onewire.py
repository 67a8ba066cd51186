"""`onewire` and `ds18x20`: what a program finds and reads on a wire, in virtual and in real time."""

import random

import pytest

from twincore.desktop.chips import DS18B20

PROGRAM = """
import ds18x20, onewire
from machine import Pin
from time import sleep_ms
bus = ds18x20.DS18X20(onewire.OneWire(Pin(12)))
roms = bus.scan()
print([rom[1] for rom in roms], bus.read_temp(roms[0]))
bus.write_scratch(roms[0], b"\\0\\0\\x1f")
bus.convert_temp()
sleep_ms(100)
print([bus.read_temp(rom) for rom in roms])
sleep_ms(660)
print([bus.read_temp(rom) for rom in roms])
nobody = onewire.OneWire(Pin(13))
print(nobody.reset(), nobody.scan(), nobody.readbyte())
ds18x20.DS18X20(nobody).convert_temp()
"""


@pytest.mark.parametrize("virtual", [True, False])
def test_thermometers_on_one_wire_are_found_and_read(new_world, tmp_path, virtual):
    world = new_world(virtual=virtual)
    DS18B20(world.board, 12, temperature=21.6875, serial=1)
    DS18B20(world.board, 12, temperature=-10.125, serial=2)
    script = tmp_path / "main.py"
    script.write_text(PROGRAM)
    assert world.run(script) == 1
    lines = "".join(world.printed).splitlines()
    assert lines[:4] == ["[2, 1] 85.0", "[-10.5, 85.0]", "[-10.5, 21.6875]", "False [] 255"]
    assert lines[-1].endswith("OneWireError: no device answers on the 1-Wire bus at GP13")


def test_a_search_finds_each_of_many(new_world):
    world = new_world(virtual=False)
    serials = random.Random(7).sample(range(1, 1 << 48), 40)
    chips = [DS18B20(world.board, 12, serial=serial) for serial in serials]
    onewire, pin = world.import_module("onewire"), world.import_module("machine").Pin(12)
    found = onewire.OneWire(pin).scan()
    assert sorted(map(bytes, found)) == sorted(chip.rom for chip in chips)
    chips[0].silent = True
    assert len(onewire.OneWire(pin).scan()) == 39


def test_a_wrong_checksum_is_told(new_world):
    world = new_world(virtual=False)
    chip = DS18B20(world.board, 12)
    chip.corrupt = True
    bus = world.import_module("ds18x20").DS18X20(world.import_module("onewire").OneWire(12))
    with pytest.raises(Exception, match="CRC error"):
        bus.read_temp(chip.rom)
