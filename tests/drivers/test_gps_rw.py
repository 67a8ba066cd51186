"""GPS: the packets that are sent, byte by byte; the answers; requests; arguments out of range."""

import io

import pytest

from support import run, submodule

POLL, IN, OUT = 3, 1, 4


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


class Port(io.IOBase):
    """A serial port with a receiver at it: `sent` is what was written, `answers` what it says to a packet."""

    def __init__(self):
        self.came = b""
        self.sent = []
        self.answers = {}
        self.error = None

    def ioctl(self, request, flags):
        if request != POLL:
            return 0
        return flags & (OUT | IN if self.came else OUT)

    def readinto(self, buf):
        if not self.came:
            return None
        count = min(len(buf), len(self.came))
        buf[:count] = self.came[:count]
        self.came = self.came[count:]
        return count

    def read(self, n):
        buf = bytearray(n)
        count = self.readinto(buf)
        return None if count is None else bytes(buf[:count])

    def write(self, data):
        if self.error:
            raise self.error
        packet = bytes(data)
        self.sent.append(packet)
        for body in self.answers.get(packet, ()):
            self.came += sentence(body)
        return len(packet)


def start(core, drivers, **options):
    port = Port()
    stream = core.StreamReader(port)
    return port, drivers.GPS(stream, stream, **options)


async def until(core, condition):
    while not condition():
        await core.sleep_ms(1)


@pytest.mark.rp2040(seeds=1)
def test_commands_are_packets_with_a_checksum_and_a_line_end(core, drivers):
    """Defect 66: two of upstream's have no line end."""

    async def main():
        rw = submodule(drivers, "gps_rw")
        port, gps = start(core, drivers)
        await gps.command(rw.FULL_COLD_START)
        await gps.command(rw.ANTENNA)
        await gps.command(rw.NO_ANTENNA)
        await gps.command(rw.STANDBY)
        await gps.update_interval(2000)
        await gps.enable(gsv=0, chan=1)
        await gps.baudrate(19200)
        assert port.sent == [
            b"$PMTK104*37\r\n",
            b"$PGCMD,33,1*6C\r\n",
            b"$PGCMD,33,0*6D\r\n",
            b"$PMTK161,0*28\r\n",
            b"$PMTK220,2000*1C\r\n",
            sentence("PMTK314,0,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,1"),
            b"$PMTK251,19200*22\r\n",
        ]
        gps.close()

    run(core, main)


def test_a_checksum_below_16_has_two_digits(core, drivers):
    """Defect 66: upstream pads it with a space."""

    async def main():
        port, gps = start(core, drivers)
        await gps.send("AE")
        await gps.send("AA")
        assert port.sent == [b"$AE*04\r\n", b"$AA*00\r\n"]
        gps.close()

    run(core, main)


def test_every_command_is_one_packet(core, drivers):
    async def main():
        rw = submodule(drivers, "gps_rw")
        port, gps = start(core, drivers)
        for command in rw.COMMANDS:
            await gps.command(command)
        assert port.sent == [sentence(command) for command in rw.COMMANDS]
        gps.close()

    run(core, main)


def test_answers_are_values_and_messages(core, drivers):
    async def main():
        seen = []

        def note(gps, segs, *args):
            seen.append((segs, args))

        port, gps = start(core, drivers, msg_cb=note, msg_cb_args=(5,))
        assert (gps.version, gps.enabled, gps.antenna) == (None, None, 0)
        port.came += sentence("PMTK705,AXN_2.31_3339_13101700,5632,PA6H,1.0")
        port.came += sentence("PMTK514,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,2")
        port.came += sentence("PGTOP,11,3")
        port.came += sentence("PMTK010,001")
        port.came += sentence("PGTOP,12,3") + sentence("PGACK,33,1") + sentence("GPZDA")
        await until(core, lambda: gps.clean_sentences == 7)
        assert gps.version == ["AXN_2.31_3339_13101700", "5632", "PA6H", "1.0"]
        assert gps.enabled == {"gll": 0, "rmc": 1, "vtg": 1, "gga": 1, "gsa": 1, "gsv": 5, "chan": 2}
        assert gps.antenna == 3
        assert [segs for segs, _ in seen] == [
            ["version", gps.version], ["enabled", gps.enabled], ["antenna", 3], ["PMTK010", "001"],
        ]  # fmt: skip
        assert all(args == (5,) for _, args in seen)
        gps.close()

    run(core, main)


@pytest.mark.parametrize(
    "body", ["PMTK514,0,1", "PMTK514" + ",x" * 19, "PGTOP", "PGTOP,11", "PGTOP,11,x", "PMTK001", "PMTK001,220,9"]
)
def test_an_answer_that_can_not_be_is_counted(core, drivers, body):
    async def main():
        _, gps = start(core, drivers)
        gps.take(sentence(body))
        assert gps.bad_fields == 1 and gps.enabled is None and gps.antenna == 0
        gps.close()

    run(core, main)


def test_a_request_waits_for_its_own_answer(core, drivers):
    async def main():
        rw = submodule(drivers, "gps_rw")
        port, gps = start(core, drivers)
        for body, answers, wanted in (
            ("PMTK220,1000", ["PMTK001,314,1", "PMTK001,220,3"], rw.DONE),
            ("PMTK314,-1", ["PMTK001,314,2"], rw.FAILED),
            ("PMTK101", ["PMTK001,101,1"], rw.UNSUPPORTED),
            ("PMTK001,1", ["PMTK001,1,0"], rw.INVALID),
        ):
            port.answers = {sentence(body): answers}
            assert await gps.request(body) == wanted
        gps.close()

    run(core, main)


def test_a_request_without_an_answer_times_out_and_may_be_made_again(core, drivers):
    async def main():
        _, gps = start(core, drivers)
        for _ in range(2):
            with pytest.raises(core.TimeoutError):
                await gps.request("PMTK605", 5)
        first = core.create_task(gps.request("PMTK605", 5000))
        await core.sleep_ms(0)
        with pytest.raises(ValueError):
            await gps.request("PMTK605", 5)
        gps.close()
        with pytest.raises(RuntimeError):
            await first

    run(core, main)


@pytest.mark.parametrize("body", ["", "A$B", "A*B", "A\r\n", "caf\xe9", "x" * 251, None, b"PMTK101"])
def test_what_can_not_be_a_packet_is_refused(core, drivers, body):
    async def main():
        port, gps = start(core, drivers)
        with pytest.raises(ValueError):
            await gps.send(body)
        assert port.sent == []
        gps.close()

    run(core, main)


def test_arguments_out_of_range_are_refused_and_nothing_is_sent(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        for wrong in (
            gps.baudrate(9601), gps.baudrate("9600"), gps.update_interval(99), gps.update_interval(10001),
            gps.update_interval(100.0), gps.enable(gll=6), gps.enable(rmc=-1), gps.enable(gsv="1"),
            gps.command("PMTK999"), gps.command(1), gps.request("PGCMD,33,1"), gps.request("PMTK"),
            gps.request("PMTKabc"),
        ):  # fmt: skip
            with pytest.raises(ValueError):
                await wrong
        assert port.sent == []
        await gps.enable(gsv=False, chan=True)  # as upstream's demo says
        assert len(port.sent) == 1
        gps.close()

    run(core, main)


def test_a_line_that_fails_is_an_oserror_and_after_close_it_says_so(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        port.error = OSError(5)
        with pytest.raises(OSError):
            await gps.update_interval(1000)
        gps.close()
        for wait in (gps.update_interval(1000), gps.request("PMTK605")):
            with pytest.raises(RuntimeError):
                await wait

    run(core, main)


def test_a_message_callback_that_fails_is_reported_and_called_again(core, drivers):
    async def main():
        reported = []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        def fail(gps, segs):
            raise KeyError(segs[0])

        port, gps = start(core, drivers, msg_cb=fail)
        for _ in range(2):
            port.came += sentence("PGTOP,11,2")
        await until(core, lambda: len(reported) == 2)
        assert gps.antenna == 2
        gps.close()

    run(core, main)
