"""Two tasks log to an SD card, which core 1 writes; somebody may pull the card out, and put it back.

    twincore run examples/sd_logger.py --on rp2040

runs it on the emulated RP2040, with the card of board.toml; without `--on rp2040` on the simulated board. A board has
its card on SPI 0: SCK at pin 18, MOSI at 19, MISO at 16, chip select at 17. The file system is MicroPython's.

Core 0 uses no files while core 1 does. What is logged while the card is out waits, as far as there is room, and is
written when it is back; nothing is written twice.
"""

import vfs
from machine import SPI, Pin

from twincore import core
from twincore.drivers import Logger, SDCard

LINES = 40
card = SDCard(SPI(0), Pin(17))


def mount():
    """On core 1: at the start, and again whenever writing has failed."""
    try:
        vfs.umount("/sd")
    except OSError:
        pass
    vfs.mount(card, "/sd")


async def measure(log, name, ms):
    for n in range(LINES):
        log.line(name + "," + str(n))
        await core.sleep_ms(ms)


async def main():
    log = Logger("/sd/log.csv", interval=0.1, retry=0.1, mount=mount, on_error=print)
    await core.gather(measure(log, "fast", 5), measure(log, "slow", 8))
    await log.close()
    print(log.written, "bytes written,", log.lost, "lost,", log.dropped, "lines dropped")
    with open("/sd/log.csv") as file:  # core 1 is done with it
        lines = file.read().split()
    print(len(lines), "lines on a card of", card.blocks // 2, "KB, damaged blocks:", card.crc_errors)


core.run(main())
