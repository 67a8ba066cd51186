"""The memory of a simulated board, as far as an application has asked for addresses: `uctypes.addressof`."""

from __future__ import annotations

from typing import Any


class Memory:
    """The buffers of one board that have addresses: 32-bit numbers, as its pointers are."""

    def __init__(self, first: int = 0x20000000) -> None:
        self._buffers: list[tuple[int, memoryview, Any]] = []
        self._next = first

    def address_of(self, buffer: Any) -> int:
        """The address of the buffer's first byte, the same each time. TypeError if it is none."""
        known = self.known(buffer)
        if known is not None:
            return known
        if hasattr(buffer, "_layout_"):  # a structure of uctypes
            return self.address_of(buffer._view_) + int(buffer._at_)
        if isinstance(buffer, memoryview):
            return self.address_of(buffer.obj) + _offset(buffer)
        start = self._next
        self._next += self.put(start, buffer) + 15 & ~15
        return start

    def known(self, buffer: Any) -> int | None:
        """The address that it has already; None if it has none."""
        if hasattr(buffer, "_layout_"):
            start = self.known(buffer._view_)
            return None if start is None else start + int(buffer._at_)
        for start, _, known in self._buffers:
            if known is buffer or (isinstance(buffer, memoryview) and known is buffer.obj):
                return start + (_offset(buffer) if isinstance(buffer, memoryview) else 0)
        return None

    def put(self, address: int, buffer: Any) -> int:
        """Have the buffer at that address; returns how many bytes it has. TypeError if it is none."""
        view = memoryview(buffer).cast("B")
        self._buffers.append((address, view, buffer))
        return len(view)

    def region(self, address: int) -> tuple[int, memoryview] | None:
        """Where the buffer begins that is there, and its bytes. None if nothing is."""
        for start, view, _ in self._buffers:
            if start <= address < start + max(1, len(view)):
                return start, view
        return None

    def at(self, address: int, size: int | None = None) -> memoryview:
        """What is there. ValueError if that is nothing that `addressof` has given."""
        found = self.region(address)
        if found is not None:
            offset = address - found[0]
            if size is None or offset + size <= len(found[1]):
                return found[1][offset : None if size is None else offset + size]
        raise ValueError(f"no memory at {address:#x} of the simulated board: addressof() gives a buffer's")


def _offset(part: memoryview) -> int:
    """Where `part` begins in what it is a view of. ValueError if that can't be found out."""
    whole = memoryview(part.obj)
    if part.nbytes in (0, whole.nbytes):
        return 0
    if whole.readonly:
        raise ValueError("the simulated board has no address for a part of bytes: copy them into a bytearray")
    import ctypes  # which few programs need

    first, begins = (ctypes.addressof(ctypes.c_char.from_buffer(view)) for view in (whole, part))
    return begins - first
