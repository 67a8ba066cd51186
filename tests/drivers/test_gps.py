"""AS_GPS: a stream of sentences, however it is cut; who waits for what; callbacks that fail; the end."""

import io
import time

import pytest

from support import run, submodule

POLL, IN = 3, 1
RMC = "GPRMC,123519.25,A,4807.038,N,01131.000,W,022.4,084.4,230394,003.1,W"
GGA = "GPGGA,123519,4807.038,N,01131.000,W,1,08,0.9,545.5,M,46.9,M,,"
VTG = "GPVTG,232.9,T,,M,002.3,N,004.3,K,A"
GSV = "GPGSV,1,1,01,05,10,100,40"
VOID = "GPRMC,123519,V,,,,,,,230394,,"


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


class Port(io.IOBase):
    """A serial port, as far as a reader goes: what is in `came` can be read."""

    def __init__(self):
        self.came = b""
        self.ended = False
        self.error = None

    def ioctl(self, request, flags):
        if request != POLL:
            return 0
        return flags & IN if self.came or self.ended or self.error else 0

    def readinto(self, buf):
        if self.error:
            raise self.error
        if not self.came and not self.ended:
            return None
        count = min(len(buf), len(self.came))
        buf[:count] = self.came[:count]
        self.came = self.came[count:]
        return count

    def read(self, n):
        buf = bytearray(n)
        count = self.readinto(buf)
        return None if count is None else bytes(buf[:count])

    def say(self, *bodies):
        self.came += b"".join([sentence(body) for body in bodies])


def start(core, drivers, *args, **options):
    port = Port()
    return port, drivers.AS_GPS(core.StreamReader(port), *args, **options)


def caught(core):
    """A list to which the loop's exception handler appends what it is told."""
    seen = []
    core.get_event_loop().set_exception_handler(lambda loop, context: seen.append(context["exception"]))
    return seen


async def until(core, condition):
    while not condition():
        await core.sleep_ms(1)


@pytest.mark.rp2040(seeds=1)
def test_it_reads_a_stream_and_tells_who_waits(core, drivers):
    """Defect 62: upstream's class can't be made on CPython."""

    async def main():
        port, gps = start(core, drivers, local_offset=2)
        waiting = core.create_task(gps.data_received(position=True, course=True, date=True, altitude=True))
        assert gps.time_since_fix() == -1
        port.say(RMC)
        await until(core, lambda: gps.parsed_sentences == 1)
        assert not waiting.done()
        port.say(GGA)
        await waiting
        assert gps.altitude == 545.5 and gps.utc == [12, 35, 19] and gps.local_time == [14, 35, 19]
        assert gps.date == [23, 3, 94] and gps.time_string() == "14:35:19.250"
        assert gps.time_string(False) == "12:35:19.250"
        assert 0 <= gps.time_since_fix() < 5000
        gps.close()

    run(core, main)


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_sentences_may_come_in_pieces(core, drivers, size):
    async def main():
        port, gps = start(core, drivers)
        stream = b"".join([sentence(body) for body in (VTG, RMC, GGA, GSV, VTG)])
        for at in range(0, len(stream), size):
            port.came = stream[at : at + size]
            await until(core, lambda: not port.came)
        await until(core, lambda: gps.parsed_sentences == 5)
        assert gps.malformed == gps.crc_fails == 0
        gps.close()

    run(core, main)


def test_noise_without_a_line_end_is_dropped_and_the_next_sentence_found(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        for _ in range(20):
            port.came += b"\xff\x80$$*\x00" * 50
            await until(core, lambda: not port.came)
        port.came += b"\r\n"
        port.say(VTG)
        await gps.data_received(course=True)
        assert gps.malformed and gps.parsed_sentences == 1
        gps.close()

    run(core, main)


def test_the_default_speed_is_in_km_an_hour(core, drivers):
    """Defect 64: upstream's is in knots, though its documentation says otherwise."""

    async def main():
        gps = drivers.AS_GPS(None)
        gps.take(sentence(VTG))
        assert abs(gps.speed() - 2.3 * 1.852) < 1e-5
        assert gps.speed_string() == "4.26 km/h"
        assert gps.compass_direction() == "SW"
        gps.close()

    run(core, main)


@pytest.mark.parametrize("offset,date,clock", [(13.75, [1, 1, 0], [13, 44, 59]), (-9.5, [30, 12, 99], [14, 29, 59])])
def test_the_local_date_goes_with_local_time(core, drivers, offset, date, clock):
    async def main():
        gps = drivers.AS_GPS(None, offset)
        day = "311299" if offset > 0 else "301299"
        gps.take(sentence(f"GPRMC,235959,A,4807.038,N,01131.000,W,0,0,{day},,"))
        assert gps.date == date and gps.local_time == clock and gps.utc == [23, 59, 59]
        gps.close()

    run(core, main)


def test_seconds_since_the_epoch_are_this_platforms(core, drivers):
    async def main():
        gps = drivers.AS_GPS(None, 3)
        assert gps.epoch_time == 0
        gps.take(sentence("GPRMC,123519,A,4807.038,N,01131.000,W,0,0,230314,,"))
        assert time.gmtime(gps.epoch_time)[:6] == (2014, 3, 23, 12, 35, 19)
        gps.take(sentence("GPRMC,235960,A,4807.038,N,01131.000,W,0,0,311216,,"))  # a leap second
        assert time.gmtime(gps.epoch_time)[:6] == (2017, 1, 1, 0, 0, 0)
        assert gps.utc == [0, 0, 0] and gps.date == [1, 1, 17] and gps.local_time == [3, 0, 0]
        gps.close()

    run(core, main)


def test_two_who_wait_for_different_things_do_not_disturb_each_other(core, drivers):
    """Defect 65: upstream's share what they wait for."""

    async def main():
        port, gps = start(core, drivers)
        order = []

        async def wait(name, **what):
            await gps.data_received(**what)
            order.append(name)

        tasks = [core.create_task(wait("course", course=True)), core.create_task(wait("altitude", altitude=True))]
        tasks.append(core.create_task(wait("both", course=True, altitude=True)))
        await core.sleep_ms(0)
        for body, wanted in ((VTG, ["course"]), (GGA, ["course", "altitude", "both"])):
            port.say(body)
            await until(core, lambda: len(order) >= len(wanted))
            assert order == wanted
        for task in tasks:
            await task
        gps.close()

    run(core, main)


def test_what_came_before_the_call_and_what_is_void_does_not_count(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        port.say(RMC)
        await until(core, lambda: gps.parsed_sentences == 1)
        waiting = core.create_task(gps.data_received(date=True))
        await core.sleep_ms(0)
        port.say(VOID, VTG, GGA)
        await until(core, lambda: gps.parsed_sentences == 3)
        assert gps.void_sentences == 1 and not waiting.done()
        port.say(RMC)
        await waiting
        gps.close()

    run(core, main)


def test_satellite_data_is_of_a_round_after_the_call_and_the_callers_own(core, drivers):
    """Defect 65: upstream returns what it goes on changing, and spins until it has it."""

    async def main():
        port, gps = start(core, drivers)
        tasks = [core.create_task(gps.get_satellite_data()) for _ in range(2)]
        await core.sleep_ms(0)
        port.say(GSV, VTG)
        first, second = await tasks[0], await tasks[1]
        assert first == second == {5: (10, 100, 40)}
        first.clear()
        assert second and gps._satellite_data
        assert gps.satellites_in_view == 1
        gps.close()

    run(core, main)


def test_the_callback_is_called_for_the_kinds_in_the_mask(core, drivers):
    async def main():
        gps_module = submodule(drivers, "gps")
        seen = []

        def note(*told):
            seen.append(told)

        port, gps = start(core, drivers, 0, note, gps_module.VTG | gps_module.GGA, ("a", 1))
        port.say(RMC, VTG, VOID, GGA, "GPGGA,,,,,,0,,,,,,,,", GSV)
        await until(core, lambda: gps.clean_sentences == 6)
        assert seen == [(gps, gps_module.VTG, "a", 1), (gps, gps_module.GGA, "a", 1)]
        gps.close()

    run(core, main)


def test_a_callback_that_fails_is_reported_and_the_next_sentence_calls_it_again(core, drivers):
    async def main():
        reported = caught(core)

        async def later(gps, kind):
            raise OSError(kind)

        def now(gps, kind):
            raise KeyError(kind)

        for callback, kind in ((now, KeyError), (later, OSError)):
            port, gps = start(core, drivers, fix_cb=callback)
            port.say(RMC, RMC, VTG)
            await until(core, lambda: gps.parsed_sentences == 3)
            await until(core, lambda: len(reported) >= 2)
            assert [type(exc) for exc in reported] == [kind, kind]
            reported.clear()
            gps.close()

    run(core, main)


def test_a_parser_of_a_subclass_that_fails_is_reported_and_reading_goes_on(core, drivers):
    async def main():
        reported = caught(core)

        class Own(drivers.AS_GPS):
            def parse(self, segs):
                raise KeyError(segs[0])

        port = Port()
        gps = Own(core.StreamReader(port))
        port.say("PXYZ", VTG)
        await gps.data_received(course=True)
        assert len(reported) == 1 and isinstance(reported[0], KeyError)
        gps.close()

    run(core, main)


@pytest.mark.parametrize("how", ["end", "error"])
def test_when_the_stream_ends_who_waits_hears_of_it(core, drivers, how):
    async def main():
        reported = caught(core)
        port, gps = start(core, drivers)
        tasks = [core.create_task(gps.data_received(date=True)), core.create_task(gps.get_satellite_data())]
        port.say(VTG)
        await gps.data_received(course=True)
        if how == "end":
            port.ended = True
        else:
            port.error = OSError(5)
        for task in tasks:
            with pytest.raises(EOFError if how == "end" else OSError):
                await task
        with pytest.raises(EOFError if how == "end" else OSError):
            await gps.data_received(position=True)
        assert len(reported) == (how == "error")
        gps.close()
        gps.close()

    run(core, main)


def test_after_close_nothing_is_read_and_waits_say_so(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        waiting = core.create_task(gps.data_received(date=True))
        await core.sleep_ms(0)
        gps.close()
        gps.close()
        with pytest.raises(RuntimeError):
            await waiting
        for wait in (gps.data_received(position=True), gps.get_satellite_data()):
            with pytest.raises(RuntimeError):
                await wait
        port.say(VTG)
        await core.sleep_ms(20)
        assert gps.clean_sentences == 0
        reader = core.StreamReader(port)
        assert await reader.readline() == sentence(VTG)

    run(core, main)


def test_its_own_callback_may_close_it(core, drivers):
    async def main():
        port, gps = start(core, drivers, fix_cb=lambda gps, kind: gps.close())
        port.say(RMC, RMC, RMC)
        with pytest.raises(RuntimeError):
            await gps.get_satellite_data()
        assert gps.parsed_sentences == 1

    run(core, main)


def test_a_cancelled_wait_concerns_nobody_else(core, drivers):
    async def main():
        port, gps = start(core, drivers)
        tasks = [core.create_task(gps.data_received(course=True)) for _ in range(3)]
        await core.sleep_ms(0)
        tasks[1].cancel()
        port.say(VTG)
        await tasks[0]
        await tasks[2]
        with pytest.raises(core.CancelledError):
            await tasks[1]
        gps.close()

    run(core, main)


def test_arguments_that_can_not_be_are_refused(core, drivers):
    async def main():
        for offset in (-12.5, 14.25, 100):
            with pytest.raises(ValueError):
                drivers.AS_GPS(None, offset)
        for args in ((5,), (None, 0, 7)):
            with pytest.raises(TypeError):
                drivers.AS_GPS(*args)

    run(core, main)


def test_without_a_stream_it_takes_sentences_as_upstreams_tests_give_them(core, drivers):
    async def main():
        gps = drivers.AS_GPS(None)
        for body, address in ((RMC, "GPRMC"), (VOID, None), (VTG, "GPVTG"), ("GPZDA", None), (GSV, "GPGSV")):
            gps._valid = 0
            assert await gps._update(sentence(body).decode()) == address
            assert bool(gps._valid) == (address is not None)
        assert gps._total_sv_sentences == gps._last_sv_sentence == 1
        gps.close()

    run(core, main)
