"""The board's clock by the pulses of a GPS_Timer: set, compared, and made to go as fast as it should.

An STM32's clock tells 256ths of a second, and its rate can be corrected in steps of 2**-20, up to some 488 ppm (ST,
RM0090, "RTC smooth digital calibration"). Loaded when it is first used.
"""

from ..core.sleep import sleep_ms
from .calendar import date_after

SECOND = 1_000_000  # us
DAY = 86400  # s
PARTS = 256  # of a second, that the clock tells
SLOWEST, FASTEST = -511, 512  # steps of a calibration
LOOK_MS = 10_000  # between two looks at how far the clock is off by now
ALIKE = 3  # looks in a row that find the same rate, within a step: then it is known


async def set_clock(gps):
    """See `set_rtc`."""
    rtc, stm = clock()
    await gps.ready()
    await gps.pulse()
    second = gps._pulses.now()[0]
    days, told = gps._local()
    if second < told:  # midnight has passed since RMC came
        days += 1
    day, month, year = date_after(days)
    at = (second // 3600, second // 60 % 60, second % 60, 255 if stm else 0)  # there the fraction counts down
    date = (year, month, day, (days + 3) % 7 + stm)  # and Monday is 1
    rtc.datetime(date + at)


async def delta(gps):
    """See there."""
    return (await _ahead(gps, fine_clock()))[0]


async def calibrate(gps, minutes):
    """See there."""
    rtc = fine_clock()
    if not isinstance(minutes, int) or minutes < 1:
        raise ValueError("minutes is 1 or more, an int, not " + repr(minutes))
    before = rtc.calibration()
    rtc.calibration(0)
    try:
        await set_clock(gps)
        factor = await _factor(gps, rtc, minutes)
        if not SLOWEST <= factor <= FASTEST:
            raise RuntimeError(
                "the clock is too far off to be corrected: its factor would be " + str(factor) + ", and not -511 to 512"
            )
        before = factor
    finally:
        rtc.calibration(before)
    return factor


async def _factor(gps, rtc, minutes):
    """What corrects the clock, as far as it is known after so long."""
    ahead, begun = await _ahead(gps, rtc)
    found = []
    for _ in range(minutes * 60_000 // LOOK_MS):
        await sleep_ms(LOOK_MS)
        now_ahead, second = await _ahead(gps, rtc)
        passed = (second - begun) % DAY * SECOND
        found = found[1 - ALIKE :]
        found.append((((ahead - now_ahead) << 21) // passed + 1) // 2)  # steps, rounded
        if len(found) == ALIKE and max(found) - min(found) <= 1:
            return sorted(found)[ALIKE // 2]
    return found[-1]


async def _ahead(gps, rtc):
    """(us, second): how far the clock is ahead, at a pulse, and when that was.

    From there to the clock's next step, up to 4 ms, it looks all the time, and blocks the loop: with a sleep between
    two looks it would be off by as much as is to be measured. OSError for a clock that stands still.
    """
    await gps.ready()
    await gps.pulse()
    pulses = gps._pulses
    part = rtc.datetime()[7]
    since = pulses.now()[1]
    while True:
        when = rtc.datetime()
        second, us = pulses.now()
        if when[7] != part:
            break
        if (us - since) % SECOND > 3 * SECOND // PARTS:
            raise OSError("the board's clock stands still")
    ahead = when[4] * 3600 + when[5] * 60 + when[6] - second
    ahead = (ahead + DAY // 2) % DAY - DAY // 2
    return ahead * SECOND + (PARTS - 1 - when[7]) * SECOND // PARTS - us, second


def clock():
    """The board's clock, and whether it is an STM32's. OSError if it has none."""
    for name in ("pyb", "machine"):
        try:
            return __import__(name).RTC(), name == "pyb"
        except (ImportError, AttributeError):
            pass
    raise OSError("there is no machine.RTC here to set")


def fine_clock():
    """That of an STM32. OSError for another."""
    rtc, stm = clock()
    if not stm:
        raise OSError("this board's clock tells no fractions of a second to compare")
    return rtc
