"""What is on a board before anything is decided: what earlier deployments left, the library, and room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import DeployError
from .records import Manifest, Places
from .remote import Remote, as_bytes, as_tree


@dataclass(frozen=True)
class Room:
    """The file system's size and what is free, in blocks of `block` bytes."""

    block: int
    total: int
    free: int

    def blocks(self, sizes: Iterable[int]) -> int:
        """How many blocks files of these sizes take, at most."""
        return sum(max(1, -(-size // self.block)) for size in sizes)

    def kilobytes(self, blocks: int) -> int:
        """For a person: never below 0, as what is free may be, since a full littlefs counts some blocks twice."""
        return max(0, blocks) * self.block // 1024


@dataclass(frozen=True)
class Survey:
    """Trees are {path: size}.

    switching, replacing: whether a deployment was interrupted in that; new, old, run: what is in those folders;
    library: what is in twincore's folder, whoever brought it; hidden: the folder that hides it, None as a rule.
    """

    manifest: Manifest
    previous: Manifest | None
    switching: bool
    replacing: bool
    new: dict[str, int]
    old: dict[str, int]
    run: dict[str, int]
    library: dict[str, int]
    hidden: str | None
    room: Room


def survey(remote: Remote, places: Places) -> Survey:
    """Ask the board. Raises DeployError when the records there are not to be read."""
    facts = remote.facts
    elsewhere = f"{facts.root}/twincore"
    manifest, previous, sizes, numbers, *trees = remote.ask(
        f"t_read({places.manifest!r})",
        f"t_read({places.previous!r})",
        f"print(t_size({places.journal!r}), t_size({places.replacing!r}), t_size({elsewhere!r}))",
        f"s = os.statvfs({facts.root or '/'!r}); print(s[1] or s[0], s[2], s[3])",
        *(f"t_tree({folder!r})" for folder in (places.new, places.old, places.run, f"{facts.lib}/twincore")),
    )
    journal, replacing, hiding = map(int, sizes.split())
    block, total, free = map(int, numbers.split())
    if free > total:  # below 0, by a MicroPython of 64 bits
        free -= 1 << 32
    new, old, run, library = map(as_tree, trees)
    return Survey(
        _manifest(manifest, places.manifest) or Manifest(),
        _manifest(previous, places.previous),
        journal >= 0,
        replacing >= 0,
        new,
        old,
        run,
        library,
        elsewhere if hiding == -2 and facts.lib != facts.root else None,
        Room(block, total, free),
    )


def _manifest(said: str, path: str) -> Manifest | None:
    text = as_bytes(said)
    if not text:
        return None
    manifest = Manifest.parse(text)
    if manifest is None:
        raise DeployError(f"{path} on the board is not readable: a later twincore made it, or it is damaged; remove it")
    return manifest
