"""A recorded log of NMEA sentences, cut into the moments at which a receiver sent them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

DAY = 86_400_000_000  # us
# Where sentences have their time (NMEA 0183, "Approved sentence formatters"): comma-separated fields, 0 is the address.
TIME_FIELD = {b"GGA": 1, b"RMC": 1, b"GLL": 5, b"ZDA": 1, b"GNS": 1, b"GST": 1, b"GBS": 1}
MANY = (b"", b"GSV", b"GSA")  # of which there are several in a moment


@dataclass
class Moment:
    """Sentences sent together. `at`: us since the log's first. `utc`: us of the day, None if they do not say."""

    at: int
    utc: int | None
    sentences: list[bytes] = field(default_factory=list)


def read_log(log: str | Path | Iterable[str | bytes]) -> list[Moment]:
    """The moments of a log: a file's path, or lines. A line that is no sentence is kept, as it was recorded.

    A moment begins with a sentence that says another time than the one before; where none says any, as before the first
    fix, with the sentence that the moment before began with, one second later. ValueError if there are no sentences.
    """
    moments: list[Moment] = []
    leader = b""
    for line in _lines(log):
        kind, utc = formatter(line), time_of(line)
        here = moments[-1] if moments else None
        if here is None:
            moments.append(Moment(0, utc))
        elif utc is not None and here.utc is None:  # the first that says its time, in this moment or the next
            if kind == leader:
                moments.append(Moment(here.at + 1_000_000, utc))
            else:
                here.utc = utc
        elif utc is not None and here.utc is not None and 0 < (utc - here.utc) % DAY < DAY // 2:
            moments.append(Moment(here.at + (utc - here.utc) % DAY, utc))
        elif utc is None and kind and kind == leader:
            moments.append(Moment(here.at + 1_000_000, None if here.utc is None else (here.utc + 1_000_000) % DAY))
        if here is not moments[-1]:
            leader = b""
        if not leader and kind not in MANY:
            leader = kind
        moments[-1].sentences.append(line)
    if not any(formatter(line) for moment in moments for line in moment.sentences):
        raise ValueError("there is no NMEA sentence in the log")
    return moments


def formatter(line: bytes) -> bytes:
    """The three letters that say which sentence it is, b"" if it is none."""
    address = line.split(b",", 1)[0]
    return address[-3:] if line.startswith(b"$") and len(address) >= 6 else b""


def time_of(line: bytes) -> int | None:
    """What time of the day it says, in us, None if it does not."""
    fields = line.split(b"*")[0].split(b",")
    number = TIME_FIELD.get(formatter(line))
    if number is None or len(fields) <= number:
        return None
    text = fields[number]
    if len(text) < 6 or not text[:6].isdigit():
        return None
    hours, minutes, seconds = int(text[:2]), int(text[2:4]), int(text[4:6])
    fraction = text[7:] if text[6:7] == b"." and text[7:].isdigit() else b""
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + int(fraction.ljust(6, b"0")[:6])


def _lines(log: str | Path | Iterable[str | bytes]) -> list[bytes]:
    if isinstance(log, str | Path):
        lines: Iterable[str | bytes] = Path(log).read_bytes().splitlines()
    else:
        lines = log
    stripped = [(line.encode() if isinstance(line, str) else line).rstrip(b"\r\n") for line in lines]
    return [line + b"\r\n" for line in stripped if line]
