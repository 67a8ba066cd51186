# Colours that wander along a strip of LEDs.
import time

from machine import Pin
from neopixel import NeoPixel

strip = NeoPixel(Pin(22), 5)
for step in range(3):
    strip.fill((0, 0, 1))
    strip[step] = (255, 100 * step, 0)
    strip.write()
    time.sleep_ms(20)
print(list(strip))
