"""AS_GPS: a satellite receiver at a serial port, of any maker. Where, when, how fast; which satellites; how sure.

    gps = AS_GPS(StreamReader(UART(1, 9600)))
    await gps.data_received(position=True)
    print(gps.latitude_string(), gps.longitude_string())

What it understands is in `nmea`. For commands to MediaTek receivers use GPS, for times of a microsecond GPS_Timer.
"""

from time import gmtime

from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.sleep import sleep_ms
from ..primitives.calling import call, end
from .calendar import date_after, days_of
from .gps_text import (
    DD,
    DM,
    DMS,
    DMY,
    KML,
    KNOT,
    KPH,
    LONG,
    MDY,
    MPH,
    compass_point,
    coordinate,
    coordinate_string,
    date_string,
    speed,
    speed_string,
    time_string,
)
from .home import check_home
from .nmea import ALTITUDE, COURSE, DATE, GGA, GLL, GSA, GSV, LONGEST, NMEA, POSITION, RMC, VTG

if MICROPYTHON:
    from time import ticks_diff, ticks_ms

EPOCH = days_of(1, 1, gmtime(0)[0])  # this platform's

__all__ = (
    "ALTITUDE", "AS_GPS", "COURSE", "DATE", "DD", "DM", "DMS", "DMY", "GGA", "GLL", "GSA", "GSV", "KML", "KNOT", "KPH",
    "LONG", "MDY", "MPH", "POSITION", "RMC", "VTG",
)  # fmt: skip

CHUNK = 512  # bytes taken from the stream at a time
DAY = 86400  # s
KINDS = (RMC, GLL, VTG, GGA, GSA, GSV)
ALL = sum(KINDS)


class AS_GPS(NMEA):
    """Reads a receiver's sentences from `sreader`, with a task of its own, until `close()`.

    Args: sreader, a StreamReader, None: there are no sentences but those given to `take`; local_offset, hours that
    local time is ahead of UTC; `fix_cb(gps, kind, *fix_cb_args)`, called after each sentence with values whose kind is
    in cb_mask, a sum of RMC, GLL, VTG, GGA, GSA, GSV; a coroutine function is run as a task.
    Raises ValueError for an offset that no zone has and for another mask, TypeError for what can't be called or read.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | all, and all values | tasks of the loop in which it was made | never | a little |
    | `await data_received()`, `await get_satellite_data()` | these, any number | the task | to wait |
    | `close()` | these, its callback too | never | nothing |

    Values are the latest, however old: see `time_since_fix`. No sentence raises: what is wrong is counted, see NMEA. A
    callback that fails is reported to the loop's exception handler, and the next sentence calls it again. If the
    stream fails or ends, that is what the waits raise from then on, an OSError or an EOFError; after `close` a
    RuntimeError. A cancelled wait concerns nobody else.

    `pause_ms`, an attribute of the class that an instance may have its own of: how long after a look at a stream that
    gave less than was asked for the next one is: a wake-up for each byte would take a board most of its time. In 10 ms,
    and those that a garbage collection takes on top, 13 and more, all that an RP2's port holds (256 bytes) may come at
    115200 baud, and a Pyboard's holds 64. So from 57600 baud on give it `rxbuf=1024`; with `pause_ms = 40` the same
    sentences cost a fifth less, too.
    """

    pause_ms = 10

    def __init__(self, sreader, local_offset=0, fix_cb=None, cb_mask=RMC, fix_cb_args=()):
        NMEA.__init__(self)
        if sreader is not None and not hasattr(sreader, "read"):
            raise TypeError("sreader is a StreamReader, or None, not " + repr(sreader))
        if not -12 <= local_offset <= 14:
            raise ValueError("local_offset is -12 to 14 hours, not " + str(local_offset))
        if not isinstance(cb_mask, int) or not 0 <= cb_mask <= ALL:
            raise ValueError("cb_mask is a sum of RMC, GLL, VTG, GGA, GSA, GSV, 0 to 63, not " + repr(cb_mask))
        check_callback("fix_cb", fix_cb)
        self.local_offset = local_offset
        self._reader = sreader
        self._callback = fix_cb
        self._mask = cb_mask
        self._args = tuple(fix_cb_args)
        self._counts = {kind: 0 for kind in KINDS}  # sentences with values
        self._news = Event()
        self._waiters = 0  # tasks
        self._fixed_at = -1  # ms or us, of the clock of `_now`
        self._fault = None  # why nothing comes any more
        self._task = None
        self._loop = None
        if sreader is not None:
            self._loop = get_event_loop()
            self._task = create_task(self._run())

    # Reading.

    async def _run(self):
        try:
            held = b""
            while self._fault is None:
                chunk = await self._reader.read(CHUNK)
                came = _now()
                if not chunk:
                    raise EOFError("the receiver's stream has ended")
                held = self._take_lines(held + chunk)
                if len(chunk) < CHUNK:
                    await sleep_ms(max(0, self.pause_ms - _ms_since(came)))
        except Exception as exc:
            if self._fault is None:
                self._end(exc)
                if not isinstance(exc, EOFError):
                    _report("a receiver's stream failed", exc)

    def _take_lines(self, held):
        """Take the lines in `held`; returns what is left, the beginning of the next."""
        start = 0
        while self._fault is None:  # a callback may close it
            stop = held.find(b"\n", start)
            if stop < 0:
                break
            self._take(held[start : stop + 1])
            start = stop + 1
        held = held[start:]
        if len(held) > LONGEST:  # noise: a sentence may be in it from a $ on
            self.malformed += 1
            start = held.rfind(b"$")
            held = held[start:] if 0 <= len(held) - LONGEST <= start else b""
        return held

    def _take(self, line):
        try:
            kind = self.take(line)
        except Exception as exc:  # of a subclass
            _report("a parser of sentences failed", exc)
            return
        if kind & POSITION:
            self._fixed_at = _now()
        if kind:
            self._counts[kind] += 1
        if self._waiters:  # for whatever it was: it may have ended a round of satellites
            self._news.set()
            self._news.clear()
        if kind & self._mask and self._callback is not None:
            told = self, kind
            call(self._callback, told + self._args)

    async def _update(self, line):
        """Upstream's way to give it a sentence: returns its address, such as "GPRMC"; None if it was not taken."""
        parsed = self.parsed_sentences
        self._take(line)
        return self._address.decode() if self.parsed_sentences != parsed else None

    # Waiting.

    async def data_received(self, position=False, course=False, date=False, altitude=False):
        """Wait until a sentence with each of what is True has come, from the call on.

        Raises EOFError, OSError or RuntimeError: see the class.
        """
        wanted = []
        for asked, kinds in ((position, POSITION), (course, COURSE), (date, DATE), (altitude, ALTITUDE)):
            if asked:
                wanted.append(kinds)
        before = dict(self._counts)
        while not self._have(wanted, before):
            await self._next()

    def _have(self, wanted, before):
        come = 0
        for kind in KINDS:
            if self._counts[kind] != before[kind]:
                come |= kind
        return all(come & kinds for kinds in wanted)

    async def _next(self):
        """Wait for the next line. EOFError, OSError, RuntimeError; of another loop WrongContextError."""
        if self._loop is not None:
            check_home(self._loop, "this receiver")
        if self._fault is not None:
            raise self._fault
        self._waiters += 1
        try:
            await self._news.wait()
        finally:
            self._waiters -= 1

    async def get_satellite_data(self):
        """Wait until the receiver has told all satellites in view; return {number: (elevation, azimuth, snr)}.

        In degrees and dB; angles that it does not know are None, snr is 0 for what it does not receive. Galileo's
        numbers begin at 301, BeiDou's at 401. The dictionary is the caller's. EOFError, OSError, RuntimeError.
        """
        satellites = self._satellites
        before = satellites.rounds
        while satellites.rounds == before:
            await self._next()
        return satellites.data()

    # Where and how fast.

    def latitude(self, coord_format=DD):
        """(degrees, hemisphere), a float and "N" or "S"; for DM and DMS see `gps_text.coordinate`. ValueError."""
        return coordinate(self._latitude, coord_format)

    def longitude(self, coord_format=DD):
        """As `latitude`, with "E" or "W"."""
        return coordinate(self._longitude, coord_format)

    def latitude_string(self, coord_format=DM):
        """As text: DM, DD, DMS, or KML, signed decimal degrees. ValueError for another format."""
        return coordinate_string(self._latitude, coord_format)

    def longitude_string(self, coord_format=DM):
        """As `latitude_string`."""
        return coordinate_string(self._longitude, coord_format)

    def speed(self, units=KPH):
        """Over ground: in KPH, MPH or KNOT. ValueError for another unit."""
        return speed(self._knots, units)

    def speed_string(self, units=KPH):
        """As "12.34 km/h". ValueError for another unit."""
        return speed_string(self._knots, units)

    def compass_direction(self):
        """The course as one of sixteen points: "N", "NNE" and so on."""
        return compass_point(self.course)

    # When.

    def time_since_fix(self):
        """ms since the last sentence with a position; -1 before the first. On MicroPython right for six days."""
        if self._fixed_at < 0:
            return -1
        return _ms_since(self._fixed_at)

    @property
    def epoch_time(self):
        """Seconds at the last RMC, from the epoch of this platform's `time`; 0 before the first."""
        return (self.days - EPOCH) * DAY + self.second if self._date else 0

    @property
    def utc(self):
        """[hours, minutes, seconds] of the last RMC."""
        return _split(self.second % DAY)

    @property
    def local_time(self):
        """[hours, minutes, seconds] of the last RMC, `local_offset` added."""
        return _split(self._local()[1])

    @property
    def date(self):
        """[day, month, year] in local time, as of the last RMC; the year has two digits."""
        day, month, year = date_after(self._local()[0])
        return [day, month, year % 100]

    def time_string(self, local=True):
        """hh:mm:ss.sss in local time, or in UTC."""
        return time_string(self._local()[1] if local else self.second % DAY, self.msecs)

    def date_string(self, formatting=MDY):
        """The local date: MDY, DMY, or LONG, as "January 1st, 2014". ValueError for another format."""
        day, month, year = date_after(self._local()[0])
        return date_string(day, month, year, formatting)

    def _local(self):
        """Days from 1970, and second of the day, in local time."""
        second = self.second + int(self.local_offset * 3600)
        return self.days + second // DAY, second % DAY

    # The end.

    def close(self):
        """End it: its task is gone, the stream is the caller's. Again: nothing happens."""
        if self._fault is not None and self._task is None:
            return
        if self._task is not None:
            end(self._task)  # first of all: it refuses another context
            self._task = None
        self._end(RuntimeError("this receiver was closed by close()"))

    def _end(self, fault):
        self._fault = fault
        self._news.set()
        self._news.clear()

    # Names by which upstream's tests look.

    @property
    def _satellite_data(self):
        return self._satellites.data()

    @property
    def _last_sv_sentence(self):
        return self._satellites.last

    @property
    def _total_sv_sentences(self):
        return self._satellites.total


def check_callback(name, func):
    """TypeError if `func` is neither None nor can be called."""
    if func is not None and not callable(func):
        raise TypeError(name + " is a function, or None, not " + repr(func))


def _report(message, exc):
    loop = get_event_loop()
    loop.call_exception_handler({"message": message, "exception": exc, "future": loop.current})


def _split(second):
    return [second // 3600, second // 60 % 60, second % 60]


if MICROPYTHON:

    def _now():
        return ticks_ms()

    def _ms_since(then):
        return ticks_diff(ticks_ms(), then)

else:

    def _now():
        return get_event_loop().clock.now()

    def _ms_since(then):
        return (get_event_loop().clock.now() - then) // 1000
