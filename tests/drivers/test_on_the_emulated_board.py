"""Drivers that read a UART, on the emulated board's own: what comes byte by byte holds up no other task.

There `read(500)` of a UART blocks as long as one byte follows another, whatever its `timeout`: 44 ms at 115200 baud.
"""

import pytest

from twincore.desktop.bench import receiver
from twincore.desktop.emulation import emulator
from twincore.desktop.wiring import Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture
def run(target_is_here, tmp_path):
    """A function: run(program, text of a board.toml) gives the wiring and the lines that were printed."""
    target_is_here("rp2040")

    def go(program, around="", **options):
        (tmp_path / "main.py").write_text(program)
        (tmp_path / "around.toml").write_text(around)
        wiring = Wiring.load(tmp_path / "around.toml")
        result = emulator.run(tmp_path / "main.py", wiring=wiring, wall_limit=100, **options)
        assert (result.exit_code, result.stderr) == (0, ""), result
        return wiring, result.stdout.splitlines()

    return go


PROGRAM = """
import time
from machine import UART
from twincore import core, drivers

longest = whole = 0

async def take(records):
    global whole
    for _ in range(20):
        whole += (await records.read()).startswith(b"$GNRMC,12021")

async def tick():
    global longest
    last = time.ticks_us()
    while True:
        await core.sleep_ms(1)
        now = time.ticks_us()
        longest = max(longest, time.ticks_diff(now, last))
        last = now

async def main():
    uart = UART(1, {rate}, rxbuf=600)
    {begin}
    core.create_task(tick())
    {wait}
    print(longest, {count})

core.run(main())
"""
AT_UART_1 = """
events = [[2500, "receiver.start"]]
[chip.receiver]
kind = "gps"
uart = 1
log = "burst.nmea"
start = false
"""
RECEIVER = {
    "rate": 115200,
    "begin": "gps = drivers.AS_GPS(core.StreamReader(uart))",
    "wait": "await core.sleep_ms(3500)",
    "count": "gps.parsed_sentences, gps.crc_fails",
}
RECORDS = {
    "rate": 9600,
    "begin": "records = drivers.RecordOrientedUart(uart, b'\\n')",
    "wait": "await take(records)",
    "count": "whole, records.too_long",
}


def burst():
    """80 sentences that follow each other without a gap, 5 kB."""
    return [receiver.sentence("GNRMC,120213.000,A,5957.0062,N,01100.6429,E,0.04,12.5,310722,,,D,V")] * 80


@pytest.mark.parametrize("what", [RECEIVER, RECORDS], ids=["AS_GPS", "RecordOrientedUart"])
def test_a_long_burst_holds_up_no_other_task(run, tmp_path, what):
    (tmp_path / "burst.nmea").write_text("\n".join(burst()) + "\n")
    _, printed = run(PROGRAM.format(**what), AT_UART_1)
    longest, whole, bad = map(int, printed[0].split())
    assert (whole, bad) == (80 if what is RECEIVER else 20, 0)
    assert longest < 25_000  # us: what came in 10 ms, and a collection of garbage, and no more


TIMED = """
from machine import UART, Pin
from twincore import core
from twincore.drivers import GPS_RWTimer
from twincore.drivers.gps_rw import VERSION

async def main():
    uart = UART(1, 9600)
    told = []

    def pulsed(gps, word):
        told.append(word)
        raise ValueError("of a callback")

    core.get_event_loop().set_exception_handler(lambda loop, context: told.append(str(context["exception"])))
    reader, writer = core.StreamReader(uart), core.StreamWriter(uart, {})
    gps = GPS_RWTimer(reader, writer, Pin(22), pps_cb=pulsed, pps_cb_args=("pulse",))
    await gps.command(VERSION)
    await gps.update_interval(2000)
    await core.wait_for(gps.ready(), 10)
    for _ in range(3):
        await gps.pulse()
        hours, minutes, seconds, us = gps.get_t_split()
        print(hours, minutes, seconds, us < 5000)
    print(gps.crc_fails, gps.pulses_lost, told[-2:])
    await core.sleep_ms(6000)  # they cease
    try:
        gps.get_ms()
    except RuntimeError as error:
        print(error)
    await core.wait_for(gps.ready(), 10)
    print(gps.get_t_split()[:3], gps.pulses_lost)
    gps.close()
    gps.close()
    try:
        await gps.pulse()
    except RuntimeError as error:
        print(error)

core.run(main())
"""
WITH_PULSES = """
events = [[2500, "receiver.start"], [8700, "receiver.stop"], [14500, "receiver.start"]]
[chip.receiver]
kind = "gps"
uart = 1
log = "log.nmea"
pps = 22
start = false
"""


def test_the_time_by_pulses_that_cease_and_come_back(run, tmp_path):
    bodies = [f"GPRMC,1205{n:02d}.000,A,5231.2000,N,01324.3000,E,0.5,90.0,311223,,,A" for n in range(30)]
    lines = [receiver.sentence(body) for body in bodies]
    (tmp_path / "log.nmea").write_text("\n".join(lines) + "\n")
    wiring, printed = run(TIMED, WITH_PULSES)
    assert wiring.chips["receiver"].commands == [b"$PMTK605*31\r\n", b"$PMTK220,2000*1C\r\n"]
    times = [line.split() for line in printed[:3]]
    first = int(times[0][2])
    assert times == [["12", "5", str(first + n), "True"] for n in range(3)]
    assert printed[3] == "0 0 ['pulse', 'of a callback']"
    assert printed[4].startswith("the time is not known")
    assert printed[5].startswith("[12, 5, ") and printed[5].endswith(" 1")
    assert printed[6] == "these pulses were stopped: the receiver was closed by close()"


def test_a_10_hz_receiver_that_sends_all_its_sentences_takes_less_than_a_quarter_of_core_0(target_is_here):
    """At 115200 baud, with the interrupts of the port. Emulated time is exact: it is the same each time."""
    target_is_here("rp2040")
    share, rate, lost = receiver.measured(receiver.RECEIVERS[0], receiver.SETTINGS[0])
    assert share < 25 and 77 < rate < 83 and lost <= 1  # a moment's sentences more or less


def test_with_room_in_the_port_no_sentence_of_two_satellite_systems_is_lost(target_is_here):
    """Ten times a second at 115200 baud, garbage collections included."""
    target_is_here("rp2040")
    _, rate, lost = receiver.measured(receiver.RECEIVERS[1], receiver.SETTINGS[1])
    assert 107 < rate < 113 and lost == 0
