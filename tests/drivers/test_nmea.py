"""NMEA: what sentences say, and that nothing that comes in a line raises, or changes more than a count."""

import pytest

from support import submodule

FIX = "GPRMC,123519.25,A,4807.038,N,01131.000,W,022.4,084.4,230394,003.1,W"
COUNTS = (
    "malformed", "crc_fails", "clean_sentences", "parsed_sentences", "void_sentences", "bad_fields",
    "unsupported_sentences",
)  # fmt: skip


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


def counts(receiver):
    """Those of COUNTS that are not 0."""
    return {name: getattr(receiver, name) for name in COUNTS if getattr(receiver, name)}


def values(receiver):
    """All that sentences change."""
    names = "course altitude geoid_height magvar hdop pdop vdop satellites_in_use fix_quality days second msecs".split()
    names += ["_latitude", "_longitude", "_knots", "fix_utc", "satellites_used"]
    return [getattr(receiver, name) for name in names]


def after(drivers, *bodies):
    receiver = drivers.NMEA()
    for body in bodies:
        receiver.take(sentence(body))
    return receiver


@pytest.mark.rp2040(seeds=1)
def test_an_rmc_says_where_when_and_how_fast(drivers):
    receiver = drivers.NMEA()
    nmea = submodule(drivers, "nmea")
    assert receiver.take(sentence(FIX)) == nmea.RMC
    assert receiver._latitude == (48, 70380000, "N")
    assert receiver._longitude == (11, 310000000, "W")
    assert abs(receiver._knots - 22.4) < 1e-5
    assert abs(receiver.course - 84.4) < 1e-4
    assert abs(receiver.magvar + 3.1) < 1e-5
    assert receiver.fix_utc == [12, 35, 19, 250] and receiver.msecs == 250
    calendar = submodule(drivers, "calendar")
    assert receiver.days == calendar.days_of(23, 3, 1994) and receiver.second == (12 * 60 + 35) * 60 + 19
    assert counts(receiver) == {"clean_sentences": 1, "parsed_sentences": 1}


@pytest.mark.rp2040(seeds=1)
def test_each_kind_has_its_values(drivers):
    nmea = submodule(drivers, "nmea")
    receiver = drivers.NMEA()
    assert receiver.take(sentence("GLGLL,4250.5589,S,14718.5084,E,092204.999,A,A")) == nmea.GLL
    assert (receiver._latitude, receiver._longitude) == ((42, 505589000, "S"), (147, 185084000, "E"))
    assert receiver.fix_utc == [9, 22, 4, 999] and receiver.days == 0
    assert receiver.take(sentence("GNVTG,232.9,T,,M,002.3,N,004.3,K,A")) == nmea.VTG
    assert abs(receiver.course - 232.9) < 1e-3 and abs(receiver._knots - 2.3) < 1e-6
    assert receiver.take(sentence("GAGGA,180050,3749.1802,N,08338.7865,W,2,07,1.1,397.4,M,-32.5,M,,0000")) == nmea.GGA
    assert receiver._latitude == (37, 491802000, "N") and receiver.satellites_in_use == 7
    assert (receiver.fix_quality, receiver.altitude > 397.3, receiver.geoid_height) == (2, True, -32.5)
    assert receiver.take(sentence("GBGSA,A,3,07,11,28,24,26,08,17,,,,,,2.0,1.5,1.75")) == nmea.GSA
    assert (receiver.pdop, receiver.hdop, receiver.vdop) == (2.0, 1.5, 1.75)
    assert receiver.take(sentence("GPGSV,1,1,01,28,72,355,39")) == nmea.GSV
    assert receiver.parsed_sentences == 5


def test_the_end_of_a_line_may_be_missing_and_the_checksum_in_small_letters(drivers):
    receiver = drivers.NMEA()
    whole = sentence("GNVTG,,T,,M,002.3,N,004.3,K,A")
    small = whole[:-4] + whole[-4:].lower()
    for line in (whole, whole[:-1], whole[:-2], small, bytearray(whole), memoryview(whole), whole.decode()):
        assert receiver.take(line)
    assert counts(receiver) == {"clean_sentences": 7, "parsed_sentences": 7}


def test_what_a_valid_sentence_leaves_empty_stays(drivers):
    receiver = after(drivers, FIX, "GNGGA,120213,5957.0062,N,01100.6429,E,1,11,1.5,168.5,M,39.5,M,,")
    assert receiver.take(sentence("GNRMC,223745.00,A,3806.62964,N,12237.61382,W,0.040,,110720,,,D,V"))
    assert abs(receiver.course - 84.4) < 1e-4
    assert receiver.take(sentence("GNGGA,223745.00,3806.62964,N,12237.61382,W,1,12,,,M,,M,,"))
    assert (receiver.altitude, receiver.geoid_height, receiver.hdop) == (168.5, 39.5, 1.5)


@pytest.mark.parametrize(
    "body",
    [
        "GPRMC,123519,V,,,,,,,230394,,",
        "GPGLL,0000.0000,N,00000.0000,E,235947.000,V",
        "GPVTG,,T,,M,,N,,K,N",
        "GPVTG,0.0,T,,M,0.0,N,0.0,K,N",
        "GPGGA,123519,,,,,0,00,,,M,,M,,",
        "GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99",
    ],
)
def test_a_sentence_without_a_fix_is_counted_and_changes_nothing(drivers, body):
    receiver = after(drivers, FIX)
    before = values(receiver)
    assert receiver.take(sentence(body)) == 0
    assert values(receiver) == before
    assert receiver.void_sentences == 1 and receiver.bad_fields == 0


@pytest.mark.parametrize(
    "body",
    [
        "GPRMC",
        "GPRMC,123519,A",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4",
        "GPRMC,123519,X,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,243519,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,126019,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123561,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,12351,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519:00,A,4807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,4860.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,9000.001,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,4807.038,N,18100.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,4807.038,E,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,-807.038,N,01131.000,E,022.4,084.4,230394,,",
        "GPRMC,123519,A,,,,,022.4,084.4,230394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,nan,084.4,230394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,inf,084.4,230394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,-1,084.4,230394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,361,230394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,310294,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,290201,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,001394,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,3.1,",
        "GPGLL,4250.5589,S,14718.5084",
        "GPVTG,1,T",
        "GPGGA,123519,4807.038,N,01131.000,E,x,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,4807.038,N,01131.000,E,1,-8,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,1e30,M,46.9,M,,",
        "GPGSA,A,4,07,11,28,24,26,08,17,,,,,,2.0,1.1,1.7",
        "GPGSA,A,3,07,zz,28,24,26,08,17,,,,,,2.0,1.1,1.7",
        "GPGSA,A,3,07,11,28,24,26,08,17,,,,,,2.0,1.1",
        "GPGSV,3,4,12,28,72,355,39",
        "GPGSV,3,0,12,28,72,355,39",
        "GPGSV,1,1,01,28,72",
        "GPGSV,1,1,01,28,91,355,39",
        "GPGSV,1,1,01,28,72,361,39",
        "GPGSV,1,1,01,00,72,355,39",
        "GPGSV,1,1,01,28,,-10,39",
        "GPGSV,1,1,01,28,-91,,39",
        "GPGSV,1,1,01,28,72,355,x",
    ],
)
def test_a_field_that_can_not_be_spoils_its_sentence_and_nothing_else(drivers, body):
    """Defect 64: upstream's task ends with one that is too short."""
    receiver = after(drivers, FIX)
    before = values(receiver)
    assert receiver.take(sentence(body)) == 0
    assert values(receiver) == before and receiver._satellites.data() == {}
    assert counts(receiver) == {"clean_sentences": 2, "parsed_sentences": 1, "bad_fields": 1}


@pytest.mark.parametrize(
    "line,count",
    [
        (b"GPVTG,232.9,T,,M,002.3,N,004.3,K,A*01\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*0\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*011\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*02\r\n", "crc_fails"),
        (b"$GPVTG,232.8,T,,M,002.3,N,004.3,K,A*01\r\n", "crc_fails"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*+1\r\n", "malformed"),
        (b"$GPVTG,232.9,T,,M,002.3,N,004.3,K,A*zz\r\n", "malformed"),
        (b"$" + b"," * 300 + b"*00\r\n", "malformed"),
        (b"$", "malformed"),
        (b"*00", "malformed"),
        (b"\xff\x00\xfe", "malformed"),
    ],
)
def test_what_is_no_sentence_is_counted_by_what_is_wrong(drivers, line, count):
    receiver = drivers.NMEA()
    assert receiver.take(line) == 0
    assert counts(receiver) == {count: 1}


def test_a_sentence_that_was_spoilt_leaves_nothing_behind_for_the_next(drivers):
    spoilt = "GPGGA,111111,3806.5,S,12237.5,W,1,08,x,545.5,M,46.9,M,,"
    receiver = after(drivers, FIX, spoilt, "GPGGA,111111,3806.5,S,12237.5,W,1,08,0.9,545.5,M,46.9,M,,")
    assert receiver._latitude == (38, 65000000, "S") and receiver._longitude == (122, 375000000, "W")
    assert receiver.fix_utc == [11, 11, 11, 0]
    receiver.take(sentence("GPGLL,3806.5,N,12237.5,E,111111,A"))  # the same figures elsewhere
    assert receiver._latitude == (38, 65000000, "N") and receiver._longitude == (122, 375000000, "E")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r\r\n", b" \r\n", b"\r"])
def test_lines_end_as_they_like(drivers, end):
    receiver = drivers.NMEA()
    assert receiver.take(sentence(FIX)[:-2] + end)


def test_an_empty_line_is_nothing(drivers):
    receiver = drivers.NMEA()
    for line in (b"", b"\r\n", ""):
        assert receiver.take(line) == 0
    assert counts(receiver) == {}


def test_a_sentence_is_found_behind_one_that_was_cut_off(drivers):
    receiver = drivers.NMEA()
    assert receiver.take(b"$GPRMC,1235" + sentence(FIX))
    assert counts(receiver) == {"malformed": 1, "clean_sentences": 1, "parsed_sentences": 1}


def test_without_the_full_check_a_wrong_or_missing_checksum_counts_for_nothing(drivers):
    class Lenient(drivers.NMEA):
        FULL_CHECK = False

    receiver = Lenient()
    for line in (b"$GPVTG,,T,,M,002.3,N,004.3,K,A*99\r\n", b"$GPVTG,,T,,M,002.3,N,004.3,K,A\r\n", b"$GPVTG,x*"):
        receiver.take(line)
    assert counts(receiver) == {"clean_sentences": 3, "parsed_sentences": 2, "bad_fields": 1}


@pytest.mark.parametrize("address", ["GPZDA", "PMTK001", "PGRME", "XXRMC", "RMC", "GPRMCX", "G", "GPrmc"])
def test_other_sentences_are_given_to_parse(drivers, address):
    seen = []

    class Own(drivers.NMEA):
        def parse(self, segs):
            seen.append(segs)
            return True

    receiver = Own()
    assert receiver.take(sentence(address + ",1,,2")) == 0
    assert seen == [[address, "1", "", "2"]]
    assert counts(receiver) == {"clean_sentences": 1, "unsupported_sentences": 1}


@pytest.mark.parametrize("body", [b"", b"G\xc3\xa9", b"G\xff\xff", b"GPRMC\xb2", b"\x00"])
def test_any_bytes_with_a_checksum_are_an_unsupported_sentence(drivers, body):
    receiver = drivers.NMEA()
    both = 0
    for byte in body:
        both ^= byte
    assert receiver.take(b"$" + body + f"*{both:02X}\r\n".encode()) == 0
    assert counts(receiver) == {"clean_sentences": 1, "unsupported_sentences": 1}


def test_reparse_sees_the_fields_of_what_was_taken_and_only_that(drivers):
    seen = []

    class Own(drivers.NMEA):
        def reparse(self, segs):
            seen.append(segs)

    receiver = Own()
    for body in (FIX, "GPRMC,123519,V,,,,,,,230394,,", "GPRMC", "GPZDA"):
        receiver.take(sentence(body))
    assert seen == [FIX.split(",")]


@pytest.mark.parametrize(
    "field,year", [("010180", 1980), ("311299", 1999), ("290200", 2000), ("290224", 2024), ("311279", 2079)]
)
def test_a_year_is_from_1980_to_2079(drivers, field, year):
    receiver = after(drivers, "GPRMC,000000,A,4807.038,N,01131.000,E,0,0," + field + ",,")
    calendar = submodule(drivers, "calendar")
    assert calendar.date_after(receiver.days) == (int(field[:2]), int(field[2:4]), year)


def test_days_and_dates_are_each_others_inverse(drivers):
    calendar = submodule(drivers, "calendar")
    day = 0
    for year in range(1970, 2100):
        for month in range(1, 13):
            for date in range(1, calendar.length_of(month, year) + 1):
                assert calendar.date_after(day) == (date, month, year)
                if date == 1:
                    assert calendar.days_of(date, month, year) == day
                day += 1


def test_a_leap_second_is_the_last_of_its_day(drivers):
    receiver = after(drivers, "GPRMC,235960,A,4807.038,N,01131.000,E,0,0,311216,,")
    calendar = submodule(drivers, "calendar")
    assert calendar.date_after(receiver.days) == (31, 12, 2016) and receiver.second == 86400
