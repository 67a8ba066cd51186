"""Which pins a peripheral can have on each kind of board, which it has if none are given, and who has a pin now.

Two peripherals on one pin are refused: a board takes it from the first without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .of_board import describe

if TYPE_CHECKING:
    from ..board import Board, Line

# By platform, peripheral and number: the pins of its roles. The roles are ROLES[peripheral], in that order.
ROLES = {"UART": ("tx", "rx"), "I2C": ("scl", "sda"), "SPI": ("sck", "mosi", "miso")}
DEFAULTS: dict[str, dict[str, dict[Any, tuple[str, ...]]]] = {
    "rp2": {
        "UART": {0: ("GP0", "GP1"), 1: ("GP4", "GP5")},
        "I2C": {0: ("GP5", "GP4"), 1: ("GP7", "GP6")},
        "SPI": {0: ("GP18", "GP19", "GP16"), 1: ("GP10", "GP11", "GP8")},
        "I2S": {0: (), 1: ()},  # which has no pins but those that it is given
    },
    "pyboard": {
        "UART": {1: ("X9", "X10"), 2: ("X3", "X4"), 3: ("Y9", "Y10"), 4: ("X1", "X2"), 6: ("Y1", "Y2")},
        "I2C": {1: ("X9", "X10"), 2: ("Y9", "Y10")},
        "SPI": {1: ("X6", "X8", "X7"), 2: ("Y6", "Y8", "Y7")},
        "I2S": {2: ()},
    },
    "esp32": {
        "UART": {0: ("GPIO1", "GPIO3"), 1: ("GPIO10", "GPIO9"), 2: ("GPIO17", "GPIO16")},
        "I2C": {0: ("GPIO18", "GPIO19"), 1: ("GPIO25", "GPIO26")},
        "SPI": {1: ("GPIO14", "GPIO13", "GPIO12"), 2: ("GPIO18", "GPIO23", "GPIO19")},
        "I2S": {0: (), 1: ()},
    },
}
NAMED = {"UART": {"XA": 4, "XB": 1, "YA": 6, "YB": 3}, "I2C": {"X": 1, "Y": 2}, "SPI": {"X": 1, "Y": 2}}


def number_of(board: Board, what: str, given: Any) -> int:
    """The number of the peripheral `what` that the application calls `given`. ValueError names those there are."""
    there = DEFAULTS[board.kind.platform][what]
    named = NAMED.get(what, {}) if board.kind.platform == "pyboard" else {}
    number = named.get(given, given) if isinstance(given, str) else given
    if isinstance(number, bool) or not isinstance(number, int) or number not in there:
        raise ValueError(f"{what}({given!r}) doesn't exist: a {board.kind.name} has {what} {describe(there)}")
    return number


def pins_for(board: Board, what: str, number: int, given: dict[str, Any]) -> dict[str, str]:
    """The own names of the pins of `what` `number` by role, where the application gave Pins or names, or None.

    ValueError says which pins can have that role.
    """
    pins = dict(zip(ROLES[what], DEFAULTS[board.kind.platform][what][number], strict=True))
    for role, pin in given.items():
        if pin is None:
            continue
        own = name_of(board, pin)
        if board.kind.platform == "rp2":
            _check_rp2(board, what, number, role, own)
        elif board.kind.platform == "pyboard" and own != pins[role]:
            raise ValueError(f"{what}({number}) has its {role} at {pins[role]}: it can't be at {own}")
        pins[role] = own
    return pins


def _check_rp2(board: Board, what: str, number: int, role: str, own: str) -> None:
    allowed = [f"GP{pin}" for pin in range(30) if _rp2_number(what, role, pin, board.kind.name == "pico2") == number]
    if own not in allowed:
        there = describe(allowed)
        raise ValueError(f"bad {role.upper()} pin: {what}({number}) can have its {role} at {there}, not {own}")


def _rp2_number(what: str, role: str, pin: int, rp2350: bool) -> int | None:
    """Which UART, I2C or SPI can have that role at that pin: RP2040 datasheet, 1.4.3; RP2350 datasheet, 1.2.3."""
    if what == "I2C":
        return pin >> 1 & 1 if pin & 1 == ("sda", "scl").index(role) else None
    if what == "SPI":
        return pin >> 3 & 1 if pin & 3 == {"sck": 2, "mosi": 3, "miso": 0}[role] else None
    places = {"tx": (0, 2), "rx": (1, 3)}[role]
    return (pin + 4) >> 3 & 1 if pin & 3 in places[: 2 if rp2350 else 1] else None


def name_of(board: Board, pin: Any) -> str:
    """The own name of `pin`: a Pin, a name or a number. ValueError."""
    line = getattr(pin, "_line", None)
    if line is not None:
        if pin._board is not board:
            raise ValueError(f"{pin!r} is a pin of another board")
        return str(pin._name)
    if isinstance(pin, bool) or not isinstance(pin, (str, int)):
        raise TypeError(f"this takes a Pin, or a pin's name or number, not {type(pin).__name__}")
    return board.kind.pin(pin)


def claim(board: Board, user: str, *names: str | None) -> list[Line]:
    """The lines of these pins, which are `user`'s now. ValueError if one is another peripheral's."""
    mine = [name for name in names if name is not None]
    for name in mine:
        other = board.users.get(name, user)
        if other != user:
            raise ValueError(f"{user} can't have {name}: {other} has it; deinit that first, or give another pin")
    lines = []
    for name in mine:
        board.users[name] = user
        line = board.line(name)
        line.output(None)
        lines.append(line)
    return lines


def release(board: Board, user: str) -> None:
    """`user` has no pins any more."""
    for name in [name for name, other in board.users.items() if other == user]:
        del board.users[name]
