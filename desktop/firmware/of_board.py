"""bound: the classes of MicroPython's hardware modules, made anew for each board, since none of them names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

if TYPE_CHECKING:
    from ..board import Board
    from .world import World

T = TypeVar("T", bound="OfBoard")


class OfBoard:
    """A class of a module that an application imports: of one board."""

    _world: ClassVar[World]
    _board: ClassVar[Board]

    def _goes_on(self) -> None:
        """It has a `deinit`, which a board calls when the next program starts there."""
        self._world.peripherals.add(self)


def bound(cls: type[T], world: World, module: str, **attributes: Any) -> type[T]:
    """`cls` for the application of `world`, in its `module`, with `attributes` in which kinds of board differ."""
    names = {"__doc__": cls.__doc__, "__module__": module, "_world": world, "_board": world.board}
    return cast("type[T]", type(cls.__name__, (cls,), {**names, **attributes}))


def describe(names: Any) -> str:
    """Names or numbers for a message: "0, 1 and 2"."""
    texts = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]])) or "none"
