"""What a type checker knows of `stream_errors`."""

from typing import Any

CLOSED: Any

class IncompleteReadError(EOFError):
    partial: bytes
    expected: int | None
    def __init__(self, partial: bytes, expected: int | None) -> None: ...

def closed_error() -> OSError: ...
