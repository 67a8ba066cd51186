"""SPI on the emulated board: its controllers, pins of which a program makes a bus, and a card with files for core 1."""

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.wiring import Wiring

from fat import files

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


@pytest.fixture
def run(app, tmp_path):
    """A function: run(program, text of a board.toml) gives the wiring and the lines that were printed."""

    def go(program, text, **options):
        (tmp_path / "around.toml").write_text(text)
        wiring = Wiring.load(tmp_path / "around.toml")
        result = emulator.run(app(program), wiring=wiring, wall_limit=100, **options)
        assert (result.exit_code, result.stderr) == (0, ""), result
        return wiring, result.stdout.splitlines()

    return go


PLACES = """
import time
from machine import SPI, Pin, SoftSPI

def answer(spi, number):  # to CMD0
    select = Pin(number, Pin.OUT, value=1)
    spi.write(b"\\xff" * 10)
    select(0)
    spi.write(b"\\x40\\x00\\x00\\x00\\x00\\x95")
    got = spi.read(4, 0xff)
    select(1)
    return got[1]

print(answer(SPI(0), 17), answer(SPI(1), 9))
print(answer(SPI(0, sck=Pin(2), mosi=Pin(3), miso=Pin(4)), 17))  # a bus with a number is where the controller is
print(answer(SPI(0, sck=Pin(18), mosi=Pin(19), miso=Pin(0)), 20))
print(answer(SoftSPI(sck=Pin(10), mosi=Pin(11), miso=Pin(8)), 9))  # and on the pins that it has
print(answer(SoftSPI(sck=Pin(18), mosi=Pin(19), miso=Pin(0)), 20))
print(answer(SoftSPI(sck=Pin(18), mosi=Pin(19), miso=Pin(0)), 17))  # it is not on these
spi = SPI(0, sck=Pin(2), mosi=Pin(3), miso=Pin(4), baudrate=1_000_000)
begun = time.ticks_us()
spi.write(bytes(1000))
print(time.ticks_diff(time.ticks_us(), begun) // 1000)
print(spi.read(3))
"""

AROUND_PLACES = """
[chip.zero]
kind = "sd_card"
select = 17
[chip.one]
kind = "sd_card"
bus = 1
select = 9
[chip.pins]
kind = "sd_card"
bus = [18, 19, 0]
select = 20
"""


def test_a_bus_is_where_the_program_has_it_by_a_controller_or_by_itself(run):
    _, printed = run(PLACES, AROUND_PLACES)
    assert printed == ["1 1", "1", "1", "1", "1", "255", "8", r"b'\xff\xff\xff'"]


ALLOCATES = """
import micropython
from machine import SPI, Pin
from twincore.drivers import SDCard

card = SDCard(SPI(0), Pin(17))
card.init()
block, several = bytearray(b"x" * 512), bytearray(1024)
micropython.heap_lock()
card.writeblocks(3, block)
card.readblocks(3, block)
micropython.heap_unlock()
try:
    micropython.heap_lock()
    card.readblocks(3, several)  # views of it
except MemoryError:
    micropython.heap_unlock()
    card.readblocks(3, several)
    print(several[:512] == block == b"x" * 512, card.starts)  # it was left in the middle, and has begun anew
"""


def test_a_block_is_written_and_read_without_an_allocation(run):
    _, printed = run(ALLOCATES, '[chip.card]\nkind = "sd_card"\nselect = 17\n')
    assert printed == ["True 2"]


LOGS = """
import vfs
from machine import SPI, Pin
from twincore import core
from twincore.drivers import Logger, SDCard

card = SDCard(SPI(0), Pin(17))
vfs.VfsFat.mkfs(card)

def mount():  # on core 1
    try:
        vfs.umount("/sd")
    except OSError:
        pass
    vfs.mount(card, "/sd")

async def main():
    told = []
    log = Logger("/sd/log.csv", size=8192, interval=0.05, retry=0.05, mount=mount, on_error=told.append)
    n = 0
    while len(told) < 2:
        log.line("measured,%d" % n)
        n += 1
        await core.sleep_ms(10)
    await log.close()
    print(told[0].errno, told[1], log.lost, log.dropped, log.written, n)
    with open("/sd/log.csv") as file:  # core 1 is done with it
        print(len(file.read().split()))

core.run(main())
"""

AROUND_LOGS = """
events = [[2500, "card.unplug"], [2900, "card.plug_in"]]
[chip.card]
kind = "sd_card"
select = 17
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_core_1_logs_to_files_of_a_card_that_is_pulled_out_and_put_back(run, seed):
    wiring, printed = run(LOGS, AROUND_LOGS, seed=seed, jitter=40)
    error, now, lost, dropped, written, count = printed[0].split()
    assert (error, now, lost, dropped) == ("19", "None", "0", "0")
    content = "".join(f"measured,{n}\n" for n in range(int(count)))
    assert printed[1] == count and len(content) == int(written)
    assert files(bytes(wiring.chips["card"].data)) == {"LOG.CSV": content.encode()}
