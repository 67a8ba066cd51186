"""What the emulator tells of the pins of its chip for who looks at the board: nothing here is wired to most of them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from .board import EmulatedBoard

OUTPUTS = ("low", "high")


def look_at(board: EmulatedBoard, wired: Container[int], pins: Mapping[str, tuple[str, int, int, int, Any]]) -> None:
    """Have the lines of the board look as those pins do.

    Args: wired, the numbers of pins whose level and direction are known here; pins, by number: state, level, edges so
    far, function (RP2040 datasheet, table 2), and of one that a PWM has, its Hz and its duty.
    """
    for text, (state, level, edges, function, wave) in pins.items():
        number = int(text)
        line = board.line(number)
        if number not in wired:
            line.output(level if state in OUTPUTS else None)
            line.pull(level)  # whoever makes an input's level: it is not known here
        line.edges = edges
        _put(board.users, line.name, _user(number, function))
        _put(board.pwm, line.name, wave and (round(wave[0], 2), wave[1]))


def _put(table: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def _user(number: int, function: int) -> str | None:
    """The peripheral that has that pin."""
    if function == 1:
        return f"SPI({number // 8 % 2})"
    if function == 2:
        return f"UART({(number + 4) // 8 % 2})"
    if function == 3:
        return f"I2C({number // 2 % 2})"
    return {4: "PWM", 6: "PIO(0)", 7: "PIO(1)"}.get(function)
