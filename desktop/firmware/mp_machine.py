"""`machine`: the classes of the other modules here, and the functions that concern the board as a whole."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..board import isr_watch  # noqa: F401 - now, not within the first interrupt
from . import resets
from .adc import adc_class
from .i2c import i2c_classes
from .i2c_target import i2c_target_class
from .i2s import i2s_class
from .modules import module
from .mp_dht import readinto_of
from .of_board import bound
from .pin import Signal, pin_class
from .pulses import bitstream_of, time_pulse_us_of
from .pwm import pwm_class
from .registers import Mem
from .rtc import rtc_class
from .sleeping import sleeps_of
from .spi import spi_classes
from .timer import timer_class
from .uart import uart_class
from .wdt import wdt_class

if TYPE_CHECKING:
    from .world import World

FREQ = {"pico": 125_000_000, "pico2": 150_000_000, "pyboard": 168_000_000, "esp32": 160_000_000}
RANDOM_BITS = 30  # of an STM32's `rng`
ID_BYTES = {"rp2": 8, "pyboard": 12, "esp32": 6}
CAUSES = {
    "rp2": {"PWRON_RESET": 1, "WDT_RESET": 3},
    "pyboard": {"PWRON_RESET": 1, "HARD_RESET": 2, "WDT_RESET": 3, "DEEPSLEEP_RESET": 4, "SOFT_RESET": 0},
    "esp32": {"PWRON_RESET": 1, "HARD_RESET": 2, "WDT_RESET": 3, "DEEPSLEEP_RESET": 4, "SOFT_RESET": 5},
}

WAKES = {  # of an ESP32
    "SLEEP": 2, "DEEPSLEEP": 4, "PIN_WAKE": 2, "EXT0_WAKE": 2, "EXT1_WAKE": 3, "TIMER_WAKE": 4, "TOUCHPAD_WAKE": 5,
    "ULP_WAKE": 6,
}  # fmt: skip


def _has_clock(hz: int) -> bool:
    """Whether an RP2's PLL makes that of its crystal's 12 MHz, in whole kHz: the datasheet's 2.18."""
    for whole in range(16, 321):
        vco = 12_000 * whole
        if 750_000 <= vco <= 1_600_000:
            for divider in {one * other for one in range(1, 8) for other in range(1, one + 1)}:
                if vco == hz // 1000 * divider:
                    return True
    return False


def make(world: World) -> ModuleType:
    """`machine` for the application of one board."""
    board, kind = world.board, world.board.kind
    i2c, soft_i2c = i2c_classes(world)
    spi, soft_spi = spi_classes(world)
    frequency = FREQ[kind.name]

    def freq(hz: int | None = None) -> Any:
        """The clock of the processor, in Hz; or set what is shown: the desktop's goes on as fast as it does."""
        nonlocal frequency
        if hz is not None:
            if hz <= 0:
                raise ValueError(f"freq is in Hz and more than 0, not {hz!r}")
            if kind.platform == "rp2" and not _has_clock(hz):
                raise ValueError(f"cannot change frequency: the PLL of a Pico can't make {hz} Hz out of its 12 MHz")
            frequency = hz
            return None
        return (frequency, frequency, frequency // 4, frequency // 2) if kind.platform == "pyboard" else frequency

    def unique_id() -> bytes:
        """Bytes that another board's differ from: they come from the board's name."""
        board.interrupts.refuse("make bytes")
        return hashlib.sha256(board.name.encode()).digest()[: ID_BYTES[kind.platform]]

    causes = CAUSES[kind.platform]
    sleeps = sleeps_of(world)
    made = module(
        "machine",
        Pin=pin_class(world),
        Signal=bound(Signal, world, "machine"),
        Timer=timer_class(world),
        UART=uart_class(world),
        I2C=i2c,
        SoftI2C=soft_i2c,
        I2CTarget=i2c_target_class(world),
        SPI=spi,
        SoftSPI=soft_spi,
        I2S=i2s_class(world),
        ADC=adc_class(world),
        PWM=pwm_class(world),
        RTC=rtc_class(world),
        WDT=wdt_class(world),
        disable_irq=board.interrupts.disable,
        enable_irq=board.interrupts.enable,
        freq=freq,
        unique_id=unique_id,
        time_pulse_us=time_pulse_us_of(world),
        bitstream=bitstream_of(world),
        dht_readinto=readinto_of(world),
        **{f"mem{bits}": Mem(world, bits) for bits in (8, 16, 32)},
        **sleeps,
        **resets_of(world, causes),
        **causes,
    )
    if kind.platform == "pyboard":
        made.rng = lambda: random.getrandbits(RANDOM_BITS)  # type: ignore[attr-defined]
    if kind.platform == "esp32":
        from .esp32_dac import dac_class
        from .touch import touch_class

        vars(made).update(
            DAC=dac_class(world),
            TouchPad=touch_class(world),
            wake_reason=lambda: WAKES["TIMER_WAKE"] if board.reset_cause == "deepsleep" else 0,
            **WAKES,
        )
    return made


def resets_of(world: World, causes: dict[str, int]) -> dict[str, Callable[..., Any]]:
    """The functions that end the application, and the one that says why it was started."""
    board = world.board

    def reset() -> None:
        """End the application; a board would start it again."""
        resets.reset(board, "reset", "machine.reset(): the board resets, and the application ends")

    def soft_reset() -> None:
        """As `reset`."""
        resets.reset(board, "soft", "machine.soft_reset(): the application ends")

    def bootloader(timeout: int = 0) -> None:
        """A board would wait for new firmware."""
        resets.reset(board, "reset", "machine.bootloader(): the board waits for firmware, and the application ends")

    def reset_cause() -> int:
        """Why the application was started: one of the constants."""
        name = resets.CAUSES[board.reset_cause]
        return causes.get(name, causes["PWRON_RESET"])

    return {"reset": reset, "soft_reset": soft_reset, "bootloader": bootloader, "reset_cause": reset_cause}
