"""An I2C bus and two wires between two ends in one loop, without a board, for tests of the I2C link on every target."""

READ_REQ, WRITE_REQ = 4, 8


class End:
    """A machine.Pin at one end of a wire."""

    OUT, IN, PULL_UP = 1, 0, 1
    IRQ_FALLING, IRQ_RISING = 1, 2

    def __init__(self):
        self.level = 1
        self.other = None
        self.handler = None
        self.trigger = 0

    def init(self, mode=-1, pull=-1, value=None):
        if value is not None:
            self(value)

    def __call__(self, level=None):
        if level is None:
            return self.level
        before, self.level = self.level, level
        other = self.other
        if before != level:
            other.level = level
            if other.handler is not None and other.trigger & (2 if level else 1):
                other.handler(other)
        return None

    def irq(self, handler=None, trigger=3, hard=False):
        self.handler = handler
        self.trigger = trigger


def wire():
    """Its two ends."""
    one, other = End(), End()
    one.other, other.other = other, one
    return one, other


class Bus:
    """What a master of the bus calls. `fault`: called before each transfer with its kind and buffer; it may raise
    OSError, or return bytes that are moved in place of those that it was given."""

    def __init__(self):
        self.target = Target()
        self.fault = None
        self.transfers = 0

    def readfrom_into(self, addr, buf):
        self._check(addr)
        changed = self.fault and self.fault("read", buf)
        for at in range(len(buf)):
            buf[at] = self.target.give()
        if changed:
            buf[: len(changed)] = changed

    def writeto(self, addr, buf):
        self._check(addr)
        changed = self.fault and self.fault("write", buf)
        for byte in changed or bytes(buf):
            self.target.take(byte)

    def _check(self, addr):
        self.transfers += 1
        if addr != 0x12 or self.target.handler is None:
            raise OSError(5)


class Target:
    """A machine.I2CTarget."""

    def __init__(self):
        self.handler = None
        self._flags = 0
        self._byte = 0
        self._there = False

    def irq(self, *args, trigger=0, hard=False):
        if args:
            self.handler = args[0]
        return self

    def flags(self):
        return self._flags

    def give(self):
        self._flags = READ_REQ
        self._byte = 0
        self.handler(self)
        return self._byte

    def take(self, byte):
        self._flags = WRITE_REQ
        self._byte, self._there = byte, True
        self.handler(self)

    def write(self, buf):
        self._byte = buf[0]
        return 1

    def readinto(self, buf):
        if not self._there:
            return 0
        buf[0], self._there = self._byte, False
        return 1


class Boards:
    """The bus and both pairs of pins; `reset` is a pin, with what came over it."""

    def __init__(self):
        self.bus = Bus()
        self.pin = wire()  # the Initiator's end, the Responder's end
        self.pinack = wire()
        self.reset, _ = wire()

    def initiator(self, drivers, **settings):
        return drivers.Initiator(self.bus.target, self.pin[0], self.pinack[0], verbose=False, **settings)

    def responder(self, drivers):
        return drivers.Responder(self.bus, self.pin[1], self.pinack[1], verbose=False)

    def pair(self, drivers, **settings):
        """Both ends."""
        return self.initiator(drivers, **settings), self.responder(drivers)

    def switch_off(self, link):
        """As if the board of `link` had no power: it does nothing more, and its wire floats up."""
        link._task.cancel()
        link._wires.close()
