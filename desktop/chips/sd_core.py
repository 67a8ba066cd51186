"""SDCore: what goes on in an SD card in SPI mode, byte by byte: commands, answers, blocks. `sd_card` is the chip.

The SD Physical Layer Simplified Specification, chapter 7. Where that is silent: a command to a card that is busy is not
answered; deselecting it drops what is half transferred, a command, an answer or a block, and nothing else; the block
length of a standard card is 512 and can't be changed; a block is written when the card is not busy any more.
"""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Callable

from . import sd_commands as sd

COMMAND = 6  # bytes
PACKET = sd.BLOCK + 2  # with its checksum
FAULTS = ("command", "read crc", "write crc", "read", "write", "silent")


class SDCore:
    """One card. Not for two threads at once.

    Args: data, what is on it; csd, a register; now, gives the time in us; clocked, says whether there were clocks
    enough since it has power; the others as in SDCard. `faults` are how many of each are to come.
    """

    def __init__(
        self,
        data: bytearray | mmap.mmap,
        csd: bytes,
        now: Callable[[], int],
        clocked: Callable[[], bool],
        *,
        high_capacity: bool,
        version: int,
        init_us: int,
        read_us: int,
        write_us: int,
        write_protected: bool,
    ) -> None:
        self.data = data
        self.serial = 1
        self.response_gap = 1
        self.reads = self.writes = 0
        self.faults = dict.fromkeys(FAULTS, 0)
        self.stuck = False
        self._csd, self._now, self._clocked = csd, now, clocked
        self._high, self._version, self._protected = high_capacity, version, write_protected
        self._init_us, self._read_us, self._write_us = init_us, read_us, write_us
        self.power_up()

    def power_up(self) -> None:
        """It has power, and knows nothing."""
        self._spi_mode = False  # until CMD0 comes while it is selected
        self._idle = True
        self._application = False  # APP_CMD has come
        self._interface = False  # CMD8 has come, with a voltage that it has
        self._checks = False  # checksums
        self._initialised: int | None = None  # when it will be
        self._status = 0
        self._frame = bytearray()  # of a command
        self._packet: bytearray | None = None  # of a block that comes
        self._out: deque[int] = deque()
        self._offered: int | None = None
        self._reading: int | None = None  # the next block
        self._writing: int | None = None
        self._several = False
        self._stoppable = False  # by CMD12
        self._refusal = 0  # of the blocks of this command
        self._ready = 0  # when the block to be read is there
        self._until = 0  # when it is not busy any more
        self._hangs = False
        self._programming: tuple[int, bytes] | None = None

    def deselect(self) -> None:
        """Its chip select is high."""
        self._frame.clear()
        self._packet = None
        self._out.clear()
        self._offered = None

    def offer(self) -> int:
        """The byte that `exchange` is going to give."""
        if self._offered is None:
            self._offered = self._next()
        return self._offered

    def exchange(self, byte: int) -> int:
        """Take `byte`, and give one at the same time."""
        given = self.offer()
        self._offered = None
        self._take(byte)
        return given

    # What it sends

    def _next(self) -> int:
        if self._out:
            return self._out.popleft()
        if self._busy():
            return 0x00
        if self._reading is not None and self._now() >= self._ready:
            self._out.extend(self._read_next(self._reading))
            return self._out.popleft()
        return 0xFF

    def _read_next(self, number: int) -> bytes:
        """The block, or why not. A reading of several goes on with the next one."""
        self._reading = None
        if number >= self.blocks():
            self._status |= sd.OUT_OF_RANGE
            return bytes([sd.READ_OUT_OF_RANGE])
        if self._fault("read"):
            self._status |= sd.ERROR
            return bytes([sd.READ_ECC_FAILED])
        if self._several:
            self._reading = number + 1
            self._ready = self._now() + self._read_us
        self.reads += 1
        data = bytes(self.data[number * sd.BLOCK : (number + 1) * sd.BLOCK])
        return self._packed(data, sd.crc16(data) ^ (1 if self._fault("read crc") else 0))

    @staticmethod
    def _packed(data: bytes, crc: int) -> bytes:
        return bytes([sd.START_BLOCK]) + data + crc.to_bytes(2, "big")

    def _answer(self, error: int = 0, more: bytes = b"") -> None:
        """R1, and what follows it."""
        self._out.clear()
        self._out.extend(b"\xff" * self.response_gap + bytes([error | (sd.IDLE if self._idle else 0)]) + more)

    # What it is sent

    def _take(self, byte: int) -> None:
        if self._packet is not None:
            self._packet.append(byte)
            if len(self._packet) == PACKET:
                self._received(bytes(self._packet))
        elif self._frame or byte & 0xC0 == 0x40:
            self._frame.append(byte)
            if len(self._frame) == COMMAND:
                frame = bytes(self._frame)
                self._frame.clear()
                if not self._busy():
                    self._command(frame)
        elif self._writing is not None and not self._busy():
            if byte == (sd.START_OF_MULTIPLE if self._several else sd.START_BLOCK):
                self._packet = bytearray()
            elif byte == sd.STOP_TRAN and self._several:
                self._writing = None
                self._stoppable = False
                self._out.append(0xFF)
                self._begin_busy()

    def _command(self, frame: bytes) -> None:
        if self._fault("silent"):
            return
        index, argument = frame[0] & 0x3F, int.from_bytes(frame[1:5], "big")
        intact = frame[5] == sd.crc7(frame[:5]) << 1 | 1 and not self._fault("command")
        if not self._spi_mode:
            if index == sd.GO_IDLE_STATE and intact and self._clocked():
                self._go_idle()
            return
        application, self._application = self._application, False
        if not intact and (self._checks or index in (sd.GO_IDLE_STATE, sd.SEND_IF_COND)):
            self._answer(sd.COMMAND_CRC_ERROR)
        elif index == sd.STOP_TRANSMISSION:
            self._stop()
        elif self._stoppable and index not in (sd.GO_IDLE_STATE, sd.SEND_STATUS):  # table 4-35: states data and rcv
            self._answer(sd.ILLEGAL_COMMAND)
        elif self._idle and index not in sd.IN_IDLE and not (application and index == sd.APP_SEND_OP_COND):
            self._answer(sd.ILLEGAL_COMMAND)
        else:
            if not self._stoppable:
                self._reading = self._writing = None
            self._do(index, argument, application)

    def _do(self, index: int, argument: int, application: bool) -> None:
        if index == sd.GO_IDLE_STATE:
            self._go_idle()
        elif index == sd.SEND_OP_COND or (application and index == sd.APP_SEND_OP_COND):
            self._initialise(argument)
        elif index == sd.SEND_IF_COND and self._version == 2:
            self._interface = argument >> 8 & 0xF == 1  # 2.7 to 3.6 V
            self._answer(0, bytes([0, 0, 1 if self._interface else 0, argument & 0xFF]))
        elif index == sd.READ_OCR:
            ocr = sd.VOLTAGES if self._idle else sd.VOLTAGES | sd.POWERED_UP
            self._answer(0, (ocr | (sd.CAPACITY_STATUS if self._high and not self._idle else 0)).to_bytes(4, "big"))
        elif index == sd.APP_CMD:
            self._application = True
            self._answer()
        elif index == sd.CRC_ON_OFF:
            self._checks = bool(argument & 1)
            self._answer()
        elif index in (sd.SEND_CSD, sd.SEND_CID):
            register = self._csd if index == sd.SEND_CSD else sd.cid(self.serial)
            self._answer(0, b"\xff" + self._packed(register, sd.crc16(register)))
        elif index == sd.SEND_STATUS:
            self._answer(0, bytes([self._status]))
            self._status = 0
        elif index == sd.SET_BLOCKLEN:
            self._answer(0 if self._high or argument == sd.BLOCK else sd.PARAMETER_ERROR)
        elif index in (sd.READ_SINGLE_BLOCK, sd.READ_MULTIPLE_BLOCK, sd.WRITE_BLOCK, sd.WRITE_MULTIPLE_BLOCK):
            self._transfer(index, argument)
        else:
            self._answer(sd.ILLEGAL_COMMAND)

    def _go_idle(self) -> None:
        self._spi_mode = self._idle = True
        self._interface = self._checks = False
        self._initialised = None
        self._reading = self._writing = None
        self._stoppable = False
        self._answer()

    def _initialise(self, argument: int) -> None:
        """ACMD41: a card of high capacity does not start for a host that knows nothing of these (7.2.1)."""
        if self._initialised is None and (not self._high or (self._interface and argument & sd.HIGH_CAPACITY_SUPPORT)):
            self._initialised = self._now() + self._init_us
        if self._initialised is not None and self._now() >= self._initialised:
            self._idle = False
        self._answer()

    def _transfer(self, index: int, argument: int) -> None:
        number, rest = (argument, 0) if self._high else divmod(argument, sd.BLOCK)
        if rest or number >= self.blocks():
            self._answer(sd.ADDRESS_ERROR if rest else sd.PARAMETER_ERROR)
            return
        self._several = index in (sd.READ_MULTIPLE_BLOCK, sd.WRITE_MULTIPLE_BLOCK)
        if index in (sd.READ_SINGLE_BLOCK, sd.READ_MULTIPLE_BLOCK):
            self._reading = number
            self._ready = self._now() + self._read_us
        else:
            self._writing = number
            self._refusal = 0
        self._stoppable = self._several
        self._answer()

    def _stop(self) -> None:
        if not self._stoppable:
            self._answer(sd.ILLEGAL_COMMAND)
            return
        stuff = self._out[0] if self._out else 0xFF  # the byte behind the command is what was under way (7.2.3)
        self._reading = self._writing = None
        self._stoppable = False
        self._answer()
        self._out.appendleft(stuff)
        self._out.append(0x00)  # R1b

    # Writing

    def _received(self, packet: bytes) -> None:
        """A block has come. After a refusal the others of the same command are refused as well (7.3.3.1)."""
        self._packet = None
        number, data = self._writing, packet[: sd.BLOCK]
        assert number is not None
        if self._fault("write crc"):
            data = bytes([data[0] ^ 1]) + data[1:]
        if not self._refusal:
            self._refusal = self._why_not(number, data, int.from_bytes(packet[sd.BLOCK :], "big"))
        self._out.clear()
        self._out.append(self._refusal or sd.ACCEPTED)
        if not self._refusal:
            self._programming = (number, data)
            self._begin_busy()
        self._writing = number + 1 if self._several else None

    def _why_not(self, number: int, data: bytes, crc: int) -> int:
        """The answer to a block that is not written, else 0."""
        if self._checks and crc != sd.crc16(data):
            return sd.CRC_ERROR
        if number >= self.blocks():
            self._status |= sd.OUT_OF_RANGE
        elif self._protected:
            self._status |= sd.WP_VIOLATION
        elif self._fault("write"):
            self._status |= sd.ERROR
        else:
            return 0
        return sd.WRITE_ERROR

    def _begin_busy(self) -> None:
        self._until = self._now() + self._write_us
        self._hangs = self.stuck

    def _busy(self) -> bool:
        if self._hangs and self.stuck:
            return True
        if self._now() < self._until:
            return True
        self.finish()
        return False

    def finish(self) -> None:
        """What was to be written is, if there was time for it."""
        if self._programming is None or self._now() < self._until:
            return
        number, data = self._programming
        self._programming = None
        self.data[number * sd.BLOCK : (number + 1) * sd.BLOCK] = data
        self.writes += 1

    def blocks(self) -> int:
        """How many it has."""
        return len(self.data) // sd.BLOCK

    def _fault(self, what: str) -> bool:
        """Whether that is to go wrong this time."""
        if not self.faults[what]:
            return False
        self.faults[what] -= 1
        return True
