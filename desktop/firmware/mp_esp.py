"""`esp`: what tutorials for an ESP32 call of it. The flash itself can't be read or written: use files."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from .modules import module

if TYPE_CHECKING:
    from .world import World

FLASH, USER_START = 4 << 20, 0x200000
LEVELS = ("NONE", "ERROR", "WARNING", "INFO", "DEBUG", "VERBOSE")


def make(world: World) -> ModuleType:
    """`esp` for the application of one board."""

    def osdebug(tag: Any, level: int = 0) -> None:
        """The system of a simulated board has nothing to say."""

    def raw_flash(*arguments: Any) -> NoReturn:
        raise NotImplementedError("esp: a simulated board has no flash to be read or written as a whole: use files")

    return module(
        "esp",
        **{f"LOG_{name}": level for level, name in enumerate(LEVELS)},
        flash_erase=raw_flash,
        flash_read=raw_flash,
        flash_size=lambda: FLASH,
        flash_user_start=lambda: USER_START,
        flash_write=raw_flash,
        osdebug=osdebug,
    )
