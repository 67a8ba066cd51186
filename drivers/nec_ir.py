"""NEC_IR: codes of an infrared remote control, from a receiver chip whose output is at a pin.

    def pressed(data, addr):
        print(addr, data) if data >= 0 else print("error or repeat", data)

    ir = NEC_IR(Pin(2, Pin.IN), pressed, False)

An interrupt puts the time between two edges into a ring; a task divides what comes at its silences and decodes that.
The ring is of one writer and one reader, like an SPSCQueue, but takes a quarter of the time, and edges come half a
millisecond apart: the writer overwrites what it has no room for, and both count edges, so that the reader knows. The
times of the protocol are in `nec_times`.
"""

from array import array

from ..core import ThreadSafeFlag
from ..core.context import create_task, get_event_loop
from ..core.native import MICROPYTHON, fence
from ..core.sleep import sleep_ms
from ..primitives.calling import call, end
from ..primitives.pin_irq import interrupts, listen, silence
from .nec_times import BADADDR, BADBLOCK, BADDATA, BADREP, BADSTART, CODE, OVERRUN, REPEAT, decode

if MICROPYTHON:
    from time import ticks_diff, ticks_us

SILENCE = 12000  # us without an edge, after which nothing more belongs to a code: its longest mark has 10800 at most
LOOK_MS = 4
LONGEST = 0xFFFF
EDGES = 256  # one more than the loop may be late for, a power of two: almost four codes
ENDLESS = 512  # edges without a silence, after which noise is reported all the same
WRAP = 0x1FFFFFFF


class NEC_IR:
    """Decodes what comes at `pin`, and calls `callback(data, addr, *args)`, or has a task run it, for each code.

    Args: pin, a machine.Pin, an input, low while light is seen (either way round: edges count); extended, addresses
    have 16 bits, and no check of their own. TypeError for a pin without interrupts and for what can't be called.

    `data` is 0 to 255, or negative, of which the class has the names, as in `data == NEC_IR.REPEAT`: REPEAT, the key is
    held, with the address of the last good code; or an error, with the address 0: BADSTART, it does not begin as a code
    does; BADBLOCK, it ends too soon, or has times that none has; BADREP, a repeat that goes on; OVERRUN, it does not
    end where a code ends, or the loop was late for too many edges; BADDATA and BADADDR, the byte and its complement
    don't match. `errors` counts these. What the callback raises is reported, and the next code is decoded as if nothing
    had been. A code is reported 12 to 17 ms after its end.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | the interrupt | hard ISR | never | nothing |
    | making it, `deinit()` | tasks of one loop, its callback too; on RP2 of core 0's | never | |
    | `errors`, `address` | any context | never | nothing |
    """

    REPEAT = REPEAT
    BADSTART = BADSTART
    BADBLOCK = BADBLOCK
    BADREP = BADREP
    OVERRUN = OVERRUN
    BADDATA = BADDATA
    BADADDR = BADADDR

    def __init__(self, pin, callback, extended=False, *args):
        if not interrupts(pin):
            raise TypeError("an infrared receiver needs a machine.Pin that interrupts, not " + repr(pin))
        if not callable(callback):
            raise TypeError("callback is a function, not " + repr(callback))
        self.errors = 0
        self.address = 0  # of the last good code
        self._callback = callback
        self._args = args
        self._extended = bool(extended)
        self._pin = pin
        self._clock = get_event_loop().clock
        self._flag = ThreadSafeFlag()  # the first edge after a silence
        # Written by the interrupt.
        self._at = 0  # us, of the last edge
        self._edges = 0  # so many, modulo WRAP + 1
        self._ring = array("H", [0] * EDGES)  # the time before each
        # Written by the task.
        self._ended = 0  # edges, before the silence that was seen last
        self._taken = 0  # edges, out of the ring
        self._lost = False  # edges of the code that is under way
        self._widths = array("H", [0] * (CODE + 1))
        self._count = 0  # of widths since the last silence, those beyond CODE + 1 included
        self._task = create_task(self._run())
        listen(pin, self._edge)

    def deinit(self):
        """End it: no task is left, and no interrupt. Again: nothing happens."""
        task = self._task
        if task is not None:
            end(task)  # first of all: it refuses another context
            self._task = None
            silence(self._pin)

    def _edge(self, _):
        """In an interrupt."""
        now = ticks_us() if MICROPYTHON else self._clock.now()
        width = ticks_diff(now, self._at) if MICROPYTHON else now - self._at
        self._at = now
        edges = self._edges
        # A board's clock of microseconds comes round in 18 minutes, and a silence of that length would look short.
        first = edges == self._ended
        if first or not 0 <= width < LONGEST:
            width = LONGEST
        self._ring[edges & (EDGES - 1)] = width
        self._edges = (edges + 1) & WRAP
        if first:
            self._flag.set()

    def _silent(self):
        """Whether the last edge was so long ago that a code is over. A late loop may find a difference below 0."""
        at = self._at  # first: an edge after this look is seen by its count
        since = ticks_diff(ticks_us(), at) if MICROPYTHON else self._clock.now() - at
        return not 0 <= since < SILENCE

    async def _run(self):
        while self._task is not None:
            # An edge before `_ended` was stored set no flag, and is seen here; a later one sets it.
            if self._edges == self._ended:
                await self._flag.wait()
            over = False
            while not over:
                await sleep_ms(LOOK_MS)
                edges = self._edges
                over = self._silent()
                self._take_all(edges)
                over = over and edges == self._edges  # else more came meanwhile, of another code
            self._end_code()
            self._ended = edges
            if MICROPYTHON:
                fence()

    def _take_all(self, edges):
        """Out of the ring what was in it when the interrupt had counted that far."""
        while self._taken != edges:
            width = self._ring[self._taken & (EDGES - 1)]
            if (self._edges - self._taken) & WRAP >= EDGES:  # looked at after the width: it may be a later one's
                self._taken = edges
                self._lost = True
                self._count += 1
                return
            self._taken = (self._taken + 1) & WRAP
            self._take(width)

    def _take(self, width):
        if width >= SILENCE:
            self._end_code()  # the loop was late: another has begun
            return
        count = self._count
        if count <= CODE:
            self._widths[count] = width
        self._count = count + 1
        if count == ENDLESS:
            self._end_code()

    def _end_code(self):
        """What is there is all that belongs together. A silence with nothing before it is none of a code."""
        count, self._count = self._count, 0
        if not count:
            return
        if self._lost:
            self._lost = False
            data, address = OVERRUN, 0
        else:
            data, address = decode(self._widths, count, self._extended)
        if data >= 0:
            self.address = address
        elif data == REPEAT:
            address = self.address
        else:
            self.errors += 1
        if self._task is not None:
            told = data, address
            call(self._callback, told + self._args)
