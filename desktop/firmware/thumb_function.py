"""Functions under `@micropython.asm_thumb`: what an application calls for a program that `asm_thumb.py` made.

Arguments are words, and addresses of buffers: those that `uctypes.addressof` gives, if it was asked for them, or else
such as are good until the function returns. It reaches memory as `machine.mem32` does, registers included. As on boards
neither soft interrupts nor what is scheduled run meanwhile; but Ctrl-C ends a loop, which there it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .asm_thumb import Program, Statement
from .memory import Memory
from .sleeping import TICK, until_interrupt
from .thumb_forms import LR, PC, SP, WORD
from .thumb_instructions import THUMB, Cpu, Fault, conditional, signed, step_of

if TYPE_CHECKING:
    from .world import World

BUFFERS, CODE, STACK, CALLER = 0x30000000, 0x38000000, 0x3C000000, 0x10000000  # buffers of `addressof` come before
STACK_SIZE, STACK_END = 2048, 0x40000000
TURN_US = 2  # of virtual time, as a turn of any loop takes
MOST = (1 << 31) - 1
SAVED = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7  # what a function of MicroPython's saves when it begins
RETURNED = -1  # the index of no step


def made(world: World, parts: tuple[Any, ...], filename: str) -> Callable[..., Any]:
    """The function of a program of that file, for the application of one board. SyntaxError."""
    program = Program(*parts)._replace(statements=tuple(Statement(*each) for each in parts[3]))
    _check(program, world, filename)
    return _Function(world, program).call


def _check(program: Program, world: World, filename: str) -> None:
    """SyntaxError for what the board's processor has not: which it is, is not known before."""
    kind = world.board.kind
    if kind.platform not in ("rp2", "pyboard"):
        raise SyntaxError(f"invalid micropython decorator: {kind.name} has no asm_thumb, whose processor is no ARM")
    if program.m3 is not None and kind.platform != "pyboard":
        line, text, instruction = program.m3
        said = f"unsupported Thumb instruction {instruction}: a Cortex-M3 or M4 has it, not a {kind.name}"
        raise SyntaxError(said, (filename, line, len(text) - len(text.lstrip()) + 1, text))


class _Function:
    def __init__(self, world: World, program: Program) -> None:
        self._world = world
        self._program = program
        kept = program.statements
        places = {CODE + each.offset: index for index, each in enumerate(kept)}
        places |= {CODE + program.end: len(kept), CALLER: RETURNED}
        self._places = places
        self._lines = [*(each.line for each in kept), kept[-1].line if kept else 0]
        self._steps = [step_of(each, places, CODE) for each in kept]
        self._make_conditional()
        self._begin = step_of(Statement(0, 0, "push l", (SAVED | 1 << LR,)), places, CODE)
        self._steps.append(step_of(Statement(0, program.end, "pop l", (SAVED | 1 << PC,)), places, CODE))
        self._data: dict[int, bytearray] = {}  # by address; what of it lies side by side is one
        for each in kept:
            if each.operation == "data":
                here = CODE + each.offset
                before = next((at for at, data in self._data.items() if at + len(data) == here), here)
                self._data.setdefault(before, bytearray()).extend(each.operands[0])
        self.call = self._callable()

    def _make_conditional(self) -> None:
        statements, steps = self._program.statements, self._steps
        for index, statement in enumerate(statements):
            name = statement.operation.split()[0]
            if name.startswith("it"):
                for away, letter in enumerate("t" + name[2:], index + 1):
                    if away < len(steps):
                        steps[away] = conditional(statements[away], steps[away], statement.operands[0], letter == "e")

    def _callable(self) -> Callable[..., Any]:
        count, result = self._program.arguments, self._program.result

        def call(*arguments: Any) -> Any:
            if len(arguments) != count:
                were = f"{count} positional arguments but {len(arguments)} were given"
                raise TypeError(f"{call.__name__}() takes {were}")
            reached = _Reached(self._world)
            word = self._run(arguments, reached)
            return reached.objects[word] if result == "object" and word in reached.objects else _as(result, word)

        call.__name__ = call.__qualname__ = self._program.name
        return call

    def _run(self, arguments: tuple[Any, ...], reached: _Reached) -> int:
        """What is in r0 when the function has returned."""
        world, steps = self._world, self._steps
        for address, data in self._data.items():
            reached.own.put(address, data)
        cpu = Cpu(self._places, reached.load, reached.store, self._mask, self._wait)
        cpu.r[: len(arguments)] = map(reached.word, arguments)
        cpu.r[SP] = top = STACK + STACK_SIZE
        cpu.r[LR] = CALLER | THUMB
        self._begin(cpu)
        world.spend()
        pause = self._pause
        index = 0
        try:
            while index >= 0:
                target = steps[index](cpu)
                if target is None:
                    index += 1
                else:
                    if target <= index:
                        pause()
                    index = target
            if cpu.r[SP] != top:
                index = len(steps) - 1
                raise Fault("returned, but not with the stack as it was: a board would crash; push and pop in pairs")
        except Fault as fault:
            raise fault.kind(f"{self._program.name}(), line {self._lines[index]}: {fault}") from None
        return cpu.r[0]

    def _pause(self) -> None:
        """At each turn of a loop."""
        self._world.spend(TURN_US)
        self._world.interrupts.raise_ending()

    def _mask(self, off: bool) -> None:
        interrupts = self._world.interrupts
        if off:
            interrupts.disable()
        else:
            interrupts.enable(1)

    def _wait(self) -> None:
        """wfi: a board's timer makes an interrupt each millisecond."""
        self._world.interrupts.refuse("sleep")
        until_interrupt(self._world, self._world.time.now() + TICK, soft=False)


class _Reached:
    """The memory that one call of a function reaches. `own`: what of it is there for this call only."""

    def __init__(self, world: World) -> None:
        self._shared = world.memory
        self._registers = world.import_module("machine")
        self._unaligned = world.board.kind.name != "pico"  # a Cortex-M0+ can't load a word from between two
        self.own = Memory(BUFFERS)
        self.own.put(STACK, bytearray(STACK_SIZE))
        self.objects: dict[int, Any] = {}
        self._start, self._view = STACK, memoryview(b"")  # where the last access was

    def word(self, argument: Any) -> int:
        """What a register gets for it. TypeError."""
        if argument is None:
            return 0
        if isinstance(argument, int):
            return int(argument) & WORD
        if isinstance(argument, float):
            return 0 if argument != argument else int(max(-1 << 31, min(MOST, argument))) & WORD
        if isinstance(argument, str):
            return self.own.address_of(argument.encode() + b"\0")
        if hasattr(argument, "_layout_"):  # a structure of uctypes
            return self._shared.address_of(argument)
        if isinstance(argument, (list, tuple)):
            raise TypeError(f"machine code can't look into a {type(argument).__name__} here: give it an array")
        known = self._shared.known(argument)
        try:
            return self.own.address_of(argument) if known is None else known
        except TypeError:  # of an object it can do no more than return it
            address = self.own.address_of(bytearray(1))
            self.objects[address] = argument
            return address

    def load(self, address: int, size: int) -> int:
        view = self._at(address, size)
        if view is None:
            return self._register(lambda memory: memory[address], address, size) & WORD
        at = address - self._start
        return int.from_bytes(view[at : at + size], "little")

    def store(self, address: int, size: int, word: int) -> None:
        view = self._at(address, size)
        if view is None:
            self._register(lambda memory: memory.__setitem__(address, word), address, size)
            return
        if view.readonly:
            raise Fault("bytes and texts can't be changed: give it a bytearray", TypeError)
        at = address - self._start
        view[at : at + size] = (word & (1 << 8 * size) - 1).to_bytes(size, "little")

    def _at(self, address: int, size: int) -> memoryview | None:
        """The bytes of a buffer there, the first of which is at `_start`; None if there is no buffer. Fault."""
        if address % size and not self._unaligned:
            said = f"the address {address:#x} is not aligned to {size} bytes: a board stops with a HardFault"
            raise Fault(said, ValueError)
        at = address - self._start
        if at < 0 or at + size > len(self._view):
            found = self.own.region(address) or self._shared.region(address)
            if found is None:
                return None
            if address + size > found[0] + len(found[1]):
                raise Fault(f"{address:#x} is behind the end of a buffer of {len(found[1])} bytes", ValueError)
            self._start, self._view = found
        return self._view

    def _register(self, access: Callable[[Any], Any], address: int, size: int) -> int:
        if CODE <= address < STACK_END:
            raise Fault(f"{address:#x} is beyond the stack of {STACK_SIZE} bytes: push and pop in pairs")
        try:
            return access(getattr(self._registers, f"mem{8 * size}")) or 0
        except (ValueError, NotImplementedError) as error:
            raise Fault(str(error), type(error)) from None


def _as(result: str, word: int) -> Any:
    """The value of a function for what it has left in r0. TypeError for an object that it can't have made."""
    if result == "int":
        return signed(word)
    if result == "uint":
        return word
    if result == "bool":
        return bool(word)
    if not word & 1:
        raise TypeError(f"no object is at {word:#x}: machine code returns one of its own, or twice an integer, and 1")
    return signed(word) >> 1
