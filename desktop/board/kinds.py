"""The kinds of board that there are: the names of their pins, and what differs between their ports."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One kind of board. `pins`: every name that a pin has -> its own name; names of chip pins are numbers as text."""

    name: str
    platform: str  # sys.platform
    machine: str  # of os.uname()
    pins: Mapping[str, str]
    leds: Mapping[int, str] = field(default_factory=dict)  # pyb.LED(n) -> its pin
    cores: int = 1  # 2: _thread starts the other one; 1: as many threads as wanted, on this core
    schedule_depth: int = 8
    epoch: int = 1970
    ints: int = 30  # bits of a small integer, beyond which a hard handler allocates
    adc_pins: Mapping[str, str] = field(default_factory=dict)

    def pin(self, name: str | int) -> str:
        """The own name of the pin `name`. ValueError names what there is."""
        text = str(name)
        found = self.pins.get(text)
        if found is None:
            near = difflib.get_close_matches(text, self.pins, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            names = list(dict.fromkeys(self.pins.values()))
            raise ValueError(f"a {self.name} has no pin {name!r}: {hint}it has {', '.join(names)}")
        return found


def _numbered(numbers: range, *prefixes: str, **also: str) -> dict[str, str]:
    names = {}
    for number in numbers:
        own = f"{prefixes[0] if prefixes else ''}{number}"
        names[own] = names[str(number)] = own
        for prefix in prefixes[1:]:
            names[f"{prefix}{number}"] = own
    names.update(also)
    return names


CPU_PINS = {  # of a PYBv1.1, by the port of its STM32F405; pins that the chip has once have several names on the board
    "A": {0: "X1", 1: "X2", 2: "X3", 3: "X4", 4: "X5", 5: "X6", 6: "X7", 7: "X8", 13: "LED1", 14: "LED2", 15: "LED3"},
    "B": {0: "Y11", 1: "Y12", 3: "SW", 4: "LED4", 6: "X9", 7: "X10", 8: "Y3", 9: "Y4", 10: "Y9", 11: "Y10", 12: "Y5",
          13: "Y6", 14: "Y7", 15: "Y8"},
    "C": {0: "X19", 1: "X20", 2: "X21", 3: "X22", 4: "X11", 5: "X12", 6: "Y1", 7: "Y2", 13: "X18"},
}  # fmt: skip


def _pyboard() -> dict[str, str]:
    names = {f"{side}{number}": f"{side}{number}" for side in "XY" for number in range(1, 13)}
    names |= {name: name for name in ("X18", "X19", "X20", "X21", "X22", "SW", "LED1", "LED2", "LED3", "LED4")}
    names |= {"X17": "SW", "P2": "LED4", "P3": "LED3", "P4": "LED2", "P5": "LED1", "SCL": "X9", "SDA": "X10"}
    names |= {"LED_RED": "LED1", "LED_GREEN": "LED2", "LED_YELLOW": "LED3", "LED_BLUE": "LED4"}
    return names | {f"{port}{number}": own for port, pins in CPU_PINS.items() for number, own in pins.items()}


_PICO = _numbered(range(30), "GP", "GPIO", LED="GP25")

KINDS = {
    "pico": Kind(
        "pico", "rp2", "Raspberry Pi Pico with RP2040", _PICO, {1: "GP25"}, cores=2,
        adc_pins={"0": "GP26", "1": "GP27", "2": "GP28", "3": "GP29"},
    ),
    "pico2": Kind(
        "pico2", "rp2", "Raspberry Pi Pico 2 with RP2350", _PICO, {1: "GP25"}, cores=2,
        adc_pins={"0": "GP26", "1": "GP27", "2": "GP28", "3": "GP29"},
    ),
    "pyboard": Kind(
        "pyboard", "pyboard", "PYBv1.1 with STM32F405RG", _pyboard(), {n: f"LED{n}" for n in range(1, 5)},
        schedule_depth=4, epoch=2000,
    ),
    "esp32": Kind(
        "esp32", "esp32", "Generic ESP32 module with ESP32", _numbered(range(40), "GPIO"), {1: "GPIO2"}, epoch=2000,
    ),
}


def kind(name: str) -> Kind:
    """The kind of that name. ValueError names the nearest, and all there are."""
    try:
        return KINDS[name.lower()]
    except KeyError:
        near = difflib.get_close_matches(name.lower(), KINDS, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"no board is called {name!r}: {hint}there are {', '.join(KINDS)}") from None
