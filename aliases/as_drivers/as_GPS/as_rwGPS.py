from twincore.drivers.gps_rw import (
    ANTENNA,
    COLD_START,
    DEFAULT_SENTENCES,
    ENABLE,
    FULL_COLD_START,
    GPS,
    HOT_START,
    NO_ANTENNA,
    STANDBY,
    VERSION,
    WARM_START,
)
