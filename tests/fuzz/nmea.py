"""A fuzzer for sentences of satellite receivers: whatever comes in a line, only possible values, and no exception.

Each input is taken twice: as it came, and with the checksum that makes its fields count.
"""


from twincore.drivers.calendar import date_after
from twincore.drivers.gps_text import DMS, KML, compass_point, coordinate, coordinate_string
from twincore.drivers.nmea import GSV, LONGEST, NMEA

SEEDS = (
    "GNRMC,223745.00,A,3806.62964,N,12237.61382,W,0.040,084.4,110720,003.1,W,D,V",
    "GNVTG,12.5,T,,M,0.040,N,0.075,K,D",
    "GNGGA,223745.00,3806.62964,N,12237.61382,W,2,12,0.54,83.1,M,-29.5,M,,0000",
    "GNGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83,1",
    "GPGSV,4,1,16,05,01,047,,10,29,224,31,13,22,062,23,15,40,094,44,1",
    "GAGSV,2,2,07,27,18,333,,30,16,279,,05,11,185,41,,,,,7",
    "GPGLL,4250.5589,S,14718.5084,E,092204.999,A,A",
    "PMTK001,220,3",
)
PIECES = ("", ",", "*", "$", "-", ".", "A", "V", "99", "60", "1e9", "nan", "0" * 30, "9" * 30, "\xb2", "_1", " 1", "+1")
LONGEST_INPUT = 300  # bytes


def whole(body):
    both = 0
    for byte in body:
        both ^= byte
    return b"$%b*%02X\r\n" % (body, both)


def sound(receiver):
    """What it says can be."""
    for where, most in ((receiver._latitude, 90), (receiver._longitude, 180)):
        assert 0 <= where[0] + where[1] / 6e8 <= most, where
        assert abs(float(coordinate_string(where, KML))) <= most
        assert coordinate(where, DMS)[1] < 60 and coordinate(where, DMS)[2] < 60
    assert 0 <= receiver.course <= 360 and compass_point(receiver.course)
    assert 0 <= receiver._knots < 1e6 and abs(receiver.magvar) <= 180
    assert 0 <= receiver.second <= 86400 and 0 <= receiver.msecs <= 999
    assert date_after(receiver.days)[2] in range(1970, 2080)
    assert len(receiver.satellites_used) <= 100
    for number, (elevation, azimuth, noise) in receiver._satellites.data().items():
        assert 0 < number < 1000 and 0 <= noise <= 99
        assert elevation is None or -90 <= elevation <= 90
        assert azimuth is None or 0 <= azimuth <= 360
    taken = receiver.parsed_sentences + receiver.void_sentences + receiver.bad_fields + receiver.unsupported_sentences
    assert taken == receiver.clean_sentences


def state(receiver):
    return [receiver._latitude, receiver._longitude, receiver._knots, receiver.course, receiver.altitude, receiver.days]


def check(data):
    """One input: a line, perhaps one that is a sentence but for its checksum."""
    receiver = NMEA()
    for line in (data, whole(data.replace(b"*", b"")[:LONGEST])):
        before, parsed = state(receiver), receiver.parsed_sentences
        kind = receiver.take(line)
        assert receiver.parsed_sentences == parsed + (kind != 0)
        if kind in (0, GSV):
            assert state(receiver) == before
        sound(receiver)


def made(rng):
    """An input that is often near a sentence."""
    if rng.random() < 0.1:
        return rng.randbytes(rng.randrange(100))
    fields = rng.choice(SEEDS).split(",")
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(fields))
        what = rng.randrange(4)
        if what == 0:
            fields[at] = rng.choice(PIECES)
        elif what == 1:
            fields[at] = fields[at][: rng.randrange(len(fields[at]) + 1)] + rng.choice(PIECES)
        elif what == 2:
            fields = fields[: at + 1]
        else:
            fields[at] = str(rng.randrange(-10, 10000))
    body = ",".join(fields).encode()
    return rng.choice([body, whole(body), b"$" + body])
