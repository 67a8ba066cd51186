"""rp2.StateMachine: one of the machines that a PIO has, for the application."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ...board import Wakeable
from .. import pins_of
from ..of_board import OfBoard
from .assembler import encode
from .interrupts import KEEP, Irq
from .machine import Machine, Settings
from .operations import ALL

if TYPE_CHECKING:
    from .program import PIO
    from .units import Units

FIELDS = 8  # of a program
SLOWEST = 1 << 24  # the divider, in 256ths
WORDS = {"B": 1, "H": 2, "I": 4, "L": 4}  # bytes of what can be put
BUFFERS = {**WORDS, "b": 1, "h": 2, "i": 4, "l": 4}  # and of what can be filled


class StateMachine(OfBoard):
    """State machine `id`, of which there is one object for each; with more arguments, as `init`.

    Made, initialised and given an instruction by the program; `put`, `get`, `rx_fifo`, `tx_fifo` and `active` may be
    called by hard handlers, too, if `put` finds room and `get` a word: else they wait, which is refused there.
    ValueError for a number that there is not.
    """

    _units: ClassVar[Units]
    _pios: ClassVar[list[PIO]]
    _made: ClassVar[dict[int, StateMachine]]
    _id: int
    _machine: Machine
    _offset: int
    _irq: Irq

    def __new__(cls, id: int, *args: Any, **settings: Any) -> StateMachine:
        number = whole(id)
        machines = cls._units.machines
        if not 0 <= number < len(machines):
            raise ValueError(f"invalid StateMachine {number}: there is 0 to {len(machines) - 1}")
        self = cls._made.get(number)
        if self is None:
            self = object.__new__(cls)
            self._id = number
            self._machine = machines[number]
            self._offset = 0
            self._irq = Irq(cls._units, self._machine.block, number % 4, self)
            self = cls._made.setdefault(number, self)
        return self

    def __init__(self, id: int, *args: Any, **settings: Any) -> None:
        if args or settings:
            self.init(*args, **settings)

    def init(
        self, prog: Any = KEEP, freq: int = -1, *, in_base: Any = None, out_base: Any = None, set_base: Any = None,
        jmp_pin: Any = None, sideset_base: Any = None, in_shiftdir: int | None = None, out_shiftdir: int | None = None,
        push_thresh: int | None = None, pull_thresh: int | None = None,
    ) -> None:
        """Stop it, empty its FIFOs, and have it at the start of `prog`, which is loaded if it is not.

        Args: freq, of its instructions in Hz, 0: as few as can be, -1: the system's; the bases, the first pins of each
        kind, and the others as `asm_pio` has them. OSError ENOMEM if the PIO has no room for the program, ValueError
        for what can't be, or a pin that another peripheral has.
        """
        self._board.interrupts.refuse("initialise a StateMachine")
        if prog is KEEP:
            raise TypeError("'prog' argument required: a program, that asm_pio has made")
        block = self._machine.block
        _, _, _, execctrl, shiftctrl, *inits = fields_of(prog)
        if prog[1 + block.number] < 0:
            self._pios[block.number].add_program(prog)
        offset = prog[1 + block.number]
        divider = self._divider(whole(freq))
        execctrl = whole(execctrl) + (offset << 12) + (offset << 7)
        given = ((in_shiftdir, 1, 18), (out_shiftdir, 1, 19), (push_thresh, 31, 20), (pull_thresh, 31, 25))
        for value, bits, place in given:
            if value is not None:
                shiftctrl = shiftctrl & ~(bits << place) | (whole(value) & bits) << place
        out, set_, side = map(self._group, inits, (out_base, set_base, sideset_base))
        side_bits = side[1] + (execctrl >> 30 & 1 if side[1] else 0)
        settings = Settings(
            execctrl, shiftctrl, self._pin(in_base), out[:2], set_[:2], (side[0], side_bits), self._pin(jmp_pin)
        )
        connected = [pin for base, count, _, _ in (out, set_, side) for pin in range(base, base + count)]
        for pin in connected:
            self._units.pins.connect(block, pin % 32)
        self._units.enable(self._machine, False)

        def begin() -> None:
            machine = self._machine
            machine.clock.hz, machine.clock.divider = self._system(), divider
            machine.configure(settings)
            machine.tx.clear()
            machine.rx.clear()
            machine.restart()
            machine.pc = self._offset = offset
            for base, count, levels, directions in (out, set_, side):
                machine.drives((base, count), levels, 0, True)
                machine.drives((base, count), directions, 1, True)

        self._units.change(self._machine, begin)
        self._units.show(block)

    def _system(self) -> int:
        """The system's clock, in Hz."""
        return int(self._world.import_module("machine").freq())

    def _divider(self, freq: int) -> int:
        if freq < 0:
            return 256
        if freq == 0:
            return SLOWEST
        system = self._system()
        divider = system * 256 // freq
        if not 256 <= divider < SLOWEST:
            least = -(-system // 65536)
            raise ValueError(f"freq out of range: {freq}, and with this clock it is {least} to {system} Hz, or 0")
        return divider

    def _pin(self, pin: Any) -> int:
        if pin is None:
            return 0
        try:
            return int(pins_of.name_of(self._board, pin)[2:])
        except TypeError as error:
            raise ValueError(f"invalid pin {pin!r}: {error}") from None

    def _group(self, init: Any, base: Any) -> tuple[int, int, int, int]:
        """Of pins: the first, how many, their levels, and their directions."""
        if init is None or base is None:
            return self._pin(base), 0, 0, 0
        inits = [init] if isinstance(init, int) else list(init)
        levels = sum((value & 1) << place for place, value in enumerate(inits))
        directions = sum((value >> 1 & 1) << place for place, value in enumerate(inits))
        return self._pin(base), len(inits), levels, directions

    def active(self, value: Any = KEEP) -> bool:
        """Whether it runs; or let it, or stop it."""
        if value is not KEEP:
            self._units.enable(self._machine, bool(value))
        return self._machine.enabled

    def restart(self) -> None:
        """Begin the program anew. The FIFOs, x, y and what is in the OSR stay."""

        def begin() -> None:
            self._machine.restart()
            self._machine.pc = self._offset
            self._machine.clock.origin = self._units.now()

        self._units.change(self._machine, begin)

    def exec(self, instr: int | str) -> None:
        """Execute one instruction now, whether it runs or not: a word, or its text."""
        if isinstance(instr, str):
            settings = self._machine.settings
            self._board.interrupts.refuse("assemble an instruction")
            word = encode(instr, settings.side[1], bool(settings.side[1] and settings.optional), self._world.builtins)
        elif isinstance(instr, int):
            word = instr & 0xFFFF
        else:
            raise TypeError(f"an instruction is text or a number, not {type(instr).__name__}")

        def force() -> None:
            self._machine.forced = word

        self._units.change(self._machine, force)

    def rx_fifo(self) -> int:
        """How many words there are to `get`."""
        self._units.work()
        return len(self._machine.rx)

    def tx_fifo(self) -> int:
        """How many words that were put it has not yet taken."""
        self._units.work()
        return len(self._machine.tx)

    def put(self, value: Any, shift: int = 0) -> None:
        """Put a word, or each item of a buffer, shifted to the left by so many bits. Blocks while the FIFO is full."""
        machine, shift = self._machine, whole(shift)
        for word in [value] if isinstance(value, int) else items_of(value):
            self._wait_until(lambda: len(machine.tx) < machine.tx_size, "wait for room in a FIFO")
            shifted = word << shift & ALL if 0 <= shift < 32 else 0
            self._units.change(machine, lambda shifted=shifted: machine.tx.append(shifted))  # type: ignore[misc]

    def get(self, buf: Any = None, shift: int = 0) -> Any:
        """Get a word, or fill the buffer, each shifted to the right by so many bits. Blocks while the FIFO is empty.

        Returns the word, or the buffer. TypeError and ValueError for what can't be filled.
        """
        shift = whole(shift)
        if buf is None:
            return self._take(shift)
        view, size = room_in(buf)
        for place in range(0, len(view), size or len(view)):
            word = self._take(shift)
            if not size:
                raise ValueError(f"unsupported buffer type: there is {', '.join(BUFFERS)}")
            view[place : place + size] = word.to_bytes(4, "little")[:size]
        return buf

    def _take(self, shift: int) -> int:
        machine = self._machine
        self._wait_until(lambda: len(machine.rx) > 0, "wait for a word")
        word: int = self._units.change(machine, machine.rx.popleft)
        return word >> shift if 0 <= shift < 32 else 0

    def _wait_until(self, ready: Callable[[], bool], what: str) -> None:
        self._units.work()
        if ready():
            return
        self._board.interrupts.refuse(what)
        bell = Wakeable()
        self._machine.waiting.append(bell)
        try:
            while not ready():
                self._world.sleep(None, bell)
                bell.take()
                self._units.work()
        finally:
            self._machine.waiting.remove(bell)

    def irq(self, handler: Any = KEEP, trigger: int = 1, hard: bool = False) -> Irq:
        """Have `handler(self)` called when its flag, that of its number in the PIO, rises; None: no more.

        `hard`: at once, as an interrupt; else by the main program as soon as it can. Returns an object with `flags`,
        `trigger`, and to be called. With no arguments nothing changes.
        """
        if handler is not KEEP or trigger != 1 or hard:
            self._irq.set(None if handler is KEEP else handler, trigger, hard)
        return self._irq

    def __repr__(self) -> str:
        return f"StateMachine({self._id})"


def whole(value: Any) -> int:
    """`value`, which is a whole number. TypeError."""
    if not isinstance(value, int):
        raise TypeError(f"can't convert {type(value).__name__} to int: this takes a whole number, not {value!r}")
    return int(value)


def fields_of(program: Any) -> list[Any]:
    """The fields of a program. TypeError, ValueError."""
    if not isinstance(program, (list, tuple)):
        raise TypeError(f"object {type(program).__name__!r} isn't a tuple or list, as asm_pio makes of a program")
    if len(program) != FIELDS:
        raise ValueError(f"requested length {FIELDS} but object has length {len(program)}: asm_pio makes programs")
    return list(program)


def items_of(buffer: Any) -> list[int]:
    """What is in a buffer. TypeError, ValueError."""
    if isinstance(buffer, str):
        buffer = buffer.encode()
    try:
        view = memoryview(buffer)
    except TypeError:
        raise TypeError(f"can't convert {type(buffer).__name__} to int: put takes a number or a buffer") from None
    if view.format not in WORDS:
        raise ValueError(f"unsupported buffer type {view.format!r}: there is {', '.join(WORDS)}")
    return list(view)


def room_in(buffer: Any) -> tuple[memoryview, int]:
    """The bytes of a buffer, and how many of them a word fills, 0 if none can. TypeError."""
    try:
        view = memoryview(buffer)
    except TypeError:
        view = memoryview(b"")
    if view.readonly:
        raise TypeError(f"object with buffer protocol required, that can be written to, not {type(buffer).__name__}")
    return view.cast("B"), BUFFERS.get(view.format, 0)
