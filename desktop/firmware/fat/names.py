"""Names of a FAT volume's files: short ones of 8 and 3 characters, and the long ones that stand in slots before them.

From Microsoft's FAT specification (fatgen103).
"""

from __future__ import annotations

import errno
from collections.abc import Container, Sequence

from ..runtime import os_error

IN_NO_NAME = frozenset('"*:<>?|\x7f' + "".join(map(chr, range(32))))
IN_NO_SHORT_NAME = frozenset("+,;=[] .")
CODE_PAGE = "cp437"
LOWER_BODY, LOWER_EXTENSION = 0x08, 0x10  # what a short name's slot says of its letters
LAST, PER_SLOT = 0x40, 13  # of a long name's slots: the mark of its last, which comes first; characters of each
PLACES = ((1, 11), (14, 26), (28, 32))  # of these characters
LONG = 0x0F
LONGEST = 255
DELETED_LETTER, DELETED = 0x05, 0xE5  # the first stands for the second, which a deleted slot begins with


def checked(name: str) -> str:
    """The name as it is kept, without dots and spaces at its end. OSError EINVAL if it can't be one."""
    kept = name.rstrip(" .")
    if not kept or IN_NO_NAME & set(kept) or len(kept.encode("utf-16-le")) > 2 * LONGEST:
        raise os_error(errno.EINVAL)
    return kept


def shortened(name: str, taken: Container[bytes]) -> tuple[bytes, int, bool]:
    """The short name of `name`, 11 bytes, none of `taken`; what its slot says of its letters; if it needs a long."""
    body, dot, extension = name.rpartition(".") if "." in name.lstrip(".") else (name, "", "")
    fits = _fits(body, 8) and (_fits(extension, 3) if dot else True) and not name.startswith(".")
    if fits and not _is_mixed(body) and not _is_mixed(extension):
        short = _padded(body, extension)
        case = LOWER_BODY * (body != body.upper()) | LOWER_EXTENSION * (extension != extension.upper())
        if short not in taken:
            return short, case, False
    stem, tail = _plain(body, 8), _plain(extension, 3)
    if fits and _padded(body, extension) not in taken:
        return _padded(body, extension), 0, True
    for number in range(1, 1_000_000):
        mark = f"~{number}".encode()
        short = (stem[: 8 - len(mark)] + mark).ljust(8) + tail.ljust(3)
        if short not in taken:
            return short, 0, True
    raise os_error(errno.EACCES)


def _fits(part: str, size: int) -> bool:
    return 0 < len(part) <= size and part.isascii() and not IN_NO_SHORT_NAME & set(part)


def _is_mixed(part: str) -> bool:
    return part != part.upper() and part != part.lower()


def _padded(body: str, extension: str) -> bytes:
    return body.upper().encode("ascii").ljust(8) + extension.upper().encode("ascii").ljust(3)


def _plain(part: str, size: int) -> bytes:
    letters = (letter for letter in part.upper() if letter not in " .")
    kept = ("_" if not letter.isascii() or letter in IN_NO_SHORT_NAME else letter for letter in letters)
    return "".join(kept)[:size].encode("ascii")


def short_name(short: bytes, case: int = 0) -> str:
    """The name of 11 bytes as text; `case`: what its slot says of its letters."""
    raw = (bytes([DELETED]) if short[0] == DELETED_LETTER else short[:1]) + short[1:]
    body, extension = raw[:8].decode(CODE_PAGE).rstrip(" "), raw[8:].decode(CODE_PAGE).rstrip(" ")
    body = body.lower() if case & LOWER_BODY else body
    extension = extension.lower() if case & LOWER_EXTENSION else extension
    return f"{body}.{extension}" if extension else body


def checksum(short: bytes) -> int:
    """Of a short name, which the slots of its long one have."""
    total = 0
    for letter in short:
        total = ((total & 1) << 7 | total >> 1) + letter & 0xFF
    return total


def long_slots(name: str, short: bytes) -> list[bytes]:
    """The slots of 32 bytes that stand before that of `short`, in their order."""
    text = name.encode("utf-16-le")
    count = -(-len(text) // (2 * PER_SLOT))
    if len(text) < 2 * PER_SLOT * count:
        text = (text + b"\0\0").ljust(2 * PER_SLOT * count, b"\xff")
    slots = []
    for number in range(count, 0, -1):
        slot = bytearray(32)
        slot[0] = number | (LAST if number == count else 0)
        slot[11], slot[13] = LONG, checksum(short)
        part = text[(number - 1) * 2 * PER_SLOT : number * 2 * PER_SLOT]
        for start, end in PLACES:
            slot[start:end], part = part[: end - start], part[end - start :]
        slots.append(bytes(slot))
    return slots


def long_name(slots: Sequence[bytes], short: bytes) -> str | None:
    """What `long_slots` has made, if they are whole and belong to `short`."""
    expected = [number | (LAST if number == len(slots) else 0) for number in range(len(slots), 0, -1)]
    if not slots or [slot[0] for slot in slots] != expected or any(slot[13] != checksum(short) for slot in slots):
        return None
    text = b"".join(slot[start:end] for slot in reversed(slots) for start, end in PLACES)
    return text.decode("utf-16-le", "replace").partition("\0")[0]
