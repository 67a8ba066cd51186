"""A GPS receiver: the pace of its log, its pulses, what goes wrong on demand, and its device file."""

import math
import os
import select
import time

import pytest

from twincore.desktop.board import Board
from twincore.desktop.chips import GPS

pytestmark = pytest.mark.cpython

LOG = """\
$GPGGA,235958.000,5231.2,N,01324.3,E,1,08,0.9,34.0,M,,,,*00
$GPRMC,235958.000,A,5231.2,N,01324.3,E,0.0,0.0,311223,,,A*00
$GPGGA,235959.000,5231.2,N,01324.3,E,1,08,0.9,34.0,M,,,,*00
$GPRMC,235959.000,A,5231.2,N,01324.3,E,0.0,0.0,311223,,,A*00
$GPGGA,000000.500,5231.2,N,01324.3,E,1,08,0.9,34.0,M,,,,*00
$GPGGA,000002.000,5231.2,N,01324.3,E,1,08,0.9,34.0,M,,,,*00
"""
LINES = [line.encode() + b"\r\n" for line in LOG.splitlines()]


@pytest.fixture
def arrivals(board):
    """A list of (time, byte) that arrives at UART 0, at 9600 baud."""
    port = board.uart(0)
    port.baudrate = 9600
    port.rx_size = 100_000
    seen = []
    port.on_received = lambda: seen.append((board.time.now(), port.received[-1]))
    return seen


def lines(arrivals):
    return bytes(byte for _, byte in arrivals).splitlines(keepends=True)


def starts(arrivals):
    """When the first bit of each sentence was on the line."""
    return [when - round(1e7 / 9600) for when, byte in arrivals if byte == ord("$")]


def test_it_plays_at_the_pace_of_the_log(board, until, arrivals):
    gps = GPS(board, LOG.splitlines())
    until(6_000_000)
    assert lines(arrivals) == LINES
    first = [starts(arrivals)[number] for number in (0, 2, 4, 5)]
    assert first == [100_000, 1_100_000, 2_600_000, 4_100_000]
    assert gps.done and not gps.playing and gps.sent == 6


def test_a_file_may_be_played_faster_and_from_the_beginning_again(board, until, arrivals, tmp_path):
    file = tmp_path / "log.nmea"
    file.write_text(LOG.replace("\n", "\r\n"))
    GPS(board, file, speed=2, again=True, latency_us=0)
    until(4_900_000)
    assert lines(arrivals)[:12] == LINES * 2
    first = [starts(arrivals)[number] for number in (0, 2, 4, 5, 6, 8)]
    assert first == [0, 500_000, 1_250_000, 2_000_000, 2_500_000, 3_000_000]


def test_as_fast_as_the_uart_takes_it(board, until, arrivals):
    GPS(board, LOG.splitlines(), speed=math.inf)
    length = sum(map(len, LINES))
    until(round(length * 1e7 / 9600) + 10)
    assert lines(arrivals) == LINES


def test_a_pulse_marks_each_full_second_before_its_sentences(board, until, edges, arrivals):
    pulses = edges(5)
    GPS(board, LOG.splitlines(), pps=5)
    until(6_000_000)
    assert [when for when, level in pulses if level] == [0, 1_000_000, 4_000_000]  # none at half a second
    assert [when for when, level in pulses if not level] == [100_000, 1_100_000, 4_100_000]


def test_stopped_it_is_silent_and_goes_on_where_it_was(board, until, arrivals):
    gps = GPS(board, LOG.splitlines(), start=False)
    until(1_000_000)
    assert arrivals == []
    gps.start()
    with pytest.raises(ValueError, match="plays already"):
        gps.start()
    until(1_500_000)
    gps.stop()
    until(5_000_000)
    assert lines(arrivals) == LINES[:2]
    gps.start()
    until(5_900_000)
    assert lines(arrivals) == LINES[:4] and starts(arrivals)[2] == 5_000_001 + 100_000
    gps.restart()
    until(7_000_000)
    assert lines(arrivals)[4:6] == LINES[:2]


def test_garbage_comes_between_and_is_the_same_again(board, until, arrivals):
    gps = GPS(board, LOG.splitlines(), start=False)
    gps.garbage(30, seed=1)
    until(500_000)
    first = [byte for _, byte in arrivals]
    gps.garbage(30, seed=1)
    gps.send("$PMTK\r\n")
    until(1_000_000)
    assert len(first) == 30 and bytes(byte for _, byte in arrivals) == bytes(first) * 2 + b"$PMTK\r\n"


def test_it_keeps_what_the_board_sends(board, until):
    gps = GPS(board, LOG.splitlines())
    until(board.uart(0).transmit(b"$PMTK220,1000*1F\r\n$PM"))
    assert gps.commands == [b"$PMTK220,1000*1F\r\n"]


def test_its_device_file_brings_the_same_sentences():
    with Board() as board:
        gps = GPS(board, LOG.splitlines(), uart=None, pty=True, speed=50, latency_us=0)
        device = os.open(gps.device, os.O_RDONLY | os.O_NOCTTY)
        heard = b""
        end = time.monotonic() + 20
        while not heard.endswith(LINES[-1]) and time.monotonic() < end:
            if select.select([device], [], [], 1)[0]:
                heard += os.read(device, 1000)
        os.close(device)
        assert heard == b"".join(LINES) and gps.lost == 0


def test_what_nobody_reads_from_the_device_file_is_counted(board):
    gps = GPS(board, LOG.splitlines(), pty=True, start=False)
    for _ in range(100):
        gps.send(b"x" * 1000)
    assert 0 < gps.lost < 100_000
    before = gps.device
    gps.close()
    assert not os.path.exists(before)


def test_what_makes_no_sense_is_refused(board, tmp_path):
    fastest = {"uart": None, "pty": True, "speed": math.inf}
    for wrong in ({"speed": 0}, {"latency_us": 1_000_000}, {"uart": None}, fastest):
        with pytest.raises(ValueError):
            GPS(board, LOG.splitlines(), **wrong)
    with pytest.raises(ValueError, match="no NMEA sentence"):
        GPS(board, ["hello"])
    with pytest.raises(OSError):
        GPS(board, tmp_path / "nothing.nmea")
    assert board.devices == []
