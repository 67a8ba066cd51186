"""SDLink: commands, answers and blocks between this board and an SD card in SPI mode. SDCard's.

For one thread at a time. OSErrors are told with a number; NoAnswer is one of them. Nothing waits for longer than the
times below, and nothing is allocated but for errors and for views of a buffer that holds several blocks.
"""

from .sd_crc import crc7, crc16

try:
    from time import sleep_ms, ticks_diff, ticks_ms
except ImportError:  # neither MicroPython nor an application on a simulated board
    from .blocking_cpython import sleep_ms, ticks_diff, ticks_ms

EIO, ENODEV, ETIMEDOUT = 5, 19, 110
BLOCK = 512
SLOW = 400_000  # Hz, until it has started
READ_MS, WRITE_MS = 250, 600  # 100 and 500 at most (4.6.2), and something for our own sleeps
ANSWER_BYTES = 9  # in which an answer begins (7.5.1.1)
QUICK = 40  # bytes in which an answer is looked for without a sleep in between
AT_REST = 0xFF
REST = b"\xff" * 10

STOP_TRANSMISSION, SEND_STATUS, READ_BLOCK, READ_SEVERAL, WRITE_BLOCK, WRITE_SEVERAL = 12, 13, 17, 18, 24, 25
COMMAND_CRC_ERROR = 0x08  # in an answer
START_BLOCK, START_OF_SEVERAL, STOP_TRAN = 0xFE, 0xFC, 0xFD
ACCEPTED, CRC_ERROR, WRITE_ERROR, RESPONSE = 0x05, 0x0B, 0x0D, 0x1F


class NoAnswer(OSError):
    """The card is out, or has lost its power."""


class SDLink:
    """`checks`: checksums are looked at. `by_bytes`: what the card counts. `damaged`: the last error was a checksum."""

    def __init__(self, spi, cs):
        if not hasattr(spi, "readinto"):
            raise TypeError("spi is a machine.SPI or SoftSPI, not " + repr(spi))
        if not hasattr(cs, "init"):
            raise TypeError("cs is a machine.Pin, not " + repr(cs))
        cs.init(cs.OUT, value=1)
        self.spi = spi
        self.checks = False
        self.by_bytes = False
        self.damaged = False
        self.word = bytearray(4)
        self._cs = cs
        self._frame = bytearray(6)
        self._byte = bytearray(1)
        self._token = bytearray((AT_REST, START_BLOCK))
        self._crc = bytearray(2)

    def __str__(self):
        return str(self.spi) + " with CS " + str(self._cs)

    def begin(self):
        """Slow, without checksums."""
        self.checks = False
        self.spi.init(baudrate=SLOW)

    def select(self):
        self._cs(0)

    def deselect(self, count=1):
        """And the clocks after which the card lets MISO go (7.1.1); `count`, up to 10 bytes of them."""
        self._cs(1)
        if count == 1:
            self._clock()
        else:
            self.spi.write(REST)

    def flush(self):
        """As many bytes as a card may wait for that was left in the middle of a block."""
        for _ in range(BLOCK // len(REST) + 1):
            self.spi.write(REST)

    def ask(self, command, high=0, low=0):
        """Send a command, its argument in two halves. Returns the first byte of the answer. NoAnswer."""
        frame = self._frame
        frame[0] = 0x40 | command
        frame[1] = high >> 8
        frame[2] = high & 0xFF
        frame[3] = low >> 8
        frame[4] = low & 0xFF
        frame[5] = crc7(frame, 5) << 1 | 1
        self.spi.write(frame)
        if command == STOP_TRANSMISSION:
            self._clock()  # what was under way
        for _ in range(ANSWER_BYTES):
            answer = self._clock()
            if answer < 0x80:
                return answer
        self.damaged = False
        raise NoAnswer(ENODEV, "the SD card does not answer")

    def check(self, answer):
        """OSError if the answer tells of an error."""
        if answer:
            self._fail(answer & COMMAND_CRC_ERROR, "the SD card refuses a command, " + hex(answer))

    def take(self, buf):
        """Fill `buf` with what follows the answer."""
        self.spi.readinto(buf, AT_REST)

    def receive(self, buf):
        """A block, or a register."""
        token = self._await(False, READ_MS)
        if token != START_BLOCK:
            self._fail(False, "the SD card can't read this, " + hex(token))
        self.spi.readinto(buf, AT_REST)
        crc = self._crc
        self.spi.readinto(crc, AT_REST)
        if self.checks and crc16(buf) != crc[0] << 8 | crc[1]:
            self._fail(True, "what came from the SD card is damaged")

    def read(self, n, buf):
        """The blocks from number `n` on."""
        self._begin(READ_BLOCK if len(buf) == BLOCK else READ_SEVERAL, n)
        try:
            if len(buf) == BLOCK:
                self.receive(buf)
            else:
                self._receive_several(memoryview(buf))
        finally:
            self.deselect()

    def write(self, n, buf):
        """The blocks from number `n` on."""
        self._begin(WRITE_BLOCK if len(buf) == BLOCK else WRITE_SEVERAL, n, True)
        try:
            if len(buf) == BLOCK:
                self._send(START_BLOCK, buf)
            else:
                self._send_several(memoryview(buf))
            status = self._status()
            if status:
                self._fail(False, "the SD card has not written that, " + hex(status))
        finally:
            self.deselect()

    def _begin(self, command, n, fresh=False):
        """Select it, and send a command with the number of a block. `fresh`: it is to forget what went wrong before."""
        self.damaged = False
        self.select()
        try:
            self._await(True, WRITE_MS)
            if fresh:  # as that it was read up to its end: it tells when it is asked, which is after writing
                self._status()
            if self.by_bytes:  # in halves: the whole is more than a small int of MicroPython's holds
                answer = self.ask(command, n >> 7, n << 9 & 0xFFFF)
            else:
                answer = self.ask(command, n >> 16, n & 0xFFFF)
            self.check(answer)
        except BaseException:
            self.deselect()
            raise

    def _receive_several(self, view):
        try:
            for at in range(0, len(view), BLOCK):
                self.receive(view[at : at + BLOCK])
        except OSError as error:
            if error.errno == EIO:  # it answers, so it can be told
                self._stop(READ_MS)
            raise
        self._stop(READ_MS)

    def _send_several(self, view):
        try:
            for at in range(0, len(view), BLOCK):
                self._send(START_OF_SEVERAL, view[at : at + BLOCK])
        except OSError as error:
            if error.errno == EIO:
                self._stop(WRITE_MS)  # after a refusal in place of the token (7.3.3.1)
            raise
        self._token[1] = STOP_TRAN
        self.spi.write(self._token)
        self._clock()
        self._await(True, WRITE_MS)

    def _stop(self, ms):
        for _ in range(3):
            if not self.ask(STOP_TRANSMISSION) & COMMAND_CRC_ERROR:
                break
        self._await(True, ms)

    def _status(self):
        """What went wrong since it was asked last, as bits: 7.3.2.3."""
        self.check(self.ask(SEND_STATUS))
        return self._clock()

    def _send(self, token, buf):
        spi, crc = self.spi, self._crc
        check = crc16(buf) if self.checks else 0xFFFF
        crc[0] = check >> 8
        crc[1] = check & 0xFF
        self._token[1] = token
        spi.write(self._token)
        spi.write(buf)
        spi.write(crc)
        response = self._clock()
        if response == AT_REST:
            raise NoAnswer(ENODEV, "the SD card does not answer")
        response &= RESPONSE
        if response != ACCEPTED:
            self._fail(response == CRC_ERROR, "the SD card refuses a block, " + hex(response))
        self._await(True, WRITE_MS)

    def _await(self, rest, ms):
        """Until the card is at rest, or until it is not. Returns what it sent. OSError(ETIMEDOUT)."""
        for _ in range(QUICK):
            byte = self._clock()
            if (byte == AT_REST) == rest:
                return byte
        begun = ticks_ms()
        while ticks_diff(ticks_ms(), begun) <= ms:
            sleep_ms(1)
            byte = self._clock()
            if (byte == AT_REST) == rest:
                return byte
        self.damaged = False
        if rest:
            raise OSError(ETIMEDOUT, "the SD card is busy for more than " + str(ms) + " ms")
        raise NoAnswer(ENODEV, "the SD card sends nothing")

    def _clock(self):
        """One byte. Returns it."""
        byte = self._byte
        self.spi.readinto(byte, AT_REST)
        return byte[0]

    def _fail(self, damaged, text):
        self.damaged = bool(damaged)
        raise OSError(EIO, text)
