"""A fuzzer for what a HeartbeatServer reads: any bytes are lines of a Channel, or break it with its own error.

    python tests/fuzz/channel.py -runs=1000000     with atheris, if it is installed: coverage-guided
    python tests/fuzz/channel.py 1000000           without: seeded random inputs
"""

import random
import sys
import time
from contextlib import nullcontext
from pathlib import Path

try:
    import atheris
except ImportError:
    atheris = None
sys.path.append(str(Path(__file__).parents[1] / "portable"))

with nullcontext() if atheris is None else atheris.instrument_imports(include=["twincore.drivers"]):
    from twincore import core
    from twincore.drivers.channel import Channel, ConnectionBroken, greeting_of
    from twincore.drivers.records import RecordOrientedUart

    from ports import Port


async def served(channel, data):
    size = 1 + data[0] % 100
    pieces = [data[n : n + size] for n in range(1, len(data), size)]
    records = RecordOrientedUart(Port(*pieces, ended=True), b"\n", 60)
    greeting_of(await records.read())
    async for line in records:
        assert len(line) <= 60
        await channel._accept(line)
        while channel._incoming.qsize():
            await channel.receive()


def check(data):
    """One input: the size of the pieces, then what comes."""
    if not data:
        return
    channel = Channel("fuzz", 1, 4, 40)
    try:
        core.run(served(channel, data))
    except (ConnectionBroken, EOFError):
        pass


def made(rng):
    """An input that is often near a conversation."""
    lines = [rng.choice([b'["hello", "a", "b", 1]', b'["hello", 1]', b"", rng.randbytes(9)])]
    for n in range(rng.randrange(6)):
        some = [b"[%d, {}]" % (n + 1), b"[1, 2]", b"%d" % n, b"", b"[[[[", b"x" * 80, rng.randbytes(5)]
        lines.append(rng.choice(some))
    text = bytearray(b"\n".join(lines) + b"\n")
    for _ in range(rng.randrange(2)):
        text[rng.randrange(len(text))] = rng.randrange(256)
    return bytes([rng.randrange(256)]) + text


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
