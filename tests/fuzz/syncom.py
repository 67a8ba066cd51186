"""A fuzzer for SynCom: any bits on the data wire are records or none, and raise nothing."""


from twincore.drivers import SynCom
from twincore.drivers.syncom_records import packed

LONGEST_INPUT = 24  # bytes: a record has nine bits for each of its own
TEXTS = (b"[1]", b"null", b"{", b"\xff\xfe", b'"x"', b"[" * 20, b"y" * 22)


class Wire:
    def __init__(self):
        self.level = 0

    def __call__(self, level=None):
        if level is None:
            return self.level
        self.level = level


def check(data):
    """One input: a byte of options; then a text that comes as a record, or bits, the lowest of a byte first."""
    if not data:
        return
    wires = [Wire() for _ in range(4)]
    options = data[0]
    end = SynCom(options & 1, *wires, string_mode=bool(options & 2), verbose=False, queue=3, max_length=20)
    end._line.begin()
    end._state = 1 if options & 4 else 0
    if options & 8:
        for kind in (b"T", b"?", b"!", data[1:2]):
            end._accept(packed(kind, data[1:])[:-1])
    else:
        take_bits(end, data[1:], wires)
    assert len(end._calls) <= 1 + end._size and end._received.qsize() <= 3
    assert end.bad >= 0 and end.lost >= 0


def take_bits(end, data, wires):
    ckin, ckout, din, _ = wires
    line = end._line
    for byte in data:
        for n in range(8):
            if line.held:
                if line.whole:
                    record = line.take()
                    assert record is None or (0 < len(record) <= 25 and b"\0" not in record)
                    end._accept(record)
                    end._supply()
                line.release()
            before = ckout.level
            din.level = byte >> n & 1
            ckin.level = before ^ line._turn  # the other end's turn is over
            line._edge(ckin)
            assert line.held or ckout.level != before


def bits_of(record):
    bits = []
    for byte in record:
        bits += [1, *[byte >> n & 1 for n in range(8)]]
    return bits


def made(rng):
    """An input that is often near some records."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.randrange(60))
    if rng.random() < 0.4:
        return bytes([rng.randrange(8, 16)]) + rng.choice(TEXTS) + rng.choice([b"", rng.randbytes(3), b"[" * 12])
    bits = [0] * 10
    for _ in range(rng.randrange(1, 3)):
        text = rng.choice(TEXTS)
        bits += bits_of(packed(rng.choice([b"T", b"?", b"!", b"x"]), text)) + [0] * rng.randrange(12)
    for _ in range(rng.randrange(3)):
        bits[rng.randrange(len(bits))] ^= 1
    bits += [0] * (-len(bits) % 8)
    octets = [sum(bit << n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8)]
    return bytes([rng.randrange(8), *octets])
