"""Logger: what tasks, threads and interrupts log is in the file, whole and in order; a card that is full or out is
reported, counted, and goes on when it is back."""

import os

import pytest

from support import run

pytestmark = pytest.mark.timeout(60)


def remove(*names):
    for name in names:
        try:
            os.remove(name)
        except OSError:
            pass


def content(name):
    with open(name, "rb") as file:
        return file.read()


class Card:
    """A folder that may be out, as `mount` finds it, or full, as a file's `write` does."""

    def __init__(self, logger_file=None, room=1 << 30):
        self.out = False
        self.room = room
        self.mounts = 0
        if logger_file is not None:
            logger_file.open = self.open

    def mount(self):
        self.mounts += 1
        if self.out:
            raise OSError(19, "no SD card")

    def open(self, path, mode, buffering):
        return CardFile(self, open(path, mode, buffering))


class CardFile:
    def __init__(self, card, file):
        self.card = card
        self.file = file

    def write(self, data):
        """As FatFs has it: what there is room for is written, then it fails."""
        card = self.card
        if card.out:
            raise OSError(5)
        count = min(card.room, len(data))
        self.file.write(data[:count])
        card.room -= count
        if count < len(data):
            raise OSError(28)
        return count

    def seek(self, offset, whence):
        return self.file.seek(offset, whence)

    def flush(self):
        if self.card.out:
            raise OSError(5)
        self.file.flush()

    def fileno(self):
        return self.file.fileno()

    def close(self):
        self.file.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_record_for_which_there_is_no_room_is_dropped_whole_and_counted(core, drivers):
    async def main():
        remove("twincore.log")
        log = drivers.Logger("twincore.log", size=100, interval=10)
        source = log.source(10)
        assert log.write(b"x" * 60)
        assert not log.write(b"y" * 41)
        assert log.write(b"z" * 40)
        assert source.write(b"1234567890", 7)
        assert not source.write(b"abcd")
        assert source.write(b"ab")
        assert (log.dropped, source.dropped) == (2, 1)
        await log.close()
        assert content("twincore.log") == b"x" * 60 + b"z" * 40 + b"1234567" + b"ab"
        remove("twincore.log")

    run(core, main)


def test_half_a_ring_full_is_written_before_the_interval(core, drivers):
    async def main():
        remove("twincore.log")
        log = drivers.Logger("twincore.log", size=100, interval=1000)
        for n in range(1, 20):
            assert log.write(b"x" * 60)
            while log.written < 60 * n:
                await core.sleep_ms(1)
        await log.close()
        remove("twincore.log")

    run(core, main)


@pytest.mark.parametrize("keep,expected", [(0, 0), (1, 1), (2, 2), (9, 4)])
def test_a_new_file_is_begun_when_it_is_long(core, drivers, keep, expected):
    async def main():
        names = ["twincore.log"] + ["twincore.log." + str(n) for n in range(1, 11)]
        remove(*names)
        log = drivers.Logger("twincore.log", rotate=100, keep=keep)
        for n in range(10):
            log.line(str(n) * 39)  # two of which are 80 bytes
            await log.flush()
        await log.close()
        assert log.rotations == 4
        found = []
        for number in range(10, -1, -1):
            try:
                found.append(content(names[number]))
            except OSError:
                pass
        assert len(found) == expected + 1
        lines = b"".join([(str(n) * 39 + "\n").encode() for n in range(10)])
        assert b"".join(found) == lines[-80 * len(found) :]
        remove(*names)

    run(core, main)


def test_what_is_there_is_gone_on_with(core, drivers):
    async def main():
        remove("twincore.log")
        for text in ("one", "two"):
            async with drivers.Logger("twincore.log") as log:
                log.line(text)
        assert content("twincore.log") == b"one\ntwo\n"
        remove("twincore.log")

    run(core, main)


def test_a_card_that_is_out_is_reported_and_resumes_when_it_is_back(core, drivers):
    async def main():
        remove("twincore.log")
        told = []
        card = Card()
        card.out = True
        log = drivers.Logger("twincore.log", size=50, interval=0.01, retry=0.02, mount=card.mount, on_error=told.append)
        for n in range(10):
            log.line("line " + str(n))  # 7 bytes
        while log.errors < 3:
            await core.sleep_ms(5)
        assert isinstance(log.error, OSError)
        for n in range(10, 20):
            log.line("line " + str(n))  # 8 bytes: behind what is under way there is room for 6
        assert log.dropped == 3 + 4
        with pytest.raises(OSError):
            await log.flush()
        card.out = False
        while log.error is not None:
            await core.sleep_ms(5)
        await log.flush()
        expected = "".join(["line " + str(n) + "\n" for n in [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15]])
        assert content("twincore.log") == expected.encode()
        assert len(told) == 2 and isinstance(told[0], OSError) and told[1] is None
        assert card.mounts == log.errors + 1
        await log.close()
        assert log.lost == 0
        remove("twincore.log")

    run(core, main)


def test_an_on_error_that_fails_is_reported_and_the_log_goes_on(core, drivers):
    async def main():
        remove("twincore.log")
        reported = []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        def fails(error):
            raise ZeroDivisionError

        card = Card()
        card.out = True
        log = drivers.Logger("twincore.log", interval=0.01, retry=0.02, mount=card.mount, on_error=fails)
        log.line("it goes on")
        while not reported:
            await core.sleep_ms(5)
        card.out = False
        while len(reported) < 2:
            await core.sleep_ms(5)
        await log.close()
        assert [type(error) for error in reported] == [ZeroDivisionError] * 2
        assert content("twincore.log") == b"it goes on\n" and log.error is None
        remove("twincore.log")

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("room", [0, 1, 7, 20, 39])
def test_a_card_that_runs_full_in_the_middle_of_a_batch_repeats_nothing(core, drivers, folder, monkeypatch, room):
    logger_file = __import__(drivers.__name__ + ".logger_file", None, None, ("LogFile",))
    monkeypatch.setattr(logger_file, "open", None, raising=False)  # undone at the end

    async def main():
        card = Card(logger_file, room)
        log = drivers.Logger("log", interval=0.01, retry=0.01, mount=card.mount)
        for n in range(5):
            log.line("line 0" + str(n))
        while log.errors < 3:
            await core.sleep_ms(5)
        assert "28" in repr(log.error)
        assert len(content("log")) == room
        log.line("and more")
        card.room = 1000
        await core.sleep_ms(0)
        while log.error is not None:
            await core.sleep_ms(5)
        await log.close()
        assert content("log") == b"line 00\nline 01\nline 02\nline 03\nline 04\nand more\n"
        assert log.written == 49 and log.lost == log.dropped == 0

    run(core, main)


@pytest.mark.cpython
def test_another_card_gets_what_the_first_did_not_take(core, drivers, folder, monkeypatch):
    logger_file = __import__(drivers.__name__ + ".logger_file", None, None, ("LogFile",))
    monkeypatch.setattr(logger_file, "open", None, raising=False)

    async def main():
        card = Card(logger_file)
        log = drivers.Logger("log", interval=0.01, retry=0.01, mount=card.mount)
        log.line("on the first")
        await log.flush()
        card.out = True
        log.line("on the second")
        while log.errors < 2:
            await core.sleep_ms(5)
        os.rename("log", "first")
        card.out = False
        await core.sleep_ms(0)
        while log.error is not None:
            await core.sleep_ms(5)
        await log.close()
        assert content("first") == b"on the first\n"
        assert content("log") == b"on the second\n"

    run(core, main)


def test_what_can_not_be_written_until_it_is_closed_is_counted(core, drivers):
    async def main():
        log = drivers.Logger("no/such/folder/twincore.log", interval=0.01, retry=1000)
        log.line("abc")
        while not log.errors:
            await core.sleep_ms(5)
        log.line("de")
        await log.close()
        assert log.lost == 7
        assert log.written == 0
        assert isinstance(log.error, OSError)

    run(core, main)


def test_a_closed_logger_says_so(core, drivers):
    async def main():
        remove("twincore.log")
        log = drivers.Logger("twincore.log")
        source = log.source()
        log.line("one")
        await log.close()
        await log.close()
        with pytest.raises(RuntimeError):
            log.line("two")
        with pytest.raises(RuntimeError):
            log.source()
        assert not source.write(b"three")
        assert log.dropped == source.dropped == 1
        await log.flush()
        assert content("twincore.log") == b"one\n"
        remove("twincore.log")

    run(core, main)


def test_it_shares_a_worker(core, drivers, offload):
    async def main():
        remove("twincore.log")
        async with offload.Worker() as worker:
            async with drivers.Logger("twincore.log", interval=0.01, worker=worker) as log:
                log.line("one")
                assert await worker.assign(pow, 3, 4) == 81
            assert content("twincore.log") == b"one\n"
            assert await worker.assign(pow, 3, 4) == 81
        remove("twincore.log")

    run(core, main)


def test_a_worker_that_is_closed_ends_it(core, drivers, offload):
    async def main():
        worker = offload.Worker()
        told = []
        log = drivers.Logger("twincore.log", interval=0.01, worker=worker, on_error=told.append)
        await worker.close()
        log.line("nobody writes this")
        while not told:
            await core.sleep_ms(1)
        with pytest.raises(RuntimeError):
            log.line("two")
        await log.close()
        assert log.lost == 19

    run(core, main)


@pytest.mark.parametrize(
    "settings", [{"interval": 0}, {"retry": -1}, {"rotate": 0}, {"keep": -1}, {"size": 0}]
)  # fmt: skip
def test_what_makes_no_sense_is_refused(core, drivers, settings):
    async def main():
        with pytest.raises(ValueError):
            drivers.Logger("twincore.log", **settings)

    run(core, main)


def test_what_is_no_path_is_refused(core, drivers):
    async def main():
        for path in (5, None, b"twincore.log"):
            with pytest.raises(TypeError, match="path is the name of a file"):
                drivers.Logger(path)

    run(core, main)


@pytest.mark.cpython
def test_a_path_of_pathlib_is_one_and_turns_over(core, drivers, tmp_path):
    async def main():
        async with drivers.Logger(tmp_path / "x.log", rotate=10) as log:
            log.line("12345678")
            await log.flush()
            log.line("9")
        assert content(tmp_path / "x.log.1") + content(tmp_path / "x.log") == b"12345678\n9\n"

    run(core, main)


@pytest.mark.cpython
def test_a_write_that_hangs_is_named_as_it_is_closed(core, drivers, folder):
    import threading

    blocked = threading.Event()

    async def main():
        log = drivers.Logger("card.log", mount=blocked.wait, interval=10)
        log.write(b"abc")
        with pytest.raises(core.TimeoutError, match="a write to card.log hangs for 0.05 s"):
            await log.close(0.05)
        blocked.set()
        await log.close(5)

    run(core, main)
