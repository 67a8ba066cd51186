"""A fuzzer for SynCom: any bits on the data wire are records or none, and raise nothing.

    python tests/fuzz/syncom.py -runs=1000000     with atheris, if it is installed: coverage-guided
    python tests/fuzz/syncom.py 1000000           without: seeded random inputs
"""

import random
import sys
import time
from contextlib import nullcontext

try:
    import atheris
except ImportError:
    atheris = None

with nullcontext() if atheris is None else atheris.instrument_imports(include=["twincore.drivers"]):
    from twincore.drivers import SynCom
    from twincore.drivers.syncom_records import packed

BITS = 9  # of a byte on the wire


class Wire:
    def __init__(self):
        self.level = 0

    def __call__(self, level=None):
        if level is None:
            return self.level
        self.level = level


def check(data):
    """One input: a byte of options, then the bits, the lowest of a byte first."""
    if not data:
        return
    ckin, ckout, din, dout = [Wire() for _ in range(4)]
    passive = data[0] & 1
    end = SynCom(passive, ckin, ckout, din, dout, string_mode=bool(data[0] & 2), verbose=False, queue=3, max_length=20)
    line = end._line
    line.begin()
    end._state = 1 if data[0] & 4 else 0
    for n in range(8 * (len(data) - 1)):
        for _ in range(2):  # after a record that holds the line it goes on with the same bit's answer
            if line.whole:
                record = line.take()
                assert record is None or (0 < len(record) <= 25 and b"\0" not in record)
                end._accept(record)
                end._supply()
            line.release()
        before = ckout.level
        din(data[1 + n // 8] >> n % 8 & 1)
        ckin(before ^ line._turn)  # the other end's turn is over
        line.poll()
        assert line.held or ckout.level != before
    assert len(end._calls) <= 1 + end._size and end._received.qsize() <= 3
    assert end.bad >= 0 and end.lost >= 0


def bits_of(record):
    bits = []
    for byte in record:
        bits += [1, *[byte >> n & 1 for n in range(8)]]
    return bits


def made(rng):
    """An input that is often near some records."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.randrange(60))
    bits = [0] * 10
    for _ in range(rng.randrange(1, 4)):
        text = rng.choice([b"[1]", b"null", b"{", b"\xff\xfe", b'"x"', b"[" * 20, b"y" * 22])
        bits += bits_of(packed(rng.choice([b"T", b"?", b"!", b"x"]), text)) + [0] * rng.randrange(12)
    for _ in range(rng.randrange(3)):
        bits[rng.randrange(len(bits))] ^= 1
    bits += [0] * (-len(bits) % 8)
    octets = [sum(bit << n for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8)]
    return bytes([rng.randrange(8), *octets])


def run_random(count, seed=1):
    """Without atheris. Returns how many inputs were checked."""
    rng = random.Random(seed)
    for _ in range(count):
        check(made(rng))
    return count


def guided(data):
    """Of atheris: its bytes as they are, and what is made from them."""
    check(data)
    check(made(random.Random(data)))


def main():
    if atheris is None:
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        start = time.perf_counter()
        print(run_random(count), "inputs in", round(time.perf_counter() - start, 1), "s")
        return
    atheris.Setup(sys.argv, guided)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
