"""Encoder: a rotary encoder, a knob or a shaft, counted by interrupts and read by tasks.

    encoder = Encoder(Pin(2, Pin.IN, Pin.PULL_UP), Pin(3, Pin.IN, Pin.PULL_UP), div=4, vmin=0, vmax=100)
    async for value in encoder:
        show(value)

The interrupt looks at both contacts and takes the step from where they were to where they are from a table. A contact
that bounces goes to and fro between two neighbours, so what it adds it takes away again, and the count can't drift.
"""

from ..core import ThreadSafeFlag
from ..core.context import create_task
from ..core.event import Event
from ..core.sleep import sleep_ms
from .calling import call, end
from .pin_irq import check_pin, interrupts, listen, silence

BOTH = 2  # the step when both contacts have moved since the last look: which way can't be seen
# By x and y before, x and y now, the oldest in front. Where x leads it counts up: 00, 10, 11, 01.
STEPS = (0, -1, 1, BOTH, 1, 0, BOTH, -1, -1, BOTH, 0, 1, BOTH, 1, -1, 0)
WRAP = 0x1FFFFFFF  # what interrupts count with stays a small integer: a bigger one is an allocation
LOOKS = 10  # at contacts that move all the while, before it begins with what they are


class Encoder:
    """An encoder at `pin_x` and `pin_y`, which counts up when x leads.

    Args: v, the value to begin with; div, edges to one step of the value, 4, 2 or 1 for knobs with as many in a
    detent; vmin and vmax, where it stops, None: nowhere; mod, the value is one of 0 to mod - 1; `callback(value, delta,
    *args)`, called by a task, or run by one if it is a coroutine function, when the value is another than it was at the
    last call, by delta; delay, in ms, how long after an edge, so that there is one call for all in that time; poll_ms,
    how often pins are looked at that do not interrupt.
    Raises ValueError for limits that cross, a v outside of them, and numbers that are too small; TypeError for what
    can't be called.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `value()` | tasks of the loop in which it was made | never | nothing |
    | `async for value in encoder` | any number of these | the task | to wait |
    | `deinit()` | these, its callback too | never | nothing |
    | `skipped` | any context | never | nothing |

    The value goes on by one when a look finds it `div` edges from where it last did, in either direction: so it is the
    same at a detent whichever way that was reached, and does not flicker there. There is a look `delay` ms after an
    edge and at each `value()`. Limits hold at each look, not edge by edge, and what is turned beyond one is forgotten:
    back, it moves at once. `async for` gives each task the latest
    value when there is one that it has not seen, and ends at `deinit`. After that the others raise RuntimeError. No
    edge is lost as long as interrupts come before the next edge of the other contact; `skipped` counts the times when
    they did not, and it was taken for granted that the knob went on as before.
    """

    def __init__(
        self, pin_x, pin_y, v=0, div=1, vmin=None, vmax=None, mod=None, callback=None, args=(), delay=100, *, poll_ms=1
    ):
        _check(v, div, vmin, vmax, mod, delay, poll_ms)
        if callback is not None and not callable(callback):
            raise TypeError("callback is a function, or None, not " + repr(callback))
        self._x = check_pin(pin_x)
        self._y = check_pin(pin_y)
        if pin_x is pin_y:
            raise ValueError("the contacts of an encoder need a pin each")
        self._div = div
        self._vmin = vmin
        self._vmax = vmax
        self._mod = mod
        self._callback = callback
        self._args = tuple(args)
        self._delay = delay
        # Written by the interrupts.
        self._ready = False
        self._state = 0  # an index into STEPS
        self._way = 0  # +1 or -1, of the last edge; 0 before the first
        self._count = 0  # edges, modulo WRAP + 1
        self.skipped = 0
        # Written by tasks.
        self._seen = 0  # the count at the last look
        self._rest = 0  # edges that do not make a step of the value yet
        self._value = v
        self._told = v  # at the last call
        self._number = 0  # of calls
        self._flag = ThreadSafeFlag()
        self._changed = Event()
        self._poller = None
        edge = self._edge
        self._interrupts = interrupts(pin_x) and interrupts(pin_y)
        if self._interrupts:
            listen(pin_x, edge)
            listen(pin_y, edge)
        self._begin()
        self._task = create_task(self._run())
        if not self._interrupts:
            self._poller = create_task(self._poll(poll_ms))

    def value(self):
        """The value, up to the last edge. RuntimeError after `deinit`."""
        self._check()
        self._look()
        return self._value

    def __aiter__(self):
        self._check()
        return _Reader(self)

    def deinit(self):
        """End it: no task is left, and no interrupt. Again: nothing happens."""
        task = self._task
        if task is None:
            return
        end(task)  # first of all: it refuses another context
        self._task = None
        if self._interrupts:
            silence(self._x)
            silence(self._y)
        else:
            self._poller.cancel()
        self._changed.set()

    def _check(self):
        if self._task is None:
            raise RuntimeError("this Encoder was ended by deinit()")

    def _begin(self):
        """Count from here on.

            the levels are read, then an edge comes    the second look finds others: begin again
            an edge comes after `_ready` was stored    the interrupt counts it, and keeps `_state` with it
        """
        for _ in range(LOOKS):
            self._ready = False
            self._state = self._x() << 1 | self._y()
            self._ready = True
            if self._x() << 1 | self._y() == self._state & 3:
                break

    def _edge(self, _):
        """In an interrupt, or of `_poll`: look where the contacts are."""
        if not self._ready:
            return
        state = (self._state << 2 | self._x() << 1 | self._y()) & 15
        self._state = state
        step = STEPS[state]
        if not step:
            return
        if step == BOTH:
            self.skipped = (self.skipped + 1) & WRAP
            step = self._way * 2
        else:
            self._way = step
        self._count = (self._count + step) & WRAP
        self._flag.set()

    async def _poll(self, interval):
        while True:
            await sleep_ms(interval)
            self._edge(None)

    async def _run(self):
        while self._task is not None:
            await self._flag.wait()  # clears it: an edge from here on sets it again
            if self._delay:
                await sleep_ms(self._delay)
            self._look()
            value = self._value
            delta = value - self._told
            if delta:
                self._told = value
                self._number += 1
                self._changed.set()
                self._changed.clear()
                if self._callback is not None:
                    told = value, delta
                    call(self._callback, told + self._args)

    def _look(self):
        """Make what was counted since the last look part of the value."""
        count = self._count
        edges = (count - self._seen) & WRAP
        if edges > WRAP >> 1:
            edges -= WRAP + 1
        self._seen = count
        rest = self._rest + edges
        steps = rest // self._div if rest >= 0 else -(-rest // self._div)
        self._rest = rest - steps * self._div
        value = self._value + steps
        if self._vmax is not None and value > self._vmax:
            value = self._vmax
        if self._vmin is not None and value < self._vmin:
            value = self._vmin
        self._value = value if self._mod is None else value % self._mod


class _Reader:
    """One task's `async for`."""

    def __init__(self, encoder):
        self._encoder = encoder
        self._seen = encoder._number

    def __aiter__(self):
        return self

    async def __anext__(self):
        encoder = self._encoder
        while self._seen == encoder._number:
            if encoder._task is None:
                raise StopAsyncIteration
            await encoder._changed.wait()
        self._seen = encoder._number
        return encoder._told


def _check(v, div, vmin, vmax, mod, delay, poll_ms):
    if div < 1:
        raise ValueError("div is 1 edge or more to a step, not " + str(div))
    if delay < 0:
        raise ValueError("delay is 0 ms or more, not " + str(delay))
    if poll_ms < 1:
        raise ValueError("poll_ms is 1 ms or more, not " + str(poll_ms))
    if vmin is not None and vmax is not None and vmin > vmax:
        raise ValueError("vmin is above vmax: " + str(vmin) + " and " + str(vmax))
    if (vmin is not None and v < vmin) or (vmax is not None and v > vmax):
        raise ValueError("v is outside of its limits: " + str(v) + " is not from " + str(vmin) + " to " + str(vmax))
    if mod is not None:
        if mod < 1:
            raise ValueError("mod is 1 or more, or None, not " + str(mod))
        if not 0 <= v < mod:
            raise ValueError("v is from 0 to mod - 1, not " + str(v))
