"""A fuzzer for what comes to an end of the I2C link over its bus: each header and payload is taken as it is, or breaks
the link with its own error.

The other end keeps to the order of the wires, which answer at once: so no time passes, and one exchange after another
is made of an input. What is wrong with wires and in time, `i2c_session` does.
"""

from i2c_wires import Target, wire

from twincore import core
from twincore.drivers import Initiator, Responder

LONGEST_INPUT = 48  # bytes
SIZE = 8  # rxbufsize: so that an input fills the pipes
HOLD = 0x80
ODD = 3  # of an exchange's first byte, the lowest bits: the other end moves other bytes than it should, or naks


class Responding(Responder):
    rxbufsize = SIZE

    async def _run(self):
        """Its exchanges are begun by the fuzzer."""


class Initiating(Initiator):
    rxbufsize = SIZE

    async def _run(self):
        """Its exchanges are begun by the fuzzer."""


class Peer:
    """The other end. `frames`: what it sends in this exchange, a header and a payload; `got`: what came."""

    def __init__(self):
        pin, pinack = wire(), wire()  # the Initiator's end, the Responder's end
        self.end = self.made(pin, pinack)
        self.hears.irq(self.turned)
        self.begin(0, [])

    def begin(self, odd, frames):
        """Both wires are down, and it is to be this exchange."""
        self.frames = []  # or it would take that for a part of the exchange
        self.reads = self.naks = 0
        self.own(0)
        self.end._wires.put(0)
        self.frames = frames
        self.got = []
        self.broke = False
        self.odd = odd


class ForResponder(Peer):
    """An Initiator, and the bus."""

    def made(self, pin, pinack):
        self.own, self.hears = pin[0], pinack[0]
        return Responding(self, pin[1], pinack[1], verbose=False)

    def begin(self, odd, frames):
        Peer.begin(self, odd, frames)
        self.naks = odd >> 2 & 3 if odd & ODD == ODD else 0
        if frames:
            self.own(1)

    def turned(self, pin):
        if not self.frames:
            self.own(pin())
        elif pin():
            self.own(0)
        else:
            self.frames.pop(0)
            if self.frames:
                self.own(1)

    def nak(self):
        if self.naks:
            self.naks -= 1
            raise OSError(5)

    def readfrom_into(self, addr, buf):
        self.nak()
        buf[:] = self.frames[0]

    def writeto(self, addr, buf):
        self.nak()
        self.got.append(bytes(buf))


class ForInitiator(Peer):
    """A Responder, the bus's master."""

    def made(self, pin, pinack):
        self.own, self.hears = pinack[1], pin[1]
        self.target = Target()
        return Initiating(self.target, pin[0], pinack[0], verbose=False)

    def begin(self, odd, frames):
        Peer.begin(self, odd, frames)
        self.reads = 2 if frames else 0
        self.transfer = 0

    def bytes_moved(self, meant):
        """How many bytes it moves of so many."""
        moved = meant
        if self.odd & ODD == ODD and self.odd >> 2 & 3 == self.transfer:
            moved = max(0, meant + (self.odd >> 4 & 3) - 1)
        self.transfer += 1
        self.broke = self.broke or moved != meant
        return moved

    def turned(self, pin):
        if self.reads:
            if pin():
                self.got.append(bytes(self.target.give() for _ in range(self.bytes_moved(self.reads))))
            elif len(self.got) == 1 and len(self.got[0]) == 2 and self.got[0] not in (b"\0\0", b"\0\x80"):
                self.own(0)
                self.reads = self.got[0][0]
                return
            else:
                self.own(0)
                self.reads = 0
            self.own(1)
        elif self.frames:
            if pin():
                frame = self.frames[0]
                for n in range(self.bytes_moved(len(frame))):
                    self.target.take(frame[n] if n < len(frame) else 0)
                self.own(0)
            else:
                self.frames.pop(0)
                if self.frames:
                    self.own(1)


async def exchange(peer, source, came, written):
    """One exchange, and all that is to be known after it. `came`, `written`: what is on its way in and out."""
    end = peer.end
    odd = next(source)
    header = bytes([next(source, 0), next(source, 0)])
    count = header[0] | (header[1] & ~HOLD) << 8
    if odd & 0x80:
        assert end.incoming.take() == came
        came.clear()
    if odd & 0x40:
        text = bytes(range(1 + header[0] % 12))
        written += text[: end.write(text) or 0]
    possible = count <= SIZE
    payload = bytes(next(source, n) for n in range(count if possible else 3))
    may_send = end._may_send if isinstance(end, Initiator) else not header[1] & HOLD
    sends = bytes(written[:SIZE]) if may_send else b""
    room, bad, lost, naks = end.incoming.room(), end.bad, end.lost, end.naks
    # An Initiator prepares before bytes come, a Responder after that.
    held = room < SIZE if isinstance(end, Initiator) else room - min(room, len(payload)) < SIZE
    peer.begin(odd, [header, payload] if payload else [header])
    likely_naks = peer.naks
    broken = False
    try:
        await end._exchange()
    except OSError:
        broken = True
    assert broken == (peer.broke or not possible), (odd, header, broken)
    assert end.bad - bad <= (not possible) and (peer.broke or end.bad - bad == (not possible))
    assert end.naks - naks == likely_naks - peer.naks
    if broken:
        taken = end.incoming.any()
        end._drop()
        end.synchronised = True  # begun anew
        written.clear()
        assert taken == end.incoming.any() == len(came) and end.outgoing.any() == 0 and not end._may_send
        return
    came += payload[:room]
    written[: len(sends)] = b""
    assert end.lost - lost == max(0, len(payload) - room)
    assert end.incoming.any() == len(came) and end.outgoing.any() == len(written)
    assert peer.got[0] == bytes([len(sends), HOLD if held else 0]) and b"".join(peer.got[1:]) == sends, peer.got
    assert end._may_send == (not header[1] & HOLD)


async def exchanges(data):
    peer = ForInitiator() if data[0] & 1 else ForResponder()
    source = iter(data[1:])
    came, written = bytearray(), bytearray()
    peer.end.synchronised = True
    for _ in range(len(data)):
        if not source.__length_hint__():
            break
        await exchange(peer, source, came, written)
    assert peer.end.incoming.take() == came
    peer.end.close()


def check(data):
    """One input: a byte of options; then, for each exchange, a byte of oddities, a header, and as much of a payload."""
    if not data:
        return
    core.new_event_loop(core.VirtualClock())
    try:
        core.run(exchanges(data))
    finally:
        core.new_event_loop()


def made(rng):
    """An input that is mostly made of possible exchanges."""
    data = bytearray([rng.randrange(2)])
    for _ in range(rng.randrange(1, 5)):
        count = rng.choice((0, 0, 1, 3, SIZE, SIZE, SIZE + 1, rng.randrange(256)))
        high = rng.choice((0, 0, 0, HOLD, HOLD, rng.randrange(256)))
        odd = rng.randrange(256)
        data += bytes([odd if rng.random() < 0.3 else odd & ~ODD, count, high]) + rng.randbytes(min(count, SIZE))
    return bytes(data)
