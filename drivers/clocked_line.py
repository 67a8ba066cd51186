"""ClockedLine: bytes both ways over two clock and two data wires, each end of which goes at its own pace. For SynCom.

A bit goes each way in turn. An end puts its bit on its data wire, then turns its clock wire over; that is the other's
turn to read it and to do the same. It is the initiator's turn when both clocks are alike, the passive end's when they
differ: whatever an end has missed, one of the two can always go on. Either holds the line by not turning its clock.

A byte is a 1, then its bits, the lowest first; between bytes there are 0s. A 0 byte ends a record. So an end that
begins amid a byte reads nonsense up to the next pause, and is in step again.
"""

from ..core import ThreadSafeFlag
from ..primitives.pin_irq import check_pin, interrupts, listen, silence

LEAD_IN = 10  # 0s at the start: more than the other end can take for the rest of a byte
PAUSE = 3  # 0s after which nothing more of a record comes
WRAP = 0xFFFF
BURST = 16  # bits of one look at pins that do not interrupt


class ClockedLine:
    """One end. `max_length`: bytes of the longest record.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `_edge` | the interrupt of ckin, hard | never | nothing |
    | all others | tasks of one loop | never | `take`: the record |
    | `flag` | set by the interrupt, awaited by one task | | |

    The interrupt writes `held` only to hold the line; while it does, it leaves all the rest alone.
    """

    def __init__(self, passive, ckin, ckout, din, dout, max_length):
        self._ckin = check_pin(ckin)
        self._ckout = check_pin(ckout)
        self._din = check_pin(din)
        self._dout = check_pin(dout)
        self.interrupts = interrupts(ckin)
        self.flag = ThreadSafeFlag()  # the line is held, or what was to be sent is on its way
        self._turn = 1 if passive else 0  # ckin ^ ckout when it is this end's turn
        self._level = 0  # of ckout
        self._bits = 0  # of the byte that comes; 0: none has begun
        self._byte = 0
        self._gap = 0  # 0s since the last byte
        self._held_bytes = bytearray(max_length)
        self._length = 0  # of the record so far; more than there is room for: it is too long
        self._word = 0  # what goes out, the lowest bit first
        self._left = 0  # bits of it
        self._record = None  # the bytes after that, and the next of them
        self._at = 0
        self.steps = 0
        self.whole = False  # a record has come, and holds the line until it is taken
        self.held = True

    def begin(self):
        """Take part, with nothing to send and nothing received."""
        self.held = True
        if self.interrupts:
            listen(self._ckin, self._edge)
        self._bits = self._length = self._word = self._level = 0
        self._left = LEAD_IN
        self._record = None
        self.whole = False
        self._dout(0)
        self._ckout(0)
        self._go_on()

    def end(self):
        """Take part no more."""
        self.held = True
        if self.interrupts:
            silence(self._ckin)
        self._dout(0)
        self._ckout(0)

    def free(self):
        """Whether there is nothing more to be sent but what is under way."""
        return self._record is None

    def send(self, record):
        """Send `record`, bytes with a 0 at the end, once the line is `free`."""
        self._at = 0
        self._record = record  # last: from here on it is the interrupt's

    def resting(self):
        """Whether this end is the one that decides when to go on, and has no need to."""
        return not (self._turn or self._record or self._left or self._bits) and self._gap == PAUSE

    def take(self):
        """The record that has come, None if it was too long."""
        length = self._length
        record = None if length > len(self._held_bytes) else bytes(self._held_bytes[:length])
        self._length = 0
        self.whole = False
        return record

    def release(self):
        """Go on, after it was held."""
        if self.held:
            self._answer()

    def nudge(self, steps):
        """Go on if an edge was missed, and there was no other since `steps` was read."""
        if not self.held and self.steps == steps:
            self.held = True  # before the look: what comes from here on the interrupt leaves to this
            self._go_on()

    def poll(self):
        """In place of interrupts."""
        for _ in range(BURST):
            if self.held or self._ckin() ^ self._level != self._turn:
                break
            self._step()

    def _go_on(self):
        if self._ckin() ^ self._level == self._turn:
            self._step()
        else:
            self.held = False

    def _edge(self, _):
        if not self.held and self._ckin() ^ self._level == self._turn:
            self._step()

    def _step(self):
        """Read a bit; then write one, or hold the line."""
        bit = self._din()
        bits = self._bits
        if bits:
            if bit:
                self._byte |= 1 << (bits - 1)
            if bits == 8:
                self._bits = 0
                self._came(self._byte)
            else:
                self._bits = bits + 1
        elif bit:
            self._byte = self._gap = 0
            self._bits = 1
        elif self._gap < PAUSE:
            self._gap += 1
        self.steps = (self.steps + 1) & WRAP
        if self.whole or self.resting():
            self.held = True
            self.flag.set()
        else:
            self._answer()

    def _came(self, byte):
        length = self._length
        if byte:
            if length < len(self._held_bytes):
                self._held_bytes[length] = byte
                self._length = length + 1
            else:
                self._length = len(self._held_bytes) + 1
        elif length:
            self.whole = True

    def _answer(self):
        if not self._left:
            record = self._record
            if record is None:
                self._word = 0
                self._left = 1
            else:
                at = self._at
                self._word = record[at] << 1 | 1
                self._left = 9
                self._at = at = at + 1
                if at == len(record):
                    self._record = None
                    self.flag.set()
        word = self._word
        self._word = word >> 1
        self._left -= 1
        self._dout(word & 1)
        self._level = level = self._level ^ 1
        self.held = False  # before the clock: the other end may answer at once
        self._ckout(level)
