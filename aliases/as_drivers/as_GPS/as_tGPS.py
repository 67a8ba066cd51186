from twincore.drivers.gps_timed import GPS_RWTimer, GPS_Timer


def rtc_secs():
    """Seconds since midnight by the clock of a board with an STM32. OSError elsewhere."""
    try:
        from pyb import RTC
    except ImportError:
        raise OSError("rtc_secs() is for boards with an STM32") from None
    hours, minutes, seconds, left = RTC().datetime()[4:]
    return hours * 3600 + minutes * 60 + seconds + (255 - left) / 256
