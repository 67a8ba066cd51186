"""The NEC protocol of infrared remote controls: codes as times of marks and spaces. For NEC_IR and NECTransmitter.

A code is a mark of 16 units and a space of 8; then 32 bits, the least significant of each byte first, each a mark of 1
unit and a space of 1, a zero, or 3, a one; then a mark that ends the last. The bytes are the address and its complement
(extended: the lower and the upper one of the address), the data and its complement. A key that is held sends a mark of
16 units, a space of 4 and a mark, 108 ms after the beginning of what came before. (Altium, "NEC Infrared Transmission
Protocol".)
"""

from array import array

REPEAT, BADSTART, BADBLOCK, BADREP, OVERRUN, BADDATA, BADADDR = -1, -2, -3, -4, -5, -6, -7

UNIT = 562.5  # us
CODE = 67  # marks and spaces
REPEATED = 3
FIRST_BIT = 2  # the index of its mark
EVERY_MS = 108  # from the beginning of a code to that of its repeat, and so on
# Where to tell one length from another: half-way, in us, which leaves more than 20 % to each side.
START_MARK, LONGEST_MARK = 6000, 12000  # 9000
REPEAT_SPACE, CODE_SPACE, LONGEST_SPACE = 1700, 3200, 6500  # 2250, 4500
ONE = 1125  # a space: 562 or 1687
BIT_MARK, BIT_SPACE = 1400, 2800  # at most: receivers stretch marks


def decode(widths, count, extended):
    """(data, address) of what came: data 0 to 255, or REPEAT or an error, with the address 0.

    Args: widths, us, a mark first, of which there are `count`; those beyond CODE may be missing; extended, see NEC_IR.
    Raises nothing, whatever there is in it. Any context but a hard ISR.
    """
    if count < 2 or not START_MARK <= widths[0] <= LONGEST_MARK:
        return (OVERRUN if count > CODE else BADSTART), 0
    space = widths[1]
    if not REPEAT_SPACE <= space <= LONGEST_SPACE:
        return BADSTART, 0
    if space < CODE_SPACE:
        return (REPEAT if count == REPEATED else BADREP), 0
    if count != CODE:
        return (OVERRUN if count > CODE else BADBLOCK), 0
    if widths[CODE - 1] > BIT_MARK:
        return BADBLOCK, 0
    found = [0, 0, 0, 0]
    for bit in range(32):
        at = FIRST_BIT + 2 * bit
        if widths[at] > BIT_MARK or widths[at + 1] > BIT_SPACE:
            return BADBLOCK, 0
        if widths[at + 1] > ONE:
            found[bit >> 3] |= 1 << (bit & 7)
    low, high, data, check = found
    if data ^ check != 0xFF:
        return BADDATA, 0
    if extended:
        return data, high << 8 | low
    if low ^ high != 0xFF:
        return BADADDR, 0
    return data, low


def encode(address, data, extended):
    """An array of us, a mark first: what `decode` decodes. ValueError naming the range, TypeError."""
    most = 0xFFFF if extended else 0xFF
    for name, given in (("an address", address), ("data", data)):
        if not isinstance(given, int):
            raise TypeError(name + " is a whole number, not " + repr(given))
    if not 0 <= address <= most:
        raise ValueError("an address is 0 to " + hex(most) + ", or to 0xffff if it is extended, not " + str(address))
    if not 0 <= data <= 0xFF:
        raise ValueError("data is 0 to 0xff, not " + str(data))
    high = address >> 8 if extended else address ^ 0xFF
    times = array("H", [0] * CODE)
    for index in range(CODE):
        times[index] = _whole(1)
    times[0] = _whole(16)
    times[1] = _whole(8)
    at = FIRST_BIT + 1
    for byte in (address & 0xFF, high, data, data ^ 0xFF):
        for bit in range(8):
            if byte >> bit & 1:
                times[at] = _whole(3)
            at += 2
    return times


def repeat():
    """The same for a key that is held."""
    return array("H", [_whole(16), _whole(4), _whole(1)])


def _whole(units):
    return int(units * UNIT + 0.5)
