"""twincore.drivers: those that need nothing to be connected."""

import time

from twincore.drivers import NMEA, cron

FIX = "GPRMC,123519.25,A,4807.038,N,01131.000,W,022.4,084.4,230394,003.1,W"


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


def test_a_sentence_of_a_receiver_becomes_numbers():
    receiver = NMEA()
    assert receiver.take(sentence(FIX)) != 0
    assert abs(receiver.course - 84.4) < 1e-3
    assert receiver.msecs == 250
    assert receiver.parsed_sentences == 1


def test_a_sentence_with_an_error_changes_nothing():
    receiver = NMEA()
    assert receiver.take(sentence(FIX).replace(b"4807", b"4808")) == 0
    assert receiver.crc_fails == 1 and receiver.parsed_sentences == 0


def test_cron_finds_the_next_time():
    noon = int(time.mktime((2024, 3, 5, 12, 0, 0, 0, 0, -1)))
    assert cron(hrs=13, mins=30)(noon) == 5400
    assert cron(hrs=12)(noon) == 0
