"""What a deployment will do, decided from what is wanted and what is on the board, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from .errors import DeployError
from .records import Manifest, Places, Step
from .remote import digest
from .survey import Room

ABSENT, FOLDER = -1, -2  # sizes that Remote.report gives
UNKNOWN = -3
STEP = 90  # bytes of a step in the journal, as a rule
SPARE = 4  # blocks: for folders that grow
RESERVE = 20  # one part in so many of the file system stays free, or the previous deployment is not kept

Found = Mapping[str, tuple[int, str]]  # path -> size, digest


@dataclass
class Wanted:
    """What is to be on the board: {path: content}; and which of the paths are modules, found by an import."""

    files: dict[str, bytes] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """The files to copy, those that stay and those that go, each with the digest of what is at its path now.

    waiting: of those to copy, the ones that an interrupted deployment has brought already; edited: ours, but changed
    on the board by somebody since.
    """

    copies: dict[str, bytes] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    same: list[str] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    edited: list[str] = field(default_factory=list)
    manifest: Manifest = field(default_factory=Manifest)
    before: Manifest = field(default_factory=Manifest)

    @property
    def to_send(self) -> dict[str, bytes]:
        return {path: content for path, content in self.copies.items() if path not in self.waiting}

    @property
    def nothing_to_do(self) -> bool:
        return not self.copies and not self.removed and self.manifest == self.before

    def steps(self, places: Places, keep: bool) -> list[Step]:
        """The journal's steps; keep, whether what is replaced is put aside."""

        def aside(path: str, hashed: str | None) -> str:
            return places.aside(path, hashed) if keep and hashed is not None else ""

        steps = [("", path, aside(path, hashed)) for path, hashed in self.removed.items()]
        for path, content in self.copies.items():
            steps.append((places.waiting(path, digest(content)), path, aside(path, self.replaced.get(path))))
        if steps:  # else only the manifest changes, and what can be gone back to stays
            steps.append((f"{places.new}/previous" if keep else "", places.previous, ""))
        return [*steps, (f"{places.new}/manifest", places.manifest, "")]


def twin_of(path: str) -> str | None:
    """The other form of a module: compiled or source. MicroPython takes the source where there are both."""
    for suffix, other in ((".py", ".mpy"), (".mpy", ".py")):
        if path.endswith(suffix):
            return path.removesuffix(suffix) + other
    return None


def paths_to_look_at(wanted: Wanted, manifest: Manifest, library_folder: str, library_tree: Collection[str]) -> Found:
    """All the paths of which a plan must know what is there: to be asked for, but for those with a size here.

    Args: library_tree, the files below library_folder: what is not among them is not there.
    """
    twins = [twin for path in wanted.modules if (twin := twin_of(path))]
    hiding = [path.rpartition(".")[0] for path in wanted.modules]
    paths = dict.fromkeys([*wanted.files, *twins, *hiding, *manifest.ours, *library_tree])
    absent = {path for path in paths if path.startswith(f"{library_folder}/")} - {*library_tree}
    return {path: (ABSENT if path in absent else UNKNOWN, "") for path in paths}


def make_plan(
    wanted: Wanted,
    found: Found,
    manifest: Manifest,
    library_there: Collection[str],
    *,
    app: str | None,
    main: bool,
    carried: Mapping[str, str] | None = None,
    clean: bool = False,
    overwrite: bool = False,
) -> Plan:
    """Decide what to do.

    Args: found, what is at `paths_to_look_at`; manifest, of the present deployment; library_there, the paths of
    twincore's own modules on the board, however they came; carried, {path: digest} of the present deployment's files
    that stay part of it; clean, overwrite, as the command has them.
    Raises DeployError when a file of somebody else is in the way.
    """
    plan = Plan()
    ours = {*manifest.ours, *library_there}
    foreign: dict[str, str] = {}
    for path, content in wanted.files.items():
        _check_folders(path, found, path in wanted.modules)
        size, hashed = found[path]
        if hashed == digest(content) and size != ABSENT:
            plan.same.append(path)
        else:
            plan.copies[path] = content
            if size != ABSENT:
                plan.replaced[path] = hashed
                if path not in ours:
                    foreign[path] = hashed
                elif hashed != manifest.ours.get(path, hashed):
                    plan.edited.append(path)
        twin = twin_of(path) if path in wanted.modules else None
        if twin is not None and twin not in wanted.files and found[twin][0] >= 0:
            if twin in ours:
                plan.removed[twin] = found[twin][1]
            elif path.endswith(".mpy"):  # the source would be taken instead
                plan.removed[twin] = foreign[twin] = found[twin][1]
    if foreign and not overwrite:
        raise DeployError(
            f"on the board, and not put there by twincore: {', '.join(sorted(foreign))}. With --overwrite that is "
            "replaced, and --rollback brings it back"
        )
    there = {path: found[path][1] for path in sorted(ours) if found[path][0] >= 0}
    carried = {path: there[path] for path in carried or () if path in there and path not in plan.removed}
    needed = {**carried, **{path: digest(content) for path, content in wanted.files.items()}}
    left = {path: hashed for path, hashed in there.items() if path not in needed and path not in plan.removed}
    if clean:
        plan.removed.update(left)
        left = {}
    plan.manifest = Manifest(app, main, needed, left)
    if plan.copies or plan.removed:
        files = {path: there[path] for path in manifest.files if path in there}  # somebody may have changed one
        untracked = {path: hashed for path, hashed in there.items() if path not in files}
        plan.before = replace(manifest, files=files, left=untracked, foreign={**manifest.foreign, **foreign})
    else:
        plan.before = manifest
    return plan


def blocks_needed(plan: Plan, room: Room) -> int:
    """How many blocks of the file system must be free for the plan, at most, while old and new are both there."""
    records = [len(plan.manifest.text()), len(plan.before.text()), STEP * (len(plan.copies) + len(plan.removed))]
    folders = {path.rpartition("/")[0] for path in plan.copies}
    return room.blocks([*map(len, plan.to_send.values()), *records]) + 2 * len(folders) + SPARE


def _check_folders(path: str, found: Found, is_module: bool) -> None:
    if found[path][0] == FOLDER:
        raise DeployError(f"{path} on the board is a folder: rename it there, or the file here")
    module = path.rpartition(".")[0]
    if is_module and found[module][0] == FOLDER:
        raise DeployError(f"the folder {module} on the board would be imported instead of {path}: rename one of them")
