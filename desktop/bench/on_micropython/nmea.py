"""Prints what share of core 0, in %, an AS_GPS takes with a 10 Hz receiver that sends all its sentences at 115200 baud.

argv: twincore. The sentences come through a RingIO, a stream of the firmware as a UART is, in the pieces in which they
would be found on the line; what feeding and its sleeps take is measured without a receiver, and taken off.
"""

import gc
import time

from micropython import RingIO

from twincore import core
from twincore.drivers import AS_GPS

BODIES = (
    "GNRMC,120213.000,A,5957.0062,N,01100.6429,E,0.04,12.5,310722,,,D,V",
    "GNVTG,12.5,T,,M,0.040,N,0.075,K,D",
    "GNGGA,120213.000,5957.0062,N,01100.6429,E,2,12,0.54,168.9,M,39.5,M,,0000",
    "GNGLL,5957.0062,N,01100.6429,E,120213.000,A,D",
    "GPGSA,A,3,29,20,18,16,51,13,44,26,,,,,0.99,0.54,0.83",
    "GPGSV,3,1,12,05,01,047,,10,29,224,31,13,22,062,23,15,40,094,44",
    "GPGSV,3,2,12,16,25,306,30,18,68,358,39,20,63,235,37,21,35,292,31",
    "GPGSV,3,3,12,23,58,225,31,25,10,179,32,26,33,265,35,27,17,316,22",
)
PIECE, PIECE_MS = 173, 15  # bytes in so many ms at 115200 baud
BURSTS, BURST_MS = 40, 100


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


async def busy(with_receiver):
    """The share of the time in which the loop does not sleep."""
    stream = b"".join([sentence(body) for body in BODIES])
    ring = RingIO(600)
    gps = AS_GPS(core.StreamReader(ring)) if with_receiver else None
    await core.sleep_ms(20)
    loop = core.get_event_loop()
    idle = [0]

    def timed():
        start = time.ticks_us()
        type(loop)._idle(loop)
        idle[0] += time.ticks_diff(time.ticks_us(), start)

    loop._idle = timed
    gc.collect()
    start = time.ticks_us()
    for _ in range(BURSTS):
        begun = time.ticks_ms()
        for at in range(0, len(stream), PIECE):
            piece = stream[at : at + PIECE]
            if gps is not None:
                ring.write(piece)
            await core.sleep_ms(PIECE_MS)
        await core.sleep_ms(BURST_MS - time.ticks_diff(time.ticks_ms(), begun))
    passed = time.ticks_diff(time.ticks_us(), start)
    if gps is not None:
        assert gps.parsed_sentences == BURSTS * len(BODIES), gps.parsed_sentences
        gps.close()
    return (passed - idle[0]) / passed


async def main():
    without = await busy(False)
    print(100 * (await busy(True) - without))


core.run(main())
