"""WAV files at an I2S: what is played is in one, what is heard comes from one, and what is wrong with one is said."""

import struct
import wave

import pytest

from twincore.desktop.board import Board
from twincore.desktop.board.i2s import Buffering, Format
from twincore.desktop.emulation.outside.board import EmulatedBoard
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
BUFFERING = Buffering(size=1024, block=8, least=1, chunk=None)


@pytest.fixture
def wire(tmp_path):
    """A function: wire(text, kind="pico") -> a board in virtual time whose I2S is wired as this text says."""
    boards = []

    def make(text, kind="pico"):
        file = tmp_path / "board.toml"
        file.write_text(text)
        board = Board(kind, virtual=True)
        boards.append(board)
        Wiring.load(file).apply(board)
        return board

    yield make
    for board in boards:
        board.close()


def wav(file, width, frames, rate=8000, channels=1):
    with wave.open(str(file), "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(width)
        made.setframerate(rate)
        made.writeframes(frames)


def read(file):
    with wave.open(str(file)) as made:
        return made.getparams()[:3], made.readframes(made.getnframes())


def listen(board, count, format):
    """The first `count` frames that it hears."""
    bus, buf = board.i2s(0), bytearray(count * format.frame)
    with board.core("test", main=True):
        bus.start(format, Buffering(size=1 << 16, block=count, least=1, chunk=None))
        board.time.sleep(board.time.now() + count * 1_000_000 // format.rate)
        assert bus.take(memoryview(buf)) == len(buf)
        bus.stop()
    return bytes(buf)


def test_a_recording_has_the_silence_between_two_sounds_and_none_before_and_after(wire, tmp_path):
    board = wire('[i2s.0]\nplays = "out.wav"')
    bus = board.i2s(0)
    with board.core("test", main=True):
        bus.start(Format(True, 16, 1, 8000), BUFFERING)
        board.time.sleep(100_000)
        bus.put(memoryview(b"ab" * 16))
        board.time.sleep(110_000)
        bus.put(memoryview(b"cd" * 8))
        board.time.sleep(200_000)
    board.close()
    assert read(tmp_path / "out.wav") == ((1, 2, 8000), b"ab" * 16 + bytes(2 * 8 * 8) + b"cd" * 8)
    assert [sound.at for sound in bus.sounds()] == [101_000, 111_000]


def test_what_has_another_format_goes_to_another_file(wire, tmp_path):
    board = wire('[i2s.0]\nplays = "out.wav"')
    bus = board.i2s(0)
    with board.core("test", main=True):
        for number, format in enumerate((Format(True, 16, 1, 8000), Format(True, 32, 2, 48_000)), 1):
            bus.start(format, BUFFERING)
            bus.put(memoryview(bytes(range(64))))
            board.time.sleep(number * 100_000)
    board.close()
    assert read(tmp_path / "out.wav") == ((1, 2, 8000), bytes(range(64)))
    assert read(tmp_path / "out-2.wav") == ((2, 4, 48_000), bytes(range(64)))


def test_a_file_that_cannot_be_written_is_told_once_and_the_board_goes_on(wire, tmp_path):
    (tmp_path / "out.wav").mkdir()
    board, printed = wire('[i2s.0]\nplays = "out.wav"'), []
    board.output = printed.append
    bus = board.i2s(0)
    with board.core("test", main=True):
        bus.start(Format(True, 16, 1, 8000), BUFFERING)
        bus.put(memoryview(bytes(64)))
        board.time.sleep(100_000)
    assert [len(sound.data) for sound in bus.sounds()] == [64]
    assert printed == [f"I2S(0): cannot write {tmp_path / 'out.wav'}: Is a directory\n"]


@pytest.mark.parametrize(
    ("width", "frames", "heard"),
    [
        (1, bytes([128, 255, 0, 64]), [0, 127 << 24, -(1 << 31), -(1 << 30)]),
        (2, struct.pack("<4h", 1, -1, 32767, -32768), [1 << 16, -(1 << 16), 32767 << 16, -(1 << 31)]),
        (3, b"\x01\0\0\xff\xff\xff\0\0\x80\xff\xff\x7f", [256, -256, -(1 << 31), 0x7FFFFF00]),
        (4, struct.pack("<4i", 1, -1, 5, -(1 << 31)), [1, -1, 5, -(1 << 31)]),
    ],
)
def test_what_is_heard_is_a_file_of_any_width_and_then_silence(wire, tmp_path, width, frames, heard):
    wav(tmp_path / "in.wav", width, frames)
    board = wire('[i2s.0]\nhears = "in.wav"')
    assert struct.unpack("<6i", listen(board, 6, Format(False, 32, 1, 8000))) == (*heard, 0, 0)


def test_it_is_heard_at_its_own_rate_in_both_channels_and_from_its_start_each_time(wire, tmp_path):
    wav(tmp_path / "in.wav", 2, struct.pack("<6h", 1, -1, 2, -2, 3, -3), rate=4000, channels=2)
    board = wire('[i2s.0]\nhears = "in.wav"\nagain = true')
    for rate, left in ((4000, [1, 2, 3, 1]), (12_000, [1, 1, 2, 2, 2, 3, 3, 3, 1]), (2000, [1, 3, 2, 1])):
        expected = [value for sample in left for value in (sample, -sample)]
        found = listen(board, len(left), Format(False, 16, 2, rate))
        assert list(struct.unpack(f"<{2 * len(left)}h", found)) == expected


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("[i2s.0]", "pico", "i2s.0: it has none of plays, hears: give one of them, or both"),
        ('[i2s.2]\nplays = "a.wav"', "pico", r"i2s.2: I2S\(2\) doesn't exist: a pico has I2S 0 and 1"),
        ('[i2s.0]\nplays = "no/a.wav"', "pico", "i2s.0.plays: there is no folder"),
        ('[i2s.0]\nhears = "voise.wav"', "pico", "i2s.0.hears: there is no file voise.wav: did you mean voice.wav?"),
        ('[i2s.0]\nhears = "text.wav"', "pico", "i2s.0.hears: text.wav is no WAV file that can be read"),
        ('[i2s.0]\nhears = "empty.wav"', "pico", "i2s.0.hears: empty.wav is no WAV file that can be read: it ends"),
        ('[i2s.0]\nhears = "silent.wav"', "pico", "i2s.0.hears: silent.wav has no sound in it"),
        ('[i2s.0]\nplay = "a.wav"', "pico", "i2s.0: no 'play': did you mean plays?"),
        ('[i2s.1]\nplays = "a.wav"', "pyboard", "a pyboard has I2S 2"),
    ],
)
def test_what_is_wrong_is_said(wire, tmp_path, text, kind, said):
    wav(tmp_path / "voice.wav", 2, bytes(16))
    wav(tmp_path / "silent.wav", 2, b"")
    (tmp_path / "text.wav").write_text("this is a text, and as long as a header of a WAV file would be")
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(BadSetting, match=said):
        wire(text, kind)


def test_around_the_emulated_board_it_is_refused(tmp_path):
    file = tmp_path / "board.toml"
    file.write_text('[i2s.0]\nplays = "out.wav"')
    with EmulatedBoard(print) as board, pytest.raises(BadSetting, match="i2s.0: .* leave --on rp2040 out"):
        Wiring.load(file).apply(board, paced=True)
