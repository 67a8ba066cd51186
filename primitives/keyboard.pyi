"""What a type checker knows of `keyboard`: a queue of scan codes."""

from array import array
from collections.abc import Callable, Iterable

from .matrix import KeyMatrix

class Keyboard(KeyMatrix[int]):
    def __init__(
        self,
        rowpins: Iterable[Callable[[int], object]],
        colpins: Iterable[Callable[[], object]],
        *,
        bufsize: int = 10,
        db_delay: int | None = None,
        buffer: int | list[int] | array[int] | bytearray | None = None,
    ) -> None: ...
