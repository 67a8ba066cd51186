"""What an SD card in SPI mode says: numbers, registers and checksums of the SD Physical Layer Simplified Specification,
chapters 4.5 (CRC), 5 (registers) and 7 (SPI mode). `sd_core` is the card.
"""

from __future__ import annotations

from binascii import crc_hqx

BLOCK = 512

# Commands (7.3.1.3)
GO_IDLE_STATE, SEND_OP_COND, SEND_IF_COND, SEND_CSD, SEND_CID = 0, 1, 8, 9, 10
STOP_TRANSMISSION, SEND_STATUS, SET_BLOCKLEN, READ_SINGLE_BLOCK, READ_MULTIPLE_BLOCK = 12, 13, 16, 17, 18
WRITE_BLOCK, WRITE_MULTIPLE_BLOCK, APP_CMD, READ_OCR, CRC_ON_OFF = 24, 25, 55, 58, 59
APP_SEND_OP_COND = 41  # after APP_CMD
IN_IDLE = {GO_IDLE_STATE, SEND_OP_COND, SEND_IF_COND, APP_CMD, READ_OCR, CRC_ON_OFF}  # what a card knows while idle

# R1 (7.3.2.1)
IDLE, ILLEGAL_COMMAND, COMMAND_CRC_ERROR, ADDRESS_ERROR, PARAMETER_ERROR = 0x01, 0x04, 0x08, 0x20, 0x40

# The second byte of R2 (7.3.2.3)
ERROR, WP_VIOLATION, OUT_OF_RANGE = 0x04, 0x20, 0x80

# Tokens (7.3.3)
START_BLOCK, START_OF_MULTIPLE, STOP_TRAN = 0xFE, 0xFC, 0xFD
ACCEPTED, CRC_ERROR, WRITE_ERROR = 0x05, 0x0B, 0x0D
READ_ERROR, READ_ECC_FAILED, READ_OUT_OF_RANGE = 0x01, 0x04, 0x08

# OCR (5.1)
POWERED_UP, CAPACITY_STATUS, VOLTAGES = 1 << 31, 1 << 30, 0x00FF8000  # 2.7 to 3.6 V
HIGH_CAPACITY_SUPPORT = 1 << 30  # in the argument of ACMD41


def crc7(data: bytes) -> int:
    """The checksum of a command or a register: x^7 + x^3 + 1, from 0."""
    crc = 0
    for byte in data:
        for bit in range(8):
            crc = (crc << 1 ^ (0x09 if (crc >> 6 ^ byte >> 7 - bit) & 1 else 0)) & 0x7F
    return crc


def crc16(data: bytes) -> int:
    """The checksum of a block: x^16 + x^12 + x^5 + 1, from 0."""
    return crc_hqx(data, 0)


def command(index: int, argument: int = 0) -> bytes:
    """The six bytes of a command."""
    frame = bytes([0x40 | index]) + argument.to_bytes(4, "big")
    return frame + bytes([crc7(frame) << 1 | 1])


def _register(fields: list[tuple[int, int, int]]) -> bytes:
    """16 bytes: (highest bit, lowest bit, value) of each field, and the checksum."""
    value = 0
    for high, low, content in fields:
        assert 0 <= content < 1 << high - low + 1
        value |= content << low
    data = value.to_bytes(16, "big")[:15]
    return data + bytes([crc7(data) << 1 | 1])


def csd(size: int, high_capacity: bool, write_protected: bool) -> bytes:
    """The CSD (5.3.2 and 5.3.3) of a card of `size` bytes. ValueError for a size that it can't tell."""
    common = [
        (119, 112, 0x26),  # TAAC: 1.5 ms
        (103, 96, 0x32),  # TRAN_SPEED: 25 MHz
        (95, 84, 0x5B5),  # CCC
        (46, 46, 1),  # ERASE_BLK_EN
        (45, 39, 0x7F),  # SECTOR_SIZE
        (28, 26, 2),  # R2W_FACTOR
        (25, 22, 9),  # WRITE_BL_LEN
        (12, 12, int(write_protected)),  # TMP_WRITE_PROTECT
    ]
    if high_capacity:
        unit = 512 * 1024
        if size % unit or not 1 <= size // unit <= 1 << 22:
            raise ValueError(f"an SDHC card has a multiple of 512 KB, up to 2 TB, not {size} bytes")
        return _register([(127, 126, 1), *common, (83, 80, 9), (69, 48, size // unit - 1)])
    for exponent in range(2, 10):  # C_SIZE_MULT + 2
        unit = 512 << exponent
        if size % unit == 0 and 1 <= size // unit <= 1 << 12:
            return _register([*common, (83, 80, 9), (73, 62, size // unit - 1), (49, 47, exponent - 2)])
    raise ValueError(f"a standard capacity SD card has 1 to 4096 times 2, 4, 8, ... 256 KB, not {size} bytes")


def cid(serial: int) -> bytes:
    """The CID (5.2) of a card with this serial number."""
    return _register(
        [
            (127, 120, 0x54),  # MID
            (119, 104, int.from_bytes(b"TC", "big")),  # OID
            (103, 64, int.from_bytes(b"SIMUL", "big")),  # PNM
            (63, 56, 0x10),  # PRV
            (55, 24, serial & 0xFFFFFFFF),  # PSN
            (19, 8, 0x1A1),  # MDT: January 2026
        ]
    )
