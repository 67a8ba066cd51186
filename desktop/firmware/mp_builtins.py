"""The builtins of an application: MicroPython's, no others of Python's, and what the code of its dialect calls.

`breakpoint` is kept, for who debugs on the desktop.
"""

from __future__ import annotations

import builtins
import sys
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from .dialect import compile_source
from .modules import module
from .mp_io import put_text
from .runtime import NAMES, pointers

if TYPE_CHECKING:
    from .world import World

PRINT_US = 20
MICROPYTHONS = """
ArithmeticError AssertionError AttributeError BaseException EOFError Ellipsis Exception GeneratorExit ImportError
IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError NotImplemented
NotImplementedError OSError OverflowError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemExit TypeError
UnicodeError ValueError ZeroDivisionError __build_class__ abs all any bin bool bytearray bytes callable chr classmethod
complex delattr dict dir divmod enumerate filter float frozenset getattr hasattr hash help hex id int isinstance
issubclass iter len list map max memoryview min next object oct ord pow property range repr reversed round set setattr
slice sorted staticmethod str sum super tuple type zip globals locals breakpoint __debug__
""".split()


def make(world: World) -> ModuleType:
    """The module `builtins`; its names are the builtins of all code that the world loads."""

    def print(*values: Any, sep: str = " ", end: str = "\n", file: Any = None) -> None:
        text = sep.join([value if type(value) is str else str(value) for value in values]) + end
        if file is None:
            world.print(text)
        else:
            put_text(file, text)
        world.spend(PRINT_US)

    def input(prompt: Any = "") -> str:
        world.print(str(prompt))
        line = world.stdin.readline()
        if not line:
            raise EOFError("the input has ended")
        return line.rstrip("\r\n")

    def compile(source: Any, filename: str, mode: str) -> CodeType:
        return compile_source(source if isinstance(source, str) else bytes(source).decode(), filename, mode)

    def run(source: Any, mode: str, globals: dict[str, Any] | None, locals: Any) -> Any:
        caller = sys._getframe(2)
        if globals is None:
            globals, locals = caller.f_globals, caller.f_locals if locals is None else locals
        globals.setdefault("__builtins__", world.builtins)
        code = source if isinstance(source, CodeType) else compile(source, "<string>", mode)
        return builtins.eval(code, globals, locals)

    def exec(source: Any, globals: dict[str, Any] | None = None, locals: Any = None) -> None:
        run(source, "exec", globals, locals)

    def eval(source: Any, globals: dict[str, Any] | None = None, locals: Any = None) -> Any:
        return run(source.strip() if isinstance(source, str) else source, "eval", globals, locals)

    def execfile(path: str, globals: dict[str, Any] | None = None, locals: Any = None) -> None:
        run(world.imports.code_at(path), "exec", globals, locals)

    def asm_thumb(program: Any) -> Any:
        from .thumb_function import made  # which few programs need

        return made(world, program, sys._getframe(1).f_code.co_filename)

    return module(
        "builtins",
        **{name: getattr(builtins, name) for name in MICROPYTHONS if hasattr(builtins, name)},
        **NAMES,
        **pointers(world.memory),
        __asm_thumb__=asm_thumb,
        __checkpoint__=world.checkpoint,
        __import__=world.imports.builtin_import,
        compile=compile,
        eval=eval,
        exec=exec,
        execfile=execfile,
        input=input,
        open=world.mounts.open,
        print=print,
    )
