"""What the drivers are given that can't be: told when it is given, and in words that say what it ought to be."""

import pytest

from ports import Port
from support import run, submodule


def refused(error, words, function, *args, **options):
    try:
        function(*args, **options)
    except error as exc:
        assert words in str(exc), str(exc)
    else:
        raise AssertionError("not refused: " + repr(args) + " " + repr(options))


async def refused_later(error, words, awaitable):
    try:
        await awaitable
    except error as exc:
        assert words in str(exc), str(exc)
    else:
        raise AssertionError("not refused")


def test_a_custom_character_that_can_not_be_is_refused_and_the_display_goes_on(core, drivers):
    async def main():
        pins = [lambda level: None for _ in range(6)]
        refused(ValueError, "1 to 40 columns, not 16.5", drivers.LCD, pins, 16.5)
        lcd = drivers.LCD(pins, 16)
        for dots in ([256] * 8, [-1] * 8, [32] * 8, [1] * 7, [0.5] * 8, "abcdefgh"):
            refused(ValueError, "8 rows of 5 bits, 0 to 0x1f", lcd.custom, 0, dots)
        for number in (8, -1, 1.5):
            refused(ValueError, "characters 0 to 7", lcd.custom, number, [1] * 8)
        lcd[0] = "it goes on"
        await lcd.flush()
        lcd.deinit()

    run(core, main)


class Wire:
    """A machine.Pin that does not interrupt."""

    def __call__(self, level=0):
        return level


class Bus:
    def __getattr__(self, name):
        return lambda *args, **options: None


def times_of(drivers, core, threadsafe):
    """What is given a time, and the least that it takes; None: anything above 0."""
    wires = [Wire() for _ in range(4)]
    queue = threadsafe.ThreadSafeQueue(1)
    return {
        "read_delay": (lambda time: drivers.HTU21D(None, time), None, "s"),
        "interval": (lambda time: drivers.Polled(int, time, queue), None, "s"),
        " interval": (lambda time: drivers.Logger("no.log", interval=time), None, "s"),
        "retry": (lambda time: drivers.Logger("no.log", retry=time), None, "s"),
        "rotate": (lambda time: drivers.Logger("no.log", rotate=time), 1, "byte"),
        "timeout": (lambda time: drivers.HalfDuplex(Port(), time), 1, "ms"),
        " timeout": (lambda time: drivers.HeartbeatClient("h", timeout=time), None, "s"),
        "  timeout": (lambda time: drivers.HeartbeatServer(timeout=time), None, "s"),
        " retry": (lambda time: drivers.HeartbeatClient("h", retry=time), None, "s"),
        "max_retry": (lambda time: drivers.HeartbeatClient("h", retry=2, max_retry=time), 2, "s"),
        "forget": (lambda time: drivers.HeartbeatServer(forget=time), 0, "s"),
        "timeout, or 0 for none,": (lambda time: drivers.SynCom(True, *wires, timeout=time or 1), 100, "ms"),
        "rest_ms": (lambda time: drivers.SynCom(True, *wires, rest_ms=time), 1, "ms"),
        "baudrate": (lambda time: drivers.SDCard(Bus(), Bus(), time), None, "Hz"),
        "the time between two changes of an LED": (lambda time: drivers.heartbeat(time, print), 1, "ms"),
    }


def test_times_that_can_not_be_are_refused(core, drivers, threadsafe):
    async def main():
        for name, (make, least, unit) in times_of(drivers, core, threadsafe).items():
            words = " is above 0 " + unit if least is None else " is " + str(least) + " " + unit + " or more"
            for time in (float("inf"), float("nan"), -float("inf"), -1, -1e30):
                refused(ValueError, name.strip() + words + ", and has an end, not " + repr(time), make, time)
            for time in ("1", b"1", [1], None) if name not in ("rotate", "timeout, or 0 for none,") else ("1",):
                refused(TypeError, name.strip() + words, make, time)

    run(core, main)


def test_so_are_those_that_are_given_later(core, drivers, offload):
    async def main():
        worker = offload.Worker()
        transmitter = drivers.NECTransmitter(lambda level: None, worker)
        for ms in (float("inf"), float("nan"), -1):
            words = "is held is 0 ms or more, and has an end, not " + repr(ms)
            await refused_later(ValueError, words, transmitter.hold(1, 2, ms))
        await worker.close()
        assert transmitter.sent == 0

    run(core, main)


def test_what_is_counted_is_whole(core, drivers):
    async def main():
        wires = [Wire() for _ in range(4)]
        makers = {
            "max_lines": lambda n: drivers.HalfDuplex(Port(), max_lines=n),
            "max_length": lambda n: drivers.RecordOrientedUart(Port(), max_length=n),
            "window": lambda n: drivers.HeartbeatClient("h", window=n),
            " max_length": lambda n: drivers.HeartbeatServer(max_length=n),
            "max_clients": lambda n: drivers.HeartbeatServer(max_clients=n),
            "queue": lambda n: drivers.SynCom(True, *wires, queue=n),
            "  max_length": lambda n: drivers.SynCom(True, *wires, max_length=n),
            "size": lambda n: drivers.Logger("no.log", size=n),
            "keep": lambda n: drivers.Logger("no.log", keep=n),
        }
        for name, make in makers.items():
            words = name.strip() + " is " + ("0" if name == "keep" else "1")
            for number in (float("inf"), float("nan"), 1.5, -1):
                refused(ValueError, words, make, number)
            for number in ("1", b"1", [1], None):
                refused(TypeError, words, make, number)

    run(core, main)


def test_what_can_not_be_called_or_is_no_worker_or_queue_is_refused(core, drivers):
    async def main():
        refused(TypeError, "queue is a ThreadSafeQueue", drivers.Polled, int, 1, None)
        refused(TypeError, "report is a function", drivers.metrics, 10, 5)
        refused(TypeError, "worker is an offload.Worker", drivers.NECTransmitter, print, None)
        refused(TypeError, "handler is a coroutine function", drivers.HeartbeatServer, handler=5)
        refused(TypeError, "mount is a function, or None, not 5", drivers.Logger, "no.log", mount=5)
        refused(TypeError, "on_error is a function, or None, not 5", drivers.Logger, "no.log", on_error=5)

    run(core, main)


def test_what_is_no_worker_bus_pin_or_led_is_refused_at_once(core, threadsafe, drivers):
    """A task would tell it later, and readings and records would just not come."""

    async def main():
        queue = threadsafe.ThreadSafeQueue(1)
        for worker in (5, "core 1"):
            refused(TypeError, "worker is an offload.Worker", drivers.Polled, int, 1, queue, worker)
            refused(TypeError, "worker is an offload.Worker", drivers.Logger, "no.log", worker=worker)
            refused(TypeError, "worker is an offload.Worker", drivers.NECTransmitter, print, worker)
        refused(TypeError, "i2c is a machine.I2C, not 0", drivers.HTU21D, 0)
        refused(TypeError, "spi is a machine.SPI or SoftSPI, not 0", drivers.SDCard, 0, 17)
        refused(TypeError, "cs is a machine.Pin, not 17", drivers.SDCard, Bus(), 17)
        refused(TypeError, "led is a machine.Pin, or what can be called, not 25", drivers.heartbeat, 100, 25)

    run(core, main)


def test_numbers_that_are_none_are_named(core, drivers):
    times = submodule(drivers, "nec_times")
    for given in ("1", 1.5, None):
        refused(TypeError, "an I2C address is a whole number", drivers.HTU21D, Bus(), 1, given)
        refused(TypeError, "an address is a whole number", times.encode, given, 1, False)
        refused(TypeError, "data is a whole number", times.encode, 1, given, False)
    for given in ("10", None):
        refused(TypeError, "a period is 0.1 to 300 seconds", drivers.metrics, given)


@pytest.mark.parametrize("port", [-1, 65536, "8123"])
def test_a_port_is_0_to_65535(core, drivers, port):
    async def main():
        refused(ValueError, "a port is 0 to 65535", drivers.HeartbeatServer, port=port)
        refused(ValueError, "a port is 0 to 65535", drivers.HeartbeatClient, "localhost", port)

    run(core, main)


@pytest.mark.parametrize("mask", [-1, 64, "RMC"])
def test_a_mask_of_a_receiver_is_a_sum_of_kinds(core, drivers, mask):
    async def main():
        refused(ValueError, "cb_mask is a sum of RMC", drivers.AS_GPS, None, 0, print, mask)
        drivers.AS_GPS(None, 0, print, 63)

    run(core, main)


def test_a_number_is_no_bytes(core, drivers):
    """`bytes(5)` would be five zeros, sent, or waited for."""

    async def main():
        for delimiter in (10, "\n"):
            refused(TypeError, "delimiter is bytes, not", drivers.RecordOrientedUart, Port(), delimiter)
        port = Port()
        records = drivers.RecordOrientedUart(port, b"\n")
        for data in (5, "text"):
            await refused_later(TypeError, "a record is bytes, not", records.send_record(data))
        modem = drivers.HalfDuplex(port)
        await refused_later(TypeError, "is bytes, not 5", modem.send_command(5))
        refused(TypeError, "is bytes, not 5", drivers.HalfDuplex, port, until=(5,))
        assert not port.sent

    run(core, main)


class Modem(Port):
    """Says OK to each AT."""

    def write(self, buf):
        if bytes(buf) == b"AT\r":
            self.came.append(b"OK\r\n")
        return Port.write(self, buf)


@pytest.mark.parametrize("until", ["OK", b"OK", ("OK", "ERROR"), (b"OK", b"ERROR")])
def test_lines_that_end_an_answer_may_be_text_or_bytes_one_or_several(core, drivers, until):
    async def main():
        modem = drivers.HalfDuplex(Modem(), 100_000, until=until, ending="\r")
        assert await core.wait_for(modem.send_command("AT"), 10) == [b"OK\r\n"]

    run(core, main)
