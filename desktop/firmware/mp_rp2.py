"""`rp2`: what can be had of it. PIO programs are refused when they are used, not when they are written down."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from .modules import module

if TYPE_CHECKING:
    from .world import World

INSTEAD = "use Pin, PWM, Timer or machine.bitstream, or run the program on the emulated RP2040 (--on rp2040) or a board"
PIO_CONSTANTS = {
    "IN_LOW": 0, "IN_HIGH": 1, "OUT_LOW": 2, "OUT_HIGH": 3, "SHIFT_LEFT": 0, "SHIFT_RIGHT": 1, "JOIN_NONE": 0,
    "JOIN_TX": 1, "JOIN_RX": 2, "IRQ_SM0": 256, "IRQ_SM1": 512, "IRQ_SM2": 1024, "IRQ_SM3": 2048,
}  # fmt: skip


def refused(what: str, of: str = "rp2") -> type:
    """A class whose objects can't be made."""

    class Refused:
        def __init__(self, *args: Any, **settings: Any) -> None:
            raise NotImplementedError(f"{of}.{what}: a simulated board has no {what}; {INSTEAD}")

    Refused.__name__ = Refused.__qualname__ = what
    return Refused


class PIOProgram:
    """What `asm_pio` makes of a function: something that has its name and can't be run."""

    def __init__(self, fn: Callable[..., object]) -> None:
        self.__name__ = fn.__name__

    def __call__(self, *args: Any) -> NoReturn:
        raise NotImplementedError(f"{self.__name__} is a program for a PIO, which a simulated board has not; {INSTEAD}")

    def __repr__(self) -> str:
        return f"<PIO program {self.__name__}>"


def asm_pio(**settings: Any) -> Callable[[Callable[..., object]], PIOProgram]:
    """Decorate a PIO program: it is not looked at."""
    return PIOProgram


def asm_pio_encode(instruction: str, sideset_count: int, sideset_opt: bool = False) -> NoReturn:
    """There is no assembler here."""
    raise NotImplementedError(f"rp2.asm_pio_encode: a simulated board has no PIO; {INSTEAD}")


def make(world: World) -> ModuleType:
    """`rp2` for the application of one board."""
    pio = refused("PIO")
    for name, value in PIO_CONSTANTS.items():
        setattr(pio, name, value)

    def bootsel_button() -> int:
        """1 while the BOOTSEL button is pressed: `board.bootsel`."""
        return 1 if world.board.bootsel else 0

    return module(
        "rp2",
        PIO=pio,
        StateMachine=refused("StateMachine"),
        DMA=refused("DMA"),
        asm_pio=asm_pio,
        asm_pio_encode=asm_pio_encode,
        bootsel_button=bootsel_button,
        country=lambda *code: None if code else "XX",
    )
