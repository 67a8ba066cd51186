"""What a receiver said as numbers and text for people: coordinates, speeds, times, dates. Pure functions, for AS_GPS.

Coordinates come as NMEA keeps them, (degrees, minutes in units of 1e-7, hemisphere), and are rounded in integers: a
board's floats have seven digits, which is a metre at 180 degrees.
"""

from .gps_fields import FRACTION

# Formats of coordinates.
DD = 1
DMS = 2
DM = 3
KML = 4
# Units of speed.
KPH = 10
MPH = 11
KNOT = 12
# Formats of dates.
MDY = 20
DMY = 21
LONG = 22

_SPEEDS = {KPH: (1.852, "km/h"), MPH: (1.852 / 1.609344, "mph"), KNOT: (1.0, "knots")}
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_MONTHS = "January February March April May June July August September October November December".split()


def _carried(degrees, units, whole):
    return (degrees + 1, 0) if units >= whole else (degrees, units)


def coordinate(where, fmt):
    """As numbers: (degrees, hemisphere) for DD, (degrees, minutes, hemisphere) for DM, (degrees, minutes, seconds,
    hemisphere) for DMS, with whole seconds. ValueError for another format.
    """
    degrees, minutes, hemisphere = where
    if fmt == DD:
        return degrees + minutes / (60 * FRACTION), hemisphere
    if fmt == DM:
        return degrees, minutes / FRACTION, hemisphere
    if fmt == DMS:
        seconds = (minutes % FRACTION * 60 + FRACTION // 2) // FRACTION + minutes // FRACTION * 60
        degrees, seconds = _carried(degrees, seconds, 3600)
        return degrees, seconds // 60, seconds % 60, hemisphere
    raise ValueError("a coordinate is given as DD, DM or DMS, not " + repr(fmt))


def coordinate_string(where, fmt):
    """As text: degrees in six decimals for DD and KML, which is signed and nothing else; minutes in four for DM.

    ValueError for another format.
    """
    degrees, minutes, hemisphere = where
    if fmt == DD or fmt == KML:
        degrees, millionths = _carried(degrees, (minutes + 300) // 600, 1_000_000)
        if fmt == DD:
            return f"{degrees}.{millionths:06d}° {hemisphere}"
        sign = "-" if hemisphere in "SW" else ""
        return f"{sign}{degrees}.{millionths:06d}"
    if fmt == DM:
        degrees, minutes = _carried(degrees, (minutes + 500) // 1000, 600_000)
        return f"{degrees:3d}° {minutes // 10_000}.{minutes % 10_000:04d}' {hemisphere}"
    if fmt == DMS:
        return "{:3d}° {:2d}' {:2d}\" {}".format(*coordinate(where, DMS))
    raise ValueError("a coordinate is written as DD, DM, DMS or KML, not " + repr(fmt))


def speed(knots, unit):
    """In a unit: KPH, MPH or KNOT. ValueError for another."""
    return knots * _unit(unit)[0]


def speed_string(knots, unit):
    """With two decimals, and the unit. ValueError as for `speed`."""
    factor, name = _unit(unit)
    return f"{knots * factor:.2f} {name}"


def _unit(unit):
    found = _SPEEDS.get(unit)
    if found is None:
        raise ValueError("a speed is in KPH, MPH or KNOT, not " + repr(unit))
    return found


def compass_point(course):
    """The nearest of sixteen points, "N" to "NNW", of a course in degrees."""
    return _POINTS[int((course + 11.25) / 22.5) % 16]


def time_string(second, ms):
    """hh:mm:ss.sss of a second of the day."""
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{ms:03d}"


def date_string(day, month, year, fmt):
    """MM/DD/YY for MDY, DD/MM/YY for DMY, as "January 1st, 2014" for LONG. ValueError for another format."""
    if fmt == MDY:
        return f"{month:02d}/{day:02d}/{year % 100:02d}"
    if fmt == DMY:
        return f"{day:02d}/{month:02d}/{year % 100:02d}"
    if fmt == LONG:
        ordinal = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return f"{_MONTHS[month - 1]} {day}{ordinal}, {year}"
    raise ValueError("a date is written as MDY, DMY or LONG, not " + repr(fmt))
