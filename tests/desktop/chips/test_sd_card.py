"""SDCard: the card in SPI mode, byte by byte, against the tables of the SD Physical Layer Simplified Specification."""

import pytest

from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.chips import sd_commands as sd
from twincore.desktop.chips.sd_fat import make_fat

from fat import files

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

BLOCK = bytes(range(256)) * 2


class Host:
    """What a master does, by hand."""

    def __init__(self, board, **options):
        self.board = board
        self.select = board.line(17)
        self.select.output(1)
        self.card = chips.SDCard(board, select=17, **options)
        self.bus = board.spi(0)

    def clocks(self, count=10):
        return self.bus.exchange(b"\xff" * count)

    def send(self, frame, more=0):
        """The answer to a command: its first byte, and `more` that follow. None if none comes in 8 bytes."""
        self.select.output(0)
        self.bus.exchange(frame)
        for _ in range(9):
            (answer,) = self.clocks(1)
            if answer < 0x80:
                return answer if not more else (answer, self.clocks(more))
        return None

    def ask(self, index, argument=0, more=0):
        return self.send(sd.command(index, argument), more)

    def wait(self, us):
        self.board.time.sleep(self.board.time.now() + us)

    def start(self, checks=False):
        self.clocks()
        assert self.ask(0) == 0x01
        self.ask(8, 0x1AA, 4)
        if checks:
            assert self.ask(59, 1) == 0x01
        while self.app(41, 1 << 30):
            self.wait(1000)
        return self

    def app(self, index, argument=0):
        self.ask(55)
        return self.ask(index, argument)

    def token(self, us=400):
        """What follows while the card has something to say: its token."""
        self.wait(us)
        for _ in range(9):
            (token,) = self.clocks(1)
            if token != 0xFF:
                return token
        return None

    def block(self, size=512):
        assert self.token() == 0xFE
        data, crc = self.clocks(size), int.from_bytes(self.clocks(2), "big")
        return data, crc == sd.crc16(data)

    def put(self, data=BLOCK, token=0xFE, crc=None):
        """Send a block; returns the data response."""
        check = sd.crc16(data) if crc is None else crc
        self.bus.exchange(b"\xff" + bytes([token]) + data + check.to_bytes(2, "big"))
        return self.clocks(1)[0] & 0x1F


@pytest.fixture
def new():
    """A function that plugs a card into a board of its own: new(**options) -> Host."""
    with Board(virtual=True) as board, board.core("the test", main=True):
        yield lambda **options: Host(board, **options)


def test_checksums_are_those_of_the_specification():
    assert sd.command(0) == b"\x40\x00\x00\x00\x00\x95"  # 4.5: CMD0, CMD17, and the answer to it
    assert sd.command(17) == b"\x51\x00\x00\x00\x00\x55"
    assert sd.crc7(b"\x11\x00\x00\x09\x00") == 0b0110011
    assert sd.crc16(b"\xff" * 512) == 0x7FA1


def test_it_hears_nothing_before_it_had_its_clocks_and_cmd0(new):
    host = new()
    assert host.ask(0) is None
    host.clocks()  # it is selected, so these do not count
    assert host.ask(0) is None
    host.select.output(1)
    host.clocks()
    assert host.ask(8, 0x1AA) is None
    assert host.send(sd.command(0)[:5] + b"\x94") is None
    assert host.ask(0) == 0x01


@pytest.mark.parametrize(
    ("index", "argument", "more", "answer"),
    [
        (8, 0x1AA, 4, (0x01, b"\x00\x00\x01\xaa")),  # R7: 2.7 to 3.6 V, and the pattern back
        (8, 0x255, 4, (0x01, b"\x00\x00\x00\x55")),  # a voltage that it has not
        (58, 0, 4, (0x01, b"\x00\xff\x80\x00")),  # R3: not powered up yet
        (55, 0, 0, 0x01),
        (59, 1, 0, 0x01),
        (17, 0, 0, 0x05),  # not while it is idle
        (9, 0, 0, 0x05),
        (63, 0, 0, 0x05),
    ],
)
def test_what_it_answers_while_it_is_idle(new, index, argument, more, answer):
    host = new()
    host.clocks()
    assert host.ask(0) == 0x01
    assert host.ask(index, argument, more) == answer


def test_a_card_of_high_capacity_starts_for_a_host_that_knows_of_these_only(new):
    host = new(init_us=5000)
    host.clocks()
    host.ask(0)
    assert host.app(41, 1 << 30) == 0x01
    host.wait(10_000)
    assert host.app(41, 1 << 30) == 0x01  # no CMD8 has come
    host.ask(8, 0x1AA, 4)
    assert host.app(41) == 0x01
    host.wait(10_000)
    assert host.app(41) == 0x01  # without HCS
    assert host.app(41, 1 << 30) == 0x01
    host.wait(5000)
    assert host.app(41, 1 << 30) == 0x00
    assert host.ask(58, 0, 4) == (0x00, b"\xc0\xff\x80\x00")


def test_one_of_version_1_knows_no_cmd8_and_counts_bytes(new):
    host = new(version=1, high_capacity=False)
    host.clocks()
    host.ask(0)
    assert host.ask(8, 0x1AA) == 0x05
    host.app(41)
    host.wait(20_000)
    assert host.app(41) == 0x00
    assert host.ask(58, 0, 4) == (0x00, b"\x80\xff\x80\x00")
    host.card.data[512:1024] = BLOCK
    assert host.ask(17, 512) == 0
    assert host.block() == (BLOCK, True)
    assert host.ask(17, 1) == 0x20  # address error
    assert host.ask(17, 1 << 20) == 0x40  # out of range
    assert (host.ask(16, 512), host.ask(16, 64)) == (0x00, 0x40)


@pytest.mark.parametrize(
    ("size", "high_capacity", "blocks"),
    [
        (1 << 20, True, lambda csd: ((csd[7] & 0x3F) << 16 | csd[8] << 8 | csd[9]) + 1 << 10),
        (
            6 << 20,
            False,
            lambda csd: ((csd[6] & 3) << 10 | csd[7] << 2 | csd[8] >> 6) + 1
            << ((csd[9] & 3) << 1 | csd[10] >> 7) + 2 + (csd[5] & 15) - 9,
        ),
    ],
)
def test_its_registers_tell_its_size_and_number(new, size, high_capacity, blocks):
    host = new(size=size, high_capacity=high_capacity, serial=0xABCD1234).start()
    assert host.ask(9) == 0
    csd, good = host.block(16)
    assert good and csd[15] == sd.crc7(csd[:15]) << 1 | 1
    assert (csd[0] >> 6, csd[3]) == (int(high_capacity), 0x32)  # 25 MHz
    assert blocks(csd) * 512 == size
    assert host.ask(10) == 0
    cid, good = host.block(16)
    assert good and cid[9:13] == b"\xab\xcd\x12\x34" and cid[15] == sd.crc7(cid[:15]) << 1 | 1


def test_a_block_is_read_when_it_has_been_fetched(new):
    host = new(read_us=300).start()
    host.card.data[3 * 512 : 4 * 512] = BLOCK
    assert host.ask(17, 3) == 0
    assert host.clocks(5) == b"\xff" * 5
    assert host.block() == (BLOCK, True)
    assert host.clocks(3) == b"\xff" * 3


def test_blocks_are_read_until_they_are_stopped(new):
    host = new().start()
    host.card.data[512:1024] = BLOCK
    assert host.ask(18, 0) == 0
    assert [host.block()[0] for _ in range(2)] == [bytes(512), BLOCK]
    assert host.token() == 0xFE
    host.clocks(20)
    host.bus.exchange(sd.command(12))
    host.clocks(1)  # the byte that was under way
    assert host.clocks(2) == b"\xff\x00"
    host.clocks(1)
    assert host.clocks(4) == b"\xff" * 4
    assert host.ask(12) == 0x04  # there is nothing to be stopped


@pytest.mark.parametrize("several", [18, 25])
def test_until_it_is_stopped_it_takes_no_other_command(new, several):
    host = new(read_us=10_000).start()
    assert host.ask(several) == 0
    assert (host.ask(17, 1), host.ask(24, 1), host.ask(13)) == (0x04, 0x04, 0x00)
    assert host.ask(12) == 0
    host.clocks(4)
    assert host.ask(24, 1) == 0 and host.put() == 0x05


def test_behind_the_last_block_there_is_none(new):
    host = new().start()
    assert host.ask(17, 2048) == 0x40
    assert host.ask(18, 2047) == 0
    assert host.block() == (bytes(512), True)
    assert host.token() == 0x08
    host.bus.exchange(sd.command(12))
    assert host.clocks(3)[2] == 0x00
    assert host.ask(13, 0, 1) == (0x00, b"\x80")
    assert host.ask(13, 0, 1) == (0x00, b"\x00")  # told once


def test_a_block_is_written_while_the_card_is_busy(new):
    host = new(write_us=1500).start()
    assert host.ask(24, 7) == 0
    assert host.put() == 0x05
    assert host.clocks(4) == b"\x00" * 4
    host.wait(1400)
    assert host.clocks(1) == b"\x00" and host.card.data[7 * 512] == host.card.data[7 * 512 + 1] == 0
    host.wait(200)
    assert host.clocks(1) == b"\xff"
    assert host.card.data[7 * 512 : 8 * 512] == BLOCK and host.card.writes == 1


def test_blocks_are_written_until_the_stop_token(new):
    host = new(write_us=1000).start()
    assert host.ask(25, 4) == 0
    for data in (BLOCK, BLOCK[::-1]):
        assert host.put(data, token=0xFC) == 0x05
        host.wait(1100)
    host.bus.exchange(b"\xfd")
    assert host.clocks(2) == b"\xff\x00"
    host.wait(1100)
    assert host.clocks(1) == b"\xff"
    assert host.card.data[4 * 512 : 6 * 512] == BLOCK + BLOCK[::-1]


def test_checksums_are_looked_at_when_that_is_on(new):
    host = new().start()
    assert host.send(sd.command(13)[:5] + b"\x01", 1) == (0x00, b"\x00")
    assert host.ask(24, 0) == 0
    assert host.put(crc=0) == 0x05
    host.wait(2000)
    assert host.ask(59, 1) == 0
    assert host.send(sd.command(13)[:5] + b"\x01") == 0x08
    assert host.ask(24, 1) == 0
    assert host.put(crc=0) == 0x0B
    assert host.card.data[512:1024] == bytes(512)


def test_after_a_refusal_the_others_are_refused_until_it_is_stopped(new):
    host = new().start(checks=True)
    assert host.ask(25, 0) == 0
    assert [host.put(token=0xFC, crc=0), host.put(token=0xFC)] == [0x0B, 0x0B]
    assert host.ask(12) == 0
    assert host.card.writes == 0


FAULTS = {
    "corrupt_commands": lambda host: host.ask(13) == 0x08,
    "corrupt_reads": lambda host: host.ask(17) == 0 and host.block() == (bytes(512), False),
    "corrupt_writes": lambda host: host.ask(24) == 0 and host.put() == 0x0B,
    "fail_reads": lambda host: host.ask(17) == 0 and host.token() == 0x04,
    "fail_writes": lambda host: host.ask(24) == 0 and host.put() == 0x0D and host.ask(13, 0, 1) == (0, b"\x04"),
    "ignore": lambda host: host.ask(13) is None,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_comes_as_often_as_it_was_asked_for(new, fault):
    host = new().start(checks=True)
    getattr(host.card, fault)(2)
    assert FAULTS[fault](host) and FAULTS[fault](host) and not FAULTS[fault](host)


def test_one_that_is_stuck_is_busy_for_ever_and_hears_nothing(new):
    host = new().start()
    host.card.stuck()
    assert host.ask(24) == 0 and host.put() == 0x05
    host.wait(10_000_000)
    assert host.ask(13) == 0x00 == host.clocks(1)[0]
    host.card.stuck(False)
    assert host.ask(13, 0, 1) == (0x00, b"\x00")


def test_a_write_protected_one_says_so(new):
    host = new(write_protected=True).start()
    assert host.ask(9) == 0 and host.block(16)[0][14] & 0x30
    assert host.ask(24) == 0 and host.put() == 0x0D
    assert host.ask(13, 0, 1) == (0x00, b"\x20")


def test_one_that_is_pulled_out_loses_the_block_it_is_busy_with_and_starts_anew(new):
    host = new(write_us=1000).start()
    for number, us in ((0, 2000), (1, 500)):
        host.ask(24, number)
        host.put()
        host.wait(us)
    host.card.unplug()
    assert host.clocks(3) == b"\xff" * 3
    assert host.card.data[:1024] == BLOCK + bytes(512)
    with pytest.raises(ValueError):
        host.card.unplug()
    host.card.plug_in()
    assert host.ask(13) is None
    host.select.output(1)
    assert host.start().ask(13, 0, 1) == (0x00, b"\x00")
    with pytest.raises(ValueError, match="is plugged in"):
        host.card.plug_in()


def test_deselecting_it_drops_what_is_half_transferred(new):
    host = new().start()
    host.bus.exchange(sd.command(13)[:4])
    host.select.output(1)
    assert host.ask(13, 0, 1) == (0x00, b"\x00")
    host.bus.exchange(sd.command(13))
    host.select.output(1)
    host.select.output(0)
    assert host.clocks(4) == b"\xff" * 4


@pytest.mark.parametrize("gap", [0, 8])
def test_an_answer_may_take_up_to_8_bytes(new, gap):
    host = new().start()
    host.card.response_gap = gap
    host.bus.exchange(sd.command(13))
    assert host.clocks(gap + 2) == b"\xff" * gap + b"\x00\x00"
    with pytest.raises(ValueError, match="0 to 8"):
        host.card.response_gap = 9


def test_the_next_byte_can_be_looked_at(new):
    host = new().start()
    host.bus.exchange(sd.command(13))
    assert [host.bus.offer(), host.bus.offer()] == [0xFF, 0xFF]
    assert host.clocks(1) == b"\xff"
    assert host.bus.offer() == 0x00 == host.clocks(1)[0]
    host.select.output(1)
    assert host.bus.offer() == 0xFF


def test_an_image_keeps_what_is_written(new, tmp_path):
    image = tmp_path / "card.img"
    image.write_bytes(bytes(512) + BLOCK + bytes((1 << 20) - 1024))
    host = new(image=image).start()
    assert host.ask(17, 1) == 0 and host.block()[0] == BLOCK
    assert host.ask(24, 2) == 0 and host.put() == 0x05
    host.wait(2000)
    host.card.close()
    assert image.read_bytes()[: 3 * 512] == bytes(512) + BLOCK * 2


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"size": 1000}, "multiple of 512 KB"),
        ({"size": 0}, "multiple of 512 KB"),
        ({"size": 1000, "high_capacity": False}, "standard capacity SD card has 1 to 4096"),
        ({"version": 3}, "version is 1 or 2"),
        ({"version": 1}, "no high capacity"),
        ({"fat": True, "image": "card.img"}, "give fat or image"),
    ],
)
def test_what_no_card_is_is_refused(new, options, text):
    with pytest.raises(ValueError, match=text):
        new(**options)


@pytest.mark.parametrize("size", [64 << 10, 1 << 20, 64 << 20])
def test_a_volume_on_it_is_empty_at_first(size):
    data = bytearray(size)
    make_fat(data)
    assert files(bytes(data[: 1 << 20])) == {}
    assert data[510:513] == b"\x55\xaa\xf8"


@pytest.mark.parametrize("size", [1024, 4 << 30])
def test_no_volume_is_made_of_a_size_that_has_none(size):
    class Large:
        def __len__(self):
            return size

    with pytest.raises(ValueError, match="64 KB or more|up to 2 GB"):
        make_fat(Large())
