"""A logger on an SD card, which core 1 writes: the same file on CPython, MicroPython unix and an RP2040.

Two tasks and an interrupt log; none of them ever waits for the card, which may take 100 ms for a write. In the middle
somebody takes it out for a while. What was under way is kept, and is in the file when it is back; what found no room
meanwhile was dropped, and counted.

Here the card is made up, a class that can say that it is out. sd_logger.py has a real one, with the driver `SDCard`.

    twincore run examples/sd_logger_on_core_1.py [--on cpython|micropython|rp2040]
"""

import os

from twincore import core
from twincore.drivers import Logger

PATH = "log.csv"
LINES = 60
BEAT = bytearray(b"beat 00\n")  # made before: an interrupt can't


class Slot:
    """Where the card is, or not."""

    def __init__(self):
        self.empty = False

    def mount(self):
        if self.empty:
            raise OSError(19, "no SD card")


def beat(source, count):
    """What an interrupt does: no allocation, no waiting."""
    BEAT[5] = 48 + count // 10
    BEAT[6] = 48 + count % 10
    source.write(BEAT)


async def measure(log):
    for n in range(LINES):
        log.line("measured," + str(n))
        await core.sleep_ms(2)


async def main():
    told = []
    slot = Slot()
    slot.empty = True  # somebody has forgotten it
    log = Logger(PATH, size=2048, interval=0.05, retry=0.05, mount=slot.mount, rotate=600, on_error=told.append)
    edges = log.source(512)
    measuring = core.create_task(measure(log))
    for n in range(20):
        beat(edges, n)
        await core.sleep_ms(3)
    while not told:
        await core.sleep_ms(5)
    print("writing fails:", told[0])
    slot.empty = False
    await measuring
    while len(told) < 2:
        await core.sleep_ms(5)
    print("it works again:", told[1])
    log.line("the end")
    await log.close()
    kept = []
    for name in (PATH + ".1", PATH):  # core 1 is done with them
        try:
            with open(name) as file:
                kept += file.read().split()
            os.remove(name)
        except OSError:
            pass
    assert kept[-3:] == ["measured,59", "the", "end"], kept
    assert log.dropped == log.lost == 0
    print(log.written, "bytes,", log.errors, "or more failures, nothing lost")


core.run(main())
