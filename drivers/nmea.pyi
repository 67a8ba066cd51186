"""What a type checker knows of `nmea`."""

from collections.abc import Callable

RMC: int
GLL: int
VTG: int
GGA: int
GSA: int
GSV: int
POSITION: int
COURSE: int
DATE: int
ALTITUDE: int
LONGEST: int
TALKERS: frozenset[bytes]
FASTEST: float

class NMEA:
    parse: Callable[..., object] | None  # of a subclass: methods that take a list of str
    reparse: Callable[..., object] | None
    FULL_CHECK: bool
    malformed: int
    crc_fails: int
    clean_sentences: int
    parsed_sentences: int
    void_sentences: int
    bad_fields: int
    unsupported_sentences: int
    course: float
    altitude: float
    geoid_height: float
    magvar: float
    hdop: float
    pdop: float
    vdop: float
    satellites_in_use: int
    fix_quality: int
    days: int
    second: int
    msecs: int

    def __init__(self) -> None: ...
    def take(self, line: bytes | bytearray | memoryview | str) -> int: ...
    @property
    def satellites_in_view(self) -> int: ...
    @property
    def satellites_used(self) -> list[int]: ...
    @property
    def fix_utc(self) -> list[int]: ...
