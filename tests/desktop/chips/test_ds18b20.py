"""DS18B20: the slots on its wire, and what the tables of its data sheet say. Programs read it in test_mp_onewire.py."""

import pytest

from twincore.desktop.chips import DS18B20
from twincore.desktop.chips.ds18b20 import crc8

pytestmark = pytest.mark.cpython


class Host:
    """The other end of the wire: it holds it low for so many us, and looks at it so many us later."""

    def __init__(self, board, until, pin=2):
        self.time, self.until, self.line = board.time, until, board.line(pin)

    def slot(self, low, look, rest):
        began = self.time.now()
        self.line.output(0)
        self.until(began + low - 1)
        self.line.output(None)
        self.until(began + low + look - 1)
        level = self.line.level()
        self.until(began + low + look + rest - 1)
        return level

    def reset(self, low=480):
        return not self.slot(low, 70, 410)

    def write(self, *data):
        for byte in data:
            for bit in range(8):
                self.slot(6 if byte >> bit & 1 else 65, 5, 60)

    def read(self, count=1):
        bits = sum(self.slot(3, 9, 60) << bit for bit in range(8 * count))
        return bits.to_bytes(count, "little")


@pytest.fixture
def host(board, until):
    return Host(board, until)


def measured(host, command=0x44):
    host.reset()
    host.write(0xCC, command)
    host.until(host.time.now() + 750_000)
    host.reset()
    host.write(0xCC, 0xBE)
    return host.read(9)


def test_the_checksum_is_that_of_maxims_application_note_27():
    assert crc8(bytes.fromhex("021cb801000000")) == 0xA2


def test_a_reset_is_answered_by_its_presence(board, until, edges, host):
    DS18B20(board, 2)
    seen = edges(2)
    assert host.reset()
    fell = seen[0][0]
    assert [(when - fell, level) for when, level in seen] == [(0, 0), (480, 1), (510, 0), (630, 1)]
    assert not host.reset(low=400)  # too short


def test_who_is_silent_shows_nothing(board, host):
    sensor = DS18B20(board, 2)
    sensor.silent = True
    assert not host.reset() and sensor.state()["GP2"] == "silent"


@pytest.mark.parametrize(
    ("celsius", "raw"),
    [(125, 0x07D0), (85, 0x0550), (25.0625, 0x0191), (10.125, 0x00A2), (0.5, 0x0008), (0, 0x0000), (-0.5, 0xFFF8),
     (-10.125, 0xFF5E), (-25.0625, 0xFE6F), (-55, 0xFC90), (200, 0x07D0), (-100, 0xFC90)],
)  # fmt: skip
def test_temperatures_are_those_of_the_data_sheets_table(board, host, celsius, raw):
    DS18B20(board, 2, temperature=celsius)
    data = measured(host)
    assert int.from_bytes(data[:2], "little") == raw
    assert data[2:8] == b"\x4b\x46\x7f\xff\x0c\x10" and crc8(data) == 0


def test_before_it_has_measured_it_says_85_degrees(board, host):
    DS18B20(board, 2)
    host.reset()
    host.write(0xCC, 0xBE)
    assert host.read(2) == b"\x50\x05"


@pytest.mark.parametrize(("settings", "us"), [(0x1F, 93_750), (0x3F, 187_500), (0x5F, 375_000), (0x7F, 750_000)])
def test_it_sends_zeros_for_as_long_as_its_conversion_takes(board, until, host, settings, us):
    DS18B20(board, 2, temperature=21.6875)
    host.reset()
    host.write(0xCC, 0x4E, 0, 0, settings)
    host.reset()
    host.write(0xCC, 0x44)
    began = board.time.now()
    assert host.read() == b"\x00"
    until(began + us - 1000)
    assert host.slot(3, 9, 60) == 0
    until(began + us)
    assert host.read() == b"\xff"
    host.reset()
    host.write(0xCC, 0xBE)
    lost = 3 - (settings >> 5)
    assert int.from_bytes(host.read(2), "little") == 347 >> lost << lost


def test_settings_are_kept_and_recalled(board, host):
    DS18B20(board, 2)
    for command in ((0x4E, 1, 2, 0x3F), (0x48,), (0x4E, 3, 4, 0x5F), (0xB8,)):
        host.reset()
        host.write(0xCC, *command)
    assert measured(host)[2:5] == b"\x01\x02\x3f"


def test_only_the_one_that_is_meant_answers(board, host):
    first, second = DS18B20(board, 2, temperature=10), DS18B20(board, 2, temperature=30)
    measured(host)
    for sensor, raw in ((first, 160), (second, 480)):
        host.reset()
        host.write(0x55, *sensor.rom, 0xBE)
        assert int.from_bytes(host.read(2), "little") == raw
    second.close()
    host.reset()
    host.write(0x33)
    assert host.read(8) == first.rom


def test_a_wrong_checksum_and_a_number_that_is_taken(board, host):
    sensor = DS18B20(board, 2, serial=5)
    sensor.corrupt = True
    assert crc8(measured(host)) != 0
    with pytest.raises(ValueError, match="another DS18B20 of this board has the serial number 0x5"):
        DS18B20(board, 3, serial=5)
    with pytest.raises(ValueError, match="serial has 48 bits"):
        DS18B20(board, 3, serial=1 << 48)


@pytest.mark.parametrize(
    ("temperature", "alarms"),
    [(20, False), (29.9, False), (30, True), (30.5, True), (-4.9, True), (-5, True), (-3.9, False), (85, True)],
)
def test_an_alarm_search_finds_those_at_their_limits_or_beyond(board, host, temperature, alarms):
    quiet, sensor = DS18B20(board, 2, temperature=20), DS18B20(board, 2, temperature=temperature)
    host.reset()
    host.write(0xCC, 0x4E, 30, 0x100 - 5, 0x7F)
    host.reset()
    host.write(0xEC)
    assert host.slot(3, 9, 60) == host.slot(3, 9, 60) == 1  # nobody has measured yet
    measured(host)
    host.reset()
    host.write(0xEC)
    found = 0
    for place in range(64):
        bit, complement = host.slot(3, 9, 60), host.slot(3, 9, 60)
        if bit and complement:
            break
        found |= bit << place
        host.slot(6 if bit else 65, 5, 60)
    assert found == (int.from_bytes(sensor.rom, "little") if alarms else 0)
    assert quiet.rom != sensor.rom
