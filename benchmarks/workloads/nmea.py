"""NMEA: sentences of a receiver of four systems made numbers, beside pynmea2, which is asked for the same numbers.

A second of it is 2 positions, a course, 4 sentences of satellites in use and 6 of satellites in view. pynmea2 keeps
text until it is asked, so what it takes to parse alone is shown too, as a mark.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import PURE, TWINCORE
from ..workload import Contender, Figures, Metric, Target, Workload, check

BODIES = (
    "GNRMC,{clock},A,5957.0062,N,01100.6429,E,0.04,{course},310722,,,D,V",
    "GNVTG,{course},T,,M,0.040,N,0.075,K,D",
    "GNGGA,{clock},5957.0062,N,01100.6429,E,2,12,0.54,168.9,M,39.5,M,,0000",
    "GNGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83,1",
    "GNGSA,A,3,82,73,74,67,81,83,68,,,,,,0.99,0.54,0.83,2",
    "GNGSA,A,3,03,05,30,27,15,,,,,,,,0.99,0.54,0.83,3",
    "GNGSA,A,3,32,28,30,33,27,,,,,,,,0.99,0.54,0.83,4",
    "GPGSV,2,1,07,05,01,047,,10,29,224,31,13,22,062,23,15,40,094,44,1",
    "GPGSV,2,2,07,16,25,306,30,18,68,358,39,20,63,235,37,1",
    "GLGSV,2,1,05,66,09,027,,67,56,054,40,68,55,168,44,69,08,194,21,1",
    "GLGSV,2,2,05,73,13,282,27,1",
    "GAGSV,1,1,04,03,44,149,40,05,42,071,39,08,08,190,,09,06,034,,7",
    "GBGSV,1,1,04,04,01,262,,07,03,328,,27,78,059,44,28,29,115,34,1",
    "GNGLL,5957.0062,N,01100.6429,E,{clock},A,D",
)
SECONDS = 600
Reader = Callable[[list[str]], Any]


def sentences() -> list[str]:
    """Return ten minutes of sentences, each with its checksum."""
    lines = []
    for second in range(SECONDS):
        clock = f"12{second // 60:02d}{second % 60:02d}.000"
        for body in BODIES:
            text = body.format(clock=clock, course=f"{second % 360}.5")
            both = 0
            for byte in text.encode():
                both ^= byte
            lines.append(f"${text}*{both:02X}\r\n")
    return lines


def with_twincore(lines: list[str]) -> None:
    receiver = importlib.import_module("twincore.drivers").NMEA()
    take = receiver.take
    for line in lines:
        take(line)
    check(receiver.parsed_sentences == len(lines), "a sentence was not taken")
    check(receiver._latitude == (59, 570062000, "N"), "another latitude")
    check(receiver.satellites_in_view == 20 or len(lines) < len(BODIES), "other satellites")


def with_pynmea2(lines: list[str]) -> None:
    parse = importlib.import_module("pynmea2").parse
    for line in lines:
        message = parse(line, check=True)
        READERS[message.sentence_type](message)


def only_parsed(lines: list[str]) -> None:
    parse = importlib.import_module("pynmea2").parse
    for line in lines:
        parse(line, check=True)


def _position(message: Any) -> Any:
    return message.latitude, message.longitude, message.timestamp


def _rmc(message: Any) -> Any:
    return _position(message), message.datestamp, message.spd_over_grnd, message.true_course


def _gga(message: Any) -> Any:
    quality = message.gps_qual, int(message.num_sats), float(message.horizontal_dil)
    return _position(message), quality, message.altitude, float(message.geo_sep)


def _vtg(message: Any) -> Any:
    return message.spd_over_grnd_kts, message.true_track


def _gsa(message: Any) -> Any:
    used = [int(number) for number in message.data[2:14] if number]
    return used, float(message.pdop), float(message.hdop), float(message.vdop)


def _gsv(message: Any) -> Any:
    fields = message.data
    found = {}
    for at in range(3, len(fields) - 3, 4):
        noise = fields[at + 3]
        found[int(fields[at])] = int(fields[at + 1]), int(fields[at + 2]), int(noise) if noise else 0
    return int(message.num_messages), int(message.msg_num), int(message.num_sv_in_view), found


READERS = {"RMC": _rmc, "GLL": _position, "GGA": _gga, "VTG": _vtg, "GSA": _gsa, "GSV": _gsv}


def measure(read: Reader, count: int) -> Figures:
    lines = sentences()

    def one_pass(wanted: int) -> float:
        some = lines[:wanted]
        start = perf_counter()
        read(some)
        return perf_counter() - start

    return {"nmea": rate(one_pass, min(count, len(lines))) / 1e3}


ROWS = (
    Contender(TWINCORE, (TWINCORE,), partial(measure, with_twincore), TWINCORE, ours=True),
    Contender(
        f"{TWINCORE} (pure)", (PURE,), partial(measure, with_twincore), f"{TWINCORE} (pure)", "plain Python",
        product=False, ours=True,
    ),
    Contender("pynmea2", ("pynmea2",), partial(measure, with_pynmea2), "pynmea2"),
    Contender(
        "pynmea2, text only", ("pynmea2",), partial(measure, only_parsed), "pynmea2, text only",
        "parsed, no field asked for", product=False,
    ),
)  # fmt: skip

WORKLOADS = (
    Workload(
        "nmea", "drivers", (Metric("nmea", "NMEA: sentences made numbers", "k/s"),), ROWS, SECONDS * len(BODIES), 280,
        targets=(Target("pynmea2", 3.0),),
    ),
)  # fmt: skip
