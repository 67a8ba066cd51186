"""KMLLog: a way travelled, in a file that Google Earth and other maps show. Of an AS_GPS, or of any positions.

    with KMLLog("/sd/log.kml") as log:
        await log.follow(gps, 10)

The file is whole after each point, whenever the power fails: each is written over the end, which then follows anew.
Elements as in the OGC KML 2.3 standard, LineString. Its writes block, for some ms on a card.
"""

from ..core.sleep import sleep_ms
from .arguments import check_time
from .gps_text import KML

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document><Placemark>
<Style><LineStyle><color>7f00ffff</color><width>4</width></LineStyle></Style>
<LineString><tessellate>1</tessellate><altitudeMode>absolute</altitudeMode>
<coordinates>
"""
TAIL = """</coordinates>
</LineString>
</Placemark></Document>
</kml>
"""


class KMLLog:
    """Writes to a new file at `path`. OSError as `open` has it. For one context, that of its AS_GPS if it follows one.

    `count` is how many points were written.
    """

    def __init__(self, path):
        self.count = 0
        self._file = open(path, "w")
        try:
            self._file.write(HEAD)
            self._end = self._file.tell()
            self._finish()
        except BaseException:
            self.close()
            raise

    def add(self, gps):
        """Write the point at which `gps`, an AS_GPS, is. OSError of the file system; RuntimeError after `close`."""
        self.write(gps.longitude_string(KML), gps.latitude_string(KML), gps.altitude)

    def write(self, longitude, latitude, altitude):
        """Write a point: signed decimal degrees, numbers or strings, and m above the sea. Raises as `add`."""
        file = self._file
        if file is None:
            raise RuntimeError("this log was closed by close()")
        file.seek(self._end)
        file.write(f"{longitude},{latitude},{altitude}\n")
        self._end = file.tell()
        self._finish()
        self.count += 1

    async def follow(self, gps, interval=10):
        """Write a point each `interval` seconds or more, of positions with an altitude, until it is cancelled.

        Raises what `gps.data_received` and `add` raise; ValueError for an interval below 0.
        """
        check_time("interval", interval, "s", 0)
        while True:
            await gps.data_received(position=True, altitude=True)
            self.add(gps)
            await sleep_ms(int(interval * 1000))

    def close(self):
        """Close the file. Again: nothing happens."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _finish(self):
        self._file.write(TAIL)
        self._file.flush()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
