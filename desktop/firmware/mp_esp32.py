"""`esp32`: what can be had of it. Touch pads are `machine.TouchPad`."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from .modules import module
from .mp_rp2 import refused
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from .world import World

HEAP = (163_840, 100_000, 65_536, 90_000)  # a plausible one: bytes, free, the largest that is free, the least ever
ESP_ERR_NVS_NOT_FOUND = -0x1102


class NVS(OfBoard):
    """Values by name, kept while the board is. OSError for one that there is not."""

    _kept: ClassVar[dict[tuple[str, str], Any]]

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def set_i32(self, key: str, value: int) -> None:
        """Keep a number of 32 bits."""
        if not -(1 << 31) <= value < 1 << 31:
            raise OverflowError(f"{value} has more than 32 bits")
        self._kept[self._namespace, key] = value

    def get_i32(self, key: str) -> int:
        """The number of that name."""
        return int(self._get(key))

    def set_blob(self, key: str, value: Any) -> None:
        """Keep bytes."""
        self._kept[self._namespace, key] = bytes(value)

    def get_blob(self, key: str, buffer: Any) -> int:
        """Put the bytes of that name into `buffer`. Returns how many they are."""
        data = self._get(key)
        buffer[: len(data)] = data
        return len(data)

    def erase_key(self, key: str) -> None:
        """Keep it no more."""
        self._get(key)
        del self._kept[self._namespace, key]

    def commit(self) -> None:
        """All is kept already."""

    def _get(self, key: str) -> Any:
        try:
            return self._kept[self._namespace, key]
        except KeyError:
            there = ", ".join(name for space, name in self._kept if space == self._namespace) or "nothing"
            text = f"ESP_ERR_NVS_NOT_FOUND: {self._namespace!r} has no {key!r}, but {there}"
            raise OSError(ESP_ERR_NVS_NOT_FOUND, text) from None


def make(world: World) -> ModuleType:
    """`esp32` for the application of one board."""

    def wake_on(*args: Any, **settings: Any) -> None:
        """An interrupt of any kind wakes the board here, and pins stay as they are."""

    return module(
        "esp32",
        NVS=bound(NVS, world, "esp32", _kept=world.board.kept.setdefault("NVS", {})),
        RMT=refused_here("RMT"),
        ULP=refused_here("ULP"),
        PCNT=refused_here("PCNT"),
        wake_on_touch=wake_on,
        wake_on_ext0=wake_on,
        wake_on_ext1=wake_on,
        wake_on_ulp=wake_on,
        gpio_deep_sleep_hold=wake_on,
        idf_heap_info=lambda capabilities: [HEAP],
        HEAP_DATA=4,
        HEAP_EXEC=1,
        raw_temperature=lambda: 128,
        WAKEUP_ALL_LOW=False,
        WAKEUP_ANY_HIGH=True,
    )


def refused_here(what: str) -> type:
    """A class of this module whose objects can't be made."""
    return refused(what, "esp32")
