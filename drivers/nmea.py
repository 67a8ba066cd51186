"""NMEA: the sentences of a satellite receiver, checked and made numbers. AS_GPS reads them from a stream with it.

    receiver = NMEA()
    if receiver.take(line) & POSITION:
        print(receiver.latitude())

Nothing that comes from outside raises: what is wrong is counted, by what is wrong with it, and changes no value. It
knows RMC, GLL, VTG, GGA, GSA and GSV of GPS, GLONASS, Galileo, BeiDou, QZSS, NavIC and all together. Field by field
as in NMEA 0183, "Approved sentence formatters". One context at a time.
"""

from .calendar import days_of
from .gps_fields import checksum, clock_of, coordinate, date_of, optional, whole
from .satellites import Satellites

# Kinds of sentences.
RMC = 1
GLL = 2
VTG = 4
GGA = 8
GSA = 16
GSV = 32
# What is to be found in which.
POSITION = RMC | GLL | GGA
COURSE = RMC | VTG
DATE = RMC
ALTITUDE = GGA

LONGEST = 256  # bytes of a sentence: the standard has 82, but receivers do not keep to it
TALKERS = frozenset(("GP", "GN", "GL", "GA", "GB", "BD", "GQ", "QZ", "GI"))
HEX = b"0123456789ABCDEF"
FASTEST = 1e5  # knots


class NMEA:
    """What a receiver has said last. `take` gives it a line; the rest is read at any time.

    `course` is in degrees, `altitude` and `geoid_height` are in m, `magvar` in degrees, west is negative; `pdop`,
    `hdop` and `vdop` are dilutions of precision. What a valid sentence leaves empty, as a receiver that stands
    leaves its course, stays as it was. `days` are from 1 January 1970, `second` is that of the day, in UTC, and `msecs`
    the milliseconds beyond it: all are of the last RMC.

    | counts | sentences |
    |---|---|
    | `malformed` | none: no $, no checksum, too long, not ASCII, or a piece of one that was cut off |
    | `crc_fails` | with another checksum than theirs |
    | `clean_sentences` | that are well-formed and have their checksum; each is in one of those below, too |
    | `parsed_sentences` | whose values were taken |
    | `void_sentences` | that say that there is no fix |
    | `bad_fields` | with a field that can't be, or too few; nothing is taken from them |
    | `unsupported_sentences` | of other kinds |
    """

    FULL_CHECK = True  # False: take sentences whose checksum is wrong, or missing

    def __init__(self):
        self.malformed = 0
        self.crc_fails = 0
        self.clean_sentences = 0
        self.parsed_sentences = 0
        self.void_sentences = 0
        self.bad_fields = 0
        self.unsupported_sentences = 0
        self.course = 0.0
        self.altitude = 0.0
        self.geoid_height = 0.0
        self.magvar = 0.0
        self.hdop = 0.0
        self.pdop = 0.0
        self.vdop = 0.0
        self.satellites_in_use = 0
        self.fix_quality = 0  # GGA's: 1 GPS, 2 differential, 4 and 5 RTK, 6 estimated, 8 simulated
        self.days = 0
        self.second = 0  # 86400 if that is a leap second
        self.msecs = 0
        self._knots = 0.0
        self._latitude = (0, 0, "N")  # degrees, 1e-7 minutes, hemisphere
        self._longitude = (0, 0, "E")
        self._fix_clock = (0, 0)  # second of the day and ms of the last position
        self._date = None  # the field of the last RMC that `days` are of: it is mostly as before
        self._valid = 0  # kinds of which the last had a fix
        self._last_kind = 0  # of the last sentence, whether it was taken or not
        self._address = None  # of the sentence that was taken last: "GPRMC"
        self._satellites = Satellites()
        self._parsers = {
            "RMC": (RMC, self._rmc),
            "GLL": (GLL, self._gll),
            "VTG": (VTG, self._vtg),
            "GGA": (GGA, self._gga),
            "GSA": (GSA, self._gsa),
            "GSV": (GSV, self._gsv),
        }

    def parse(self, segs):
        """For subclasses: an unsupported sentence, its fields as strings. Return True if it was of use."""
        return True

    def reparse(self, segs):
        """For subclasses: a supported sentence whose values were taken, its fields as strings."""

    def take(self, line):
        """Take a line, bytes or str; its end may be there or not. Returns its kind, 0 if it had no values to take.

        Raises nothing but what `parse` and `reparse` of a subclass do.
        """
        text = self._body(line)
        if text is None:
            return 0
        self.clean_sentences += 1
        segs = text.split(",")
        address = segs[0]
        kind, parser = self._parsers.get(address[2:], (0, None))
        if kind != self._last_kind:
            self._last_kind = kind
            self._satellites.end_run()
        if not kind or address[:2] not in TALKERS:
            self.unsupported_sentences += 1
            self.parse(segs)
            return 0
        try:
            taken = parser(segs)
        except (ValueError, IndexError):  # IndexError: too few fields
            self.bad_fields += 1
            return 0
        if not taken:
            self.void_sentences += 1
            self._valid &= ~kind
            return 0
        self._valid |= kind
        self._address = address
        self.parsed_sentences += 1
        self.reparse(segs)
        return kind

    def _body(self, line):
        """What is between $ and *, None if this is no sentence."""
        if isinstance(line, str):
            try:
                line = line.encode()
            except UnicodeError:  # half a surrogate pair
                line = b""
        elif not isinstance(line, bytes):
            line = bytes(line)
        if line == b"\r\n" or not line:
            return None
        start = line.rfind(b"$")
        if start > 0:  # the end of something else, or a sentence that was cut off
            self.malformed += 1
        star = line.find(b"*", start)
        body = line[start + 1 : star]
        end = line[star + 1 :].strip()
        if start >= 0 and star < 0 and not self.FULL_CHECK:
            body = line[start + 1 :].strip()
        elif start < 0 or star < 0 or (len(end) != 2 and self.FULL_CHECK) or len(body) > LONGEST:
            self.malformed += start <= 0
            return None
        try:
            text = body.decode("ascii")
        except UnicodeError:
            text = ""
        if self.FULL_CHECK:
            both = checksum(body)
            end = end.upper()
            if end[0] != HEX[both >> 4] or end[1] != HEX[both & 15]:
                self.crc_fails += 1
                return None
        if not text or len(text) != len(body):  # MicroPython decodes UTF-8, whatever it is told
            self.malformed += 1
            return None
        return text

    # The kinds. Each makes all its numbers before it stores the first. False: there is no fix.

    def _rmc(self, segs):
        if not _active(segs[2]):
            return False
        clock = clock_of(segs[1])
        date = segs[9]
        days = self.days if date == self._date else days_of(*date_of(date))
        latitude, longitude = _position(segs, 3)
        knots = optional(segs[7], 0, FASTEST, self._knots)
        course = optional(segs[8], 0, 360, self.course)
        magvar = self.magvar
        if len(segs) > 11 and segs[10]:
            magvar = optional(segs[10], 0, 180, 0.0)
            if segs[11] == "W":
                magvar = -magvar
            elif segs[11] != "E":
                raise ValueError
        self._latitude = latitude
        self._longitude = longitude
        self._fix_clock = clock
        self._knots = knots
        self.course = course
        self.magvar = magvar
        self._date = date
        self.days = days
        self.second = clock[0]
        self.msecs = clock[1]
        return True

    def _gll(self, segs):
        if len(segs) > 6 and not _active(segs[6]):  # the oldest have no more than the position
            return False
        latitude, longitude = _position(segs, 1)
        if len(segs) > 5 and segs[5]:
            self._fix_clock = clock_of(segs[5])
        self._latitude = latitude
        self._longitude = longitude
        return True

    def _vtg(self, segs):
        if not segs[5] or (len(segs) > 9 and segs[9] == "N"):
            return False
        knots = optional(segs[5], 0, FASTEST, 0.0)
        self.course = optional(segs[1], 0, 360, self.course)
        self._knots = knots
        return True

    def _gga(self, segs):
        quality = whole(segs[6], 0, 9)
        if not quality:
            self.fix_quality = 0
            return False
        clock = clock_of(segs[1]) if segs[1] else self._fix_clock
        latitude, longitude = _position(segs, 2)
        in_use = whole(segs[7] or "0", 0, 999)
        hdop = optional(segs[8], 0, 1000, self.hdop)
        altitude = optional(segs[9], -1e5, 1e8, self.altitude)
        geoid_height = optional(segs[11], -1e4, 1e4, self.geoid_height)
        self.fix_quality = quality
        self.satellites_in_use = in_use
        self.hdop = hdop
        self.altitude = altitude
        self.geoid_height = geoid_height
        self._latitude = latitude
        self._longitude = longitude
        self._fix_clock = clock
        return True

    def _gsa(self, segs):
        fix = whole(segs[2], 1, 3)
        pdop = optional(segs[15], 0, 1000, self.pdop)
        hdop = optional(segs[16], 0, 1000, self.hdop)
        vdop = optional(segs[17], 0, 1000, self.vdop)
        self._satellites.take_used(segs)
        if fix == 1:
            return False
        self.pdop = pdop
        self.hdop = hdop
        self.vdop = vdop
        return True

    def _gsv(self, segs):
        self._satellites.take_view(segs)
        return True

    # What they said.

    @property
    def satellites_in_view(self):
        """How many satellites of all systems are in view, as of the last complete set of each (GSV)."""
        return self._satellites.in_view

    @property
    def satellites_used(self):
        """The numbers of the satellites of the fix (GSA), numbered as in `get_satellite_data`."""
        return self._satellites.used

    @property
    def fix_utc(self):
        """[hours, minutes, seconds, ms] of the last position, of whichever kind it was."""
        second, ms = self._fix_clock
        return [second // 3600, second // 60 % 60, second % 60, ms]


def _active(status):
    if status == "A":
        return True
    if status == "V":
        return False
    raise ValueError


def _position(segs, first):
    return (
        coordinate(segs[first], segs[first + 1], "N", "S", 90),
        coordinate(segs[first + 2], segs[first + 3], "E", "W", 180),
    )
