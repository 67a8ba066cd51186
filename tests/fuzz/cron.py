"""A fuzzer for cron: any arguments are refused, or give a time that matches them."""

import time

from twincore.drivers import cron

NAMES = ("secs", "mins", "hrs", "mday", "month", "wday")
FIELDS = {"secs": 5, "mins": 4, "hrs": 3, "month": 1, "wday": 6}  # of localtime
LONGEST_INPUT = 40  # bytes


def check(data):
    """One input: four bytes of the time, then for each argument its kind and its numbers."""
    if len(data) < 5:
        return
    now = int.from_bytes(data[:4], "little") % 0x7FFFFFFF
    rest, spec = list(data[4:]), {}
    for name in NAMES:
        if not rest:
            break
        count = rest.pop(0) % 5
        numbers = [number - 40 for number in rest[:count]]
        del rest[:count]
        if count == 4:
            spec[name] = None
        elif count:
            spec[name] = numbers[0] if len(numbers) == 1 else tuple(numbers)
    try:
        seconds_to_next = cron(**spec)
    except ValueError:
        return
    wait = seconds_to_next(now)
    assert 0 <= wait < 9 * 366 * 86400
    assert seconds_to_next(now + wait) == 0
    there = time.localtime(now + wait)
    for name, field in FIELDS.items():
        wanted = spec.get(name, {"secs": 0, "mins": 0, "hrs": 3}.get(name))
        if wanted is not None:
            assert there[field] in ((wanted,) if isinstance(wanted, int) else wanted), (spec, there)


def made(rng):
    """An input that is often in range."""
    data = bytearray(rng.randbytes(4))
    for low, high in ((0, 59), (0, 59), (0, 23), (-28, 31), (1, 12), (0, 6)):
        count = rng.randrange(5)
        data.append(count)
        data += bytes(rng.randint(low - (rng.random() < 0.02), high) + 40 for _ in range(count))
    return bytes(data)
