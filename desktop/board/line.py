"""A pin's electrical node: who drives it, what level that makes, and who is told of its edges."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from .interrupts import Interrupts
from .timekeeper import Timekeeper

Watcher = Callable[[int, int], object]
Pulses = Sequence[tuple[float, float]]  # too short for edges: of each its high and its low, in ns
_wiring = threading.RLock()  # of all nets: a wire may join those of two boards


class ShortCircuit(RuntimeError):
    """Two that are wired together drive different levels; the text names both."""


class _Net:
    """Lines that one wire joins. Under `_wiring`, but for the delivery of edges."""

    def __init__(self, line: Line) -> None:
        self.lines = [line]
        self.level = 0
        self.edges: deque[tuple[int, int, list[Line]]] = deque()  # level, time, who is to be told
        self.delivering = False
        self.wave: Callable[[int], int] | None = None


class Line:
    """One pin of a board. Its pin driver calls `output`, `pull` and `irq`; from outside come `drive`, `link`, `watch`.

    Any thread may call anything; edges reach watchers and interrupts in the order in which they happened. What makes an
    edge returns when its interrupts have run, or when the thread that delivers an earlier one will see to it.
    """

    def __init__(self, name: str, time: Timekeeper, interrupts: Interrupts) -> None:
        self.name = name
        self.edges = 0  # so far
        self.edge_level = 0  # after the last of them
        self.on_listened: Callable[[], object] | None = None  # called when who hears this wire's edges changes
        self.give_up: Callable[[], object] | None = None  # called when whoever toggles it loses it to the program
        self.on_output: Callable[[int | None], object] | None = None  # called after `output`, with what it was given
        self.on_pulses: Callable[[Pulses, float, float], object] | None = None  # called with some, from when, to when
        self.hears: list[Any] = []  # the UARTs of which this is the RX
        self.analog: Any = None  # the voltage at this pin, once somebody asked the board for it
        self._time = time
        self._interrupts = interrupts
        self._output: int | None = None
        self._pull: int | None = None
        self._drives: dict[str, int] = {}
        self._watchers: list[Watcher] = []
        self._irq: tuple[Callable[[Any], object], bool, bool, bool, Any] | None = None
        self._wires: list[Line] = []  # the far ends of the wires from here, one entry for each
        self._net = _Net(self)

    def __repr__(self) -> str:
        return f"<Line {self.name} {self.level()}>"

    @property
    def time(self) -> Timekeeper:
        """The time that its edges have."""
        return self._time

    def level(self) -> int:
        """0 or 1. Nobody driving it: as pulled, else as it was last."""
        net = self._net
        return net.level if net.wave is None else net.wave(self._time.now())

    def joined(self) -> list[Line]:
        """The lines on this wire, this one among them."""
        return self._net.lines

    def listened(self) -> bool:
        """Whether anybody hears the edges of this wire."""
        return any(line._watchers or line._irq is not None for line in self._net.lines)

    def set_wave(self, level_at: Callable[[int], int] | None) -> None:
        """This output toggles by itself and nobody hears its edges: `level_at(when)` is its level. None: no more."""
        net = self._net
        if net.wave is not None:
            net.level = net.wave(self._time.now())
        net.wave = level_at

    def _tell_listened(self) -> None:
        for line in self._net.lines:
            if line.on_listened is not None:
                line.on_listened()

    def output(self, level: int | None) -> None:
        """The board's pin drives it; None: the pin is an input."""
        self._set("_output", level)
        if self.on_output is not None:
            self.on_output(level)

    def outputs(self) -> int | None:
        """What the board's own pin drives, None for an input."""
        return self._output

    def pulls(self) -> int | None:
        """The level to which its own resistor pulls, None without one."""
        return self._pull

    def pull(self, level: int | None) -> None:
        """A resistor to that level, or none."""
        self._set("_pull", level)

    def drive(self, level: int | None, by: str = "outside") -> None:
        """Something outside drives it: a button, a chip. None: it lets go. ShortCircuit if another disagrees."""
        with _wiring:
            before = self._drives.get(by)
            if level is None:
                self._drives.pop(by, None)
            else:
                self._drives[by] = 1 if level else 0
            try:
                net = self._settle()
            except ShortCircuit:
                if before is None:
                    self._drives.pop(by, None)
                else:
                    self._drives[by] = before
                raise
        self._deliver(net)

    def watch(self, fn: Watcher) -> None:
        """Have `fn(level, when)` called at each edge, where it is made, before any interrupt. It must be quick."""
        self._watchers = [*self._watchers, fn]
        self._tell_listened()

    def unwatch(self, fn: Watcher) -> None:
        self._watchers = [other for other in self._watchers if other != fn]
        self._tell_listened()

    def irq(
        self, handler: Callable[[Any], object] | None, rising: bool = True, falling: bool = True, hard: bool = False,
        arg: Any = None,
    ) -> None:
        """Have `handler(arg)` called as an interrupt at such edges; None: no more."""
        self._irq = None if handler is None else (handler, rising, falling, hard, arg)
        self._tell_listened()

    def link(self, other: Line) -> None:
        """Join the two with a wire. ShortCircuit if both are driven, to different levels: then there is no wire."""
        with _wiring:
            self._wires.append(other)
            other._wires.append(self)
            ours, theirs = self._net, other._net
            if ours is theirs:
                return
            lines = ours.lines
            before = {line: line._net.level for line in lines + theirs.lines}
            ours.lines = lines + theirs.lines
            for line in theirs.lines:
                line._net = ours
            try:
                level = self._wanted(ours)
            except ShortCircuit:
                ours.lines = lines
                for line in theirs.lines:
                    line._net = theirs
                self._wires.remove(other)
                other._wires.remove(self)
                raise
            ours.level = level
            changed = [line for line in ours.lines if before[line] != level]
            if changed:
                ours.edges.append((level, self._time.now(), changed))
            ours.wave = ours.wave or theirs.wave
        self._deliver(ours)
        self._tell_listened()

    def unlink(self, other: Line) -> None:
        """Take one wire between the two away; others may still join them. ValueError if there is none."""
        with _wiring:
            if other not in self._wires:
                raise ValueError(f"no wire goes from {self.name} to {other.name}")
            self._wires.remove(other)
            other._wires.remove(self)
            net = self._net
            still = self._reached()
            if other in still:
                return
            rest = _Net(other)
            rest.level = net.level
            rest.lines = [line for line in net.lines if line not in still]
            net.lines = still
            for line in rest.lines:
                line._net = rest
            if net.wave is not None:  # it goes with the output that makes it
                toggling = any(line._output is not None for line in rest.lines)
                rest.wave, net.wave = (net.wave, None) if toggling else (None, net.wave)
            self._settle()
            other._settle()
        self._deliver(net)
        self._deliver(rest)
        self._tell_listened()
        other._tell_listened()

    def _reached(self) -> list[Line]:
        """The lines that wires lead to from here, over others too."""
        reached = [self]
        for line in reached:
            reached += [end for end in dict.fromkeys(line._wires) if end not in reached]
        return reached

    def _set(self, name: str, level: int | None) -> None:
        with _wiring:
            before = getattr(self, name)
            setattr(self, name, None if level is None else 1 if level else 0)
            try:
                net = self._settle()
            except ShortCircuit:
                setattr(self, name, before)
                raise
        self._deliver(net)

    def _settle(self) -> _Net:
        net = self._net
        settled = self._wanted(net)
        if settled != net.level:
            net.level = settled
            net.edges.append((settled, self._time.now(), net.lines))
        return net

    @staticmethod
    def _wanted(net: _Net) -> int:
        """The level that those on it make together."""
        strong: dict[int, str] = {}
        weak = None
        for line in net.lines:
            if line._output is not None:
                strong[line._output] = f"the output {line.name}"
            for by, level in line._drives.items():
                strong[level] = f"{by} at {line.name}"
            if line._pull is not None:
                weak = line._pull
        if len(strong) > 1:
            raise ShortCircuit(f"{strong[0]} drives low and {strong[1]} drives high, on one wire")
        return next(iter(strong)) if strong else net.level if weak is None else weak

    def _deliver(self, net: _Net) -> None:
        while True:
            with _wiring:
                if net.delivering or not net.edges:
                    return
                net.delivering = True
                level, when, lines = net.edges.popleft()
            try:
                for line in lines:
                    line._edge(level, when)
            finally:
                net.delivering = False

    def _edge(self, level: int, when: int) -> None:
        self.edges += 1
        self.edge_level = level
        for fn in self._watchers:
            fn(level, when)
        irq = self._irq
        if irq is not None:
            handler, rising, falling, hard, arg = irq
            if rising if level else falling:
                self._interrupts.request(handler, arg, hard, self.name, self._failed)

    def _failed(self) -> None:
        self._irq = None
