"""How positions, speeds and dates are written: rounded once, and never to 60 minutes or seconds."""

import pytest

from support import CPYTHON, submodule

PLACES = ((48, 70380000, "N"), (11, 310000000, "W"))


@pytest.mark.rp2040(seeds=1)
def test_a_coordinate_in_each_format(drivers):
    text = submodule(drivers, "gps_text")
    north, west = PLACES
    assert abs(text.coordinate(north, text.DD)[0] - 48.1173) < 1e-5 and text.coordinate(north, text.DD)[1] == "N"
    assert abs(text.coordinate(north, text.DM)[1] - 7.038) < 1e-5
    assert text.coordinate(north, text.DMS) == (48, 7, 2, "N")
    assert text.coordinate_string(north, text.DD) == "48.117300° N"
    assert text.coordinate_string(west, text.DM) == " 11° 31.0000' W"
    assert text.coordinate_string(west, text.DMS) == " 11° 31'  0\" W"
    assert text.coordinate_string(north, text.KML) == "48.117300"
    assert text.coordinate_string(west, text.KML) == "-11.516667"


@pytest.mark.parametrize("seconds_e7", [599_999_999, 599_999_500, 599_950_000])
def test_minutes_and_seconds_never_round_up_to_60(drivers, seconds_e7):
    """Defect 64: upstream has 60 seconds at times."""
    text = submodule(drivers, "gps_text")
    place = (48, seconds_e7, "S")
    assert text.coordinate(place, text.DMS) == (49, 0, 0, "S")
    assert "60" not in text.coordinate_string(place, text.DM)
    assert text.coordinate((48, 9_999_999, "S"), text.DMS) == (48, 1, 0, "S")
    assert text.coordinate_string((48, 599_999_999, "S"), text.DD) == "49.000000° S"
    assert text.coordinate_string((48, 599_999_999, "S"), text.DM) == " 49° 0.0000' S"


def test_a_format_that_there_is_not_is_refused(drivers):
    text = submodule(drivers, "gps_text")
    for call in (
        lambda: text.coordinate(PLACES[0], text.KML),
        lambda: text.coordinate_string(PLACES[0], 7),
        lambda: text.speed(1, text.DD),
        lambda: text.speed_string(1, None),
        lambda: text.date_string(1, 1, 2000, 0),
    ):
        with pytest.raises(ValueError):
            call()


def test_speeds(drivers):
    text = submodule(drivers, "gps_text")
    assert abs(text.speed(10, text.KPH) - 18.52) < 1e-4
    assert abs(text.speed(10, text.MPH) - 11.50779) < 1e-4
    assert text.speed(10, text.KNOT) == 10
    assert text.speed_string(10, text.KPH) == "18.52 km/h"
    assert text.speed_string(10, text.MPH) == "11.51 mph"
    assert text.speed_string(0.5, text.KNOT) == "0.50 knots"


@pytest.mark.parametrize(
    "course,point",
    [(0, "N"), (11.2, "N"), (11.3, "NNE"), (90, "E"), (180, "S"), (337.4, "NNW"), (348.7, "NNW"), (348.8, "N")],
)
def test_points_of_the_compass(drivers, course, point):
    assert submodule(drivers, "gps_text").compass_point(course) == point


@pytest.mark.parametrize(
    "day,long",
    [
        (1, "March 1st, 2009"), (2, "March 2nd, 2009"), (3, "March 3rd, 2009"), (4, "March 4th, 2009"),
        (11, "March 11th, 2009"), (12, "March 12th, 2009"), (13, "March 13th, 2009"), (21, "March 21st, 2009"),
        (22, "March 22nd, 2009"), (23, "March 23rd, 2009"), (30, "March 30th, 2009"), (31, "March 31st, 2009"),
    ],
)  # fmt: skip
def test_dates(drivers, day, long):
    """Defect 64: upstream pads the year of a long date with a space, up to 2009."""
    text = submodule(drivers, "gps_text")
    assert text.date_string(day, 3, 2009, text.LONG) == long
    assert text.date_string(day, 3, 2009, text.MDY) == f"03/{day:02d}/09"
    assert text.date_string(day, 3, 2009, text.DMY) == f"{day:02d}/03/09"


def test_a_time(drivers):
    text = submodule(drivers, "gps_text")
    assert text.time_string(0, 0) == "00:00:00.000"
    assert text.time_string(86399, 7) == "23:59:59.007"


@pytest.mark.cpython
def test_strings_and_numbers_agree_everywhere(drivers):
    assert CPYTHON
    from hypothesis import given
    from hypothesis import strategies as st

    text = submodule(drivers, "gps_text")

    @given(st.integers(0, 179), st.integers(0, 599_999_999), st.sampled_from("EW"))
    def check(degrees, minutes, hemisphere):
        place = (degrees, minutes, hemisphere)
        exact = degrees + minutes / 6e8
        signed = -exact if hemisphere == "W" else exact
        assert abs(float(text.coordinate_string(place, text.KML)) - signed) <= 0.500001e-6
        whole, m, s, _ = text.coordinate(place, text.DMS)
        assert 0 <= m < 60 and 0 <= s < 60
        assert abs(whole + m / 60 + s / 3600 - exact) <= 0.5001 / 3600
        whole, m, _ = text.coordinate(place, text.DM)
        assert abs(whole + m / 60 - exact) < 1e-9 and m < 60

    check()
