"""Which key of the keyboard does what on a simulated board that has a panel: buttons, keypads, encoders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

CLICK = 150  # ms: a terminal does not tell when a key is let go of


@dataclass(frozen=True)
class Key:
    """What a key does: in words, "" for one that the words of another cover; and as a function, for any thread."""

    what: str
    press: Callable[[], object]


def assign(chips: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, Key]:
    """The keys for these chips, by character.

    A keypad has its labels; an encoder < and >; a button the first letter of its name that is free, and the same as a
    capital holds it down. Args: chips, by name; wanted, the keys that were asked for, by name of the chip.
    """
    from ..chips.button import Button
    from ..chips.encoder import Encoder
    from ..chips.keypad import Keypad

    keys: dict[str, Key] = {}
    for name, chip in chips.items():
        if isinstance(chip, Keypad):
            labels = [label for label in chip.labels if len(label) == 1]
            for number, label in enumerate(labels):
                keys.setdefault(label, Key("" if number else f"to {labels[-1]}: {name}", partial(_tap, chip, label)))
    for name, chip in chips.items():
        if isinstance(chip, Encoder):
            for key, step in zip(wanted.get(name, "<>"), (-1, 1), strict=False):
                keys.setdefault(key, Key(f"{name} {'back' if step < 0 else 'on'}", partial(chip.turn, step)))
    buttons = {name: chip for name, chip in chips.items() if isinstance(chip, Button)}
    for name in buttons:
        if name in wanted:
            _button(keys, wanted[name], name, buttons[name])
    for name, chip in buttons.items():
        if name not in wanted:
            free = next((letter for letter in name.lower() + "abcdefghijklmnopqrstuvwxyz" if _free(keys, letter)), None)
            if free is not None:
                _button(keys, free, name, chip)
    return keys


def _free(keys: Mapping[str, Key], letter: str) -> bool:
    return letter.isalnum() and letter not in keys and letter.upper() not in keys


def _button(keys: dict[str, Key], key: str, name: str, button: Any) -> None:
    keys[key] = Key(f"{name} ({key.upper()} holds it)" if key.islower() else name, partial(button.click, CLICK))
    if key.islower():
        keys[key.upper()] = Key("", partial(_hold, button))


def _hold(button: Any) -> None:
    if button.pressed:
        button.release()
    else:
        button.press()


def _tap(keypad: Any, label: str) -> None:
    rests = keypad.press(label)
    keypad.board.at(rests + CLICK * 1000, keypad.release, label)
