"""Prints what share of core 0, in %, an AS_GPS takes with a receiver at UART 0 and 115200 baud; sentences a
second; how many were lost.

argv: the bytes of the port's buffer; `pause_ms`; the seconds from reset to those sentences that count. One comes at
once; in between the receiver is silent, and the passes of the loop are counted as it goes round and round without
sleep. They are fewer while it sends: by what its sentences take, the interrupts of the port included.
"""

import sys
import time

from machine import UART, Pin

from twincore import core
from twincore.drivers import AS_GPS

SILENT_MS, SENDING_MS = 1000, 4000
FIRST_MS = 300  # of those that are not counted: what is imported for it, say

passes = 0


def spin():
    """In place of sleeping. It takes the same time whether anything has come or not, unless a task waits for that."""
    global passes
    passes += 1
    came, watched = port.any(), io.watching
    if came and watched:
        loop.sleep_for(0)  # a look at streams


async def passes_in(ms):
    """In a millisecond."""
    start, before = time.ticks_us(), passes
    await core.sleep_ms(ms)
    return (passes - before) * 1000 / time.ticks_diff(time.ticks_us(), start)


async def main(pause_ms, sends_at):
    gps = AS_GPS(core.StreamReader(port))
    gps.pause_ms = pause_ms
    loop._idle = spin
    await core.sleep_ms(100)
    silent = await passes_in(SILENT_MS)
    assert time.ticks_ms() < sends_at, "it sends already"
    await core.sleep_ms(sends_at - time.ticks_ms() + FIRST_MS)
    before, malformed = gps.parsed_sentences, gps.malformed  # the first may have begun before the port was there
    sending = await passes_in(SENDING_MS)
    rate = (gps.parsed_sentences - before) * 1000 / SENDING_MS
    print(100 * (silent - sending) / silent, rate, gps.malformed - malformed + gps.crc_fails)


port = UART(0, 115200, tx=Pin(0), rx=Pin(1), rxbuf=int(sys.argv[1]))
loop = core.get_event_loop()
io = loop.streams()
core.run(main(int(sys.argv[2]), int(sys.argv[3]) * 1000))
