"""What a deployment leaves on the board about itself, in one hidden folder, and the names of what waits there.

`manifest`: what is deployed now; `previous`: what was before, whose replaced files are in `old/`; `new/`: files on
their way, whole but not in use yet; `journal`: a switch from one to the other that has begun. A file in `new/` or
`old/` is named after the path it belongs to and its content, so that an interrupted copy is taken up again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

FORMAT = 1
FOLDER = ".twincore"


@dataclass(frozen=True)
class Manifest:
    """A deployment: the application's name, whether main.py starts it, {path: digest} of its files.

    left: files of earlier deployments which this one does not need; they are ours still, and `--clean` removes them.
    foreign: files of others that a later deployment replaced, as told to: going back restores them; they are not ours.
    """

    app: str | None = None
    main: bool = False
    files: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> dict[str, str]:
        """All files that a deployment put on the board."""
        return {**self.left, **self.files}

    @property
    def everything(self) -> dict[str, str]:
        """All files that going back to this deployment restores."""
        return {**self.foreign, **self.ours}

    def text(self) -> bytes:
        return json.dumps({"format": FORMAT, **vars(self)}, separators=(",", ":")).encode()

    @classmethod
    def parse(cls, text: bytes) -> Manifest | None:
        """From its text; None if it is not one, or of a format that a later twincore made."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values.pop("format") != FORMAT:
                return None
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


@dataclass(frozen=True)
class Places:
    """Where on a board a deployment keeps its records: below `root`, in FOLDER."""

    root: str

    @property
    def folder(self) -> str:
        return f"{self.root}/{FOLDER}"

    @property
    def manifest(self) -> str:
        return f"{self.folder}/manifest"

    @property
    def previous(self) -> str:
        return f"{self.folder}/previous"

    @property
    def journal(self) -> str:
        return f"{self.folder}/journal"

    @property
    def replacing(self) -> str:
        """There while a deployment that could not keep both puts its files in place of the old ones."""
        return f"{self.folder}/replacing"

    @property
    def new(self) -> str:
        return f"{self.folder}/new"

    @property
    def old(self) -> str:
        return f"{self.folder}/old"

    @property
    def run(self) -> str:
        """The folder of `twincore run --on PORT`, which is nobody's deployment."""
        return f"{self.folder}/run"

    def waiting(self, path: str, hashed: str) -> str:
        """Where the new content of `path` waits."""
        return f"{self.new}/{_name(path, hashed)}"

    def aside(self, path: str, hashed: str) -> str:
        """Where the old content of `path` is kept."""
        return f"{self.old}/{_name(path, hashed)}"


def _name(path: str, hashed: str) -> str:
    return hashlib.sha256(f"{path}\0{hashed}".encode()).hexdigest()[:16]


Step = tuple[str, str, str]  # source, path, aside: see agent.py


def journal_text(steps: list[Step]) -> bytes:
    """The steps, one a line."""
    return "".join("\t".join(step) + "\n" for step in steps).encode()
