"""DHT11 and DHT22 (AM2302), humidity and temperature sensors of Aosong, on one wire.

From their data sheets: the host holds the wire low (for 18 ms, or 1 ms for the DHT22) and lets go; the sensor holds it
low and high for 80 us each, and sends 40 bits, each 50 us low and then high for 26 us (0) or 70 us (1); the last byte
is the sum of the four before. What is sent was measured just now; a real one's may be from the question before.
"""

from __future__ import annotations

from twincore.desktop.board import Board

from .chip import Measured, Pin, as_measured, at_time
from .wire_sensor import WireSensor

ANSWERS_AFTER = 30
HELD = 80
GAP, ZERO, ONE = 50, 26, 70  # us of a bit: low, and then high


class DHT22(WireSensor):
    """The sensor at `pin`, and the resistor to the supply that its module has. `temperature` (Celsius, -40 to 80) and
    `humidity` (percent) are numbers, or functions of the board's time in us.

    `silent` may be set: it does not answer. In a board's real time no edge could be made so exactly: there the board's
    driver asks for the `answer` as a whole. Raises ValueError for a pin that isn't there.
    """

    start_us = 800  # for which the host holds the wire low, at least; what it does not notice is shorter

    def __init__(
        self, board: Board, pin: Pin, *, temperature: Measured = 20.0, humidity: Measured = 50.0
    ) -> None:
        self._humidity = as_measured("humidity", humidity)
        self.read = 0  # so many times
        self._fell = 0
        self._over = 0  # when what it is sending has been sent
        super().__init__(board, pin, temperature, type(self).__name__)

    @property
    def humidity(self) -> float:
        """Likewise."""
        return at_time(self._humidity, self.board.time.now())

    @humidity.setter
    def humidity(self, value: Measured) -> None:
        self._humidity = as_measured("humidity", value)

    def answer(self) -> bytes:
        """The five bytes that it sends now."""
        self.read += 1
        data = self._measured()
        return data + bytes((sum(data) & 0xFF,))

    def _measured(self) -> bytes:
        tenths = round(min(80.0, max(-40.0, self.temperature)) * 10)
        humidity = round(min(100.0, max(0.0, self.humidity)) * 10)
        return humidity.to_bytes(2, "big") + (abs(tenths) | (0x8000 if tenths < 0 else 0)).to_bytes(2, "big")

    def state(self) -> dict[str, str]:
        measured = f"{self.temperature:.1f} degrees, {self.humidity:.1f} %"
        return {self.line.name: "silent" if self.silent else measured, "read": str(self.read)}

    def _edge(self, level: int, when: int) -> None:
        if when < self._over:  # its own
            return
        if not level:
            self._fell = when
        elif when - self._fell >= self.start_us and not self.silent and self.board.time.virtual:
            self._send(when + ANSWERS_AFTER)

    def _send(self, when: int) -> None:
        bits = int.from_bytes(self.answer(), "big")
        highs = [HELD, *(ONE if bits >> bit & 1 else ZERO for bit in range(39, -1, -1)), 0]
        lows = [HELD, *[GAP] * 41]
        for low, high in zip(lows, highs, strict=True):
            self._at(when, lambda: self.line.drive(0, by=self._by))
            self._at(when + low, lambda: self.line.drive(None, by=self._by))
            when += low + high
        self._over = when + 1


class DHT11(DHT22):
    """As DHT22, in whole degrees (0 to 50) and percents."""

    start_us = 15_000

    def _measured(self) -> bytes:
        return bytes((round(min(100.0, max(0.0, self.humidity))), 0, round(min(50.0, max(0.0, self.temperature))), 0))
