"""A fuzzer for the NEC decoder: any widths, any count, gives a code or an error code, and raises nothing.

What it decodes to a code must be encoded to one that decodes to the same.
"""

import struct
from array import array

from twincore.drivers.nec_times import BADADDR, CODE, REPEAT, decode, encode

LONGEST_INPUT = 140  # bytes


def check(data):
    """One input: a byte of options, two of the count, then widths of 16 bits as they come."""
    if len(data) < 3:
        return
    extended = data[0] & 1
    count = struct.unpack_from("<H", data, 1)[0] & 0x3FF
    rest = data[3:]
    widths = array("H", [0] * (CODE + 1))
    if data[0] & 2:
        widths[0], widths[1] = 9000, 4500 if data[0] & 4 else 2250
    if data[0] & 8:
        count = CODE
    start = 2 if data[0] & 2 else 0
    for n in range(min(len(rest) // 2, len(widths) - start)):
        widths[start + n] = rest[2 * n] | rest[2 * n + 1] << 8
    found, address = decode(widths, count, extended)
    assert BADADDR <= found <= 0xFF, found
    if found < 0:
        assert address == 0
        assert found != REPEAT or count == 3
    else:
        assert count == CODE and 0 <= address <= (0xFFFF if extended else 0xFF)
        assert decode(encode(address, found, extended), CODE, extended) == (found, address)


def made(rng):
    """An input that is often near a code."""
    if rng.random() < 0.5:
        return rng.randbytes(rng.randrange(140))
    widths = encode(rng.randrange(0x10000), rng.randrange(256), True)
    for _ in range(rng.randrange(4)):
        widths[rng.randrange(CODE)] = rng.randrange(0x10000)
    count = rng.choice([CODE, CODE, CODE, 3, rng.randrange(0x400)])
    return bytes([rng.randrange(2)]) + struct.pack("<H", count) + widths.tobytes()
