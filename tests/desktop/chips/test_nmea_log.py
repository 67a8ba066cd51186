"""A recorded log: which sentences belong together, and when they were sent."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.chips.nmea_log import read_log, time_of

pytestmark = pytest.mark.cpython


def cut(lines):
    return [(moment.at, len(moment.sentences)) for moment in read_log(lines)]


def test_a_new_time_begins_a_new_moment():
    assert cut(["$GPRMC,120000,A", "$GPVTG,1", "$GPGGA,120000.00,1", "$GPGSV,1", "$GPGSV,2", "$GPRMC,120001,A"]) == [
        (0, 5),
        (1_000_000, 1),
    ]


def test_five_times_a_second():
    assert cut([f"$GNRMC,1200{us // 10:02}.{us % 10}00,A" for us in range(0, 12, 2)]) == [
        (us * 100_000, 1) for us in range(0, 12, 2)
    ]


def test_without_a_fix_the_cycle_repeats_each_second():
    assert cut(["$GPGSV,1", "$GPRMC,,V", "$GPGGA,,", "$GPRMC,,V", "$GPGGA,,", "$GPRMC,120000,A", "$GPGGA,120000,"]) == [
        (0, 3),
        (1_000_000, 2),
        (2_000_000, 2),
    ]


def test_midnight_is_no_jump_and_a_step_backwards_is_none():
    assert cut(["$GPRMC,235959,A", "$GPRMC,000000,A", "$GPGLL,,,,,235959,V"]) == [(0, 1), (1_000_000, 2)]


def test_lines_that_are_no_sentences_stay_where_they_are():
    moments = read_log([b"\xff\x00garbage", "$GPRMC,120000,A", "$GPR"])
    assert moments[0].sentences == [b"\xff\x00garbage\r\n", b"$GPRMC,120000,A\r\n", b"$GPR\r\n"]


@given(st.integers(0, 86_399), st.integers(0, 999))
def test_a_time_is_read_as_it_is_written(seconds, ms):
    text = f"$GPGGA,{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}.{ms:03},1"
    assert time_of(text.encode()) == seconds * 1_000_000 + ms * 1000


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_whatever_the_lines_are_all_are_kept_in_order(lines):
    moments = read_log([*lines, "$GPRMC,120000,A"])
    kept = [line.rstrip(b"\r\n") + b"\r\n" for line in lines if line.rstrip(b"\r\n")]
    assert [line for moment in moments for line in moment.sentences] == [*kept, b"$GPRMC,120000,A\r\n"]
    assert all(one.at < two.at for one, two in pairwise(moments))
