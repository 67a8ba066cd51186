"""`twincore run`: one application, unchanged, on CPython, on MicroPython's unix port or on the emulated RP2040.

Output streams through, Ctrl-C is passed on, and the application's exit code is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import cpython, emulator, targets, unix_port
from .process import stream

PLACES = ("desktop", *targets.NAMES)


class BadUse(Exception):
    """What was asked for makes no sense; the text is one line that says why."""


def run_application(
    script: Path,
    place: str = "desktop",
    args: Sequence[str] = (),
    *,
    seed: int | None = None,
    jitter: int | None = None,
    files: Sequence[Path] = (),
    stdin: bool = False,
) -> int:
    """Run the script at `place` (desktop, micropython, rp2040) with this process's streams; return its exit code.

    Args: seed, jitter, the emulated board's interleaving; files, put beside the script on the board; stdin, type this
    process's input into the board. These are for rp2040 only.
    Raises BadUse, TargetMissing, and ValueError when the files do not fit on the board.
    """
    check_script(script)
    if place == "rp2040":
        return _on_board(script, args, seed=seed, jitter=jitter, files=files, stdin=stdin)
    board_only = {"--seed": seed is not None, "--jitter": jitter is not None, "--file": bool(files), "--stdin": stdin}
    for option, given in board_only.items():
        if given:
            raise BadUse(f"{option} is for the emulated board: add --on rp2040")
    if place == "micropython":
        return stream(unix_port.command(script, args))
    return stream(cpython.command(script, args))


def check_script(script: Path) -> None:
    """Raise BadUse unless the script is a file that can be read."""
    if script.is_dir():
        raise BadUse(f"{script} is a folder: give the application's file")
    try:
        script.open("rb").close()
    except FileNotFoundError:
        raise BadUse(f"there is no file {script}") from None
    except OSError as error:
        raise BadUse(f"cannot read {script}: {error.strerror}") from None


def _on_board(
    script: Path, args: Sequence[str], *, seed: int | None, jitter: int | None, files: Sequence[Path], stdin: bool
) -> int:
    for file in files:
        check_script(file)
    with emulator.session(
        script,
        args=args,
        files={file.name: file for file in files},
        seed=1 if seed is None else seed,
        jitter=jitter or 0,
        stdin=stdin,
    ) as prepared:
        return stream(prepared.command)
