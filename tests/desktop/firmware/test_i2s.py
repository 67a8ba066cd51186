"""machine.I2S: sound at its rate, out and in, in each of the three ways to move it."""

import errno
import math
import struct
import wave

import pytest

from twincore.desktop.wiring import Wiring

PINS = {"pico": (16, 17, 18), "pico2": (16, 17, 18), "esp32": (14, 13, 12), "pyboard": ("Y6", "Y5", "Y8")}
NUMBER = {"pico": 0, "pico2": 1, "esp32": 1, "pyboard": 2}
FRAMES = 128 // 4  # of a block of 16 bits that an RP2 sends
HEARD = 128 // 8  # of one that it receives


@pytest.fixture
def new_i2s(new_world):
    """A function: new_i2s(mode="TX", kind="pico", **settings) -> (I2S, what is at its other end, world).

    16 bits, stereo, 8 kHz and a buffer of 4 KB, if nothing else is said.
    """

    def make(mode="TX", kind="pico", **settings):
        world = new_world(kind)
        m = world.import_module("machine")
        sck, ws, sd = (m.Pin(pin) for pin in PINS[kind])
        settings["format"] = getattr(m.I2S, settings.pop("format", "STEREO"))
        given = {"sck": sck, "ws": ws, "sd": sd, "bits": 16, "rate": 8000, "ibuf": 4096, **settings}
        return m.I2S(NUMBER[kind], mode=getattr(m.I2S, mode), **given), world.board.i2s(NUMBER[kind]), world

    return make


def ramp(frames, bits=16, channels=2):
    """Frames that differ from each other, as bytes."""
    code = "h" if bits == 16 else "i"
    return b"".join(struct.pack(f"<{channels}{code}", *(number - 5, -number)[:channels]) for number in range(frames))


# Blocking


@pytest.mark.parametrize("kind", ["pico", "pico2", "pyboard"])
def test_what_is_written_goes_out_at_the_rate_and_a_write_waits_until_all_is_in_the_buffer(new_i2s, kind):
    i2s, bus, world = new_i2s(kind=kind)
    data = ramp(8000)
    with world.main_program():
        assert i2s.write(data) == 32000
        left = math.ceil((32000 - 4095) / 128)  # blocks that are gone by then
        assert world.time.now() == left * FRAMES * 125
        world.sleep(1_100_000)
    (sound,) = bus.sounds()
    assert bytes(sound.data) == data
    assert sound.frames()[:3] == [(-5, 0), (-4, -1), (-3, -2)]
    assert (sound.at, sound.ends()) == (FRAMES * 125, FRAMES * 125 + 1_000_000)
    assert bus.underruns == 0


@pytest.mark.parametrize(
    ("bits", "format", "rate", "frame"),
    [(16, "MONO", 44100, 2), (16, "STEREO", 22050, 4), (32, "MONO", 48000, 4), (32, "STEREO", 11025, 8)],
)
def test_frames_have_the_size_and_the_rate_that_were_asked_for(new_i2s, bits, format, rate, frame):
    i2s, bus, world = new_i2s(bits=bits, format=format, rate=rate)
    data = ramp(1024, bits, 2 if format == "STEREO" else 1)
    with world.main_program():
        i2s.write(data)
        i2s.write(bytes(256))
        world.sleep(1_000_000)
    (sound,) = bus.sounds()
    assert len(data) == 1024 * frame
    assert bytes(sound.data[: len(data)]) == data
    assert sound.ends() - sound.at == pytest.approx(len(sound.data) / frame / rate * 1e6)


def test_a_gap_is_silence_and_an_underrun_and_the_end_is_none(new_i2s):
    i2s, bus, world = new_i2s()
    with world.main_program():
        i2s.write(ramp(64))
        world.sleep(100_000)
        assert bus.underruns == 0
        i2s.write(ramp(32))
        world.sleep(1_000_000)
    first, second = bus.sounds()
    assert (first.at, first.ends()) == (4000, 12_000)
    assert (second.at, second.ends()) == (104_000, 108_000)
    assert bus.underruns == 1


def test_less_than_a_block_waits_for_more_on_a_pico_and_goes_out_on_an_esp32(new_i2s):
    i2s, bus, world = new_i2s()
    with world.main_program():
        i2s.write(ramp(48))
        world.sleep(1_000_000)
        assert [len(sound.data) for sound in bus.sounds()] == [128]
        i2s.write(ramp(16))
        world.sleep(2_000_000)
    assert b"".join(sound.data for sound in bus.sounds()) == ramp(48) + ramp(16)
    i2s, bus, world = new_i2s(kind="esp32")
    with world.main_program():
        i2s.write(ramp(48))
        world.sleep(1_000_000)
    assert [len(sound.data) for sound in bus.sounds()] == [192]


def test_an_esp32_has_two_blocks_at_least(new_i2s):
    i2s, bus, world = new_i2s(kind="esp32", ibuf=1)
    with world.main_program():
        i2s.write(ramp(512))
        assert world.time.now() == 0
        i2s.write(ramp(1))
        assert world.time.now() == 256 * 125
        world.sleep(1_000_000)
    assert bus.underruns == 0


@pytest.mark.parametrize("kind", ["pico", "pyboard", "esp32"])
def test_what_is_heard_is_read_at_the_rate(new_i2s, kind):
    i2s, bus, world = new_i2s("RX", kind)
    data = ramp(1024)
    bus.feed(data)
    buf = bytearray(len(data))
    with world.main_program():
        assert i2s.readinto(buf) == len(data)
        assert world.time.now() == 1024 * 125
        assert buf == data
        assert i2s.readinto(buf) == len(data)
        assert world.time.now() == 2 * 1024 * 125
    assert buf == bytes(len(data))  # silence
    assert bus.lost == 0


def test_a_sound_is_a_function_of_the_time_since_the_program_listens(new_i2s):
    i2s, bus, world = new_i2s("RX", format="MONO")
    bus.sound = lambda us: math.sin(2 * math.pi * us / 1000)
    buf = bytearray(32)
    with world.main_program():
        i2s.readinto(buf)
    expected = [min(32767, round(32768 * math.sin(number * math.pi / 4))) for number in range(16)]
    assert list(struct.unpack("<16h", buf)) == expected


def test_both_channels_have_their_own_sound_and_mono_is_the_left_one(new_i2s):
    for format, read in (("STEREO", (1 << 30, -(1 << 31))), ("MONO", (1 << 30, 1 << 30))):
        i2s, bus, world = new_i2s("RX", format=format, bits=32)
        bus.sound = lambda us: (0.5, -1.5)
        buf = bytearray(8)
        with world.main_program():
            i2s.readinto(buf)
        assert struct.unpack("<2i", buf) == read


def test_what_is_not_read_in_time_is_lost(new_i2s):
    i2s, bus, world = new_i2s("RX", ibuf=129)  # one block
    bus.feed(ramp(4 * HEARD))
    buf = bytearray(4 * HEARD)
    with world.main_program():
        world.sleep(3 * HEARD * 125)
        i2s.readinto(buf)
        assert buf == ramp(HEARD)
        assert bus.lost == 2 * HEARD
        i2s.readinto(buf)
    assert buf == ramp(4 * HEARD)[-4 * HEARD :]


# In the background


@pytest.mark.parametrize("kind", ["pico", "pyboard", "esp32"])
def test_with_a_handler_a_write_returns_at_once_and_the_handler_is_called_when_all_was_moved(new_i2s, kind):
    i2s, bus, world = new_i2s(kind=kind)
    called = []
    data = bytearray(ramp(4000))
    with world.main_program():
        i2s.irq(lambda which: called.append((which is i2s, world.time.now())))
        assert i2s.write(data) == 16000
        assert world.time.now() == 0
        world.sleep(300_000)
        assert not called
        world.sleep(600_000)
    ((is_it, when),) = called
    assert is_it
    assert abs(when - (16000 - 4096) / 4 * 125) < 300 * 125  # the rest is in the buffer
    (sound,) = bus.sounds()
    assert sound.data == data


def test_a_handler_that_writes_again_makes_sound_without_gaps(new_i2s):
    i2s, bus, world = new_i2s()
    data = ramp(512)
    with world.main_program():
        i2s.irq(lambda i2s: i2s.write(data))
        i2s.write(data)
        world.sleep(3_000_000)
        (sound,) = bus.sounds()
    assert len(sound.data) // 4 == (3_000_000 - int(sound.at)) // 125 + FRAMES
    assert bytes(sound.data[: 2 * len(data)]) == 2 * data


@pytest.mark.parametrize("kind", ["pico", "esp32"])
def test_with_a_handler_a_buffer_is_filled_in_the_background(new_i2s, kind):
    i2s, bus, world = new_i2s("RX", kind)
    bus.feed(ramp(1024))
    buf, called = bytearray(4096), []
    with world.main_program():
        i2s.irq(lambda which: called.append(world.time.now()))
        assert i2s.readinto(buf) == 4096
        world.sleep(100_000)
        assert not called
        world.sleep(200_000)
    assert called == [1024 * 125]
    assert buf == ramp(1024)


def test_without_the_handler_it_blocks_again(new_i2s):
    i2s, _, world = new_i2s("RX")
    with world.main_program():
        i2s.irq(print)
        i2s.irq(None)
        i2s.readinto(bytearray(4 * HEARD))
        assert world.time.now() == HEARD * 125


def test_what_is_left_of_a_buffer_in_the_background_is_given_up_without_the_handler(new_i2s):
    i2s, bus, world = new_i2s()
    with world.main_program():
        i2s.irq(print)
        i2s.write(ramp(8000))
        world.sleep(10 * FRAMES * 125)
        i2s.irq(None)
        i2s.write(bytes(4000))
        world.sleep(3_000_000)
        (sound,) = bus.sounds()
    moved = bytes(sound.data).rstrip(b"\0")
    assert ramp(8000).startswith(moved)
    assert len(moved) <= 10 * 512
    assert world.printed == []


def test_a_buffer_that_a_step_in_the_background_does_not_fit_in_is_refused(new_i2s):
    i2s, _, _ = new_i2s(ibuf=512)
    i2s.irq(print)
    assert i2s.write(bytes(511)) == 511
    with pytest.raises(ValueError, match="ibuf=512 is too small: 512 bytes move at once in the background"):
        i2s.write(bytes(1000))
    i2s, _, _ = new_i2s("RX", ibuf=256)
    i2s.irq(print)
    assert i2s.readinto(bytearray(4 * HEARD)) == 4 * HEARD
    with pytest.raises(ValueError, match="ibuf=256 is too small: 256 bytes"):
        i2s.readinto(bytearray(8 * HEARD))


# As a stream


def test_once_it_was_polled_it_moves_what_it_can(new_i2s):
    i2s, _, world = new_i2s()
    with world.main_program():
        assert i2s.ioctl(3, 4) == 4
        assert i2s.write(bytes(8000)) == 4095
        assert i2s.ioctl(3, 4) == 0
        assert i2s.write(bytes(8000)) == 0
        world.sleep(FRAMES * 125)
        assert i2s.write(bytes(8000)) == 128
    i2s, bus, world = new_i2s("RX")
    bus.feed(ramp(100))
    buf = bytearray(1000)
    with world.main_program():
        assert i2s.ioctl(3, 1) == 0
        assert i2s.readinto(buf) == 0
        world.sleep(2 * HEARD * 125)
        assert i2s.ioctl(3, 1) == 1
        assert i2s.readinto(buf) == 8 * HEARD
    assert buf[: 8 * HEARD] == ramp(2 * HEARD)


def test_in_real_time_a_write_lasts_as_long_as_the_sound(new_world, tmp_path):
    world = new_world(virtual=False)
    script = tmp_path / "main.py"
    script.write_text("""
import time
from machine import I2S, Pin
out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.MONO, rate=44100, ibuf=2000)
start = time.ticks_ms()
out.write(bytes(20000))
print(time.ticks_diff(time.ticks_ms(), start) >= 204)
""")
    assert world.run(script) == 0
    assert "".join(world.printed) == "True\n"
    assert len(world.board.i2s(0).sounds()[0].data) >= 18000


def test_a_poll_for_the_other_way_is_refused(new_i2s):
    for mode, flag in (("TX", 1), ("RX", 4)):
        i2s, _, _ = new_i2s(mode)
        with pytest.raises(OSError, match="was set up to") as raised:
            i2s.ioctl(3, flag)
        assert raised.value.errno == errno.EPERM
    with pytest.raises(OSError, match="an I2S has no ioctl 4"):
        i2s.ioctl(4)


STREAMS = """
import asyncio, select, time
from machine import I2S, Pin
out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.STEREO, rate=8000, ibuf=4096)
mic = I2S(1, sck=Pin(20), ws=Pin(21), sd=Pin(22), mode=I2S.RX, bits=16, format=I2S.STEREO, rate=8000, ibuf=1024)
if POLLED:
    poll = select.poll()
    poll.register(out, select.POLLOUT)
    poll.poll(0)
async def play():
    writer = asyncio.StreamWriter(out)
    for _ in range(4):
        before = time.ticks_ms()
        writer.write(bytes(range(256)) * 8)
        blocked = time.ticks_diff(time.ticks_ms(), before)
        await writer.drain()
    print('blocked' if blocked > 50 else 'did not block')
async def listen():
    reader = asyncio.StreamReader(mic)
    data, buf = bytearray(), bytearray(1024)
    while len(data) < 8192:
        count = await reader.readinto(buf)
        data += buf[:count]
    return data
async def main():
    heard = asyncio.create_task(listen())
    await play()
    print(time.ticks_ms() // 10 * 10, "ms, all written")
    data = await heard
    print(time.ticks_ms() // 10 * 10, "ms,", len(data), "bytes,", sum(data))
    mic.deinit()
    await asyncio.sleep_ms(100)
asyncio.run(main())
"""


def test_streams_send_and_receive_at_once(new_world, tmp_path):
    world = new_world()
    world.board.i2s(1).feed(bytes([1, 0, 0, 0]) * 2048)
    script = tmp_path / "main.py"
    script.write_text(STREAMS.replace("POLLED", "True"))
    assert world.run(script) == 0
    written, first, second = "".join(world.printed).splitlines()
    assert written == "did not block"
    assert first == "130 ms, all written"  # or in the buffer, 4095 bytes
    assert second == "250 ms, 8192 bytes, 2048"
    assert world.board.i2s(1).lost == 0
    (sound,) = world.board.i2s(0).sounds()
    assert bytes(sound.data) == bytes(range(256)) * 32


def test_until_it_was_polled_a_write_to_a_stream_blocks_as_on_a_board(new_world, tmp_path):
    world = new_world()
    script = tmp_path / "main.py"
    script.write_text(STREAMS.replace("POLLED", "False"))
    assert world.run(script) == 0
    assert world.printed[0].startswith("blocked")
    assert world.board.i2s(1).lost > 0  # which another task should have read


# What can't be


@pytest.mark.parametrize(
    ("kind", "number", "settings", "error", "text"),
    [
        ("pico", 2, {}, ValueError, "a pico has I2S 0 and 1"),
        ("pyboard", 1, {}, ValueError, "a pyboard has I2S 2"),
        ("esp32", -1, {}, ValueError, "a esp32 has I2S 0 and 1"),
        ("pico", 0, {"ws": 20}, ValueError, r"invalid ws \(must be sck\+1\): that is the pin behind GP16, not GP20"),
        ("pico", 0, {"sd": 17}, ValueError, "three pins, not GP16, GP17 and GP17"),
        ("pyboard", 2, {"sck": "X6"}, ValueError, "invalid SCK pin: .* at Y6 and Y9, not at X6"),
        ("esp32", 1, {"sck": 34}, ValueError, "GPIO34 of an esp32 is an input only"),
        ("pico", 0, {"mode": 7}, ValueError, "invalid mode 7: it is I2S.RX or I2S.TX"),
        ("pico", 0, {"bits": 24}, ValueError, "invalid bits 24: it is 16 or 32"),
        ("pico", 0, {"format": 2}, ValueError, "invalid format 2"),
        ("pico", 0, {"rate": 0}, ValueError, "rate is in Hz and more than 0"),
        ("pico", 0, {"ibuf": 128}, ValueError, "invalid ibuf 128: .* 129 or more"),
        ("pico", 0, {"mck": None}, TypeError, "no mck"),
    ],
)
def test_what_is_wrong_is_said(new_world, kind, number, settings, error, text):
    m = new_world(kind).import_module("machine")
    pins = dict(zip(("sck", "ws", "sd"), PINS[kind], strict=True))
    given = {**pins, "mode": m.I2S.TX, "bits": 16, "format": m.I2S.MONO, "rate": 8000, "ibuf": 4096, **settings}
    given |= {role: m.Pin(given[role]) for role in pins}
    with pytest.raises(error, match=text):
        m.I2S(number, **given)


def test_an_argument_that_is_left_out_is_missing_in_init_too(new_i2s):
    i2s, _, _ = new_i2s()
    with pytest.raises(TypeError, match="ibuf"):
        i2s.init(sck=16, ws=17, sd=18, mode=i2s.TX, bits=16, format=i2s.MONO, rate=8000)


def test_it_does_not_go_the_other_way_nor_when_it_is_off(new_i2s):
    i2s, _, _ = new_i2s()
    with pytest.raises(OSError, match="was set up to send") as raised:
        i2s.readinto(bytearray(4))
    assert raised.value.errno == errno.EPERM
    i2s, _, _ = new_i2s("RX")
    with pytest.raises(OSError, match="was set up to receive"):
        i2s.write(b"1234")
    with pytest.raises(OSError, match="takes no whole number") as raised:
        i2s.readinto(bytearray(6))
    assert raised.value.errno == errno.EINVAL
    i2s.deinit()
    with pytest.raises(OSError, match=r"I2S\(0\) is off: call init first"):
        i2s.readinto(bytearray(4))
    with pytest.raises(ValueError, match="invalid callback: 5"):
        i2s.irq(5)


def test_there_is_one_object_of_each_and_its_pins_are_its_own_until_it_is_turned_off(new_i2s):
    i2s, bus, world = new_i2s()
    m = world.import_module("machine")
    given = {"mode": m.I2S.TX, "bits": 32, "format": m.I2S.MONO, "rate": 44100, "ibuf": 500}
    assert m.I2S(0, sck=m.Pin(10), ws=m.Pin(11), sd=m.Pin(12), **given) is i2s
    assert repr(i2s) == (
        "I2S(id=0,\nsck=GP10,\nws=GP11,\nsd=GP12,\nmode=1,\nbits=32, format=0,\nrate=44100, ibuf=500)"
    )
    m.SPI(0)  # of the pins that it has left
    with pytest.raises(ValueError, match=r"SPI\(1\) can't have GP10: I2S\(0\) has it"):
        m.SPI(1)
    with world.main_program():
        i2s.write(bytes(256))
        i2s.deinit()
        world.sleep(1_000_000)
    assert bus.sounds() == []  # what was in the buffer is gone
    m.SPI(1)


@pytest.mark.parametrize(
    ("bits", "samples", "shift", "shifted"),
    [
        (16, [1, -1, 1000, -1000], 1, [2, -2, 2000, -2000]),
        (16, [1000, -1000, 1, -1], -3, [125, -125, 0, -1]),
        (16, [0x4000, 0x7FFF, -0x8000], 1, [-0x8000, -2, 0]),
        (32, [1 << 20, -5, 7], 4, [1 << 24, -80, 112]),
        (32, [1 << 30, -(1 << 31)], -30, [1, -2]),
    ],
)
def test_shift_makes_each_sample_louder_or_softer(new_world, bits, samples, shift, shifted):
    I2S = new_world().import_module("machine").I2S
    code = f"<{len(samples)}{'h' if bits == 16 else 'i'}"
    buf = bytearray(struct.pack(code, *samples) + b"\x7f")  # what is no whole sample stays
    I2S.shift(buf=buf, bits=bits, shift=shift)
    assert list(struct.unpack(code, buf[:-1])) == shifted
    assert buf[-1] == 0x7F
    with pytest.raises(ValueError, match="invalid bits 8"):
        I2S.shift(buf=buf, bits=8, shift=1)


# Programs as people write them

TONE = """
import math, struct
from machine import I2S, Pin
RATE, PITCH = 22050, 440
audio_out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.MONO, rate=RATE, ibuf=2000)
size = RATE // PITCH * 2
samples = bytearray(size)
for i in range(size // 2):
    struct.pack_into('<h', samples, i * 2, 32768 // 4 + int((32767 // 4) * math.sin(2 * math.pi * i / (size // 2))))
I2S.shift(buf=samples, bits=16, shift=-1)
total = 0
try:
    while total < 2 * RATE:
        total += audio_out.write(samples)
except KeyboardInterrupt:
    print('stopped')
audio_out.deinit()
print(total, 'bytes')
"""

PLAYER = """
import asyncio
from machine import I2S, Pin
audio_out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.STEREO, rate=8000, ibuf=4000)
blinks = 0
async def play():
    swriter = asyncio.StreamWriter(audio_out)
    with open('music.wav', 'rb') as wav:
        wav.seek(44)
        buf = bytearray(1000)
        view = memoryview(buf)
        while True:
            count = wav.readinto(view)
            if not count:
                break
            swriter.out_buf = view[:count]
            await swriter.drain()
async def blink():
    global blinks
    while True:
        blinks += 1
        await asyncio.sleep_ms(50)
async def main():
    other = asyncio.create_task(blink())
    await play()
    await asyncio.sleep_ms(600)
    other.cancel()
asyncio.run(main())
print(blinks, 'blinks')
audio_out.deinit()
"""

RECORDER = """
import time
from machine import I2S, Pin
RATE, SECONDS = 8000, 1
def header(size):
    o = b'RIFF' + (size + 36).to_bytes(4, 'little') + b'WAVEfmt ' + (16).to_bytes(4, 'little')
    o += (1).to_bytes(2, 'little') + (1).to_bytes(2, 'little') + RATE.to_bytes(4, 'little')
    o += (RATE * 2).to_bytes(4, 'little') + (2).to_bytes(2, 'little') + (16).to_bytes(2, 'little')
    return o + b'data' + size.to_bytes(4, 'little')
wav = open('mic.wav', 'wb')
wav.write(header(RATE * SECONDS * 2))
samples = memoryview(bytearray(2000))
written = 0
def heard(audio_in):
    global written
    if written < RATE * SECONDS * 2:
        written += wav.write(samples)
        audio_in.readinto(samples)
audio_in = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.RX, bits=16, format=I2S.MONO, rate=RATE, ibuf=40000)
audio_in.irq(heard)
audio_in.readinto(samples)
while written < RATE * SECONDS * 2:
    time.sleep_ms(10)
wav.close()
audio_in.deinit()
print(written, 'bytes')
"""


def wav(file, frames, rate=8000, channels=2):
    with wave.open(str(file), "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(2)
        made.setframerate(rate)
        made.writeframes(frames)


def play(new_world, tmp_path, program, table=""):
    """Run it on a board with this wiring, and close that; gives what was printed, and the peripheral's other end."""
    (tmp_path / "board.toml").write_text(table)
    world = new_world()
    Wiring.load(tmp_path / "board.toml").apply(world.board)
    script = tmp_path / "main.py"
    script.write_text(program)
    assert world.run(script) == 0, "".join(world.printed)
    world.board.close()
    return "".join(world.printed), world.board.i2s(0)


def test_a_tone_of_a_program_that_blocks_is_in_a_file(new_world, tmp_path):
    printed, bus = play(new_world, tmp_path, TONE, '[i2s.0]\nplays = "out.wav"')
    assert printed == "44100 bytes\n"
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert file.getparams()[:3] == (1, 2, 22050)
        data = file.readframes(file.getnframes())
    assert 44100 - 2000 <= len(data) <= 44100
    assert data == bytes(bus.sounds()[0].data)
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    assert (min(samples), max(samples)) == (9, 8183)  # of 50 in a period none is at its top
    assert samples[:50] == samples[50:100]
    assert bus.underruns == 0


def test_a_player_of_wav_files_has_its_other_tasks_run(new_world, tmp_path):
    wav(tmp_path / "music.wav", ramp(8000))
    printed, bus = play(new_world, tmp_path, PLAYER)
    (sound,) = bus.sounds()
    assert bytes(sound.data) == ramp(8000)
    assert bus.underruns == 0
    assert 25 <= int(printed.split()[0]) <= 33


def test_a_microphone_is_recorded_by_a_handler(new_world, tmp_path):
    data = ramp(8000, channels=1)
    wav(tmp_path / "voice.wav", data, channels=1)
    printed, _ = play(new_world, tmp_path, RECORDER, '[i2s.0]\nhears = "voice.wav"')
    assert printed == "16000 bytes\n"
    with wave.open(str(tmp_path / "mic.wav")) as file:
        assert file.getparams()[:4] == (1, 2, 8000, 8000)
        assert file.readframes(8000) == data
