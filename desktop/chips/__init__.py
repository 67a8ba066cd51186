"""Simulated chips and what else is wired to a simulated board: each is made as `Chip(board, **wiring)`.

    display = HD44780(board, rs="GP16", e="GP17", data=["GP18", "GP19", "GP20", "GP21"])
    button = Button(board, "GP2")
"""

from .button import Button
from .chip import Chip
from .dht import DHT11, DHT22
from .ds18b20 import DS18B20
from .encoder import Encoder
from .gps import GPS
from .hd44780 import HD44780
from .hd44780_backpack import HD44780Backpack
from .htu21d import HTU21D
from .keypad import Keypad
from .loopback import Crossover, I2CPair, Loopback
from .nec_remote import NECRemote
from .neopixel import NeoPixel
from .sd_card import SDCard
from .touch_pad import TouchPad
from .waveform import noise, play, ramp, samples, sine, square

__all__ = [
    "DHT11",
    "DHT22",
    "DS18B20",
    "GPS",
    "HD44780",
    "HTU21D",
    "Button",
    "Chip",
    "Crossover",
    "Encoder",
    "HD44780Backpack",
    "I2CPair",
    "Keypad",
    "Loopback",
    "NECRemote",
    "NeoPixel",
    "SDCard",
    "TouchPad",
    "noise",
    "play",
    "ramp",
    "samples",
    "sine",
    "square",
]
