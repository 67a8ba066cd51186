"""Encoder: a rotary encoder, a knob or a shaft, counted by interrupts and read by tasks.

    encoder = Encoder(Pin(2, Pin.IN, Pin.PULL_UP), Pin(3, Pin.IN, Pin.PULL_UP), div=4, vmin=0, vmax=100)
    async for value in encoder:
        show(value)

The interrupt looks at both contacts and takes the step from where they were to where they are from a table. A contact
that bounces goes to and fro between two neighbours, so what it adds it takes away again, and the count can't drift.
"""

from ..core.context import check_context, get_event_loop
from ..core.event import Event
from ..core.native import fence
from ..core.timers import Timer
from ..core.times import ms_units
from ..threadsafe.bottom_half import BottomHalf
from .alarm import Alarm
from .durations import check_ms
from .launching import check_call, starts
from .pin_irq import check_pin, interrupts, listen, silence

BOTH = 2  # the step when both contacts have moved since the last look: which way can't be seen
# By x and y before, x and y now, the oldest in front. Where x leads it counts up: 00, 10, 11, 01.
STEPS = (0, -1, 1, BOTH, 1, 0, BOTH, -1, -1, BOTH, 0, 1, BOTH, 1, -1, 0)
WRAP = 0x1FFFFFFF  # what interrupts count with stays a small integer: a bigger one is an allocation
LOOKS = 10  # at contacts that move all the while, before it begins with what they are


class Encoder(Timer):
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
    back, it moves at once. `async for` gives each task the latest value when there is one that it has not seen, and
    ends at `deinit`. After that the others raise RuntimeError. What `callback`, or a pin that is polled, raises is
    reported. While nobody turns it there is no task, and no timer if the pins interrupt. No edge is lost as long as
    interrupts come before the next edge of the other contact; `skipped` counts the times when they did not, and it was
    taken for granted that the knob went on as before.
    """

    # What is as a rule the same is the class's: for each name that an instance has a board needs room.
    _div = 1
    _vmin = None
    _vmax = None
    _mod = None
    _reaction = None  # the callback and its arguments
    _delay = 100
    _changed = None  # an Event, once somebody iterates
    _poll = None  # an Alarm, where pins do not interrupt

    def __init__(
        self, pin_x, pin_y, v=0, div=1, vmin=None, vmax=None, mod=None, callback=None, args=(), delay=100, *, poll_ms=1
    ):
        _check(v, div, vmin, vmax, mod, delay, poll_ms)
        if callback is not None:
            check_call(callback, args)
        check_pin(pin_x)
        check_pin(pin_y)
        if pin_x is pin_y:
            raise ValueError("the contacts of an encoder need a pin each")
        Timer.__init__(self)
        self.loop = get_event_loop()
        self._ended = False
        self._seen = 0  # the count at the last look
        self._rest = 0  # edges that do not make a step of the value yet
        self._value = v
        self._told = v  # at the last call
        self._number = 0  # of calls
        if div != 1:
            self._div = div
        if vmin is not None:
            self._vmin = vmin
        if vmax is not None:
            self._vmax = vmax
        if mod is not None:
            self._mod = mod
        if callback is not None:
            self._reaction = (callback, tuple(args))
        if delay != 100:
            self._delay = delay
        self._contacts = contacts = _Contacts(self, pin_x, pin_y)
        try:
            if contacts.interrupt():
                contacts.listen()
            else:
                self._poll = _Poll(self.loop, contacts, poll_ms)
            contacts.begin()
        except BaseException:
            self.deinit()
            raise

    @property
    def skipped(self):
        """How often an interrupt came so late that both contacts had moved."""
        return self._contacts.skipped

    def value(self):
        """The value, up to the last edge. RuntimeError after `deinit`."""
        self._check()
        self._look()
        return self._value

    def __aiter__(self):
        self._check()
        check_context(self.loop, "async for of an Encoder")
        if self._changed is None:
            self._changed = Event()
        return _Reader(self)

    def deinit(self):
        """End it: no timer is left, and no interrupt. Again: nothing happens."""
        check_context(self.loop, "Encoder.deinit()")
        if self._ended:
            return
        self._ended = True
        if self.slot >= 0:
            self.loop.timers.remove(self)
        if self._poll is not None:
            self._poll.stop()
        self._contacts.silence()
        if self._changed is not None:
            self._changed.set()

    def _check(self):
        if self._ended:
            raise RuntimeError("this Encoder was ended by deinit()")

    # What its loop does.

    def edges_came(self):
        """Of its contacts: look at them, `delay` ms from now if it is not to be sooner already."""
        if self._ended:
            return
        loop = self.loop
        if not self._delay:
            self.expire()
        elif self.slot < 0:
            loop.timers.push(self, loop.clock.now() + ms_units(self._delay))

    def expire(self):
        fence()  # after it was taken out of the timers, see `moved`
        self._look()
        value = self._value
        delta = value - self._told
        if delta:
            self._told = value
            self._number += 1
            if self._reaction is not None:
                self.loop.create_task(self._call(value, delta))
            if self._changed is not None:
                self._changed.set()
                self._changed.clear()

    async def _call(self, value, delta):
        if not self._ended:
            callback, args = self._reaction
            told = value, delta
            result = callback(*told + args)
            if starts(result):
                await result

    def _look(self):
        """Make what was counted since the last look part of the value."""
        count = self._contacts.count
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


class _Contacts(BottomHalf):
    """The contacts, and what interrupts write."""

    def __init__(self, encoder, x, y):
        BottomHalf.__init__(self, None, encoder.loop)
        self.x = x
        self.y = y
        self.state = -1  # an index into STEPS; -1: not begun
        self.way = 0  # +1 or -1, of the last edge; 0 before the first
        self.count = 0  # edges, modulo WRAP + 1
        self.skipped = 0
        self.encoder = encoder

    def interrupt(self):
        """Whether both tell of their edges by themselves."""
        return interrupts(self.x) and interrupts(self.y)

    def listen(self):
        moved = self.moved
        listen(self.x, moved)
        listen(self.y, moved)

    def silence(self):
        """Have no interrupts any more; late ones do no harm."""
        if self.interrupt():
            silence(self.x)
            silence(self.y)
        self.stop()

    def begin(self):
        """Count from here on.

            the levels are read, then an edge comes    the second look finds others: begin again
            an edge comes after `state` was stored     the interrupt counts it, and goes on from there
        """
        for _ in range(LOOKS):
            self.state = -1
            self.state = self.x() << 1 | self.y()
            if self.x() << 1 | self.y() == self.state & 3:
                break

    def moved(self, _):
        """In an interrupt, or of `_Poll`: look where the contacts are."""
        state = self.state
        if state < 0:
            return
        state = (state << 2 | self.x() << 1 | self.y()) & 15
        self.state = state
        step = STEPS[state]
        if not step:
            return
        if step == BOTH:
            self.skipped = (self.skipped + 1) & WRAP
            step = self.way * 2
        else:
            self.way = step
        self.count = (self.count + step) & WRAP
        fence()
        # While a look is to come, which will see this edge, nobody need wake. In whatever order
        #   here: the count is stored, is a look to come?    there: none is to come any more, the count is looked at
        # come, no edge is lost. Nor does one that a KeyboardInterrupt took the place of keep others from being told.
        if self.encoder.slot < 0:
            self.ring()

    def run(self):
        self.encoder.edges_came()


class _Poll(Alarm):
    """Looks at contacts that do not interrupt."""

    def __init__(self, loop, contacts, ms):
        Alarm.__init__(self, loop)
        self._contacts = contacts
        self._period = ms_units(ms)
        self.set(loop.clock.now() + self._period)

    def call(self):
        self.again(self._period)  # first of all: a pin may raise
        self._contacts.moved(None)


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
            if encoder._ended:
                raise StopAsyncIteration
            await encoder._changed.wait()
        self._seen = encoder._number
        return encoder._told


def _check(v, div, vmin, vmax, mod, delay, poll_ms):
    if not isinstance(div, int) or div < 1:
        raise ValueError("div is 1 edge or more to a step, a whole number, not " + repr(div))
    if not isinstance(v, int):
        raise ValueError("v is a whole number, not " + repr(v))
    check_ms("delay", delay, 0)
    check_ms("poll_ms", poll_ms)
    for name, limit in (("vmin", vmin), ("vmax", vmax)):
        if limit is not None and not isinstance(limit, int):
            raise ValueError(name + " is a whole number, or None, not " + repr(limit))
    if vmin is not None and vmax is not None and vmin > vmax:
        raise ValueError("vmin is above vmax: " + str(vmin) + " and " + str(vmax))
    if (vmin is not None and v < vmin) or (vmax is not None and v > vmax):
        raise ValueError("v is outside of its limits: " + str(v) + " is not from " + str(vmin) + " to " + str(vmax))
    if mod is not None:
        if not isinstance(mod, int) or mod < 1:
            raise ValueError("mod is 1 or more, a whole number, or None, not " + repr(mod))
        if not 0 <= v < mod:
            raise ValueError("v is from 0 to mod - 1, not " + str(v))
