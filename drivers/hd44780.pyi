"""What a type checker knows of `hd44780`: a row is text."""

from collections.abc import Callable, Iterable

SHORT: int
CLEAR: int
POWER_UP: int
FIRST: int
SECOND: int
COMMAND: int
DATA: int
CLEAR_DISPLAY: int
ENTRY_MODE: int
DISPLAY_OFF: int
DISPLAY_ON: int
FUNCTION_SET: int
TWO_LINES: int
CGRAM: int
DDRAM: int
SECOND_LINE: int
BLANK: int
DOTS: int

class LCD:
    cols: int
    rows: int

    def __init__(
        self, pinlist: Iterable[Callable[[int], object] | int | str], cols: int, rows: int = 2
    ) -> None: ...
    def __len__(self) -> int: ...
    def __setitem__(self, row: int, text: object) -> None: ...
    def __getitem__(self, row: int) -> str: ...
    def custom(self, number: int, dots: Iterable[int]) -> None: ...
    def clear(self) -> None: ...
    def reset(self) -> None: ...
    async def flush(self) -> None: ...
    def deinit(self) -> None: ...
