"""cron: the next time that matches, whatever the calendar does."""

import time

import pytest

DAY = 86400


def at(year, month, mday, hour=0, minute=0, second=0):
    return int(time.mktime((year, month, mday, hour, minute, second, 0, 0, -1)))


def next_times(drivers, spec, begin, count):
    """The next `count` times from `begin` on, as (year, month, mday, hour, minute, second)."""
    seconds_to_next = drivers.cron(**spec)
    now = at(*begin)
    found = []
    for _ in range(count):
        now += seconds_to_next(now)
        assert seconds_to_next(now) == 0
        found.append(tuple(time.localtime(now)[:6]))
        now += 1
    return found


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize(
    "spec, begin, expected",
    [
        ({}, (2024, 3, 5, 2, 59, 59), [(2024, 3, 5, 3, 0, 0), (2024, 3, 6, 3, 0, 0)]),
        ({"hrs": None, "mins": (0, 30)}, (2024, 12, 31, 23, 31), [(2025, 1, 1, 0, 0, 0), (2025, 1, 1, 0, 30, 0)]),
        # A month without that day is left out; upstream comes on 3 March and 1 May.
        ({"mday": 31}, (2023, 2, 1), [(2023, 3, 31, 3, 0, 0), (2023, 5, 31, 3, 0, 0)]),
        ({"mday": 31}, (2023, 3, 31, 23, 30), [(2023, 5, 31, 3, 0, 0), (2023, 7, 31, 3, 0, 0)]),
        ({"mday": 29, "month": 2}, (2023, 1, 1), [(2024, 2, 29, 3, 0, 0), (2028, 2, 29, 3, 0, 0)]),
        ({"mday": 8, "wday": 6}, (2024, 3, 10, 12), [(2024, 4, 14, 3, 0, 0), (2024, 5, 12, 3, 0, 0)]),
        ({"mday": 8, "wday": 6}, (2024, 3, 9), [(2024, 3, 10, 3, 0, 0)]),
        ({"mday": -1, "hrs": 0}, (2024, 2, 1), [(2024, 2, 29, 0, 0, 0), (2024, 3, 31, 0, 0, 0)]),
        ({"mday": -7, "wday": 4}, (2024, 2, 24), [(2024, 3, 29, 3, 0, 0), (2024, 4, 26, 3, 0, 0)]),
        ({"wday": (0, 1, 2, 3, 4), "hrs": 9}, (2024, 3, 8, 9, 0, 1), [(2024, 3, 11, 9, 0, 0), (2024, 3, 12, 9, 0, 0)]),
        # 9 o'clock on 31 July, and August is not among the months: as upstream's documentation has it.
        ({"month": (2, 7, 10), "hrs": 1, "mins": 59}, (2024, 7, 31, 9), [(2024, 10, 1, 1, 59, 0)]),
        # It begins with the first of a sequence; upstream's with 3:15.
        ({"mins": (45, 0, 15, 30)}, (2024, 1, 1, 7, 5), [(2024, 1, 2, 3, 0, 0), (2024, 1, 2, 3, 15, 0)]),
        ({"secs": (50, 20, 5), "mins": 1}, (2024, 1, 1, 3, 1, 6), [(2024, 1, 1, 3, 1, 20), (2024, 1, 1, 3, 1, 50)]),
        ({"mday": (30, 1)}, (2024, 1, 30, 4), [(2024, 2, 1, 3, 0, 0), (2024, 3, 1, 3, 0, 0), (2024, 3, 30, 3, 0, 0)]),
    ],
)
def test_the_next_time(drivers, spec, begin, expected):
    """Defect 60: upstream comes on the wrong day after a month without it."""
    assert next_times(drivers, spec, begin, len(expected)) == expected


@pytest.mark.parametrize(
    "spec, words",
    [
        ({"mins": 60}, "mins is a number from 0 to 59"),
        ({"hrs": (3, 24)}, "hrs is a number from 0 to 23"),
        ({"hrs": -1}, "hrs is a number from 0 to 23"),
        ({"wday": 7}, "wday is a number from 0 to 6"),
        # Upstream takes these two, for 0 is false.
        ({"mday": (0, 5)}, "mday is a number from -28 to 31, or several of them but 0"),
        ({"month": (0, 3)}, "month is a number from 1 to 12"),
        ({"mday": -29}, "from -28 to 31"),
        ({"mins": ()}, "none at all"),
        ({"secs": None}, "secs is 0 to 59, not None"),
        ({"secs": (0, 9)}, "10 s apart"),
        # And this: from 55 to 0 it is five seconds.
        ({"secs": (0, 55)}, "10 s apart"),
        ({"mday": 30, "month": (2, 6, 7)}, "month 2 has no day 30"),
        ({"mday": 31, "month": 4}, "month 4 has no day 31"),
        ({"mday": 23, "wday": 1}, "1 to 22 or -28 to -7"),
        ({"mday": (-6, 3), "wday": 1}, "1 to 22 or -28 to -7"),
    ],
)
def test_what_never_comes_or_is_out_of_range_is_refused(drivers, spec, words):
    """Defect 60: upstream takes some of these."""
    with pytest.raises(ValueError, match=words):
        drivers.cron(**spec)


@pytest.mark.parametrize("given", ["3", 3.5, (1, "2"), (1, None), [[1]]])
def test_what_is_no_number_is_refused(drivers, given):
    with pytest.raises(TypeError, match="mins is a number from 0 to 59"):
        drivers.cron(mins=given)


def test_several_may_be_a_range_a_set_or_what_iterates(drivers):
    now = at(2024, 1, 1, 7, 5)
    for mins in (range(0, 60, 20), {0, 20, 40}, [40, 0, 20], iter((0, 20, 40))):
        seconds_to_next = drivers.cron(hrs=None, mins=mins)
        for _ in range(2):  # and may be asked again
            assert seconds_to_next(now) == 15 * 60


def test_what_matches_now_is_no_wait_and_a_fraction_is_dropped(drivers):
    seconds_to_next = drivers.cron(hrs=3)
    now = at(2024, 1, 1, 3)
    assert seconds_to_next(now) == 0
    assert seconds_to_next(now + 1) == DAY - 1
    if isinstance(time.time(), float):
        assert seconds_to_next(now + 0.75) == 0
        assert seconds_to_next(now - 0.75) == 1
