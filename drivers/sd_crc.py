"""The checksums of an SD card: of commands by x^7 + x^3 + 1, of blocks by x^16 + x^12 + x^5 + 1, both from 0.

They allocate nothing, and may be used from any context.
"""

from array import array

_CRC7 = b"\x00\x09\x12\x1b\x24\x2d\x36\x3f\x48\x41\x5a\x53\x6c\x65\x7e\x77"  # what four bits become


def _crc16_of(byte):
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1 ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


_CRC16 = array("H", [_crc16_of(byte) for byte in range(256)])


def crc7(data, count):
    """Of the first `count` bytes of `data`."""
    crc = 0
    for n in range(count):
        byte = data[n]
        crc = (crc << 4 & 0x7F) ^ _CRC7[crc >> 3 ^ byte >> 4]
        crc = (crc << 4 & 0x7F) ^ _CRC7[crc >> 3 ^ byte & 15]
    return crc


def crc16(data):
    """Of a bytes-like object."""
    table = _CRC16
    crc = 0
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ table[crc >> 8 ^ byte]
    return crc
