"""HalfDuplex: a command, and the lines of the answer until the device falls silent."""

import pytest

from ports import Port
from support import run


class Device(Port):
    """Answers a command, a line, with the pieces that `answers` has for it."""

    def __init__(self, **answers):
        Port.__init__(self)
        self.answers = answers

    def write(self, buf):
        count = Port.write(self, buf)
        if self.sent.endswith(b"\r\n"):
            command = bytes(self.sent[:-2]).decode()
            self.sent[:] = b""
            self.came.extend(self.answers.get(command, []))
        return count


@pytest.mark.rp2040(seeds=1)
def test_lines_come_until_the_device_is_silent(core, drivers):
    async def main():
        modem = drivers.HalfDuplex(Device(Run=[b"Line 1\r\nLi", b"ne 2\r\n"], At=[b"> "]), timeout=60)
        assert await modem.send_command("Run") == [b"Line 1\r\n", b"Line 2\r\n"]
        assert await modem.send_command("At") == [b"> "]
        assert await modem.send_command("Nothing") == []
        assert await modem.send_command(b"Run") == [b"Line 1\r\n", b"Line 2\r\n"]

    run(core, main)


def test_a_slow_line_is_waited_for_and_a_last_one_ends_it_at_once(core, drivers):
    async def main():
        device = Device()
        modem = drivers.HalfDuplex(device, timeout=3000, until=(b"OK", b"ERROR"))

        async def speak():
            for piece in (b"a\r\n", b"O", b"K\r\n", b"late\r\n"):
                await core.sleep_ms(20)
                device.came.append(piece)

        speaking = core.create_task(speak())
        assert await core.wait_for(modem.send_command("x"), 2) == [b"a\r\n", b"OK\r\n"]
        await speaking
        device.answers["y"] = [b"ERROR\r\n"]
        assert await core.wait_for(modem.send_command("y"), 2) == [b"ERROR\r\n"]
        assert modem.unasked == 1

    run(core, main)


def test_nothing_is_sent_for_none(core, drivers):
    async def main():
        device = Device()
        modem = drivers.HalfDuplex(device, timeout=20)
        device.came.append(b"by itself\n")
        assert await modem.send_command(None) == [b"by itself\n"]
        assert not device.sent and modem.unasked == 0

    run(core, main)


def test_commands_of_several_tasks_go_one_after_another(core, drivers):
    async def main():
        modem = drivers.HalfDuplex(Device(a=[b"A\n"], b=[b"B\n"], c=[b"C\n"]), timeout=20)
        tasks = [core.create_task(modem.send_command(name)) for name in "abc"]
        assert await core.gather(*tasks) == [[b"A\n"], [b"B\n"], [b"C\n"]]
        assert modem.unasked == 0

    run(core, main)


def test_a_cancelled_command_does_not_disturb_the_next(core, drivers):
    async def main():
        device = Device(b=[b"B\n"])
        modem = drivers.HalfDuplex(device, timeout=1000, until=(b"B",))
        task = core.create_task(modem.send_command("a"))
        await core.sleep_ms(20)
        task.cancel()
        await core.gather(task, return_exceptions=True)
        device.came.append(b"of a\nrest")
        assert await modem.send_command("b") == [b"B\n"]
        assert modem.unasked == 2

    run(core, main)


def test_a_device_that_does_not_stop_is_an_error_with_what_came(core, drivers):
    async def main():
        device = Device(go=[b"x\n"] * 50, on=[b"y" * 300 + b"\nz\n"])
        modem = drivers.HalfDuplex(device, timeout=20, max_lines=10)
        with pytest.raises(drivers.ResponseTooLong, match="10 lines and goes on") as caught:
            await modem.send_command("go")
        assert caught.value.lines == [b"x\n"] * 10
        device.came.clear()
        assert await modem.send_command("on") == [b"z\n"]
        assert modem.too_long == 1

    run(core, main)


@pytest.mark.parametrize("number", [5, 110])
def test_a_stream_that_breaks_is_no_silence(core, drivers, number):
    """CPython makes a TimeoutError of an OSError(ETIMEDOUT), as a connection has whose other end is gone."""

    async def main():
        device = Device()
        modem = drivers.HalfDuplex(device, timeout=50)
        device.error = OSError(number, "broken")
        for command in ("AT", None):
            with pytest.raises(OSError) as caught:
                await modem.send_command(command)
            assert caught.value.errno == number

    run(core, main)


def test_what_makes_no_sense_is_refused_and_closed_is_closed(core, drivers):
    async def main():
        for options in ({"timeout": 0}, {"max_lines": 0}, {"max_length": 0}):
            with pytest.raises(ValueError):
                drivers.HalfDuplex(Device(), **options)
        modem = drivers.HalfDuplex(Device(), timeout=20)
        modem.close()
        modem.close()
        with pytest.raises(OSError, match="the stream is closed"):
            await modem.send_command("x")

    run(core, main)
