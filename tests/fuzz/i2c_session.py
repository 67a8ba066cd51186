"""A fuzzer for both ends of the I2C link in time: whatever the other end does to bus and wires, an end raises nothing,
does not hang, and is up again with an orderly peer. Seconds pass in each input: `i2c_link` is the fast one.
"""


from i2c_wires import READ_REQ, Boards

from twincore import core, drivers
from twincore.drivers import i2c_link_initiator, i2c_link_responder  # noqa: F401

PLAUSIBLE = (b"\x00\x00", b"\x05\x00", b"\xc8\x00", b"\x00\x80", b"\xff\xff", b"\xc9\x00", b"\x01\x80")
LONGEST_INPUT = 60  # bytes


class Hostile:
    """The other end: it does what the bytes of an input say."""

    def __init__(self, data, boards, is_initiator):
        self.data = iter(data)
        self.left = len(data)
        self.boards = boards
        self.pin = boards.pin[0] if is_initiator else boards.pinack[1]
        self.target = boards.bus.target

    def next(self):
        self.left = max(0, self.left - 1)
        return next(self.data, 0)

    # As the slave of a Responder's bus.

    def irq(self):
        return self

    def flags(self):
        return 0

    def __call__(self, target):
        if target.flags() == READ_REQ:
            byte = self.next()
            target.write(bytes([byte if byte & 1 else 0]))
        else:
            target.readinto(bytearray(1))

    def fault(self, kind, buf):
        byte = self.next()
        if byte & 0xF0 == 0xF0:
            raise OSError(5)
        if len(buf) == 2 and byte & 3 == 3:
            return PLAUSIBLE[byte % len(PLAUSIBLE)]
        return None

    # As the master of an Initiator's.

    def master(self, byte):
        header = PLAUSIBLE[byte % len(PLAUSIBLE)]
        for _ in range(1 + byte % 3):
            if byte & 8:
                self.target.give()
            else:
                for octet in header:
                    self.target.take(octet)

    async def run(self):
        """Move the pin, be the bus's master."""
        for byte in self.data:
            if byte & 1:
                self.pin(byte >> 1 & 1)
            if byte & 4 and self.target.handler is not self:
                self.master(byte)
            await core.sleep_ms((0, 0, 1, 3, 10, 90, 200, 700)[byte >> 5])


async def on_a_bad_line(data):
    """Two orderly ends, on a bus and on wires that do what the bytes of an input say."""
    boards = Boards()
    ends = boards.pair(drivers)
    await core.gather(*[end.ready() for end in ends])
    hostile = Hostile(data[1:], boards, False)
    boards.bus.fault = hostile.fault
    while hostile.left:
        for end in ends:
            if end.outgoing.room() == end.rxbufsize:
                end.write(b"w" * (data[0] & 0x7F))
            end.incoming.take()
        await core.sleep_ms(hostile.next())
        pin = boards.pinack[1] if hostile.next() & 1 else boards.pin[0]
        for level in (1 - pin(), pin()):  # a spike
            pin(level)
    boards.bus.fault = None
    await core.sleep_ms(8000)  # what there was is noticed, and they have begun anew
    await orderly(*ends)


async def session(data):
    boards = Boards()
    is_initiator = bool(data[0] & 1)  # the hostile end
    hostile = Hostile(data[1:], boards, is_initiator)
    if is_initiator:
        boards.bus.target.handler = hostile
        boards.bus.fault = hostile.fault
        end = boards.responder(drivers)
    else:
        end = boards.initiator(drivers)
    end.write(b"w" * (data[0] & 0x7F))
    hostile.pin(0)
    await core.sleep_ms(2200)  # both have begun
    await hostile.run()
    assert end.incoming.any() <= 2 * end.rxbufsize
    end.incoming.take()
    boards.bus.fault = None
    if is_initiator:
        boards.bus.target.handler = None
    peer = boards.initiator(drivers) if is_initiator else boards.responder(drivers)
    await orderly(end, peer)


async def orderly(*ends):
    for end in ends:
        await core.wait_for(end.ready(), 30)
    await core.sleep_ms(300)
    for end in ends:
        end.incoming.take()
    for one, other in (ends, ends[::-1]):
        one.write(b"orderly\n")
        assert await core.wait_for(other.stream().readexactly(8), 5) == b"orderly\n"
    for end in ends:
        end.close()


def check(data):
    """One input: a byte of options, then what the other end does."""
    if not data:
        return
    reported = []
    core.new_event_loop(core.VirtualClock())
    core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context))
    try:
        core.run(on_a_bad_line(data) if data[0] & 0x80 else session(data))
    finally:
        core.new_event_loop()
    assert not reported, reported


def made(rng):
    return rng.randbytes(1 + rng.randrange(60))
