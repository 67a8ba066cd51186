"""The HTU21D against its data sheet: commands, times, formulas, checksum, user register, and its faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board.buses import Nak, NoDevice
from twincore.desktop.chips import HTU21D
from twincore.desktop.chips.htu21d import crc8

pytestmark = pytest.mark.cpython

RESOLUTIONS = [  # register bits 7 and 0, then bits and us at most: table "Measuring time"
    (0x00, 14, 50_000, 12, 16_000),
    (0x01, 12, 13_000, 8, 3_000),
    (0x80, 13, 25_000, 10, 5_000),
    (0x81, 11, 7_000, 11, 8_000),
]


@pytest.fixture
def bus(board):
    return board.i2c(0)


def celsius(answer):
    raw = int.from_bytes(answer[:2], "big") & 0xFFFC
    return -46.85 + 175.72 * raw / 65536


def percent(answer):
    raw = int.from_bytes(answer[:2], "big") & 0xFFFC
    return -6 + 125 * raw / 65536


@pytest.mark.parametrize("data, crc", [(b"\xdc", 0x79), (b"\x68\x3a", 0x7C), (b"\x4e\x85", 0x6B)])
def test_the_checksum_is_that_of_the_data_sheets_examples(data, crc):
    assert crc8(data) == crc


@given(st.binary(min_size=2, max_size=2), st.integers(0, 23), st.integers(1, 255))
def test_the_checksum_finds_every_burst_of_errors_of_8_bits(data, at, burst):
    sent = int.from_bytes(data + bytes([crc8(data)]), "big")
    received = (sent ^ burst << at) & 0xFFFFFF
    if received != sent:
        there = received.to_bytes(3, "big")
        assert crc8(there[:2]) != there[2]


def test_no_hold_does_not_acknowledge_until_it_has_measured(board, bus, until):
    HTU21D(board, temperature=21.5)
    bus.write(0x40, b"\xf3")
    for _ in range(3):
        with pytest.raises(Nak):
            bus.read(0x40, 3)
        with pytest.raises(Nak):
            bus.write(0x40, b"\xf5")
        board.time.sleep(board.time.now() + 16_000)
    assert bus.scan() == []
    until(49_999)
    answer = bus.read(0x40, 3)
    assert abs(celsius(answer) - 21.5) < 0.01 and answer[1] & 3 == 0
    assert answer[2] == crc8(answer[:2])
    with pytest.raises(Nak):
        bus.read(0x40, 3)  # it is read once


@pytest.mark.parametrize("command, us", [(0xE3, 50_000), (0xE5, 16_000)])
def test_hold_keeps_the_master_waiting_while_others_go_on(board, bus, edges, command, us):
    sensor = HTU21D(board, temperature=-12.0, humidity=66.0)
    seen = edges(2)
    board.at(5_000, board.line(2).drive, 1)
    bus.write(0x40, bytes([command]), False)
    answer = bus.read(0x40, 3)
    assert board.time.now() == us and seen == [(5_000, 1)]
    if command == 0xE3:
        assert abs(celsius(answer) + 12) < 0.01
    else:
        assert abs(percent(answer) - 66) < 0.04 and answer[1] & 3 == 2
    assert sensor.measured == 1


@pytest.mark.parametrize("bits, t_bits, t_us, rh_bits, rh_us", RESOLUTIONS)
def test_a_resolution_has_its_bits_and_its_time(board, bus, until, bits, t_bits, t_us, rh_bits, rh_us):
    HTU21D(board, temperature=33.333, humidity=44.444)
    bus.write(0x40, bytes([0xE6, 0x02 | bits]))
    for command, wide, us, value, status, of in (
        (0xF3, t_bits, t_us, (33.333 + 46.85) / 175.72, 0, celsius),
        (0xF5, rh_bits, rh_us, (44.444 + 6) / 125, 2, percent),
    ):
        start = board.time.now()
        bus.write(0x40, bytes([command]))
        board.time.sleep(start + us - 1)
        with pytest.raises(Nak):
            bus.read(0x40, 3)
        until(start + us - 1)
        answer = bus.read(0x40, 3)
        raw = int.from_bytes(answer[:2], "big")
        assert raw & ((1 << 16 - wide) - 1) == status
        assert abs(raw / 65536 - value) < 1 / (1 << wide)
        assert of(answer) == pytest.approx({0: 33.333, 2: 44.444}[status], abs=175.72 / (1 << wide))


def test_typical_times_are_shorter(board, bus, until):
    HTU21D(board, typical=True)
    bus.write(0x40, b"\xf3")
    until(43_998)
    with pytest.raises(Nak):
        bus.read(0x40, 3)
    until(43_999)
    assert len(bus.read(0x40, 3)) == 3


@pytest.mark.parametrize("temperature, humidity, raw", [(-300.0, -50.0, 0), (900.0, 400.0, 0xFFFC)])
def test_beyond_its_range_it_shows_the_end_of_it(board, bus, temperature, humidity, raw):
    HTU21D(board, temperature=temperature, humidity=humidity)
    bus.write(0x40, b"\xe3", False)
    assert int.from_bytes(bus.read(0x40, 2), "big") & 0xFFFC == raw
    bus.write(0x40, b"\xe5", False)
    assert int.from_bytes(bus.read(0x40, 2), "big") & 0xFFF0 == raw & 0xFFF0


def test_what_it_measures_may_be_a_function_of_time_or_be_set(board, bus):
    sensor = HTU21D(board, temperature=lambda us: us / 1e6)
    board.time.sleep(10_000_000)
    bus.write(0x40, b"\xe3", False)
    assert abs(celsius(bus.read(0x40, 3)) - 10) < 0.01
    sensor.temperature = 5
    bus.write(0x40, b"\xe3", False)
    assert abs(celsius(bus.read(0x40, 3)) - 5) < 0.01


def test_the_user_register_keeps_its_reserved_bits_and_its_battery_bit(board, bus):
    sensor = HTU21D(board)

    def register():
        bus.write(0x40, b"\xe7", False)
        return bus.read(0x40, 1)[0]

    assert register() == 0x02
    bus.write(0x40, b"\xe6\xff")
    assert register() == 0x87
    sensor.low_battery = True
    assert register() == 0x87
    bus.write(0x40, b"\xe5", False)
    bus.read(0x40, 3)
    assert register() == 0xC7  # updated after each measurement


def test_a_soft_reset_takes_15_ms_and_keeps_the_heater_only(board, bus, until):
    HTU21D(board)
    bus.write(0x40, b"\xe6\x87")
    bus.write(0x40, b"\xfe")
    until(14_998)
    with pytest.raises(Nak):
        bus.write(0x40, b"\xe7", False)
    until(14_999)
    bus.write(0x40, b"\xe7", False)
    assert bus.read(0x40, 1) == b"\x06"


def test_with_reload_enabled_a_measurement_takes_the_default_settings(board, bus):
    HTU21D(board)
    bus.write(0x40, b"\xe6\x81")  # bit 1 is 0
    bus.write(0x40, b"\xe3", False)
    bus.read(0x40, 3)
    assert board.time.now() == 50_000
    bus.write(0x40, b"\xe7", False)
    assert bus.read(0x40, 1) == b"\x02"


@pytest.mark.parametrize("wrong", [b"\x00", b"\xf4", b"\xf3\x00", b"\xe6\x02\x00"])
def test_what_is_no_command_is_not_acknowledged(board, bus, wrong):
    HTU21D(board)
    with pytest.raises(Nak):
        bus.write(0x40, wrong)


def test_a_wrong_checksum_on_demand(board, bus):
    sensor = HTU21D(board)
    sensor.fail_crc(2)
    right = []
    for _ in range(3):
        bus.write(0x40, b"\xe5", False)
        answer = bus.read(0x40, 3)
        right.append(crc8(answer[:2]) == answer[2])
    assert right == [False, False, True]


def test_unplugged_nothing_answers_and_plugged_in_it_starts_anew(board, bus, until):
    sensor = HTU21D(board)
    bus.write(0x40, b"\xe6\x83")
    sensor.unplug()
    with pytest.raises(NoDevice, match=r"nothing answers at 0x40 on I2C\(0\)"):
        bus.write(0x40, b"\xf3")
    assert sensor.state()["plugged in"] == "no"
    with pytest.raises(ValueError):
        sensor.unplug()
    sensor.plug_in()
    with pytest.raises(Nak):
        bus.write(0x40, b"\xe7")
    until(15_000)
    bus.write(0x40, b"\xe7", False)
    assert bus.read(0x40, 1) == b"\x02"


def test_stuck_it_never_ends_and_a_held_master_gives_up(board, bus, until):
    sensor = HTU21D(board)
    sensor.stuck()
    bus.write(0x40, b"\xf3")
    until(10_000_000)
    with pytest.raises(Nak):
        bus.read(0x40, 3)
    with pytest.raises(Nak):
        bus.write(0x40, b"\xfe")
    sensor.stuck(False)
    assert len(bus.read(0x40, 3)) == 3
    sensor.stuck()
    bus.write(0x40, b"\xe3", False)
    start = board.time.now()
    with pytest.raises(OSError) as error:
        bus.read(0x40, 3)
    assert error.value.args[0] == 110 and board.time.now() == start + 50_000
    sensor.unplug()
    sensor.plug_in()
    until(board.time.now() + 15_000)
    bus.write(0x40, b"\xe3", False)
    assert len(bus.read(0x40, 3)) == 3


def test_what_makes_no_sense_is_refused(board):
    with pytest.raises(ValueError, match="temperature is a number, or a function"):
        HTU21D(board, temperature="warm")
    sensor = HTU21D(board)
    with pytest.raises(ValueError, match="humidity is a number"):
        sensor.humidity = float("nan")
    with pytest.raises(ValueError, match="has a device at 0x40 already"):
        HTU21D(board)
    assert board.devices == [sensor]
