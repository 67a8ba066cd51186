"""twincore.drivers: devices for tasks. Their interrupts and threads feed tasks through `threadsafe` only.

Names are loaded when they are first used.
"""

from ..core.lazy import above

_MODULES = {
    "AS_GPS": "gps",
    "FailedReading": "polled",
    "GPS": "gps_rw",
    "GPS_RWTimer": "gps_timed",
    "GPS_Timer": "gps_timed",
    "HTU21D": "htu21d",
    "HalfDuplex": "half_duplex",
    "HeartbeatClient": "heartbeat_client",
    "HeartbeatServer": "heartbeat_server",
    "Initiator": "i2c_link_initiator",
    "KMLLog": "kml",
    "LCD": "hd44780",
    "LogSource": "logger",
    "Logger": "logger",
    "LoopReading": "loop_metrics",
    "NECTransmitter": "nec_transmitter",
    "NEC_IR": "nec_ir",
    "NMEA": "nmea",
    "Polled": "polled",
    "RecordOrientedUart": "records",
    "Responder": "i2c_link_responder",
    "ResponseTooLong": "half_duplex",
    "SDCard": "sd_card",
    "Sequence": "scheduling",
    "SynCom": "syncom",
    "Watchdog": "watchdog",
    "cron": "crontab",
    "heartbeat": "flashing",
    "metrics": "loop_metrics",
    "schedule": "scheduling",
}


def __getattr__(name):
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError("twincore.drivers has no " + name)
    found = above("drivers." + module, name)
    globals()[name] = found
    return found
