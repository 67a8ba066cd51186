# An SD card on SPI, and on pins of which the program makes a bus: blocks, checksums, a card that goes and comes back.
import time

from machine import SPI, Pin, SoftSPI

from twincore.drivers import SDCard

block, several = bytearray(512), bytearray(3 * 512)


def use(card):
    for n in range(len(several)):
        several[n] = n % 251
    card.writeblocks(7, several)
    for n in range(len(several)):
        several[n] = 0
    card.readblocks(7, several)
    card.readblocks(8, block)
    print(sum(several), sum(block), several[512:1024] == block, card.blocks, card.serial)


card = SDCard(SPI(0), Pin(17))
use(card)
other = SDCard(SoftSPI(sck=Pin(10), mosi=Pin(11), miso=Pin(12)), Pin(13), baudrate=1_000_000)
use(other)

while True:  # until something happens to it
    try:
        card.readblocks(8, block)
    except OSError as error:
        print(error.errno)
        break
    time.sleep_ms(20)
print("damaged", card.crc_errors)
while True:
    try:
        card.readblocks(8, block)
        break
    except OSError:
        time.sleep_ms(20)
print("is back", sum(block), card.starts)
