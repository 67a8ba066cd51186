from twincore.drivers.gps import DMY, LONG, MDY


def compass_direction(gps):
    """As the method of AS_GPS."""
    return gps.compass_direction()


def date_string(gps, formatting=MDY):
    """As the method of AS_GPS."""
    return gps.date_string(formatting)
