"""RecordOrientedUart and HalfDuplex with any bytes, and on a simulated UART."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core
from twincore.drivers import HalfDuplex, RecordOrientedUart, ResponseTooLong

from ports import Port
from support import run

pytestmark = pytest.mark.cpython
WORDS = st.text("ab-", min_size=1, max_size=30).map(str.encode)
PIECES = st.lists(st.binary(min_size=1, max_size=30) | WORDS, max_size=20)


@settings(deadline=None)
@given(PIECES, st.sampled_from([b"-", b"\0", b"--", b"ab"]), st.integers(1, 40))
def test_records_are_what_split_says(pieces, delimiter, max_length):
    async def main():
        records = RecordOrientedUart(Port(*pieces, ended=True), delimiter, max_length)
        parts = b"".join(pieces).split(delimiter)
        found = [record async for record in records]
        assert found == [part for part in parts[:-1] if len(part) <= max_length]
        assert records.too_long >= sum(len(part) > max_length for part in parts[:-1])

    run(core, main)


@settings(deadline=None, max_examples=30)
@given(PIECES)
def test_a_device_that_talks_nonsense_is_no_error(pieces):
    async def main():
        device = HalfDuplex(Port(), 5, max_lines=10, max_length=20)
        device._stream.s.came.extend(pieces)
        try:
            lines = await device.send_command(None)
        except ResponseTooLong as error:
            lines = error.lines
            assert len(lines) == 10
        assert all(len(line) <= 21 for line in lines)

    run(core, main)


def test_at_9600_baud(board, run_app):
    program = """
import asyncio
from machine import UART
from as_drivers import HalfDuplex, RecordOrientedUart

async def main():
    records = RecordOrientedUart(UART(0, 9600))
    await records.send_record(b"hello")
    print(await records)
    modem = HalfDuplex(UART(1, 9600), 400, until=(b"OK",))
    print(await modem.send_command("AT"))
    print(await modem.send_command("AT+NONE"))

asyncio.run(main())
"""
    from twincore.desktop.chips.loopback import Loopback

    Loopback(board, 0)
    port = board.uart(1)
    asked = bytearray()

    def answer(byte, *_):
        asked.append(byte)
        if asked.endswith(b"AT\r\n"):
            board.at(board.time.now() + 300_000, port.feed, b"AT\r\n")
            board.at(board.time.now() + 600_000, port.feed, b"OK\r\n")

    port.on_byte.append(answer)
    app = run_app("main.py", files={"main.py": program})
    assert app.wait(timeout=10) == 0
    assert app.output == ["b'hello'", "[b'AT\\r\\n', b'OK\\r\\n']", "[]"]
