"""GPS receivers at a simulated board, in virtual time: logs at their own pace, faults, pulses, and the time between."""


import pytest

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
from twincore.drivers import AS_GPS, GPS, GPS_RWTimer, GPS_Timer

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

START = 23 * 3600 + 59 * 60 + 50  # of the log, a second of the day
PPS = 15


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}"


def log(seconds=30):
    """A log of GGA, RMC and GSV each second, across midnight."""
    lines = []
    for n in range(seconds):
        second = (START + n) % 86400
        clock = f"{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}.000"
        date = "311223" if START + n < 86400 else "010124"
        lines += [
            sentence(f"GPGGA,{clock},5231.2000,N,01324.3000,E,1,08,0.9,{n}.0,M,,,,"),
            sentence(f"GPRMC,{clock},A,5231.2000,N,01324.3000,E,0.0,0.0,{date},,,A"),
            sentence("GPGSV,1,1,01,05,10,100,40"),
        ]
    return lines


def on_board(test, kind="pico"):
    """`await test(board, machine)` on the main core of a board of its own; `board.world` is what applications see."""
    with Board(kind, virtual=True) as board:
        board.world = World(board)
        machine = board.world.import_module("machine")
        return on_main_core(board, lambda: core.run(test(board, machine)))


def uart(machine, baudrate=9600):
    return core.StreamReader(machine.UART(0, baudrate))


@pytest.mark.parametrize("baudrate", [4800, 9600, 115200])
def test_no_byte_is_lost_at_any_rate(baudrate):
    async def test(board, machine):
        receiver = chips.GPS(board, log(20))
        gps = AS_GPS(uart(machine, baudrate))
        for n in range(10):
            await gps.data_received(position=True, date=True, altitude=True)
            assert gps.time_since_fix() <= 1000
            assert abs(gps.altitude - n) <= 1
        await core.sleep(12)
        assert receiver.done and gps.parsed_sentences == gps.clean_sentences == 60
        assert gps.malformed == gps.crc_fails == 0
        assert gps.date == [1, 1, 24] and gps.utc == [0, 0, 9]
        gps.close()

    on_board(test)


def test_garbage_on_the_line_spoils_no_more_than_its_sentence():
    async def test(board, machine):
        receiver = chips.GPS(board, log(20))
        gps = AS_GPS(uart(machine))
        for n in range(15):
            board.at(board.time.now() + 37_000, lambda n=n: receiver.garbage(60, seed=n))
            await core.sleep(1)
        await core.sleep(8)
        assert gps.malformed + gps.crc_fails > 0
        assert 60 - 2 * (gps.malformed + gps.crc_fails) <= gps.parsed_sentences <= 60
        assert gps.utc == [0, 0, 9]
        gps.close()

    on_board(test)


def test_a_receiver_that_goes_away_and_comes_back_is_read_on():
    async def test(board, machine):
        receiver = chips.GPS(board, log(20))
        gps = AS_GPS(uart(machine))
        await gps.data_received(position=True)
        await core.sleep(2)
        receiver.stop()
        await core.sleep(60)
        assert gps.time_since_fix() >= 59_000
        waiting = core.create_task(gps.data_received(position=True))
        receiver.start()
        await waiting
        assert gps.time_since_fix() < 1000
        gps.close()

    on_board(test)


def test_a_loop_that_is_busy_for_a_while_reads_on_with_whole_sentences():
    async def test(board, machine):
        chips.GPS(board, log(20))
        gps = AS_GPS(uart(machine))
        await gps.data_received(position=True)
        board.world.import_module("time").sleep_ms(3000)  # the receive buffer runs over meanwhile
        await core.sleep(20)
        assert gps.utc == [0, 0, 9]
        assert 40 < gps.parsed_sentences < 60
        gps.close()

    on_board(test)


def test_commands_arrive_whole():
    async def test(board, machine):
        receiver = chips.GPS(board, log(20))
        port = machine.UART(0, 9600)
        gps = GPS(core.StreamReader(port), core.StreamWriter(port, {}))
        await gps.update_interval(2000)
        await gps.baudrate(19200)
        port.init(19200)
        await gps.enable()
        waiting = core.create_task(gps.request("PMTK605", 2000))
        await core.sleep_ms(100)
        receiver.send(sentence("PMTK001,605,3") + "\r\n")
        assert await waiting == 3
        assert receiver.commands == [
            b"$PMTK220,2000*1C\r\n",
            b"$PMTK251,19200*22\r\n",
            b"$PMTK314,0,1,1,1,1,5,0,0,0,0,0,0,0,0,0,0,0,0,0*2D\r\n",
            b"$PMTK605*31\r\n",
        ]
        gps.close()

    on_board(test)


def timer(board, machine, *, lines=None, **options):
    receiver = chips.GPS(board, lines or log(), pps=PPS)
    return receiver, GPS_Timer(uart(machine), machine.Pin(PPS, machine.Pin.IN), **options)


def test_the_time_is_right_to_the_microsecond_across_midnight():
    async def test(board, machine):
        start = board.time.now()
        _, gps = timer(board, machine)
        with pytest.raises(RuntimeError, match="ready"):
            gps.get_ms()
        await gps.ready()
        for n in range(100):
            await core.sleep_ms(211)
            passed = board.time.now() - start
            hours, minutes, seconds, us = gps.get_t_split()
            told = (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + us
            exact = (START * 1_000_000 + passed) % 86_400_000_000
            assert exact <= told <= exact + 100, n
            assert exact // 1000 <= gps.get_ms() <= (exact + 200) // 1000
        gps.close()
        with pytest.raises(RuntimeError):
            gps.get_ms()

    on_board(test)


def test_it_is_local_time():
    async def test(board, machine):
        start = board.time.now()
        _, gps = timer(board, machine, local_offset=5.5)
        await gps.ready()
        exact = (START + 5.5 * 3600) % 86400 + (board.time.now() - start) / 1e6
        assert gps.get_ms() == pytest.approx(exact * 1000, abs=2)
        gps.close()

    on_board(test)


def test_pulses_are_called_for_by_a_task_and_a_callback_that_fails_is_reported():
    """Defect 67: upstream's interrupt calls it."""

    async def test(board, machine):
        seen, reported = [], []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        def pulse(gps, word):
            seen.append((gps.acquired, word))
            raise KeyError(word)

        _, gps = timer(board, machine, pps_cb=pulse, pps_cb_args=("now",))
        for _ in range(5):
            await gps.pulse()
        await core.sleep_ms(10)
        assert len(seen) in (5, 6) and len(reported) == len(seen)
        assert [when - seen[0][0] for when, _ in seen] == [1_000_000 * n for n in range(len(seen))]
        gps.close()

    on_board(test)


def test_when_pulses_stop_the_time_is_unknown_until_they_are_back():
    """Defect 67: upstream goes on telling a time, a wrong one after nine minutes."""

    async def test(board, machine):
        receiver, gps = timer(board, machine, lines=log(60))
        await gps.ready()
        receiver.stop()
        await core.sleep(2)
        gps.get_ms()  # of the last pulse
        await core.sleep(700)  # more than the time in which the microseconds of a board wrap
        with pytest.raises(RuntimeError, match="not known"):
            gps.get_ms()
        assert gps.pulses_lost == 1
        at = receiver._next
        start = board.time.now()
        receiver.start()
        await gps.ready()
        told = gps.get_ms()
        exact = (START + at) * 1000 + (board.time.now() - start) // 1000
        assert told == pytest.approx(exact % 86_400_000, abs=2)
        gps.close()

    on_board(test)


def test_a_missed_pulse_is_counted_and_noise_is_not():
    async def test(board, machine):
        start = board.time.now()
        _, gps = timer(board, machine)
        await gps.ready()
        line = board.line(PPS)
        for _ in range(5):
            await core.sleep_ms(300)
            line.drive(1, by="PPS")
            await core.sleep_ms(5)
            line.drive(0, by="PPS")
            exact = (START * 1000 + (board.time.now() - start) // 1000) % 86_400_000
            assert gps.get_ms() == pytest.approx(exact, abs=2)
            await core.sleep_ms(695)
        assert gps.pulse_noise > 0 and gps.pulses_lost == 0
        gps.close()

    on_board(test)


@pytest.mark.parametrize("kind,monday", [("pico", 0), ("pyboard", 1)])
def test_the_boards_clock_is_set_to_the_second(kind, monday):
    async def test(board, machine):
        start = board.time.now()
        board.world.import_module("twincore.drivers")
        timed = board.world.import_module("twincore.drivers.gps_timed")
        pin = "X3" if kind == "pyboard" else PPS
        chips.GPS(board, log(), uart=1, pps=pin)
        stream = core.StreamReader(machine.UART(1, 9600))
        gps = timed.GPS_Timer(stream, machine.Pin(pin, machine.Pin.IN), local_offset=1)
        await gps.set_rtc()
        passed = START + 3600 + (board.time.now() - start) // 1_000_000
        when = board.world.import_module("pyb" if kind == "pyboard" else "machine").RTC().datetime()
        assert when[:4] == (2024, 1, 1, monday)
        assert when[4] * 3600 + when[5] * 60 + when[6] == passed % 86400
        if kind == "pyboard":
            assert abs(await gps.delta()) < 200  # of 3906, which the clock tells
        else:
            with pytest.raises(OSError, match="no fractions"):
                await gps.delta()
        gps.close()

    on_board(test, kind)


def calibrated(test, kind="pyboard"):
    """`await test(board, gps, pyb's RTC)` on a board whose receiver has pulses."""

    async def begin(board, machine):
        timed = board.world.import_module("twincore.drivers.gps_timed")
        pin = "X3" if kind == "pyboard" else PPS
        chips.GPS(board, log(1500), uart=1, pps=pin)
        gps = timed.GPS_Timer(core.StreamReader(machine.UART(1, 9600)), machine.Pin(pin, machine.Pin.IN))
        rtc = board.world.import_module("pyb").RTC() if kind == "pyboard" else None
        try:
            await test(board, gps, rtc)
        finally:
            gps.close()

    on_board(begin, kind)


@pytest.mark.parametrize("ppm", [0, 40, -17, 450])
def test_a_clock_that_goes_wrong_is_made_to_go_right(ppm):
    async def test(board, gps, rtc):
        board.world.calendar.crystal_ppm = ppm
        rtc.calibration(100)  # what it was before does not count
        start = board.time.now()
        factor = await gps.calibrate()
        assert factor == pytest.approx(-ppm / 1e6 * 2**20, abs=1) and rtc.calibration() == factor
        assert 30 <= (board.time.now() - start) / 1e6 <= 65  # three looks that agree, not five minutes
        before = await gps.delta()
        await core.sleep(600)
        drift = await gps.delta() - before
        assert abs(drift) < 600 * 1.5  # us: 1.5 ppm

    calibrated(test)


def test_a_clock_that_is_too_far_off_is_left_as_it_was():
    async def test(board, gps, rtc):
        board.world.calendar.crystal_ppm = 700
        rtc.calibration(7)
        with pytest.raises(RuntimeError, match="its factor would be -73"):
            await gps.calibrate(1)
        assert rtc.calibration() == 7

    calibrated(test)


def test_a_calibration_that_is_given_up_changes_nothing():
    async def test(board, gps, rtc):
        rtc.calibration(-9)
        with pytest.raises(core.TimeoutError):
            await core.wait_for(gps.calibrate(), 25)
        assert rtc.calibration() == -9
        with pytest.raises(ValueError, match="minutes is 1 or more"):
            await gps.calibrate(0)
        assert rtc.calibration() == -9

    calibrated(test)


def test_a_clock_without_fractions_can_not_be_calibrated():
    async def test(board, gps, rtc):
        with pytest.raises(OSError, match="no fractions"):
            await gps.calibrate()

    calibrated(test, "pico")


def test_read_and_write_with_pulses():
    async def test(board, machine):
        receiver = chips.GPS(board, log(), pps=PPS)
        port = machine.UART(0, 9600)
        stream = core.StreamReader(port)
        gps = GPS_RWTimer(stream, core.StreamWriter(port, {}), machine.Pin(PPS, machine.Pin.IN))
        await gps.update_interval(1000)
        await gps.ready()
        assert gps.get_ms() // 1000 == START + board.time.now() // 1_000_000
        await core.sleep_ms(50)
        assert receiver.commands == [b"$PMTK220,1000*1F\r\n"]
        gps.close()
        gps.close()
        with pytest.raises(RuntimeError):
            await gps.pulse()
        with pytest.raises(RuntimeError):
            await gps.ready()

    on_board(test)


def test_pins_and_callbacks_that_can_not_be_are_refused():
    async def test(board, machine):
        for pin in (None, lambda: 0):
            with pytest.raises(TypeError):
                GPS_Timer(None, pin)
        pin = machine.Pin(PPS, machine.Pin.IN)
        with pytest.raises(TypeError, match="pps_cb"):
            GPS_Timer(None, pin, pps_cb=5)
        with pytest.raises(ValueError, match="local_offset"):
            GPS_Timer(None, pin, 99)
        await core.sleep_ms(1)

    on_board(test)
