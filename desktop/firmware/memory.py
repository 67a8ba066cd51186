"""The memory of a simulated board, as far as an application has asked for addresses: `uctypes.addressof`."""

from __future__ import annotations

from typing import Any


class Memory:
    """The buffers of one board that have addresses: 32-bit numbers, as its pointers are."""

    def __init__(self) -> None:
        self._buffers: list[tuple[int, memoryview, Any]] = []
        self._next = 0x20000000

    def address_of(self, buffer: Any) -> int:
        """The address of the buffer's first byte, the same each time. TypeError if it is none."""
        if hasattr(buffer, "_layout_"):  # a structure of uctypes
            return self.address_of(buffer._view_) + int(buffer._at_)
        for start, _, known in self._buffers:
            if known is buffer or (isinstance(buffer, memoryview) and known is buffer.obj):
                return start + (_offset(buffer) if isinstance(buffer, memoryview) else 0)
        if isinstance(buffer, memoryview):
            self.address_of(buffer.obj)
            return self.address_of(buffer)
        view = memoryview(buffer).cast("B")
        start = self._next
        self._next += len(view) + 15 & ~15
        self._buffers.append((start, view, buffer))
        return start

    def at(self, address: int, size: int | None = None) -> memoryview:
        """What is there. ValueError if that is nothing that `addressof` has given."""
        for start, view, _ in self._buffers:
            if start <= address < start + max(1, len(view)):
                offset = address - start
                if size is not None and offset + size > len(view):
                    break
                return view[offset : None if size is None else offset + size]
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
