"""Dates and days, for the years 1970 to 2099, in which each fourth is a leap year. Any context but a hard ISR.

Days are counted from 1 January 1970, whatever the `time` of this platform begins with: 1970, or 2000 on some boards.
"""

_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)  # days of a year, before each month
_CYCLE = 4 * 365 + 1


_FROM_1968 = 366 + 365  # days: a leap year, so that each cycle begins with one


def length_of(month, year):
    """Days of a month, 1 to 12."""
    return _BEFORE[month] - _BEFORE[month - 1] + (month == 2 and year % 4 == 0)


def days_of(day, month, year):
    """Days from 1 January 1970 to a date. ValueError for one that there is not."""
    if not 1970 <= year <= 2099 or not 1 <= month <= 12 or not 1 <= day <= length_of(month, year):
        raise ValueError("there is no such date from 1970 to 2099: " + str((day, month, year)))
    leap = month > 2 and year % 4 == 0
    return (year - 1970) * 365 + (year - 1969) // 4 + _BEFORE[month - 1] + leap + day - 1


def date_after(days):
    """(day, month, year) of so many days after 1 January 1970."""
    cycles, day = divmod(days + _FROM_1968, _CYCLE)
    year = 1968 + 4 * cycles
    if day >= 366:
        later, day = divmod(day - 366, 365)
        year += 1 + later
    month = 1
    while day >= length_of(month, year):
        day -= length_of(month, year)
        month += 1
    return day + 1, month, year
