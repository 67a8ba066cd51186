"""cron: how long it is until the next time that matches a pattern of the calendar. Any context but a hard ISR.

    next_one = cron(wday=range(5), hrs=(8, 17), mins=30)
    seconds = next_one(time.time())

Tasks use `schedule`, which waits for them.
"""

from time import localtime

from .calendar import days_of, length_of

DAY = 86400
YEARS = 9  # in which there is any date but for the wait: from 29 February 1896 to 1904 it is eight years
GAP = 10  # seconds between two times of one minute
SHORTEST = 28  # days of a month, and how far back a negative day may count
MONDAY = days_of(3, 1, 2000)
FULL_WEEKS = 22  # the last day of a month on or after which every weekday comes once more in it


def cron(*, secs=0, mins=0, hrs=3, mday=None, month=None, wday=None):
    """A function of a time, in seconds as of `time.time()`, that returns the seconds to the first time at or after it
    that matches, 0 if it does; a fraction of a second is dropped.

    Each argument is None, which matches all, an integer, or several of them (a tuple, list, set, range ...): secs and
    mins 0 to 59, hrs 0 to 23, month 1 to 12, wday 0 to 6, Monday to Sunday. mday is the day of the month, 1 to 31, or
    from its end, -1 (the last) to -28; months without it are skipped. With both mday and wday it is the first such
    weekday on or after that day: (mday=8, wday=6) is the second Sunday, (mday=-7, wday=4) the last Friday.

    Times are local ones. One that the clock leaves out in spring comes as much after the change as it would have, one
    that it has twice in autumn comes once. Raises ValueError for what is out of range or never comes, for secs=None,
    and for secs less than 10 s apart, also from one minute to the next; TypeError for what is no number.
    """
    secs = _numbers("secs", secs, 0, 59)
    if secs is None:
        raise ValueError("secs is 0 to 59, not None: for what comes each second await sleep(1)")
    for n in range(len(secs)):
        if len(secs) > 1 and (secs[(n + 1) % len(secs)] - secs[n]) % 60 < GAP:
            raise ValueError("secs are 10 s apart or more, also from one minute to the next, not " + str(secs))
    mins = _numbers("mins", mins, 0, 59) or range(60)
    hrs = _numbers("hrs", hrs, 0, 23) or range(24)
    months = _numbers("month", month, 1, 12)
    wdays = _numbers("wday", wday, 0, 6)
    mdays = _numbers("mday", mday, -SHORTEST, 31)
    _check_days(mdays, months, wdays)
    months = months or range(1, 13)

    def seconds_to_next(now):
        now = int(now)
        here = localtime(now)[:6]
        time_of_day = _first_time(hrs, mins, secs, here[3:])
        day = _first_day(here[0], here[1], here[2], mdays, months, wdays, time_of_day is None)
        today = day == here[:3]
        return _wait(now, here, day + (time_of_day if today else (hrs[0], mins[0], secs[0])))

    return seconds_to_next


def _numbers(name, given, low, high):
    """`given` as a sorted tuple, None if it is None."""
    if given is None:
        return None
    try:
        found = (given,) if isinstance(given, (int, float)) else sorted(set(given))
    except TypeError:
        found = (None,)
    text = name + " is a number from " + str(low) + " to " + str(high) + ", or several of them"
    for number in found:
        if not isinstance(number, int):
            raise TypeError(text + ", not " + repr(given))
        if not low <= number <= high or (number == 0 and name == "mday"):
            raise ValueError(text + (" but 0" if name == "mday" else "") + ", not " + repr(given))
    if not found:
        raise ValueError(text + ", not none at all")
    return tuple(found)


def _check_days(mdays, months, wdays):
    if mdays is None:
        return
    if wdays is not None:
        for mday in mdays:
            if not (1 <= mday <= FULL_WEEKS or mday <= -7):
                text = "with wday, mday is 1 to 22 or -28 to -7, not " + str(mday)
                raise ValueError(text + ": the weekday may be in the next month")
    for month in months or ():
        if mdays[-1] > length_of(month, 2000):
            raise ValueError("month " + str(month) + " has no day " + str(mdays[-1]) + ": give it a cron of its own")


def _first_time(hrs, mins, secs, at):
    """The first (hour, minute, second) of a day that is `at` or later; None if there is none."""
    hour, minute, second = at
    for h in hrs:
        if h < hour:
            continue
        for m in mins:
            if h == hour and m < minute:
                continue
            for s in secs:
                if (h, m, s) >= (hour, minute, second):
                    return h, m, s
    return None


def _first_day(year, month, mday, mdays, months, wdays, later):
    """The first (year, month, mday) that is this one or later; `later`: after this one."""
    first = mday + 1 if later else mday
    for _ in range(YEARS * 12):
        if month in months:
            found = _in_month(year, month, first, mdays, wdays)
            if found:
                return year, month, found
        first = 1
        month += 1
        if month > 12:
            month = 1
            year += 1
    raise ValueError("no such day in the next years")  # what _check_days lets through comes


def _in_month(year, month, first, mdays, wdays):
    """The first matching day of the month that is not before `first`; 0 if there is none."""
    length = length_of(month, year)
    weekday = (days_of(1, month, year) - MONDAY) % 7  # of the first
    best = 0
    for day in range(1, length + 1) if mdays is None else mdays:
        if day < 0:
            day += length + 1
        if wdays is not None:
            while mdays is not None and (weekday + day - 1) % 7 not in wdays:
                day += 1
            if (weekday + day - 1) % 7 not in wdays:
                continue
        if first <= day <= length and (not best or day < best):
            best = day
    return best


def _wait(now, here, there):
    """Seconds from `now`, which is the local time `here`, to the local time `there`."""
    wait = _apart(here, there)
    arrived = localtime(now + wait)[:6]
    if arrived == there:
        return wait
    changed = wait + _apart(arrived, there)  # there is a change to or from summer time in between
    if localtime(now + changed)[:6] == there:
        return changed
    return max(wait, changed)  # `there` is left out


def _apart(here, there):
    seconds = (days_of(there[2], there[1], there[0]) - days_of(here[2], here[1], here[0])) * DAY
    for n, unit in ((3, 3600), (4, 60), (5, 1)):
        seconds += (there[n] - here[n]) * unit
    return seconds
