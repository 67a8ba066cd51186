"""KMLLog: the file is whole after each point, and says where the receiver was."""

import xml.etree.ElementTree as ElementTree

import pytest

from twincore import core
from twincore.drivers import AS_GPS, KMLLog

from support import run

pytestmark = pytest.mark.cpython

SPACE = "{http://www.opengis.net/kml/2.2}"


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


def points(path):
    found = ElementTree.parse(path).getroot().find(f".//{SPACE}LineString/{SPACE}coordinates")
    return [tuple(map(float, point.split(","))) for point in found.text.split()]


def test_the_file_is_whole_after_each_point(tmp_path):
    path = tmp_path / "log.kml"
    with KMLLog(str(path)) as log:
        assert points(path) == []
        for n in range(5):
            log.write(-11.5 - n, f"48.{n}", 545.5)
            assert points(path)[-1] == (-11.5 - n, float(f"48.{n}"), 545.5)
            assert log.count == len(points(path)) == n + 1


def test_it_follows_a_receiver(tmp_path):
    path = tmp_path / "log.kml"

    async def main():
        gps = AS_GPS(None)
        with KMLLog(str(path)) as log:
            following = core.create_task(log.follow(gps, 0))
            for n in range(3):
                await core.sleep_ms(2)
                await gps._update(sentence(f"GPGGA,12351{n},4807.038,S,0113{n}.000,W,1,08,0.9,545.{n},M,46.9,M,,"))
            await core.sleep_ms(2)
            following.cancel()
        gps.close()

    run(core, main)
    assert points(path) == [
        (-11.5, -48.1173, 545.0), (-11.516667, -48.1173, 545.1), (-11.533333, -48.1173, 545.2),
    ]  # fmt: skip


def test_after_close_it_says_so(tmp_path):
    log = KMLLog(str(tmp_path / "log.kml"))
    log.close()
    log.close()
    with pytest.raises(RuntimeError, match="closed by close"):
        log.write(1, 2, 3)


def test_a_place_that_can_not_be_written_is_an_oserror(tmp_path):
    with pytest.raises(OSError):
        KMLLog(str(tmp_path / "missing" / "log.kml"))


def test_an_interval_below_zero_is_refused(tmp_path):
    async def main():
        with KMLLog(str(tmp_path / "log.kml")) as log, pytest.raises(ValueError, match="0 s or more"):
            await log.follow(None, -1)

    run(core, main)
