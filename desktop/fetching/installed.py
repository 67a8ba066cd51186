"""What an installed target is: its MicroPython's version as it says itself, and the hash of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .. import targets
from ..emulation import builds
from ..process import Command, capture

ASK_VERSION = "import sys; print('.'.join(map(str, sys.implementation.version[:3])))"


@dataclass(frozen=True)
class Installed:
    """`version` is MicroPython's; `sha256` of firmware.bin or the unix port's binary, in hex; `remark` a line or "".

    damaged: whether it does not run, or is not what was fetched; the remark then says so.
    """

    version: str
    sha256: str
    remark: str = ""
    damaged: bool = False


def describe(name: str) -> Installed:
    """Return what target `name` is; the remark says what is wrong or unusual.

    Raises TargetMissing.
    """
    target = targets.find(name)
    if not targets.is_emulated(name):
        *loader, binary = target.interpreter
        answer = capture(Command([*loader, binary, "-c", ASK_VERSION]), timeout=10)
        remark = "" if answer.exit_code == 0 else f"{name}: it does not run: `twincore fetch {name} --force`"
        with open(binary, "rb") as file:
            return Installed(answer.stdout.strip(), hashlib.sha256(file.read()).hexdigest(), remark, bool(remark))
    digest = hashlib.sha256(target.firmware.read_bytes()).hexdigest()
    try:
        version = builds.of_target(name).version
    except builds.BuildError as error:
        return Installed("", digest, f"{name}: {error}: `twincore fetch {name} --force`", damaged=True)
    if target.stamp.get("firmware_sha256", digest) != digest:
        remark = f"{name}: its firmware.bin has changed since it was fetched: `twincore fetch {name} --force`"
        return Installed(version, digest, remark, damaged=True)
    tested = target.stamp.get("firmware_is_the_tested_one") is not False
    remark = "" if tested else f"{name}: its firmware.bin is not byte for byte the one twincore was tested with"
    return Installed(version, digest, remark)
