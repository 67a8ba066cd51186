"""`sys` as a board has it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from .modules import module
from .mp_io import put_text

if TYPE_CHECKING:
    from .world import World

VERSION = (1, 25, 0, "")
PYTHON = (3, 4, 0)
BYTECODE = 6 | 3 << 8  # _mpy: the version of .mpy files, and of native code in them


class Implementation(tuple[Any, ...]):
    """`sys.implementation`: a tuple with names."""

    name = property(lambda self: self[0])
    version = property(lambda self: self[1])
    _machine = property(lambda self: self[2])
    _mpy = property(lambda self: self[3])
    _build = property(lambda self: self[4])

    def __repr__(self) -> str:
        names = ("name", "version", "_machine", "_mpy", "_build")
        return f"({', '.join(f'{name}={value!r}' for name, value in zip(names, self, strict=True))})"


def make(world: World) -> ModuleType:
    """`sys` for the application of one board."""
    kind = world.board.kind

    def print_exception(error: BaseException, file: Any = None) -> None:
        """Print it with its traceback."""
        put_text(world.stdout if file is None else file, world.format_exception(error))

    def exit(code: Any = 0) -> NoReturn:
        raise SystemExit(code)

    return module(
        "sys",
        argv=world.argv,
        byteorder=sys.byteorder,
        exit=exit,
        implementation=Implementation(("micropython", VERSION, kind.machine, BYTECODE, kind.name.upper())),
        maxsize=0x7FFFFFFF,
        modules=world.modules,
        path=world.imports.path,
        platform=kind.platform,
        print_exception=print_exception,
        stderr=world.stdout,
        stdin=world.stdin,
        stdout=world.stdout,
        version=f"{'.'.join(map(str, PYTHON))}; MicroPython v{'.'.join(map(str, VERSION[:3]))} on a simulated board",
        version_info=PYTHON,
    )
