"""SDCard against the simulated chip, in virtual time: what it reads and writes, faults on demand, a card that goes.

With the real file system of MicroPython it is in tests/desktop/emulation/outside/test_spi.py.
"""

import zlib

import pytest

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
from twincore.drivers import SDCard
from twincore.drivers.sd_crc import crc7, crc16
from twincore.offload import Worker

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

ENODEV, EIO, EINVAL, EROFS, ETIMEDOUT, ESTALE = 19, 5, 22, 30, 110, 116
CARDS = {
    "high capacity": {},
    "standard": {"high_capacity": False},
    "version 1": {"high_capacity": False, "version": 1},
    "slow": {"read_us": 90_000, "write_us": 240_000, "init_us": 900_000},
    "quick": {"read_us": 0, "write_us": 0, "init_us": 0},
}


def pattern(number, count=1):
    """Blocks of bytes that tell where they belong."""
    return b"".join([zlib.crc32(bytes([n])).to_bytes(4, "big") * 128 for n in range(number, number + count)])


def on_board(test, soft=False, without=(), **options):
    """`test(board, chip, card)` on the main core of a board of its own, in which that chip is on SPI 0."""
    with Board(virtual=True) as board:
        machine = World(board).import_module("machine")

        def main():
            chip = chips.SDCard(board, select=17, **options)
            pins = {"sck": machine.Pin(18), "mosi": machine.Pin(19), "miso": machine.Pin(16)}
            spi = machine.SoftSPI(**pins) if soft else machine.SPI(0)
            test(board, chip, SDCard(spi, machine.Pin(17)))

        on_main_core(board, main)


def fails(errno, fn, *args):
    with pytest.raises(OSError) as caught:
        fn(*args)
    assert caught.value.errno == errno, caught.value
    return str(caught.value)


def read(card, number, count=1):
    buf = bytearray(512 * count)
    card.readblocks(number, buf)
    return bytes(buf)


def test_checksums_are_those_of_the_specification():
    assert crc7(b"\x40\x00\x00\x00\x00", 5) << 1 | 1 == 0x95
    assert crc7(b"\x51\x00\x00\x00\x00", 5) << 1 | 1 == 0x55
    assert crc16(b"\xff" * 512) == 0x7FA1
    assert crc16(b"") == 0 and crc16(b"123456789") == 0x31C3  # CRC-16/XMODEM's check value
    for bit in range(40):
        frame = (1 << bit).to_bytes(5, "big")
        assert crc7(frame, 5) == chips.sd_commands.crc7(frame)


@pytest.mark.parametrize("soft", [False, True], ids=["SPI", "SoftSPI"])
@pytest.mark.parametrize("kind", CARDS)
def test_blocks_are_written_and_read_one_and_several(kind, soft):
    def test(board, chip, card):
        assert (card.blocks, card.starts, card.serial) == (0, 0, None)  # nothing is done before it is used
        card.writeblocks(5, pattern(5))
        card.writeblocks(2000, pattern(6, 3))
        assert read(card, 5) == pattern(5)
        assert read(card, 1999, 5) == bytes(512) + pattern(6, 3) + bytes(512)
        assert chip.data[5 * 512 : 6 * 512] == pattern(5) and chip.data[2000 * 512 : 2003 * 512] == pattern(6, 3)
        assert (card.blocks, card.starts, card.serial, card.crc_errors) == (2048, 1, 77, 0)
        assert chip.writes == 4 and chip.reads in (6, 7)  # a quick one may have begun with one more

    on_board(test, soft, serial=77, **CARDS[kind])


def test_the_first_and_the_last_block_and_none_beyond():
    def test(board, chip, card):
        for number in (0, 2047):
            card.writeblocks(number, pattern(number % 7))
            assert read(card, number) == pattern(number % 7)
        assert read(card, 2046, 2) == bytes(512) + pattern(2047 % 7)
        assert "the card has no block 2048" in fails(EINVAL, read, card, 2048)
        fails(EINVAL, card.writeblocks, 2047, bytes(1024))
        fails(EINVAL, read, card, -1)
        for size in (0, 100, 513):
            with pytest.raises(ValueError, match="whole blocks of 512 bytes"):
                card.readblocks(0, bytearray(size))

    on_board(test)


def test_what_a_file_system_asks_for():
    def test(board, chip, card):
        assert card.ioctl(4, 0) == 2048 and card.starts == 1
        assert card.ioctl(1, 0) == 0 and card.starts == 2
        assert card.ioctl(5, 0) == 512
        assert card.ioctl(3, 0) == card.ioctl(6, 12) == card.ioctl(2, 0) == 0
        assert card.ioctl(99, 0) is None

    on_board(test)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("fault", ["corrupt_reads", "corrupt_writes", "corrupt_commands"])
def test_a_wrong_checksum_is_transferred_again_and_in_the_end_told(fault, count):
    def test(board, chip, card):
        card.writeblocks(0, pattern(0, count))
        transfer = (lambda: read(card, 0, count)) if fault == "corrupt_reads" else (
            lambda: card.writeblocks(0, pattern(1, count))
        )
        getattr(chip, fault)(2)
        transfer()
        assert card.crc_errors == 2
        getattr(chip, fault)(3)
        fails(EIO, transfer)
        assert card.crc_errors == 5
        transfer()
        expected = pattern(0, count) if fault == "corrupt_reads" else pattern(1, count)
        assert read(card, 0, count) == expected
        assert card.starts == 1

    on_board(test)


def test_a_reading_whose_end_the_card_does_not_hear_is_ended_again():
    def test(board, chip, card):
        card.writeblocks(0, pattern(0, 4))
        board.at(board.time.now() + 600, chip.corrupt_commands)  # the next is that one
        assert read(card, 0, 4) == pattern(0, 4)
        assert read(card, 2) == pattern(2)
        assert (card.starts, card.crc_errors) == (1, 0)

    on_board(test)


def test_without_checksums_what_is_damaged_is_not_seen():
    def test(board, chip, card):
        plain = SDCard(card._link.spi, card._link._cs, crc=False)
        chip.corrupt_reads()
        plain.writeblocks(0, pattern(0))
        assert read(plain, 0) == pattern(0) and plain.crc_errors == 0
        chip.corrupt_writes()
        plain.writeblocks(0, pattern(0))
        assert read(plain, 0) != pattern(0)

    on_board(test)


@pytest.mark.parametrize("count", [1, 3])
def test_what_the_card_cannot_do_is_an_error_and_the_next_call_works(count):
    def test(board, chip, card):
        chip.fail_writes()
        assert "refuses a block" in fails(EIO, card.writeblocks, 0, pattern(0, count))
        card.writeblocks(0, pattern(0, count))
        chip.fail_reads()
        assert "can't read this" in fails(EIO, read, card, 0, count)
        assert read(card, 0, count) == pattern(0, count)
        card.writeblocks(0, pattern(0, count))
        assert card.starts == 1

    on_board(test)


def test_a_card_that_loses_its_power_for_a_moment_is_started_again():
    def test(board, chip, card):
        card.writeblocks(0, pattern(0))
        for again in range(3):
            chip.unplug()
            chip.plug_in()
            if again == 1:
                card.writeblocks(1, pattern(1, 2))
            assert read(card, 0) == pattern(0)
        assert read(card, 1, 2) == pattern(1, 2)
        assert card.starts == 4

    on_board(test)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("writing", [False, True])
def test_one_that_is_pulled_out_in_the_middle_is_missed_soon_and_goes_on_when_it_is_back(writing, count):
    def test(board, chip, card):
        def transfer():
            if writing:
                card.writeblocks(0, pattern(0, count))
            else:
                read(card, 0, count)

        transfer()
        board.at(board.time.now() + 200, chip.unplug)
        fails(ENODEV, transfer)
        begun = board.time.now()
        for _ in range(3):
            said = fails(ENODEV, transfer)
            assert "no SD card answers at SPI(0" in said and "with CS " in said and "17" in said
        assert board.time.now() - begun < 500_000
        board.at(board.time.now() + 1_000_000, chip.plug_in)
        while not chip.plugged_in:
            try:
                transfer()
            except OSError as error:
                assert error.errno == ENODEV
        transfer()
        assert card.starts == 2
        if writing:
            assert read(card, 0, count) == pattern(0, count)

    on_board(test)


class Until:
    """A bus at which `then()` is called before the transfer of that number, once it is armed."""

    def __init__(self, spi, number, then):
        self._spi = spi
        self._left = number
        self._then = then
        self.armed = False

    def __getattr__(self, name):
        method = getattr(self._spi, name)

        def call(*args, **options):
            if self.armed:
                self._left -= 1
                if self._left == 0:
                    self._then()
            return method(*args, **options)

        return call


@pytest.mark.parametrize("writing", [False, True], ids=["read", "write"])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("number", range(1, 47, 5))
def test_one_that_is_pulled_out_before_any_transfer_is_an_oserror_and_is_used_again(writing, count, number):
    def test(board, chip, card):
        bus = card._link.spi = Until(card._link.spi, number, chip.unplug)
        card.init()
        bus.armed = True
        with pytest.raises(OSError) as caught:
            card.writeblocks(3, pattern(3, count)) if writing else read(card, 3, count)
        assert caught.value.errno in (ENODEV, EIO) and not chip.plugged_in
        chip.plug_in()
        card.writeblocks(7, pattern(7, count))
        assert read(card, 7, count) == pattern(7, count)

    on_board(test)


def test_another_card_is_not_written_until_it_is_meant():
    def test(board, chip, card):
        card.writeblocks(0, pattern(0))
        chip.unplug()
        other = chips.SDCard(board, select=17, serial=2, size=2 << 20)
        for _ in range(2):
            assert "another SD card than before" in fails(ESTALE, card.writeblocks, 0, pattern(1))
        assert other.writes == 0
        card.init()
        card.writeblocks(0, pattern(1))
        assert (card.blocks, card.serial, other.writes) == (4096, 2, 1)

    on_board(test)


def test_no_card_is_told_each_time_and_one_that_comes_later_is_found():
    def test(board, chip, card):
        chip.unplug()
        for ask in (card.init, lambda: card.ioctl(1, 0), lambda: card.ioctl(4, 0), lambda: read(card, 0)):
            fails(ENODEV, ask)
        chip.plug_in()
        assert read(card, 0) == bytes(512)

    on_board(test)


def test_one_that_is_busy_for_ever_is_given_up():
    def test(board, chip, card):
        for count in (1, 2):
            card.writeblocks(0, pattern(0, count))
            chip.stuck()
            begun = board.time.now()
            assert "busy" in fails(ETIMEDOUT, card.writeblocks, 0, pattern(0, count))
            assert "busy" in fails(ETIMEDOUT, card.writeblocks, 0, pattern(0, count))
            assert board.time.now() - begun < 3_000_000
            chip.stuck(False)
            card.writeblocks(0, pattern(1, count))
            assert read(card, 0, count) == pattern(1, count)

    on_board(test)


def test_one_that_never_starts_is_given_up():
    def test(board, chip, card):
        assert "does not start" in fails(ETIMEDOUT, card.init)
        assert board.time.now() < 3_000_000

    on_board(test, init_us=1 << 60)


@pytest.mark.parametrize("gap", [0, 8])
def test_it_waits_as_long_for_answers_as_cards_may_take(gap):
    def test(board, chip, card):
        chip.response_gap = gap
        card.writeblocks(3, pattern(3, 2))
        assert read(card, 3, 2) == pattern(3, 2) and card.starts == 1

    on_board(test)


def test_commands_that_are_not_answered_are_asked_again():
    def test(board, chip, card):
        for count in (1, 2):
            chip.ignore(count)
            assert read(card, 0) == bytes(512)
        chip.corrupt_commands(2)
        card.init()
        assert read(card, 0) == bytes(512)

    on_board(test)


def test_a_write_protected_card_is_read_only():
    def test(board, chip, card):
        fails(EROFS, card.writeblocks, 0, pattern(0))
        assert read(card, 0) == bytes(512) and chip.writes == 0

    on_board(test, write_protected=True)


def test_a_program_that_was_stopped_in_the_middle_of_a_block_leaves_a_card_that_starts():
    def test(board, chip, card):
        card.writeblocks(0, pattern(0))
        link = card._link
        for command in (24, 25, 18):
            link.select()
            link.ask(command)
            link.spi.write(b"\xff" + bytes([0xFC if command == 25 else 0xFE]) + bytes(100))
            after = SDCard(link.spi, link._cs)
            assert read(after, 0) == pattern(0)

    on_board(test)


def test_on_a_worker_it_goes_by_the_time_of_the_board():
    def test(board, chip, card):
        async def main():
            beats = 0

            async def beat():
                nonlocal beats
                while True:
                    await core.sleep_ms(10)
                    beats += 1

            beating = core.create_task(beat())
            worker = Worker()
            await worker.assign(card.writeblocks, 0, pattern(0, 4))
            assert await worker.assign(read, card, 0, 4) == pattern(0, 4)
            await worker.close()
            beating.cancel()
            return beats

        assert core.run(main()) > 40  # four writes of 100 ms

    on_board(test, write_us=100_000)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="baudrate is above 0 Hz"):
        SDCard(None, None, baudrate=0)


@pytest.mark.board(wiring="sd_card.toml")
def test_a_program_uses_the_card_of_a_board_toml(board, run_app):
    app = run_app(
        "main.py",
        files={
            "main.py": """
from machine import SPI, Pin
from twincore.drivers import SDCard

card = SDCard(SPI(1, sck=Pin(14), mosi=Pin(15), miso=Pin(12)), Pin(13))
card.writeblocks(3, b"hello" + bytes(507))
buf = bytearray(512)
card.readblocks(3, buf)
print(card.blocks, card.serial, bytes(buf[:5]))
"""
        },
    )
    assert app.wait(timeout=10) == 0
    assert app.output == ["8192 1234 b'hello'"]
