"""`rp2`: PIO programs and the state machines that run them, and the button. What runs them is in `pio.units`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..board import isr_watch  # noqa: F401 - now, not within the first interrupt
from .modules import module
from .of_board import bound
from .pio.assembler import PIOASMEmit, PIOASMError, assemble, encode
from .pio.program import PIO
from .pio.state_machine import StateMachine
from .pio.units import Units

if TYPE_CHECKING:
    from .world import World

INSTEAD = "use StateMachine.put and get, or run it on the emulated RP2040 (--on rp2040) or a board"


def refused(what: str, of: str = "rp2", instead: str = "use Pin, PWM, Timer or machine.bitstream, or a board") -> type:
    """A class whose objects can't be made."""

    class Refused:
        def __init__(self, *args: Any, **settings: Any) -> None:
            raise NotImplementedError(f"{of}.{what}: a simulated board has no {what}; {instead}")

    Refused.__name__ = Refused.__qualname__ = what
    return Refused


def make(world: World) -> ModuleType:
    """`rp2` for the application of one board."""
    units = Units(world)
    machine = bound(StateMachine, world, "rp2", _units=units, _made={}, _pios=[])
    pio = bound(PIO, world, "rp2", _units=units, _machine=machine, _pios=machine._pios)
    pio(0)

    def asm_pio(**settings: Any) -> Callable[[Callable[..., object]], list[Any]]:
        """Decorate a PIO program: see `pio.assembler`."""
        PIOASMEmit(**settings)
        return lambda program: assemble(program, settings, world.import_module("array").array)

    def asm_pio_encode(instr: str, sideset_count: int, sideset_opt: bool = False) -> int:
        """The word of one instruction; with an optional side-set the count is one more than its pins."""
        return encode(instr, sideset_count, sideset_opt, world.builtins)

    def bootsel_button() -> int:
        """1 while the BOOTSEL button is pressed: `board.bootsel`."""
        return 1 if world.board.bootsel else 0

    return module(
        "rp2",
        PIO=pio,
        StateMachine=machine,
        DMA=refused("DMA", instead=INSTEAD),
        PIOASMEmit=PIOASMEmit,
        PIOASMError=PIOASMError,
        asm_pio=asm_pio,
        asm_pio_encode=asm_pio_encode,
        bootsel_button=bootsel_button,
        country=lambda *code: None if code else "XX",
    )
