"""NMEA: the sentences of a satellite receiver, checked and made numbers. AS_GPS reads them from a stream with it.

    receiver = NMEA()
    if receiver.take(line) & ALTITUDE:
        print(receiver.altitude, receiver.fix_utc)

An AS_GPS without a stream is that and more: it tells positions, speeds and dates as people have them.

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
TALKERS = frozenset((b"GP", b"GN", b"GL", b"GA", b"GB", b"BD", b"GQ", b"QZ", b"GI"))
_HEX = b"0123456789ABCDEF"
_HALVES = {b"N": "N", b"S": "S"}
_SIDES = {b"E": "E", b"W": "W"}
FASTEST = 1e5  # knots


class NMEA:
    """What a receiver has said last. `take` gives it a line; the rest is read at any time.

    `course` is in degrees, `altitude` and `geoid_height` are in m, `magvar` in degrees, west is negative; `pdop`,
    `hdop` and `vdop` are dilutions of precision. What a valid sentence leaves empty, as a receiver that stands
    leaves its course, stays as it was. `days` are from 1 January 1970, `second` is that of the day, in UTC, and `msecs`
    the milliseconds beyond it: all are of the last RMC.

    | counts | sentences |
    |---|---|
    | `malformed` | none: no $, no checksum, too long, or a piece of one that was cut off |
    | `crc_fails` | with another checksum than theirs |
    | `clean_sentences` | that are well-formed and have their checksum; each is in one of those below, too |
    | `parsed_sentences` | whose values were taken |
    | `void_sentences` | that say that there is no fix |
    | `bad_fields` | with a field that can't be, or too few; nothing is taken from them |
    | `unsupported_sentences` | of other kinds |
    """

    # For subclasses: methods that are called with a sentence's fields as strings, `parse` with those of an unsupported
    # one, `reparse` with those of one whose values were taken.
    parse = None
    reparse = None
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
        # Fields that are mostly as they were, and what they say.
        self._date = None  # `days`
        self._north = self._east = self._time = None
        self._north_is = self._east_is = self._time_is = None
        self._valid = 0  # kinds of which the last had a fix
        self._last_kind = 0  # of the last sentence, whether it was taken or not
        self._address = None  # of the sentence that was taken last: b"GPRMC"
        self._satellites = Satellites()
        self._parsers = {  # by what follows the talker
            b"RMC": (RMC, self._rmc),
            b"GLL": (GLL, self._gll),
            b"VTG": (VTG, self._vtg),
            b"GGA": (GGA, self._gga),
            b"GSA": (GSA, self._gsa),
            b"GSV": (GSV, self._gsv),
        }
        self._known = {}  # those of the addresses that came: two slices less for each sentence

    def take(self, line):
        """Take a line, bytes or str; its end may be there or not. Returns its kind, 0 if it had no values to take.

        Raises nothing but what `parse` and `reparse` of a subclass do.
        """
        body = self._body(line)
        if body is None:
            return 0
        self.clean_sentences += 1
        segs = body.split(b",")
        address = segs[0]
        known = self._known.get(address)
        if known is None:
            known = self._find_parser(address)
        kind, parser = known
        if kind != self._last_kind:
            self._last_kind = kind
            self._satellites.end_run()
        if not kind:
            self.unsupported_sentences += 1
            if self.parse is not None:
                self._hook(self.parse, body)
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
        if self.reparse is not None:
            self._hook(self.reparse, body)
        return kind

    def _find_parser(self, address):
        """(kind, the method that takes it) of an address, (0, None) for one that is not known."""
        found = self._parsers.get(address[2:])
        if found is None or address[:2] not in TALKERS:
            return 0, None
        self._known[address] = found
        return found

    def _hook(self, hook, body):
        try:
            text = body.decode("ascii")
        except UnicodeError:
            return
        hook(text.split(","))

    def _body(self, line):
        """What is between $ and *, None if this is no sentence."""
        if not isinstance(line, bytes):
            line = _encoded(line)
        start = line.rfind(b"$")
        star = line.find(b"*", start)
        if start:  # before it is the end of something else, or a sentence that was cut off
            if not line or line == b"\r\n":
                return None
            self.malformed += 1
            if start < 0:
                return None
        if not self.FULL_CHECK:
            return line[start + 1 : star] if star >= 0 else line[start + 1 :].strip()
        rest = len(line) - star - 3  # behind the checksum: CR LF, as a rule
        if star < 0 or star - start > LONGEST or rest < 0:
            self.malformed += not start
            return None
        if (rest != 2 or line[-2] != 13 or line[-1] != 10) and line[star + 3 :].strip():
            self.malformed += not start
            return None
        body = line[start + 1 : star]
        both = checksum(body)
        high = _HEX[both >> 4]
        low = _HEX[both & 15]
        if line[star + 1] == high and line[star + 2] == low:  # the usual case, at once
            return body
        told = line[star + 1 : star + 3].upper()
        if told[0] == high and told[1] == low:
            return body
        if told[0] in _HEX and told[1] in _HEX:
            self.crc_fails += 1
        else:
            self.malformed += not start
        return None

    # The sentences of a moment say the same place and time: each is made numbers once.

    def _place(self, segs, first):
        north = segs[first]
        half = _HALVES.get(segs[first + 1])
        east = segs[first + 2]
        side = _SIDES.get(segs[first + 3])
        if north != self._north or half != self._north_is[2]:
            self._north_is = coordinate(north, half, 90)
            self._north = north
        if east != self._east or side != self._east_is[2]:
            self._east_is = coordinate(east, side, 180)
            self._east = east
        return self._north_is, self._east_is

    def _clock(self, text):
        if text != self._time:
            self._time_is = clock_of(text)
            self._time = text
        return self._time_is

    # The kinds. Each makes all its numbers before it stores the first. False: there is no fix.

    def _rmc(self, segs):
        if not _active(segs[2]):
            return False
        clock = self._clock(segs[1])
        date = segs[9]
        days = self.days if date == self._date else days_of(*date_of(date))
        latitude, longitude = self._place(segs, 3)
        knots = optional(segs[7], 0, FASTEST, self._knots)
        course = optional(segs[8], 0, 360, self.course)
        magvar = self.magvar
        if len(segs) > 11 and segs[10]:
            magvar = optional(segs[10], 0, 180, 0.0)
            if segs[11] == b"W":
                magvar = -magvar
            elif segs[11] != b"E":
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
        latitude, longitude = self._place(segs, 1)
        if len(segs) > 5 and segs[5]:
            self._fix_clock = self._clock(segs[5])
        self._latitude = latitude
        self._longitude = longitude
        return True

    def _vtg(self, segs):
        if not segs[5] or (len(segs) > 9 and segs[9] == b"N"):
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
        clock = self._clock(segs[1]) if segs[1] else self._fix_clock
        latitude, longitude = self._place(segs, 2)
        in_use = whole(segs[7] or b"0", 0, 999)
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


def _encoded(line):
    if isinstance(line, str):
        try:
            return line.encode()
        except UnicodeError:  # half a surrogate pair
            return b""
    return bytes(line)


def _active(status):
    if status == b"A":
        return True
    if status == b"V":
        return False
    raise ValueError
