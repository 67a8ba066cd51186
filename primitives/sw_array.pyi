"""What a type checker knows of `sw_array`: a queue of (scan code, event)."""

from collections.abc import Callable, Iterable

from .matrix import KeyMatrix
from .presses import CLOSE as CLOSE
from .presses import DOUBLE as DOUBLE
from .presses import LONG as LONG
from .presses import OPEN as OPEN

SUPPRESS: int

class SwArray(KeyMatrix[tuple[int, int]]):
    long_press_ms: float
    double_click_ms: float

    def __init__(
        self,
        rowpins: Iterable[Callable[[int], object]],
        colpins: Iterable[Callable[[], object]],
        cfg: int,
        *,
        bufsize: int | list[tuple[int, int]] | list[None] = 10,
    ) -> None: ...
    def happened(self, key: int, what: int) -> None: ...
