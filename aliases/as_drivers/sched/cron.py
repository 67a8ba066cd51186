from time import gmtime

from twincore.drivers.calendar import days_of, length_of
from twincore.drivers.crontab import cron


def is_leap_year(year):
    return length_of(2, year) == 29


def days_in_month(month, year=None):
    return length_of(month, gmtime()[0] if year is None else year)


def timegm(when):
    """Seconds from the epoch of this platform to (year, month, day, hour, minute, second, ...) in UTC."""
    year, month, day, hour, minute, second = when[:6]
    days = days_of(day, month, year) - days_of(1, 1, gmtime(0)[0])
    return ((days * 24 + hour) * 60 + minute) * 60 + second
