# Strips of WS2812 LEDs, as the `neopixel` that MicroPython's own builds for the RP2040 have frozen, and the one that
# twincore fetches has not.
from machine import Pin, bitstream

FAST = 400, 850, 800, 450  # ns: high and low of a 0, of a 1; at 800 kHz
SLOW = 800, 1700, 1600, 900  # at 400 kHz


class NeoPixel:
    """`n` LEDs at `pin`. Args: bpp, 3 for (red, green, blue), 4 with white; timing, 1, 0 for 400 kHz, or as above."""

    ORDER = 1, 0, 2, 3  # where each colour is in the LED's bytes

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.timing = (FAST if timing else SLOW) if isinstance(timing, int) else timing
        pin.init(Pin.OUT)

    def __len__(self):
        return self.n

    def _start(self, i):
        if not -self.n <= i < self.n:
            raise IndexError(f"no LED {i} of {self.n}")
        return i % self.n * self.bpp

    def __setitem__(self, i, colour):
        start = self._start(i)
        for place in range(self.bpp):
            self.buf[start + self.ORDER[place]] = colour[place]

    def __getitem__(self, i):
        start = self._start(i)
        return tuple(self.buf[start + self.ORDER[place]] for place in range(self.bpp))

    def fill(self, colour):
        """Set all to one colour."""
        for i in range(self.n):
            self[i] = colour

    def write(self):
        """Send the colours to the LEDs."""
        bitstream(self.pin, 0, self.timing, self.buf)
