"""The PIOs of one board, in its time: when their machines go on, what they see of the pins, and what is seen of them.

A machine runs ahead of the board's time (`ahead`) to where it changes something, and an alarm of the board's is set
for then. One thread at a time is at it, any: the hardware's, or one whose call to a machine, or whose edge at a pin,
has an effect at once. Who finds another at it leaves its part to that one; no lock is held while pins are driven or
handlers called, so these may do with the machines what they like.

In real time a machine that is late is caught up with as fast as this computer can. If it stays later than LATE, as
one that toggles a pin at some MHz does, it gets a part of a CPU only, and is slower than its clock.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .ahead import plan, settle
from .block import Block
from .clock import MICROSECOND
from .machine import Machine
from .operations import BLOCKED, DONE, EFFECT, WATCH
from .pins import Pins
from .pulses import Pulses

if TYPE_CHECKING:
    from ...board.hardware import Alarm
    from ..world import World

T = TypeVar("T")
SEEN_AFTER = 2  # ticks of the system's clock: of the flip-flops between a pin and the machines
DRIVEN_AFTER = 1  # until what an instruction drives is on its pin
INTERRUPTS_AFTER = MICROSECOND  # until the processor looks at the flags: machines go on meanwhile
SPURT, REST = 0.002, 8_000  # seconds of work on end, and us of rest after it for machines that are too slow
LATE = 50_000  # us


class Units:
    """All PIOs of `world`'s board. Its methods are for any thread."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.board = world.board
        self.time = world.time
        self.lock = threading.RLock()  # of blocks, machines, and what follows; never held while a pin is driven
        self.blocks = [Block(self, number) for number in range(3 if self.board.kind.name == "pico2" else 2)]
        self.machines = [machine for block in self.blocks for machine in block.machines]
        self._parts: list[Machine | Block] = [*self.machines, *self.blocks]
        self.handlers: dict[tuple[int, int | None], Any] = {}  # by PIO and machine: who wants its interrupts
        self.present = (1 << 30) - 1  # pins
        self.levels = 0  # of the pins that are followed
        self.pins = Pins(self.board, self.lock)
        self._followed: dict[int, Callable[[int, int], object]] = {}
        self._edges: deque[tuple[int, int, int]] = deque()  # when machines see it, pin, level
        self._awake: list[Machine] = []
        self._worker: threading.Thread | None = None  # who is at it
        self._driving: int | None = None  # when what it is delivering happened
        self._alarm: Alarm | None = None
        self._alarm_at = 0
        self._rests_until = 0
        self._pulses = Pulses(self.board)
        world.peripherals.add(self)

    def __repr__(self) -> str:
        running = [str(number) for number, machine in enumerate(self.machines) if machine.enabled]
        return f"<state machines, of which {', '.join(running) or 'none'} run>"

    # For who uses a machine

    def change(self, machine: Machine, fn: Callable[[], T]) -> T:
        """Call `fn()` with the machine where it is now, have it go on from there, and return what `fn` returned."""
        self.work()
        with self.lock:
            settle(machine, self.now())
            result = fn()
            self._replan(machine)
        self.work()
        return result

    def enable(self, machine: Machine, on: bool) -> None:
        """Let it run, from the cycle on in which it was stopped, or stop it."""

        def switch() -> None:
            if on and not machine.enabled:
                machine.clock.origin = self.now()
                self._awake.append(machine)
            elif machine.enabled and not on:
                self._awake.remove(machine)
                machine.watched = 0
                machine.cycle = max(0, machine.cycle - machine.clock.cycle_at(self.now()))  # what is left of a delay
            machine.enabled = on

        self.change(machine, switch)
        if not on:
            self._follow_no_more()

    def now(self) -> int:
        return self.time.now() * MICROSECOND

    def fifo_changed(self, machine: Machine) -> None:
        """A word came or went: wake who waits for that."""
        for bell in machine.waiting:
            bell.notify()

    def show(self, block: Block) -> None:
        """Have the pins as that PIO drives them, after something that was no instruction has changed them."""
        with self.lock:
            outputs = block.outputs()
        self._deliver(block, self.now(), outputs)

    def deinit(self) -> None:
        """Stop all machines, and let all pins go."""
        with self.lock:
            for machine in self.machines:
                machine.enabled, machine.forced, machine.due, machine.watched = False, None, None, 0
            for block in self.blocks:
                block.due, block.interrupts = None, 0
            self._awake.clear()
            self._edges.clear()
            self._set_alarm(None)
        self._follow_no_more()
        self.pins.let_go(self.blocks)
        self._pulses.close()

    # The work

    def work(self) -> None:
        """Do what is due, in order, and set the alarm for what is not. If somebody is at it, they do it."""
        me = threading.current_thread()
        with self.lock:
            if self._worker is not None:
                return
            self._worker = me
        began = time.perf_counter()
        try:
            while True:
                with self.lock:
                    if not self.time.virtual and time.perf_counter() - began > SPURT:
                        self._pause()
                    deliver = self._next()
                    if deliver is None:
                        self._worker = None
                        return
                try:
                    deliver()
                finally:
                    self._driving = None
        finally:
            if self._worker is me:  # a short circuit, or Ctrl-C
                self._worker = None
                with self.lock:
                    self._set_alarm(self._earliest())

    def _next(self) -> Callable[[], None] | None:
        """The next thing to do outside; None if nothing is due."""
        now = self.time.now()
        while True:
            first = self._earliest()
            if self._edges and (first is None or self._edges[0][0] <= (first.due or 0)):
                self._take_edge(*self._edges.popleft())
            elif first is None or first.due is None or first.due >= (now + 1) * MICROSECOND or now < self._rests_until:
                self._set_alarm(first)
                return None
            elif isinstance(first, Block):
                return self._acknowledge(first)
            elif first.outcome == WATCH:
                return partial(self._follow, first, first.wanted)
            else:
                deliver = self._act(first)
                if deliver is not None:
                    return deliver

    def _earliest(self) -> Machine | Block | None:
        """What is due first."""
        first: Machine | Block | None = None
        least = None
        for each in self._parts:
            if each.due is not None and (least is None or each.due < least):
                first, least = each, each.due
        return first

    def _take_edge(self, when: int, pin: int, level: int) -> None:
        if self.levels >> pin & 1 == level:
            return
        looking = [machine for machine in self.machines if machine.watched >> pin & 1]
        for machine in looking:
            settle(machine, when)
        self.levels ^= 1 << pin
        for machine in looking:
            self._replan(machine)

    def _act(self, machine: Machine) -> Callable[[], None] | None:
        """Execute the instruction that is due. Returns what is to be done outside because of it."""
        when = machine.due
        assert when is not None
        block = machine.block
        affected = machine.affects() if machine.outcome == EFFECT else []
        for other in affected:
            settle(other, when)
        if machine.outcome == EFFECT:
            machine.step(True)
        for other in (*affected, machine):
            self._replan(other)
        self._may_interrupt(block, when)
        outputs = block.outputs()
        return partial(self._deliver, block, when, outputs) if outputs else None

    def _may_interrupt(self, block: Block, when: int) -> None:
        if block.due is None and block.flags & block.interrupts:
            block.due = when + INTERRUPTS_AFTER

    def _acknowledge(self, block: Block) -> Callable[[], None]:
        """The processor has come to see the flags of that PIO, and lowers them."""
        when, block.due = block.due or 0, None
        for machine in block.machines:
            settle(machine, when)
        found = block.acknowledge()
        for machine in block.machines:
            self._replan(machine)
        return partial(self._interrupt, block, found)

    def _replan(self, machine: Machine) -> None:
        while machine.forced is not None:
            machine.outcome = machine.step(False)
            if machine.outcome != DONE:
                machine.base = machine.state()
                machine.due = None if machine.outcome == BLOCKED else self.now()
                return
        if machine.enabled:
            machine.outcome = plan(machine)
        else:
            machine.due = None

    def _deliver(self, block: Block, when: int, outputs: list[tuple[int, int | None]]) -> None:
        for pin, level in outputs:
            self._driving = when
            line = self.pins.line(pin)
            line.output(level)
            self._pulses.driven(line, level, when)
        self._driving = None

    def _interrupt(self, block: Block, flags: int) -> None:
        """Call who wants to know of these flags."""
        for number in (None, *range(4)):
            handler = self.handlers.get((block.number, number))
            if handler is not None:
                handler.raised(flags)

    def flags_may_interrupt(self, block: Block) -> None:
        """Who is called for which flags has changed: some may be up."""
        with self.lock:
            if block.flags & block.interrupts:
                block.due = self.now()
        self.work()

    # Pins that machines look at

    def _follow(self, machine: Machine, pins: int) -> None:
        for pin in range(pins.bit_length()):
            if pins >> pin & 1 and pin not in self._followed:
                line = self.pins.line(pin)
                self._followed[pin] = partial(self._edge, pin)
                line.watch(self._followed[pin])
                with self.lock:
                    self.levels = self.levels & ~(1 << pin) | line.level() << pin
        with self.lock:
            machine.watched |= pins
            self._replan(machine)

    def _follow_no_more(self) -> None:
        """Watch only what machines that run look at."""
        with self.lock:
            seen = 0
            for machine in self.machines:
                seen |= machine.watched
            left = {pin: self._followed.pop(pin) for pin in list(self._followed) if not seen >> pin & 1}
        for pin, watcher in left.items():
            self.pins.line(pin).unwatch(watcher)

    def _edge(self, pin: int, level: int, when: int) -> None:
        """An edge at a pin that is followed. In the thread that makes it."""
        driving = self._driving
        if driving is not None and self._worker is threading.current_thread():
            ticks, since = SEEN_AFTER + DRIVEN_AFTER, driving
        else:
            ticks, since = SEEN_AFTER, when * MICROSECOND
        self._edges.append((since + self.machines[0].clock.ticks(ticks), pin, level))
        self.work()

    # Time

    def _set_alarm(self, first: Machine | Block | None) -> None:
        due = None if first is None else first.due
        if due is None:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
            return
        when = max(due // MICROSECOND, self._rests_until)
        if self._alarm is not None:
            if self._alarm_at <= when:
                return  # it rings in vain then, which costs less than a new one for each edge
            self._alarm.cancel()
        self._alarm_at = when
        self._alarm = self.board.at(when, self._ring)

    def _ring(self) -> None:
        with self.lock:
            self._alarm = None
        self.work()

    def _pause(self) -> None:
        """It has worked for a while on end, in real time: let others, and if it can't catch up, let it be slower."""
        now = self.time.now()
        latest = (now - LATE) * MICROSECOND
        slow = False
        for machine in self._awake:
            if machine.due is not None and machine.due < latest:
                machine.clock.origin += latest - machine.due
                machine.due = latest
                slow = True
        self._rests_until = now + (REST if slow else 1)
