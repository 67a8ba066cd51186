"""The fields of NMEA sentences made numbers. ValueError for what can't be, without words: it is counted, not shown.

For NMEA and Satellites. Fields are bytes: a board makes them ten times as fast as a str, which it looks up among all
its names. It is also what makes `isdigit` true of 0 to 9 only.
"""

from ..core.native import COMPILED, MICROPYTHON

if MICROPYTHON:
    from array import array

FRACTION = 10_000_000  # of a minute of arc, the unit in which those of a coordinate are kept: it fits a small int

POINT = 46  # a "."
_SCALES = (10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1)  # of a fraction with so many places


def checksum(body):
    """All bytes of `body`, 256 or fewer, in exclusive or."""
    if MICROPYTHON:  # by twos: each time round a loop takes a board as long as all that is done in it
        both = body[-1] if len(body) & 1 else 0
        for pair in array("H", body):  # the whole ones
            both ^= pair
        return (both ^ both >> 8) & 255
    if COMPILED:
        both = 0
        for byte in body:
            both ^= byte
        return both
    folded = int.from_bytes(body, "little")  # one half upon the other: ten times as fast as byte by byte
    if len(body) > 128:
        folded ^= folded >> 1024
    folded ^= folded >> 512
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 255


def whole(text, least, most):
    """A number without a sign or a fraction."""
    if not text.isdigit():
        raise ValueError
    value = int(text)
    if not least <= value <= most:
        raise ValueError
    return value


def optional(text, least, most, default):
    """A number, or `default` if the field is empty."""
    if not text:
        return default
    value = float(text)
    if not least <= value <= most:  # nor is "nan"
        raise ValueError
    return value


def clock_of(text):
    """(second of the day, ms) of hhmmss or hhmmss.sss. The second may be 60, a leap second."""
    digits = text[:6]
    if len(digits) != 6 or not digits.isdigit():
        raise ValueError
    clock = int(digits)
    minutes = clock // 100
    seconds = clock % 100
    if clock >= 240000 or minutes % 100 > 59 or seconds > 60:
        raise ValueError
    ms = 0
    if len(text) > 7:
        fraction = text[7:10]
        if not fraction.isdigit() or (len(text) > 10 and not text[10:].isdigit()):
            raise ValueError
        ms = int(fraction) * _SCALES[len(fraction) + 4]
    if len(text) > 6 and text[6] != POINT:
        raise ValueError
    return minutes // 100 * 3600 + minutes % 100 * 60 + seconds, ms


def date_of(text):
    """(day, month, year) of ddmmyy: 1980, when GPS began, to 2079."""
    if len(text) != 6 or not text.isdigit():
        raise ValueError
    year = int(text[4:])
    return int(text[:2]), int(text[2:4]), year + (1900 if year >= 80 else 2000)


def coordinate(text, hemisphere, most):
    """(degrees, minutes in units of 1e-7, hemisphere) of ddmm.mmmm, dddmm.mmmm or without a fraction."""
    if hemisphere is None:  # the field was no letter that it could be
        raise ValueError
    point = text.find(b".")
    number = text if point < 0 else text[:point]
    if not 3 <= len(number) <= 5 or not number.isdigit():
        raise ValueError
    both = int(number)
    degrees = both // 100
    minutes = both % 100 * FRACTION
    fraction = b"" if point < 0 else text[point + 1 :]
    if fraction:
        if not fraction.isdigit():
            raise ValueError
        places = len(fraction)
        minutes += int(fraction) * _SCALES[places] if places < 8 else int(fraction[:7])
    if minutes >= 60 * FRACTION or degrees > most or (degrees == most and minutes):
        raise ValueError
    return degrees, minutes, hemisphere
