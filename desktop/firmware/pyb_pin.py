"""machine.Pin of a pyboard: what an STM32's has besides, which `pyb.Pin` documents."""

from __future__ import annotations

from typing import Any

from ..board.kinds import CPU_PINS
from .pin import NONE, Pin

CPU_NAMES = {own: f"{port}{number}" for port, pins in CPU_PINS.items() for number, own in pins.items()}
GPIOA, GPIO_BYTES = 0x40020000, 0x400  # where the registers of port A are, and how many each port has
FUNCTIONS = """
AF1_TIM1 AF1_TIM2 AF2_TIM3 AF2_TIM4 AF2_TIM5 AF3_TIM8 AF3_TIM9 AF3_TIM10 AF3_TIM11 AF4_I2C1 AF4_I2C2 AF5_SPI1 AF5_SPI2
AF7_USART1 AF7_USART2 AF7_USART3 AF8_UART4 AF8_USART6 AF9_CAN1 AF9_CAN2 AF9_TIM12 AF9_TIM13 AF9_TIM14
""".split()
VALUES = {name: int(name[2]) for name in FUNCTIONS}


class PyboardPin(Pin):
    __doc__ = Pin.__doc__
    _function = 0

    def init(self, mode: int = NONE, pull: int | None = NONE, *, alt: int = NONE, af: int = NONE, **more: Any) -> None:
        """Set the pin up; see the class. A peripheral loses it. `alt` or `af`, AF1_TIM2 say, is what `af()` says."""
        super().init(mode, pull, **more)
        self._function = max(alt, af, 0)

    def mode(self) -> int:
        """Its mode."""
        return self._mode

    def pull(self) -> int | None:
        """Its pull."""
        return self._pull

    def name(self) -> str:
        """The name that the chip has for it: "A0"."""
        return CPU_NAMES[self._name]

    def names(self) -> list[str]:
        """That, and all that the board has."""
        pins = self._board.kind.pins
        return [self.name(), *(name for name, own in pins.items() if own == self._name and name != self.name())]

    def port(self) -> int:
        """The number of its port: 0 for A."""
        return ord(self.name()[0]) - ord("A")

    def pin(self) -> int:
        """Its number within its port."""
        return int(self.name()[1:])

    def gpio(self) -> int:
        """The address of its port's registers, of which there are none here."""
        return GPIOA + GPIO_BYTES * self.port()

    def af(self) -> int:
        """The alternate function that it was set up with."""
        return self._function
