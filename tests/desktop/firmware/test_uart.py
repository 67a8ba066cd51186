"""machine.UART: bytes at the speed of the line, timeouts, interrupts, streams, and wires between UARTs."""

import select
import threading

import pytest

BYTE = 10 * 1_000_000 / 9600  # us


@pytest.fixture
def uart(new_world):
    """A function: uart(**settings) -> (UART 0 of a pico at 9600 baud, its world)."""

    def make(kind="pico", id=0, virtual=True, **settings):
        world = new_world(kind, virtual=virtual)
        return world.import_module("machine").UART(id, 9600, **settings), world

    return make


def test_it_sends_at_the_speed_of_the_line(uart):
    u, world = uart()
    sent = []
    world.board.uart(0).on_byte.append(lambda byte: sent.append((byte, world.time.now())))
    with world.main_program():
        assert u.write(b"ab") == 2
        assert not u.txdone()
        u.flush()
        assert u.txdone()
        world.sleep(world.time.now() + 1)
    assert sent == [(97, round(BYTE)), (98, round(2 * BYTE))]


def test_parity_and_stop_bits_take_their_time(uart):
    u, world = uart(parity=0, stop=2)
    with world.main_program():
        u.write("x")
        u.flush()
        assert world.time.now() == round(12 * 1e6 / 9600)


def test_it_reads_what_came(uart):
    u, world = uart()
    with world.main_program():
        assert u.any() == 0
        assert u.read() is None
        world.sleep(world.board.uart(0).feed(b"one\ntwo") + 1)
        assert u.any() == 7
        assert u.readline() == b"one\n"
        assert u.read(1) == b"t"
        buf = bytearray(5)
        assert u.readinto(buf) == 2
        assert buf == b"wo\0\0\0"
        assert u.readline() is None
        assert u.readinto(buf) is None


def test_timeouts_wait_for_the_first_byte_and_between_two(uart):
    u, world = uart(timeout=50, timeout_char=5)
    with world.main_program():
        assert u.read(1) is None
        assert world.time.now() == 50_000
        world.board.uart(0).feed(b"abc")
        world.board.at(world.time.now() + 20_000, world.board.uart(0).feed, b"late")
        assert u.read(10) == b"abc"
        assert world.time.now() == 50_000 + round(3 * BYTE) + 5000
        assert u.read(10) == b"late"


def test_a_read_goes_on_as_long_as_bytes_follow_each_other(uart):
    """On each port, whatever `timeout` is: between two bytes it waits for 13 bits or more."""
    u, world = uart(timeout=0, timeout_char=0)
    with world.main_program():
        world.board.uart(0).feed(b"x" * 100)
        world.sleep(round(2.5 * BYTE))
        assert u.any() == 2
        assert u.read(500) == b"x" * 100
        assert 100 * BYTE < world.time.now() < 103 * BYTE
        assert u.read(500) is None


def test_what_finds_the_buffer_full_is_lost(uart):
    u, world = uart(rxbuf=40)
    with world.main_program():
        world.sleep(world.board.uart(0).feed(bytes(range(50))) + 1)
        assert u.read() == bytes(range(40))
    assert world.board.uart(0).lost == 10


@pytest.mark.parametrize("name", ["rxbuf", "txbuf"])
def test_a_buffer_that_a_pico_has_no_room_for_is_refused(uart, name):
    uart(**{name: 32766})
    with pytest.raises(ValueError, match=f"{name} too large: a Pico's UART takes up to 32766 bytes"):
        uart(**{name: 32767})


def test_writing_waits_for_room_within_the_timeout(uart):
    u, world = uart(txbuf=8, timeout=1000)
    with world.main_program():
        assert u.write(bytes(100)) == 100
        assert world.time.now() >= 59 * BYTE
        u.flush()
        assert abs(world.time.now() - 100 * BYTE) < 100 * 2


def test_a_stream_reads_and_writes_it(new_world, tmp_path):
    world = new_world()
    world.board.line("GP0").link(world.board.line("GP1"))
    (tmp_path / "main.py").write_text("""
import asyncio, time
from machine import UART
uart = UART(0, 9600)
async def sender():
    writer = asyncio.StreamWriter(uart, {})
    for n in range(3):
        writer.write(f"line {n}\\n".encode())
        await writer.drain()
        await asyncio.sleep(1)
async def main():
    reader = asyncio.StreamReader(uart)
    task = asyncio.create_task(sender())
    for _ in range(3):
        print(await reader.readline(), time.ticks_ms() // 100)
asyncio.run(main())
""")
    assert world.run(tmp_path / "main.py") == 0
    assert "".join(world.printed) == "b'line 0\\n' 0\nb'line 1\\n' 10\nb'line 2\\n' 20\n"


def test_waiting_streams_do_not_poll(run):
    ran = run("""
import asyncio
from machine import UART
async def main():
    reader = asyncio.StreamReader(UART(0))
    try:
        await asyncio.wait_for(reader.read(1), 100_000)
    except asyncio.TimeoutError:
        print("nothing in a day")
asyncio.run(main())
""")
    assert ran.text == "nothing in a day\n"


def test_a_stream_in_real_time_wakes_when_bytes_come(new_world, tmp_path):
    world = new_world(virtual=False)
    (tmp_path / "main.py").write_text("""
import asyncio
from machine import UART
async def main():
    uart = UART(0, 115200)
    uart.write("?")
    print(await asyncio.StreamReader(uart).readline())
asyncio.run(main())
""")
    port = world.board.uart(0)
    port.on_byte.append(lambda byte: port.feed(b"hello\n"))
    assert world.run(tmp_path / "main.py") == 0
    assert "".join(world.printed) == "b'hello\\n'\n"


def test_a_thread_that_reads_in_real_time_is_woken(uart):
    u, world = uart(virtual=False, timeout=10_000, timeout_char=10_000)
    got = []

    def read():
        got.append(u.read(3))

    thread = threading.Thread(target=read)
    thread.start()
    world.board.uart(0).feed(b"abc")
    thread.join(20)
    assert got == [b"abc"]


def test_poll_flags(uart):
    u, world = uart(txbuf=1)
    flags = select.POLLIN | select.POLLOUT
    with world.main_program():
        assert u.ioctl(3, flags) == select.POLLOUT
        assert u.ioctl(3, select.POLLIN) == 0
        u.write(bytes(60))
        assert u.ioctl(3, flags) == 0
        world.sleep(world.board.uart(0).feed(b"x") + 1)
        assert u.ioctl(3, flags) & select.POLLIN
    with pytest.raises(OSError, match="no ioctl 99"):
        u.ioctl(99, 0)


def test_an_interrupt_when_the_line_falls_idle(uart):
    u, world = uart()
    times = [0] * 4
    count = [0]
    now = world.time.now

    def idle(uart):
        times[count[0]] = now()
        count[0] += 1

    irq = u.irq(idle, u.IRQ_RXIDLE, hard=True)
    with world.main_program():
        end = world.board.uart(0).feed(b"abc")
        world.sleep(end + 50_000)
    assert times[: count[0]] == [end + round(BYTE)]
    assert irq.flags() == u.IRQ_RXIDLE


def test_an_interrupt_for_each_byte_where_the_port_has_it(uart):
    u, world = uart("pyboard", 4)
    count = [0]

    def each(uart):
        count[0] += 1

    u.irq(each, u.IRQ_RX)
    with world.main_program():
        world.sleep(world.board.uart(4).feed(b"abc") + 1)
    assert count == [3]
    with pytest.raises(ValueError, match=r"UART.IRQ_RX and UART.IRQ_RXIDLE"):
        u.irq(each, 0x4000)


def test_two_uarts_of_a_board_are_wired_by_their_pins(uart):
    u, world = uart()
    machine = world.import_module("machine")
    other = machine.UART(1, 9600)
    world.board.line("GP0").link(world.board.line("GP5"))
    with world.main_program():
        u.write(b"across")
        world.sleep(u._port.busy_until() + 1)
        assert other.read() == b"across"
        other.init(19200)
        u.write(b"U")
        world.sleep(u._port.busy_until() + 1)
        assert other.read() != b"U"  # at the wrong speed it is something else


def test_after_deinit_it_receives_nothing_and_has_no_pins(uart):
    u, world = uart()
    u.deinit()
    assert world.board.users == {}
    with world.main_program():
        with pytest.raises(OSError, match="is off: call init"):
            u.write(b"x")
        world.sleep(world.board.uart(0).feed(b"x") + 1)
        u.init(9600)
        assert u.any() == 0


@pytest.mark.parametrize(
    ("kind", "make", "text"),
    [
        ("pico", lambda m: m.UART(2), r"UART\(2\) doesn't exist: a pico has UART 0 and 1"),
        ("pyboard", lambda m: m.UART(5), "has UART 1, 2, 3, 4 and 6"),
        ("pico", lambda m: m.UART(0, tx=m.Pin(2)), "bad TX pin: .* at GP0, GP12, GP16 and GP28, not GP2"),
        ("pico", lambda m: m.UART(0, 9600, parity=7), "parity=7"),
        ("pico", lambda m: m.UART(0, 0), "baudrate=0"),
        ("pico", lambda m: (m.UART(1), m.I2C(0)), r"I2C\(0\) can't have GP5: UART\(1\) has it"),
    ],
)
def test_what_is_wrong_is_said(new_world, kind, make, text):
    machine = new_world(kind).import_module("machine")
    with pytest.raises(ValueError, match=text):
        make(machine)


def test_a_hard_handler_may_not_read_what_has_to_be_made(uart):
    u, world = uart()

    def handler(uart):
        uart.read()

    u.irq(handler, u.IRQ_RXIDLE, hard=True)
    with world.main_program():
        world.sleep(world.board.uart(0).feed(b"x") + 10_000)
    assert "use readinto" in "".join(world.printed)


def test_a_part_of_a_buffer_is_sent(run):
    ran = run("""
from machine import UART, Pin
uart = UART(0, 9600, tx=Pin(0), rx=Pin(1), timeout=10)
print(uart.write(b'abcdef', 2), uart.write('abcdef', 3, 2))
""")
    assert ran.lines == ["2 2"]


@pytest.mark.parametrize(("kind", "bus", "count"), [("pyboard", 4, 10), ("pico", 0, 300), ("esp32", 1, 400)])
def test_what_is_written_after_a_short_silence_goes_out_as_a_whole(new_world, kind, bus, count):
    world = new_world(kind)
    heard = []
    world.board.uart(bus).on_byte.append(heard.append)
    uart = world.import_module("machine").UART(bus, 9600)
    with world.main_program():
        assert uart.write(b"x") == 1
        world.sleep(world.time.now() + 5 * 1042)  # four bytes more could have gone
        assert uart.write(bytes(count)) == count
        uart.flush()
        world.sleep(world.time.now() + 10)
    assert len(heard) == 1 + count
