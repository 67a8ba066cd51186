"""The slave's side of an I2C bus, as the Initiator of a link uses it: `slave_port` knows what a board has for that.

| the board has | how bytes move |
|---|---|
| `pyb.I2C` as a slave | its calls block until the master moves them; they are given up and made again after BLOCK_MS |
| `machine.I2CTarget`, from MicroPython 1.26 on | a hard interrupt for each byte; nothing blocks |
"""

BLOCK_MS = 20  # the longest that a call of pyb.I2C blocks
EIO = 5
READ_REQ, WRITE_REQ = 4, 8  # I2CTarget.IRQ_READ_REQ, IRQ_WRITE_REQ
NOTHING = 0xFF  # what a bus at rest reads as


def slave_port(i2c):
    """What moves the bytes of `i2c`. TypeError for what is no slave."""
    if hasattr(i2c, "recv") and hasattr(i2c, "send"):
        return BlockingPort(i2c)
    if hasattr(i2c, "readinto") and hasattr(i2c, "irq"):
        return TargetPort(i2c)
    raise TypeError(
        "an Initiator is the slave on its bus: give it a pyb.I2C(bus, I2C.SLAVE) or a machine.I2CTarget, not "
        + repr(i2c)
    )


class BlockingPort:
    """A `pyb.I2C`. `send` and `receive` raise OSError if the master has not come within BLOCK_MS."""

    def __init__(self, i2c):
        self._i2c = i2c

    def offer(self, buf):
        """`buf` is what comes next."""

    expect = offer

    def send(self, buf):
        self._i2c.send(buf, timeout=BLOCK_MS)

    def receive(self, buf):
        self._i2c.recv(buf, timeout=BLOCK_MS)

    def check(self):
        """OSError unless the master has moved as many bytes as were meant."""

    def close(self):
        """Serve the master no more."""


class TargetPort:
    """A `machine.I2CTarget` without memory.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `_asked` | the target's interrupt, hard | never | nothing |
    | all others | the task that moves the bytes | never | nothing |

    The interrupt moves what was offered or is expected; the pins of the link say when it is over. What the master reads
    beyond that is NOTHING, what it writes beyond it is dropped.
    """

    send = receive = None

    def __init__(self, target):
        self._target = target
        self._one = bytearray(1)
        self._buf = self._one
        self._gives = False
        self._end = 0  # bytes that are to be moved
        self._at = 0  # of them, what was; the interrupt's while there are any
        target.irq(self._asked, trigger=READ_REQ | WRITE_REQ, hard=True)

    def _asked(self, target):
        flags = target.irq().flags()
        one = self._one
        if flags & READ_REQ:
            at = self._at
            one[0] = self._buf[at] if self._gives and at < self._end else NOTHING
            target.write(one)
            self._at = at + 1
        if flags & WRITE_REQ:
            while target.readinto(one):
                at = self._at
                if at < self._end and not self._gives:
                    self._buf[at] = one[0]
                self._at = at + 1

    def offer(self, buf):
        self._begin(buf, True)

    def expect(self, buf):
        self._begin(buf, False)

    def _begin(self, buf, gives):
        self._end = 0  # the interrupt leaves the rest alone meanwhile
        self._buf = buf
        self._gives = gives
        self._at = 0
        self._end = len(buf)

    def check(self):
        end, self._end = self._end, 0
        if self._at != end:
            raise OSError(EIO, "the other end moved " + str(self._at) + " bytes and not " + str(end))

    def close(self):
        self._target.irq(None)
