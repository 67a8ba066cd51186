"""`dht`: what a program reads of a sensor, in virtual and in real time, and what it is told without one."""

import pytest

from twincore.desktop.chips import DHT11, DHT22

PROGRAM = """
import dht
from machine import Pin
for sensor in (dht.DHT11(Pin(14)), dht.DHT22(Pin(15)), dht.DHT22(Pin(16))):
    try:
        sensor.measure()
        print(round(sensor.temperature(), 1), round(sensor.humidity(), 1))
    except OSError as e:
        print(e)
"""


@pytest.mark.parametrize("virtual", [True, False])
def test_sensors_are_read(new_world, tmp_path, virtual):
    world = new_world(virtual=virtual)
    DHT11(world.board, 14, temperature=21.4, humidity=40)
    DHT22(world.board, 15, temperature=-3.2, humidity=87.6)
    script = tmp_path / "main.py"
    script.write_text(PROGRAM)
    assert world.run(script) == 0
    assert "".join(world.printed).splitlines() == ["21 40", "-3.2 87.6", "[Errno 110] ETIMEDOUT"]


def test_a_wrong_checksum_is_told(new_world, tmp_path, monkeypatch):
    world = new_world()
    monkeypatch.setattr(DHT22(world.board, 15), "answer", lambda: b"\x01\x02\x03\x04\x05")
    script = tmp_path / "main.py"
    script.write_text("import dht\nfrom machine import Pin\ndht.DHT22(Pin(15)).measure()\n")
    assert world.run(script) == 1
    assert "".join(world.printed).endswith("Exception: checksum error\n")
