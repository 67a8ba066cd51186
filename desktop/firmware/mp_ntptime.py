"""`ntptime`: the time of a server of the network, which `settime` gives the board's clock."""

from __future__ import annotations

import struct
from types import ModuleType
from typing import TYPE_CHECKING

from .modules import module

if TYPE_CHECKING:
    from .world import World

PORT = 123
QUESTION = bytes([0x1B]) + bytes(47)  # version 3, from a client: RFC 5905
FROM_1900 = 2_208_988_800  # to 1970, in seconds
SENT_AT = 40  # where in the answer the server's time stands


def make(world: World) -> ModuleType:
    """`ntptime` for the application of one board. It asks `host`, for `timeout` seconds."""

    def time() -> int:
        """The server's time, in seconds of the board's epoch. OSError if it does not answer. Blocks."""
        sockets = world.import_module("socket")
        address = sockets.getaddrinfo(made.host, made.port)[0][-1]
        asking = sockets.socket(sockets.AF_INET, sockets.SOCK_DGRAM)
        try:
            asking.settimeout(made.timeout)
            asking.sendto(QUESTION, address)
            answer = asking.recv(48)
        finally:
            asking.close()
        (seconds,) = struct.unpack_from("!I", answer, SENT_AT)
        if seconds < FROM_1900:  # of the era that begins in 2036
            seconds += 1 << 32
        return int(seconds) - FROM_1900 - world.calendar.epoch

    def settime() -> None:
        """Set the clock of the board by it, in UTC."""
        world.calendar.set_us((time() + world.calendar.epoch) * 1_000_000)

    made = module("ntptime", host="pool.ntp.org", port=PORT, timeout=1, time=time, settime=settime)
    return made
