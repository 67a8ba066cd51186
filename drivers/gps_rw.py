"""GPS: AS_GPS for receivers of MediaTek's MT3329 and MT3339, which take commands: how often, what, how fast to send.

    gps = GPS(StreamReader(uart), StreamWriter(uart, {}))
    await gps.update_interval(2000)

Packets and answers as in the "PMTK command packet" manual of GlobalTop. Their settings last until the receiver loses
its power, or its backup battery.
"""

from ..core.deadline import wait_for_ms
from ..core.event import Event
from ..core.sleep import sleep_ms
from ..primitives.calling import call
from .gps import AS_GPS, RMC, check_callback
from .gps_fields import checksum, whole
from .home import check_home

# For `command`: what is between $ and * of a packet.
HOT_START = "PMTK101"  # with all it knows
WARM_START = "PMTK102"  # without ephemeris
COLD_START = "PMTK103"  # without time, position, almanac and ephemeris
FULL_COLD_START = "PMTK104"  # and its settings as they were made
STANDBY = "PMTK161,0"  # until the next command comes
DEFAULT_SENTENCES = "PMTK314,-1"
VERSION = "PMTK605"  # the answer comes as `version`
ENABLE = "PMTK414"  # as `enabled`
ANTENNA = "PGCMD,33,1"  # as `antenna`, each second
NO_ANTENNA = "PGCMD,33,0"
COMMANDS = (
    HOT_START, WARM_START, COLD_START, FULL_COLD_START, STANDBY, DEFAULT_SENTENCES, VERSION, ENABLE, ANTENNA,
    NO_ANTENNA,
)  # fmt: skip

BAUDRATES = (4800, 9600, 14400, 19200, 38400, 57600, 115200)
SENTENCES = 19  # places of PMTK314 and PMTK514, of which these are known:
PLACES = (("gll", 0), ("rmc", 1), ("vtg", 2), ("gga", 3), ("gsa", 4), ("gsv", 5), ("chan", 18))
SENDING_MS = 50  # the longest it takes until a packet is on the line: 22 bytes of 10 bits at 4800 baud are 46 ms

# What PMTK001 says of a command.
INVALID = 0
UNSUPPORTED = 1
FAILED = 2
DONE = 3


class GPS(AS_GPS):
    """As AS_GPS, and writes commands to `swriter`.

    Args as AS_GPS, and `msg_cb(gps, segs, *msg_cb_args)`, called with ["version", value], ["enabled", value] or
    ["antenna", value] when that has come, and with the fields of each other answer that begins with PMTK.
    Raises TypeError for what can't be called or written, and what AS_GPS does.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | what AS_GPS has | tasks of the loop in which it was made | as there | as there |
    | `await command()`, `enable()`, `update_interval()`, `baudrate()` | these | the task | a little |
    | `await send()`, `request()` | these | the task | a little |

    A command is sent when its call returns, whether the receiver takes it or not: `request` waits for its answer.
    `version` is a list of strings, `enabled` a dictionary as the arguments of `enable`, None before it was asked for;
    `antenna` is 0 if unknown, 1 a fault, 2 internal, 3 external. After `close` commands raise RuntimeError.
    """

    def __init__(
        self, sreader, swriter, local_offset=0, fix_cb=None, cb_mask=RMC, fix_cb_args=(), msg_cb=None, msg_cb_args=()
    ):
        if swriter is not None and not hasattr(swriter, "write"):
            raise TypeError("swriter is a StreamWriter, or None, not " + repr(swriter))
        check_callback("msg_cb", msg_cb)
        self._writer = swriter
        self._msg_cb = msg_cb
        self._msg_args = tuple(msg_cb_args)
        self._asked = {}  # number of a command -> [the answer's flag or None, event], of `request`
        self.version = None
        self.enabled = None
        self.antenna = 0
        AS_GPS.__init__(self, sreader, local_offset, fix_cb, cb_mask, fix_cb_args)

    # Commands.

    async def command(self, command):
        """Send one of COMMANDS. ValueError for what is none."""
        if command not in COMMANDS:
            raise ValueError("a command is one of " + ", ".join(COMMANDS) + ", not " + repr(command))
        await self.send(command)

    async def baudrate(self, value=9600):
        """Have it talk at another rate. Set the port's own to it when this returns: the command has left it by then.

        ValueError for a rate that is not in BAUDRATES.
        """
        if value not in BAUDRATES:
            raise ValueError("the baudrate is one of " + str(BAUDRATES) + ", not " + repr(value))
        await self.send("PMTK251," + str(value))
        await sleep_ms(SENDING_MS)

    async def update_interval(self, ms=1000):
        """Have it find its position each `ms` milliseconds, 100 to 10000. ValueError for others."""
        await self.send("PMTK220," + str(_checked("ms", ms, 100, 10000)))

    async def enable(self, *, gll=0, rmc=1, vtg=1, gga=1, gsa=1, gsv=5, chan=0):
        """Have it send each kind with every so manieth position, 1 to 5; 0: not at all. ValueError for others."""
        places = ["0"] * SENTENCES
        given = {"gll": gll, "rmc": rmc, "vtg": vtg, "gga": gga, "gsa": gsa, "gsv": gsv, "chan": chan}
        for name, place in PLACES:
            places[place] = str(_checked(name, given[name], 0, 5))
        await self.send("PMTK314," + ",".join(places))

    async def send(self, body):
        """Send a packet: `body` is what is between $ and *, ASCII. ValueError if it can't be one; OSError of the line.

        RuntimeError after `close`.
        """
        self._check_open()
        await self._send(_packet(body))

    async def request(self, body, timeout_ms=2000):
        """Send a PMTK packet and wait until it is acknowledged: INVALID, UNSUPPORTED, FAILED or DONE.

        TimeoutError if there is no answer in time; ValueError for a packet that has none, or one whose number is being
        waited for.
        """
        self._check_open()
        packet = _packet(body)
        number = body[4:7]
        if body[:4] != "PMTK" or len(number) != 3 or not number.isdigit():
            raise ValueError("what is acknowledged begins with PMTK and three digits, not " + repr(body))
        if number in self._asked:
            raise ValueError("another task waits for the answer to PMTK" + number)
        asked = self._asked[number] = [None, Event()]
        try:
            await self._send(packet)
            await wait_for_ms(asked[1].wait(), timeout_ms)
            self._check_open()
            return asked[0]
        finally:
            del self._asked[number]

    async def _send(self, packet):
        self._writer.write(packet)
        await self._writer.drain()

    def _check_open(self):
        if self._loop is not None:
            check_home(self._loop, "this receiver")
        if self._fault is not None:
            raise self._fault
        if self._writer is None:
            raise RuntimeError("this receiver has no swriter to send a command to")

    def _end(self, fault):
        AS_GPS._end(self, fault)
        for _, event in self._asked.values():
            event.set()

    # Answers.

    def parse(self, segs):
        """Take an answer of the receiver; its fields as strings. True if it was one. For NMEA."""
        try:
            return self._answer(segs)
        except (ValueError, IndexError):
            self.bad_fields += 1
            return False

    def _answer(self, segs):
        kind = segs[0]
        if kind == "PGTOP":
            if segs[1] != "11":
                return False
            self.antenna = _number(segs[2], 9)
            self._tell(["antenna", self.antenna])
        elif kind == "PMTK705":
            self.version = segs[1:]
            self._tell(["version", self.version])
        elif kind == "PMTK514":
            enabled = {}
            for name, place in PLACES:
                enabled[name] = _number(segs[1 + place], 99)
            self.enabled = enabled
            self._tell(["enabled", enabled])
        elif kind[:4] == "PMTK":
            if kind == "PMTK001":
                flag = _number(segs[2], 3)
                asked = self._asked.get(("00" + segs[1])[-3:])
                if asked is not None:
                    asked[0] = flag
                    asked[1].set()
            self._tell(segs)
        else:
            return False
        return True

    def _tell(self, segs):
        if self._msg_cb is not None:
            told = self, segs
            call(self._msg_cb, told + self._msg_args)


def _number(text, most):
    return whole(text.encode(), 0, most)


def _packet(body):
    if not isinstance(body, str) or not 1 <= len(body) <= 250:
        raise ValueError("the body of a packet is a str of 1 to 250 characters, not " + repr(body))
    for char in body:
        if not " " <= char <= "~" or char in "$*":
            raise ValueError("the body of a packet is ASCII, without $ and *, not " + repr(body))
    return f"${body}*{checksum(body.encode()):02X}\r\n".encode()


def _checked(name, value, least, most):
    if isinstance(value, bool):  # upstream's demos say gsv=False
        value = int(value)
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} is {least} to {most}, not {value!r}")
    return value
