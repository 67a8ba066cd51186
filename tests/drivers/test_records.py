"""RecordOrientedUart: whole records, whatever pieces they come in; too long ones are counted and left out."""

import pytest

from ports import Port
from support import run, submodule


async def all_of(records):
    found = []
    async for record in records:
        found.append(record)
    return found


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize(
    "delimiter, pieces, expected",
    [
        (b"\0", [b"hello\0world\0"], [b"hello", b"world"]),
        (b"\0", [b"he", b"llo", b"\0wor", b"ld", b"\0"], [b"hello", b"world"]),
        (b"\0", [b"\0\0a\0"], [b"", b"", b"a"]),
        (b"\r\n", [b"a\r", b"\nb\rc\n\r", b"\r\n"], [b"a", b"b\rc\n\r"]),
        (b"--", [b"a-", b"-b---", b"c--"], [b"a", b"b", b"-c"]),
    ],
)
def test_records_come_whole(core, drivers, delimiter, pieces, expected):
    async def main():
        records = drivers.RecordOrientedUart(Port(*pieces, ended=True), delimiter)
        assert await all_of(records) == expected

    run(core, main)


@pytest.mark.parametrize("size", [1, 3, 64, 1000])
def test_too_long_ones_are_counted_and_the_next_is_whole(core, drivers, size):
    async def main():
        text = b"ok\0" + b"x" * 11 + b"\0" + b"1234567890\0" + b"y" * 500 + b"\0last\0" + b"z" * 300
        port = Port(*[text[n : n + size] for n in range(0, len(text), size)], ended=True)
        records = drivers.RecordOrientedUart(port, max_length=10)
        assert await all_of(records) == [b"ok", b"1234567890", b"last"]
        assert records.too_long == 3

    run(core, main)


def test_it_is_awaited_and_read_once_more(core, drivers):
    async def main():
        records = drivers.RecordOrientedUart(Port(b"one\0two\0"))
        assert records.read_record() is None
        assert await records == b"one"
        assert records.read_record() == b"one"
        assert await records == b"two"

    run(core, main)


def test_a_cancelled_read_loses_nothing(core, drivers):
    async def main():
        port = Port(b"hal")
        records = drivers.RecordOrientedUart(port)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(records.read(), 20)
        assert not port.came
        port.came.append(b"f\0")
        assert await core.wait_for_ms(records.read(), 2000) == b"half"
        port.came.append(b"given up")
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(records.read(), 20)
        assert records.take_partial() == b"given up"
        port.came.append(b"next\0")
        assert await records == b"next"

    run(core, main)


def test_the_end_of_the_stream_and_its_errors_are_told(core, drivers):
    async def main():
        port = Port(b"part", ended=True)
        records = drivers.RecordOrientedUart(port)
        with pytest.raises(submodule(core, "stream_errors").IncompleteReadError) as caught:
            await records
        assert caught.value.partial == b"part"
        port.error = OSError(5)
        with pytest.raises(OSError):
            await records

    run(core, main)


def test_a_record_is_sent_with_its_delimiter(core, drivers):
    async def main():
        port = Port()
        records = drivers.RecordOrientedUart(port, b"--", max_length=5)
        for data in (b"abc", bytearray(b"-x"), b"", b"12345"):
            await records.send_record(data)
        assert port.sent == b"abc---x----12345--"
        for data in (b"a--b", b"a-"):
            with pytest.raises(ValueError, match="a delimiter in the record"):
                await records.send_record(data)
        with pytest.raises(ValueError, match="5 bytes at the most, not 6"):
            await records.send_record(b"123456")

    run(core, main)


def test_after_close_it_says_so(core, drivers):
    async def main():
        records = drivers.RecordOrientedUart(Port())
        reading = core.create_task(records.read())
        await core.sleep_ms(5)
        records.close()
        records.close()
        with pytest.raises(OSError, match="the stream is closed"):
            await reading
        with pytest.raises(OSError, match="the stream is closed"):
            await records.send_record(b"x")

    run(core, main)


def test_what_makes_no_sense_is_refused(drivers):
    with pytest.raises(ValueError, match="a delimiter is one byte or more"):
        drivers.RecordOrientedUart(Port(), b"")
    with pytest.raises(ValueError, match="max_length is 1 byte or more"):
        drivers.RecordOrientedUart(Port(), max_length=0)
