"""The tools of this machine that installing a target needs, and getting them from Debian when that is allowed.

As root on Debian, missing packages are installed; anyone else is told the line to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

# The command a package is needed for: the package.
TOOLS: dict[str, dict[str, str]] = {
    "micropython": {},
    "rp2040": {
        "cmake": "cmake",
        "ninja": "ninja-build",
        "make": "make",
        "gcc": "gcc",
        "python3": "python3",
        "xz": "xz-utils",
        "node": "nodejs",
        "npm": "npm",
    },
}


class InstallFailed(Exception):
    """A target could not be installed; the text is the reason, in one line."""


class NotOffered(InstallFailed):
    """Debian has replaced the version that the target is made of by another: nothing here can help that."""


def require_tools(name: str, log: Path, report: Callable[[str], None]) -> None:
    """Make sure that what installing target `name` calls is on PATH, installing Debian packages if this is root.

    Args: log, a file that takes apt's output; report, called with a line of progress.
    Raises InstallFailed with what is missing.
    """
    if not is_debian():
        raise InstallFailed("needs Debian: the target is made from Debian packages, by apt-get")
    missing = missing_packages(name)
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        raise InstallFailed(f"needs {', '.join(missing)}: sudo {line}")
    report(f"installing {', '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    with log.open("ab") as output:
        for command in ("apt-get -q -o APT::Update::Error-Mode=any update", line):
            if subprocess.run(command.split(), env=environment, stdout=output, stderr=output, check=False).returncode:
                reason = diagnose(log.read_text(errors="replace"))
                raise InstallFailed(f"could not install {', '.join(missing)}: {reason}")


def missing_packages(name: str) -> list[str]:
    """Return the Debian packages whose commands target `name` needs and PATH does not have."""
    tools = TOOLS[name.partition("-")[0]]  # the newer ones are made as the others
    return [package for command, package in tools.items() if shutil.which(command) is None]


def is_debian() -> bool:
    """Return whether this is a Debian system with apt."""
    try:
        release = Path("/etc/os-release").read_text()
    except OSError:
        return False
    return "ID=debian" in release.splitlines() and all(map(shutil.which, ("apt-get", "dpkg")))


NETWORK_SIGNS = (
    "Could not resolve",
    "Temporary failure resolving",
    "Could not connect",
    "Unable to connect",
    "Network is unreachable",
    "Connection timed out",
    "connection timed out",
    "Connection refused",
    "EAI_AGAIN",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ETIMEDOUT",
)


def diagnose(log: str) -> str:
    """Return the one line of an installer's log that says best why it failed."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    if any(sign in line for line in lines for sign in NETWORK_SIGNS):
        return "no network: the package mirror or registry cannot be reached"
    if any("No space left on device" in line for line in lines):
        return "no space left on the disk"
    errors = [line for line in lines if line.startswith(("E: ", "fatal", "npm error")) or "error:" in line.lower()]
    if errors:
        return errors[0].removeprefix("E: ")
    return lines[-1] if lines else "it failed without a word"
