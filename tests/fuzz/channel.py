"""A fuzzer for what a HeartbeatServer reads: any bytes are lines of a Channel, or break it with its own error."""


from twincore import core
from twincore.drivers.channel import Channel, ConnectionBroken, greeting_of
from twincore.drivers.records import RecordOrientedUart

from ports import Port

LONGEST_INPUT = 400  # bytes


async def served(channel, data):
    size = 1 + data[0] % 100
    pieces = [data[n : n + size] for n in range(1, len(data), size)]
    records = RecordOrientedUart(Port(*pieces, ended=True), b"\n", 60)
    greeting_of(await records.read(), 40)
    async for line in records:
        assert len(line) <= 60
        channel._accept(line)
        while channel._incoming.qsize() and data[0] % 3:  # or nobody takes any
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
    lines = [rng.choice([b'["hello", "a", "b", 1, 4, 40]', b'["hello", 1]', b"", rng.randbytes(9)])]
    for n in range(rng.randrange(6)):
        some = [b"[%d, {}]" % (n + 1), b"[1, 2]", b"%d" % n, b"", b"[[[[", b"x" * 80, rng.randbytes(5)]
        lines.append(rng.choice(some))
    text = bytearray(b"\n".join(lines) + b"\n")
    for _ in range(rng.randrange(2)):
        text[rng.randrange(len(text))] = rng.randrange(256)
    return bytes([rng.randrange(256)]) + text
