"""`pyb`: the pyboard's own module, as far as programs for it go."""

from __future__ import annotations

import random
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..board import isr_watch  # noqa: F401 - now, not within the first interrupt
from .modules import module
from .of_board import bound
from .pyb_adc import ADCAll, adc_class
from .pyb_dac import dac_class
from .pyb_i2c import i2c_class
from .pyb_parts import LED, Accel, ExtInt, Switch
from .pyb_rtc import rtc_class
from .pyb_servo import servo_class
from .pyb_spi import spi_class
from .pyb_timer import timer_class
from .uart import uart_class

if TYPE_CHECKING:
    from .world import World

MASK = (1 << 30) - 1  # of ticks
RANDOM_BITS = 30


def make(world: World) -> ModuleType:
    """`pyb` for the application of one board."""
    board, now = world.board, world.board.time.now
    machine: Any = world.import_module("machine")

    def millis() -> int:
        """Milliseconds since the start; they come round after 12 days."""
        world.spend()
        return now() // 1000 & MASK

    def micros() -> int:
        """Microseconds since the start; they come round after 18 minutes."""
        world.spend()
        return now() & MASK

    def elapsed_millis(start: int) -> int:
        """Milliseconds since `millis()` was `start`."""
        return (millis() - start) & MASK

    def elapsed_micros(start: int) -> int:
        """Microseconds since `micros()` was `start`."""
        return (micros() - start) & MASK

    def delay(ms: int) -> None:
        """Wait so many milliseconds. Soft interrupts run."""
        board.interrupts.refuse("wait")
        world.sleep(now() + max(0, ms) * 1000)

    def udelay(us: int) -> None:
        """Wait so many microseconds."""
        world.sleep(now() + max(0, us), soft=False)

    def enable_irq(state: bool | int = True) -> None:
        """As it was before the `disable_irq` that returned `state`; True: on."""
        board.interrupts.enable(int(state))

    return module(
        "pyb",
        Pin=machine.Pin,
        Timer=timer_class(world),
        UART=uart_class(world, "pyb"),
        ADC=adc_class(world),
        ADCAll=bound(ADCAll, world, "pyb"),
        DAC=dac_class(world),
        I2C=i2c_class(world),
        RTC=rtc_class(world),
        SPI=spi_class(world),
        Servo=servo_class(world),
        LED=bound(LED, world, "pyb", _waves={}),
        Switch=bound(Switch, world, "pyb"),
        Accel=bound(Accel, world, "pyb"),
        ExtInt=bound(ExtInt, world, "pyb", _taken={}),
        millis=millis,
        micros=micros,
        elapsed_millis=elapsed_millis,
        elapsed_micros=elapsed_micros,
        delay=delay,
        udelay=udelay,
        disable_irq=board.interrupts.disable,
        enable_irq=enable_irq,
        wfi=machine.idle,
        stop=machine.lightsleep,
        standby=machine.deepsleep,
        freq=machine.freq,
        unique_id=machine.unique_id,
        hard_reset=machine.reset,
        bootloader=machine.bootloader,
        rng=lambda: random.getrandbits(RANDOM_BITS),
        have_cdc=lambda: False,
        usb_mode=lambda *mode, **settings: None,
        repl_uart=lambda *uart: None,
        sync=lambda: None,
        fault_debug=lambda on=False: None,
        main=lambda name: None,
        info=lambda *dump: world.print(f"{board.kind.machine}, simulated\n"),
    )
