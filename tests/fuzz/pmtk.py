"""A fuzzer for the answers of MediaTek receivers, and for the stream that they come in: no exception, no wrong value.

Each input is taken as an answer with its checksum, and as a piece of a stream, cut where its first byte says.
"""


from twincore import core
from twincore.drivers.gps_rw import GPS
from twincore.drivers.nmea import LONGEST

from .nmea import whole

SEEDS = (
    "PMTK001,220,3", "PMTK001,1", "PMTK705,AXN_2.31_3339_13101700,5632,PA6H,1.0",
    "PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0", "PGTOP,11,3", "PGTOP,12,x", "PMTK010,001", "PGACK,33,1",
)  # fmt: skip
PIECES = ("", ",", "*", "$", "\r\n", "-1", "9" * 30, "x", "\xb2", "PMTK001", "PGTOP", "11", "3")
LONGEST_INPUT = 600  # bytes


def check(data):
    """One input."""
    told, reported = [], []
    core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))
    gps = GPS(None, None, msg_cb=lambda gps, segs: told.append(segs))
    line = whole(data.replace(b"*", b"")[:LONGEST])
    gps.take(line)
    cut = data[0] if data else 0
    held = b""
    for piece in (data[:cut], data[cut:], b"\n" + line):
        held = gps._take_lines(held + piece)
        assert len(held) <= LONGEST and b"\n" not in held
    assert held == b""
    assert gps.antenna in range(10)
    assert gps.enabled is None or all(0 <= value <= 99 for value in gps.enabled.values())
    assert all(segs and isinstance(segs[0], str) for segs in told)
    assert not reported, reported


def made(rng):
    """An input that is often near an answer."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.randrange(600))
    fields = rng.choice(SEEDS).split(",")
    for _ in range(rng.randrange(3)):
        fields[rng.randrange(len(fields))] = rng.choice(PIECES)
    body = ",".join(fields[: rng.randrange(1, 30)]).encode()
    return rng.choice([body, whole(body), whole(body) * 3])
