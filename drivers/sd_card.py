"""SDCard: an SD or SDHC card on SPI, as a block device: `os.mount(SDCard(SPI(0), Pin(17)), "/sd")`.

It blocks: a write takes milliseconds as a rule, and half a second if the card likes. So it belongs on a worker, which
on an RP2040 is core 1, and so does all that uses its files: see Logger. From the SD Physical Layer Simplified
Specification, chapters 4.5 (checksums), 5 (registers) and 7 (SPI mode).
"""

from .arguments import check_time
from .sd_link import BLOCK, NoAnswer, SDLink, sleep_ms, ticks_diff, ticks_ms

EIO, ENODEV, EINVAL, EROFS, ETIMEDOUT, ESTALE = 5, 19, 22, 30, 110, 116  # MicroPython's numbers on all boards
START_MS = 1500  # 1 s at most (7.2.1)
TRIES = 3
HANDSHAKES = 4  # for a card that an earlier program has left in the middle of a block, or that has just got power

GO_IDLE_STATE, SEND_IF_COND, SEND_CSD, SEND_CID = 0, 8, 9, 10
SET_BLOCKLEN, APP_SEND_OP_COND, APP_CMD, READ_OCR, CRC_ON_OFF = 16, 41, 55, 58, 59
IDLE, ILLEGAL_COMMAND = 1, 4  # in an answer
CAPACITY_STATUS = 0x40  # in the first byte of the OCR
HIGH_CAPACITY_SUPPORT = 0x4000  # in the upper half of ACMD41's argument
CHECK_PATTERN = 0x1AA  # 2.7 to 3.6 V, and what is to come back
WRITE_PROTECTED = 0x30  # in a byte of the CSD
INIT, DEINIT, SYNC, COUNT, SIZE, ERASE = 1, 2, 3, 4, 5, 6  # of `ioctl`


class SDCard:
    """The card on `spi`, a machine.SPI or SoftSPI in mode 0, selected while `cs`, a machine.Pin, is low.

    Args: baudrate, Hz, once it has started; crc, check all that goes over the wires, which takes MicroPython 4 ms for a
    block. Nothing is done before it is used.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `readblocks(n, buf)`, `writeblocks(n, buf)` | one thread at a time, best a worker | yes | see below |
    | `init()`, `ioctl(op, arg)` | the same | yes | yes |
    | `blocks`, `serial`, the counts | any context but a hard ISR | never | |

    `buf` holds one or more blocks of 512 bytes; ValueError otherwise. One block allocates nothing, several a view of
    each. Nothing hangs, and what is wrong is an OSError:

    | errno | |
    |---|---|
    | ENODEV, 19 | no card answers |
    | ESTALE, 116 | the card that is there is another one than before: `init()`, or mount it anew |
    | ETIMEDOUT, 110 | it is busy for too long, or doesn't start |
    | EIO, 5 | it can't read or write that, says the card; or checksums were wrong three times |
    | EINVAL, 22 | it has no such block |
    | EROFS, 30 | it is write-protected |

    A card that was pulled out and is back, or has lost its power for a moment, is started again by the next call, which
    then does what it was asked. What has a wrong checksum is transferred again: `crc_errors` counts these, `starts` how
    often a card was started. `blocks` is its size, 0 before the first time; `serial` its number, None likewise.
    """

    def __init__(self, spi, cs, baudrate=20_000_000, crc=True):
        check_time("baudrate", baudrate, "Hz")
        self.blocks = 0
        self.starts = 0
        self.crc_errors = 0
        self.serial = None
        self._link = SDLink(spi, cs)
        self._baudrate = baudrate
        self._crc = crc
        self._cid = None  # of the card that is meant
        self._started = False
        self._protected = False
        self._register = bytearray(16)

    def init(self):
        """Start the card that is there, whichever it is. OSError as above."""
        self._cid = None
        self._start()

    def readblocks(self, n, buf):
        """Fill `buf` with the blocks from number `n` on."""
        self._transfer(False, n, buf)

    def writeblocks(self, n, buf):
        """Write `buf` to the blocks from number `n` on. Returns when the card has written them."""
        self._transfer(True, n, buf)

    def ioctl(self, op, arg):
        """What file systems ask for: see MicroPython's documentation of block devices."""
        if op == INIT:
            self.init()
            return 0
        if op == COUNT:
            if not self._started:
                self._start()
            return self.blocks
        if op == SIZE:
            return BLOCK
        if op == DEINIT:
            self._started = False
            return 0
        return 0 if op in (SYNC, ERASE) else None  # nothing is held back; a card needs no erasing

    def _transfer(self, writing, n, buf):
        count = len(buf) // BLOCK
        if len(buf) % BLOCK or not count:
            raise ValueError("a buffer holds whole blocks of 512 bytes, not " + str(len(buf)) + " bytes")
        link = self._link
        tries = TRIES
        while True:
            if not self._started:
                self._start()
            if n < 0 or n + count > self.blocks:
                raise OSError(EINVAL, "the card has no block " + str(n + count - 1) + ": it has " + str(self.blocks))
            if writing and self._protected:
                raise OSError(EROFS, "the card is write-protected")
            tries -= 1
            self._started = False  # for who interrupts this: a card that is left in the middle is to be started anew
            try:
                if writing:
                    link.write(n, buf)
                else:
                    link.read(n, buf)
                self._started = True
                return
            except OSError as error:
                self._started = error.errno == EIO
                if not self._again(error) or not tries:
                    raise

    def _again(self, error):
        """Whether another attempt may do better."""
        if self._link.damaged:
            self.crc_errors += 1
            return True
        return isinstance(error, NoAnswer)

    # Starting

    def _start(self):
        """OSError if there is none, or another than was meant. Then it is not started."""
        link = self._link
        self._started = False
        tries = TRIES
        while not self._started:
            tries -= 1
            try:
                self._handshake()
                self._go()
                link.spi.init(baudrate=self._baudrate)
                self._read_registers()
                self._started = True
            except OSError as error:
                if not self._again(error) or not tries:
                    raise
            finally:
                link.deselect()
        self.starts += 1

    def _handshake(self):
        """To SPI mode, where it is idle."""
        link = self._link
        link.begin()
        for _ in range(HANDSHAKES):
            link.deselect(10)  # 80 clocks; 74 are needed after power-up (6.4.1.1)
            link.select()
            try:
                answer = link.ask(GO_IDLE_STATE)
            except NoAnswer:
                answer = None
            if answer == IDLE:
                return
            link.flush()
        if answer == 0:
            raise OSError(ETIMEDOUT, "the SD card is busy for ever, or MISO is low")
        raise OSError(ENODEV, "no SD card answers at " + str(self._link))

    def _go(self):
        """From idle to ready; 7.2.1, figure 7-2."""
        link = self._link
        word = link.word
        answer = link.ask(SEND_IF_COND, 0, CHECK_PATTERN)
        modern = not answer & ILLEGAL_COMMAND
        if modern:
            link.check(answer & ~IDLE)
            link.take(word)
            if (word[2] << 8 | word[3]) & 0xFFF != CHECK_PATTERN:
                raise OSError(ENODEV, "the card does not work at 3.3 V")
        if self._crc:
            link.check(link.ask(CRC_ON_OFF, 0, 1) & ~IDLE)
        link.checks = self._crc
        begun = ticks_ms()
        while True:
            answer = link.ask(APP_CMD)
            if answer <= IDLE:
                answer = link.ask(APP_SEND_OP_COND, HIGH_CAPACITY_SUPPORT if modern else 0)
                if not answer:
                    break
            if answer & ILLEGAL_COMMAND:
                raise OSError(ENODEV, "this is no SD card")
            if ticks_diff(ticks_ms(), begun) > START_MS:
                raise OSError(ETIMEDOUT, "the SD card does not start")
            sleep_ms(5)
        link.by_bytes = True
        if modern:
            link.check(link.ask(READ_OCR))
            link.take(word)
            link.by_bytes = not word[0] & CAPACITY_STATUS
        if link.by_bytes:
            link.check(link.ask(SET_BLOCKLEN, 0, BLOCK))

    def _read_registers(self):
        link, register = self._link, self._register
        link.check(link.ask(SEND_CID))
        link.receive(register)
        if self._cid is None:
            self._cid = bytes(register)
            self.serial = register[9] << 24 | register[10] << 16 | register[11] << 8 | register[12]
        elif self._cid != register:
            raise OSError(ESTALE, "this is another SD card than before: mount it anew")
        link.check(link.ask(SEND_CSD))
        link.receive(register)
        if register[0] >> 6:
            size = (register[7] & 0x3F) << 16 | register[8] << 8 | register[9]
            self.blocks = size + 1 << 10
        else:
            size = (register[6] & 3) << 10 | register[7] << 2 | register[8] >> 6
            exponent = ((register[9] & 3) << 1 | register[10] >> 7) + 2 + (register[5] & 15)
            self.blocks = size + 1 << exponent - 9
        self._protected = register[14] & WRITE_PROTECTED != 0
