"""cron against a calendar that is looked through day by day, over ten years; and where clocks change."""

import calendar
import os
import time
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twincore.drivers import cron

pytestmark = pytest.mark.cpython

BEGIN = date(2019, 1, 1)
DAYS = [BEGIN + timedelta(n) for n in range(3653)]


@pytest.fixture(scope="module", autouse=True)
def in_zone():
    """A function that moves the process to a time zone; it is at UTC before."""
    before = os.environ.get("TZ")

    def move(zone):
        if zone is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = zone
        time.tzset()

    move("UTC0")
    yield move
    move("UTC0")
    move(before)


@pytest.fixture
def in_berlin(in_zone):
    in_zone("CET-1CEST,M3.5.0,M10.5.0/3")  # at 2 o'clock on 31 March 2024 it is 3, at 3 on 27 October it is 2
    yield
    in_zone("UTC0")


def as_list(values, everything):
    return list(everything) if values is None else [values] if isinstance(values, int) else sorted(values)


def is_one(day, mday, month, wday):
    """Whether cron's words say that `day` is one of its days."""
    if month is not None and day.month not in as_list(month, ()):
        return False
    if mday is None:
        return wday is None or day.weekday() in as_list(wday, ())
    last = (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    for given_day in as_list(mday, ()):
        number = given_day if given_day > 0 else last.day + 1 + given_day
        if number > last.day:
            continue
        first = day.replace(day=number)
        if wday is not None:
            while first.weekday() not in as_list(wday, ()):
                first += timedelta(1)
        if first == day:
            return True
    return False


def several(low, high):
    return st.one_of(st.none(), st.integers(low, high), st.sets(st.integers(low, high), min_size=1, max_size=4))


@st.composite
def specs(draw, mins, hrs):
    spec = {
        "secs": draw(st.integers(0, 59)), "mins": draw(mins), "hrs": draw(hrs),
        "wday": draw(several(0, 6)), "month": draw(several(1, 12)),
    }  # fmt: skip
    if spec["wday"] is None:
        ends = st.integers(-28, 31 if spec["month"] is None else 29).filter(bool)
    else:
        ends = st.one_of(st.integers(1, 22), st.integers(-28, -7))
    spec["mday"] = draw(st.one_of(st.none(), ends, st.sets(ends, min_size=1, max_size=4)))
    return spec


def seconds(day, hour, minute, second):
    return calendar.timegm((day.year, day.month, day.day, hour, minute, second))


@settings(max_examples=100, deadline=None)
@example({"secs": 0, "mins": 0, "hrs": 0, "mday": 31, "month": None, "wday": None})
@example({"secs": 59, "mins": 59, "hrs": 23, "mday": 29, "month": 2, "wday": None})
@example({"secs": 0, "mins": 0, "hrs": 3, "mday": {8, 15, -7}, "month": None, "wday": {5, 6}})
@given(specs(st.integers(0, 59), st.integers(0, 23)))
def test_in_ten_years_it_comes_on_exactly_these_days(spec):
    seconds_to_next = cron(**spec)
    days = [day for day in DAYS if is_one(day, spec["mday"], spec["month"], spec["wday"])]
    expected = [seconds(day, spec["hrs"], spec["mins"], spec["secs"]) for day in days]
    found, now, end = [], seconds(DAYS[0], 0, 0, 0), seconds(DAYS[-1], 23, 59, 59)
    while True:
        now += seconds_to_next(now)
        if now > end:
            break
        found.append(now)
        now += 1
    assert found == expected


@settings(max_examples=300, deadline=None)
@given(specs(several(0, 59), several(0, 23)), st.integers(seconds(DAYS[0], 0, 0, 0), seconds(DAYS[800], 0, 0, 0)))
def test_from_any_second_it_is_the_next_of_all_times(spec, now):
    times = list(product(as_list(spec["hrs"], range(24)), as_list(spec["mins"], range(60)), [spec["secs"]]))
    for day in DAYS[(now - seconds(DAYS[0], 0, 0, 0)) // 86400 :]:
        if is_one(day, spec["mday"], spec["month"], spec["wday"]):
            left = [when for when in (seconds(day, *at) for at in times) if when >= now]
            if left:
                assert now + cron(**spec)(now) == left[0]
                break


def local(*fields):
    return int(time.mktime((*fields, 0, 0, -1)))


@pytest.mark.parametrize(
    "spec, now, expected",
    [
        ({"hrs": 4}, (2024, 3, 30, 5, 0, 0), (2024, 3, 31, 4, 0, 0)),
        ({"hrs": 4}, (2024, 10, 26, 5, 0, 0), (2024, 10, 27, 4, 0, 0)),
        ({"hrs": 2, "mins": 30}, (2024, 3, 30, 5, 0, 0), (2024, 3, 31, 3, 30, 0)),  # there is no 2:30
    ],
)
def test_a_change_of_the_clock_is_seen(in_berlin, spec, now, expected):
    now = local(*now)
    assert now + cron(**spec)(now) == local(*expected)


def test_a_time_that_comes_twice_comes_once(in_berlin):
    seconds_to_next = cron(hrs=2, mins=30)
    now = local(2024, 10, 27, 1, 0, 0)
    first = now + seconds_to_next(now)
    assert first == now + 5400
    assert first + 1 + seconds_to_next(first + 1) == local(2024, 10, 28, 2, 30, 0)
