"""Running a state machine ahead of the board's time, to the next instruction that does anything but count and decide.

A machine makes up to 150 million instructions a second, of which few are seen. What the pins, flags and FIFOs are
is taken as it is; when one of them changes, `settle` sets the machine back to where it was then. A loop that comes
back to where it was is not gone through for ever, and one that only counts down is done at once.
"""

from __future__ import annotations

from .machine import Machine
from .operations import BLOCKED, DONE

LIMIT, SPINS = 4, 5  # beside BLOCKED, EFFECT and WATCH
MOST = 3000  # instructions ahead


def run(machine: Machine, end: int | None) -> int:
    """Execute what is not seen, up to cycle `end`. Returns why it stopped; SPINS: see `machine.period`."""
    steps = arrivals = 0
    busy = 0  # the last step that did more than count down
    refresh = 1
    anchor: tuple[int, ...] = ()
    anchored = 0
    entered: tuple[int, int, int, int, int] | None = None  # of a loop: where, cycle, step, x and y
    while steps < MOST or end is not None:
        if end is not None and machine.cycle >= end:
            return LIMIT
        steps += 1
        pc = machine.pc
        if machine.injected >= 0 or not machine.decode(machine.block.memory[pc])[5]:
            busy = steps
        result = machine.step(False)
        if result != DONE:
            return result
        if machine.pc > pc:
            continue
        if entered is not None and entered[0] == machine.pc and busy <= entered[2]:
            _skip(machine, entered, end)
        entered = machine.pc, machine.cycle, steps, machine.x, machine.y
        *here, cycle = machine.state()
        arrivals += 1
        if tuple(here) == anchor:
            machine.period = cycle - anchored
            return SPINS
        if arrivals == refresh:  # less and less often, so that loops of any length are found (Brent)
            refresh *= 2
            anchor, anchored = tuple(here), cycle
    return LIMIT


def _skip(machine: Machine, entered: tuple[int, int, int, int, int], end: int | None) -> None:
    """A loop was gone through that only counted down: go on to the last time that it is gone through like that."""
    _, cycle, _, x, y = entered
    by_x, by_y = x - machine.x, y - machine.y
    if by_x < 0 or by_y < 0 or not (by_x or by_y):
        return
    length = machine.cycle - cycle
    times = min(counter // by for counter, by in ((machine.x, by_x), (machine.y, by_y)) if by)
    if end is not None:
        times = min(times, (end - machine.cycle) // length)
    if times > 0:
        machine.cycle += times * length
        machine.x -= times * by_x
        machine.y -= times * by_y


def settle(machine: Machine, when: int) -> None:
    """Have it where it is at `when`, in picoseconds: what it would execute then is not yet executed."""
    if not machine.enabled:
        return
    end = machine.clock.cycle_at(when)
    if machine.cycle > end:
        machine.restore(machine.base)
    while machine.cycle < end:
        result = run(machine, end)
        if result == SPINS:
            machine.cycle += (end - machine.cycle) // machine.period * machine.period
        elif result == BLOCKED:
            machine.cycle = end
        elif result != LIMIT:
            break
    machine.base = machine.state()


def plan(machine: Machine) -> int:
    """Run it ahead from where it has settled, and note when it is `due`. Returns why it stopped."""
    machine.base = machine.state()
    result = run(machine, None)
    machine.due = None if result in (BLOCKED, SPINS) else machine.clock.time_of(machine.cycle)
    return result
