"""NMEA against pynmea2, field by field: generated sentences of each kind and talker, and logs of several makers."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore.drivers import NMEA
from twincore.drivers.calendar import date_after
from twincore.drivers.gps_text import DD, coordinate

pynmea2 = pytest.importorskip("pynmea2")
pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]

LOGS = Path(__file__).resolve().parents[3] / "shared/data/nmea"
FIRST = {"GA": 300, "GB": 400, "GQ": 192}


def sentence(*fields):
    body = ",".join(fields)
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n"


def decimal(least, most, places):
    """Text of a number with up to so many decimals."""

    def write(units, digits):
        return f"{units / 10**places:.{digits}f}"

    return st.builds(write, st.integers(int(least * 10**places), int(most * 10**places)), st.integers(0, places))


def degrees(most, width):
    """Text of a coordinate, ddmm.m to ddmm.mmmmmmm."""

    def write(whole, minutes, digits):
        return f"{whole:0{width}d}{minutes // 10_000_000:02d}.{minutes % 10_000_000:07d}"[: width + 3 + digits]

    return st.builds(write, st.integers(0, most - 1), st.integers(0, 599_999_999), st.integers(1, 7))


def or_empty(strategy):
    return st.one_of(st.just(""), strategy)


TALKER = st.sampled_from(["GP", "GN", "GL", "GA", "GB"])
CLOCK = st.builds(
    lambda when, places: when.strftime("%H%M%S") + (f".{when.microsecond // 1000:03d}"[: places + 1] if places else ""),
    st.times(),
    st.integers(0, 3),
)
DATE = st.dates(datetime.date(1980, 1, 1), datetime.date(2068, 12, 31)).map(lambda date: date.strftime("%d%m%y"))
PLACE = st.tuples(degrees(90, 2), st.sampled_from("NS"), degrees(180, 3), st.sampled_from("EW"))
DILUTION = or_empty(decimal(0, 99.99, 2))
MODE = st.sampled_from("ADE")


def same_place(ours, theirs):
    for where, signed, negative in ((ours._latitude, theirs.latitude, "S"), (ours._longitude, theirs.longitude, "W")):
        value, hemisphere = coordinate(where, DD)
        assert (-value if hemisphere == negative else value) == pytest.approx(signed, abs=1e-11)
    assert (ours._latitude[2], ours._longitude[2]) == (theirs.lat_dir, theirs.lon_dir)


def same_clock(ours, theirs):
    hours, minutes, seconds, ms = ours.fix_utc
    assert (hours, minutes, seconds) == (theirs.timestamp.hour, theirs.timestamp.minute, theirs.timestamp.second)
    assert abs(ms - theirs.timestamp.microsecond / 1000) < 1.001  # pynmea2 cuts what its float gives


def check_rmc(ours, theirs):
    same_place(ours, theirs)
    same_clock(ours, theirs)
    assert ours._knots == (theirs.spd_over_grnd or 0)
    assert ours.course == (theirs.true_course or 0)
    if theirs.mag_variation:
        assert ours.magvar == float(theirs.mag_variation) * (-1 if theirs.mag_var_dir == "W" else 1)
    day, month, year = date_after(ours.days)
    assert datetime.date(year, month, day) == theirs.datestamp
    hours, minutes, seconds, _ = ours.fix_utc
    assert ours.second == hours * 3600 + minutes * 60 + seconds


def check_gll(ours, theirs):
    same_place(ours, theirs)
    same_clock(ours, theirs)


def check_gga(ours, theirs):
    same_place(ours, theirs)
    same_clock(ours, theirs)
    assert ours.fix_quality == theirs.gps_qual
    assert ours.satellites_in_use == int(theirs.num_sats)
    assert ours.hdop == float(theirs.horizontal_dil or 0)
    assert ours.altitude == (theirs.altitude or 0)
    assert ours.geoid_height == float(theirs.geo_sep or 0)


def check_vtg(ours, theirs):
    assert ours._knots == float(theirs.spd_over_grnd_kts)
    assert ours.course == (theirs.true_track or 0)


def check_gsa(ours, theirs):
    system = theirs.data[17] if len(theirs.data) > 17 else ""  # since NMEA 4.11
    first = {"3": 300, "4": 400, "5": 192}.get(system, 0) if system else FIRST.get(theirs.talker, 0)
    used = [int(getattr(theirs, f"sv_id{n:02d}") or 0) for n in range(1, 13)]
    assert ours.satellites_used == [n + first if n < 100 else n for n in used if n]
    if theirs.mode_fix_type != "1":
        assert ours.pdop == float(theirs.pdop or 0)
        assert ours.hdop == float(theirs.hdop or 0)
        assert ours.vdop == float(theirs.vdop or 0)


def check_gsv(ours, theirs):
    assert ours._satellites.total == int(theirs.num_messages)
    assert ours._satellites.last == int(theirs.msg_num)
    first = FIRST.get(theirs.talker, 0)
    found = {}
    for n in range(1, 5):
        number = getattr(theirs, f"sv_prn_num_{n}")
        if number and len(theirs.data) > 4 * n:  # what is left of a shorter one is its signal
            number = int(number)
            found[number + first if number < 100 else number] = (
                _angle(getattr(theirs, f"elevation_deg_{n}")),
                _angle(getattr(theirs, f"azimuth_{n}")),
                int(getattr(theirs, f"snr_{n}") or 0),
            )
    if theirs.msg_num == "1":  # another, without the first, is not kept
        assert ours._satellites._coming == found
        assert theirs.num_messages != "1" or ours.satellites_in_view == int(theirs.num_sv_in_view)


def _angle(text):
    return int(text) if text else None


CHECKS = {"RMC": check_rmc, "GLL": check_gll, "GGA": check_gga, "VTG": check_vtg, "GSA": check_gsa, "GSV": check_gsv}


def compare(line):
    """A fresh NMEA has what pynmea2 has of `line`, which is valid."""
    ours = NMEA()
    theirs = pynmea2.parse(line, check=True)
    assert ours.take(line.encode())
    assert ours.parsed_sentences == 1
    CHECKS[theirs.sentence_type](ours, theirs)


SPEED, COURSE = decimal(0, 999.99, 2), or_empty(decimal(0, 359.99, 2))
VARIATION = st.one_of(st.just(("", "")), st.tuples(decimal(0, 179.9, 1), st.sampled_from("EW")))


@settings(max_examples=300, deadline=None)
@given(TALKER, CLOCK, PLACE, or_empty(SPEED), COURSE, DATE, VARIATION, MODE, st.integers(0, 2))
def test_rmc(talker, clock, place, speed, course, date, variation, mode, more):
    compare(sentence(talker + "RMC", clock, "A", *place, speed, course, date, *variation, *[mode, "V"][:more]))


@settings(max_examples=200, deadline=None)
@given(TALKER, PLACE, CLOCK, or_empty(MODE))
def test_gll(talker, place, clock, mode):
    compare(sentence(talker + "GLL", *place, clock, "A", *([mode] if mode else [])))


@settings(max_examples=300, deadline=None)
@given(
    TALKER, CLOCK, PLACE, st.integers(1, 8), st.integers(0, 40), DILUTION, or_empty(decimal(-999, 19999, 2)),
    or_empty(decimal(-110, 90, 1)), or_empty(decimal(0, 99, 1)),
)  # fmt: skip
def test_gga(talker, clock, place, quality, in_use, hdop, altitude, geoid, age):
    fields = (clock, *place, str(quality), f"{in_use:02d}", hdop, altitude, "M", geoid, "M", age, "0000")
    compare(sentence(talker + "GGA", *fields))


@settings(max_examples=200, deadline=None)
@given(TALKER, COURSE, SPEED, decimal(0, 999, 1), or_empty(MODE))
def test_vtg(talker, course, knots, kmh, mode):
    compare(sentence(talker + "VTG", course, "T", "", "M", knots, "N", kmh, "K", *([mode] if mode else [])))


@settings(max_examples=200, deadline=None)
@given(TALKER, st.lists(st.integers(1, 336), max_size=12, unique=True), st.integers(2, 3), DILUTION, DILUTION, DILUTION)
def test_gsa(talker, used, fix, pdop, hdop, vdop):
    numbers = [f"{n:02d}" for n in used] + [""] * (12 - len(used))
    compare(sentence(talker + "GSA", "A", str(fix), *numbers, pdop, hdop, vdop))


SATELLITE = st.tuples(
    st.integers(1, 336).map("{:02d}".format), or_empty(st.integers(-9, 90).map("{:02d}".format)),
    or_empty(st.integers(0, 359).map("{:03d}".format)), or_empty(st.integers(0, 99).map("{:02d}".format)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    TALKER, st.integers(1, 9), st.lists(SATELLITE, max_size=4, unique_by=lambda fields: fields[0]), st.integers(0, 36),
    st.sampled_from(["", "1", "7", "A"]),
)  # fmt: skip
def test_gsv(talker, total, satellites, in_view, signal):
    fields = [field for satellite in satellites for field in satellite] + ([signal] if signal else [])
    compare(sentence(talker + "GSV", str(total), "1", f"{in_view:02d}", *fields))


def lines_of(path):
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.strip() and line[:1] != b"#"]


def recorded():
    found = sorted(LOGS.glob("*.log"))
    return found or [pytest.param(None, marks=pytest.mark.skip(reason=f"no recorded logs in {LOGS}"))]


@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.stem if path else "none")
def test_a_recorded_log(path):
    ours = NMEA()
    lines = lines_of(path)
    compared = 0
    for line in lines:
        parsed = ours.parsed_sentences
        ours.take(line)
        if ours.parsed_sentences != parsed:
            compare(line.decode())
            compared += 1
    assert compared > 40 and compared == ours.parsed_sentences
    assert ours.bad_fields == ours.crc_fails == ours._satellites.incomplete == 0
    assert ours.malformed == sum(b"*" not in line or not line[line.index(b"*") + 1 :].strip() for line in lines)
    theirs = 0
    for line in lines:
        try:
            theirs += pynmea2.parse(line.decode(), check=True).sentence_type in CHECKS
        except (pynmea2.ParseError, AttributeError):  # AttributeError: a proprietary sentence, which has no type
            pass
    assert compared == theirs - ours.void_sentences


@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.stem if path else "none")
def test_a_recorded_log_with_faults(path):
    """Each fault spoils its own line, and is counted; what is between faults is as without them."""
    from random import Random

    random = Random(path.stem)
    lines = lines_of(path)
    whole = NMEA()
    for line in lines:
        whole.take(line)
    for _ in range(20):
        ours = NMEA()
        spoilt = 0
        for line in lines:
            fault = random.randrange(6)
            at = random.randrange(1, max(2, line.find(b"*")))
            if fault == 0:
                line = line[:at] + bytes([line[at] ^ 1 << random.randrange(7)]) + line[at + 1 :]
            elif fault == 1:
                line = line[:at]
            elif fault == 2:
                line = random.randbytes(random.randrange(100))
            spoilt += fault < 3
            ours.take(line)
        assert ours.parsed_sentences + spoilt >= whole.parsed_sentences
        assert ours.clean_sentences >= len(lines) - spoilt - whole.malformed
        assert ours.bad_fields == 0  # the checksum finds all of these
        assert ours.crc_fails + ours.malformed > 0
