"""A deployment from end to end: what the application needs, compiled for this board, compared, copied, switched to.

with connected(port, restart=True) as remote:
    draft = draw_up(remote, Order(script), say=print)
    if not draft.nothing_to_do:
        carry_out(remote, draft)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from .compiling import Compiler
from .errors import DeployError
from .library import Library
from .needed import Needed, needed_by
from .planning import RESERVE, SPARE, STEP, UNKNOWN, Found, Plan, Wanted, blocks_needed, make_plan, paths_to_look_at
from .records import Manifest, Places, Step
from .remote import Remote
from .survey import Survey, survey
from .switching import Say, largest_of_others, recover, stage, switch, take_up

MAIN = """\
# By twincore deploy: what starts {name} when the board does.
__import__("sys").argv[:] = [{name!r}]
__file__ = {name!r}
try:
    execfile({name!r})
except SystemExit as end:
    if not end.args:  # the board starts anew: a soft reset, or sys.exit()
        raise
    print({name!r}, "has ended with", end.args[0])
"""


@dataclass(frozen=True)
class Order:
    """What is asked for.

    script: the application; None: the library as a whole. files: put beside it. main: whether main.py is to start it;
    None: as it is, if it is the application that is deployed already. everything: the whole library with it.
    clean: remove what earlier deployments brought and this one does not need. overwrite: replace files of others.
    replace: make room by removing first what is replaced. mpy_cross: another compiler than the installed one.
    """

    script: Path | None = None
    files: tuple[Path, ...] = ()
    main: bool | None = None
    everything: bool = False
    clean: bool = False
    overwrite: bool = False
    replace: bool = False
    mpy_cross: Path | None = None


@dataclass
class Draft:
    """What a deployment is going to do on this board; nothing is written yet.

    keep: whether there is room to keep what it replaces; drops: what goes first, to make room.
    """

    plan: Plan
    places: Places
    found: Survey
    keep: bool = True
    replace: bool = False
    drops: list[str] = field(default_factory=list)

    @property
    def nothing_to_do(self) -> bool:
        return self.plan.nothing_to_do and not self.found.new and not self.found.replacing


def draw_up(remote: Remote, order: Order, *, say: Say, dry_run: bool = False) -> Draft:
    """Decide what to do. A switch that was interrupted is finished first, but for a dry run.

    Args: say, called with each line that the user should read. Raises DeployError when it cannot be done.
    """
    places = Places(remote.facts.root)
    found = recover(remote, places, say=say, write=not dry_run)
    facts = remote.facts
    if found.hidden:
        raise DeployError(f"the folder {found.hidden} on the board hides twincore in {facts.lib}: remove or rename it")
    needed = needed_by(order.script, everything=order.everything, platform=facts.platform)
    for reason in needed.whole_layers:
        say(reason)
    known = Library().files
    library_there = {path: source for path in found.library if (source := _source(path, facts.lib)) in known}
    if not order.clean:  # what is there of the library stays of one version
        needed.library.update({path: known[path] for path in library_there.values()})
    app, main = _application(order, found.manifest)
    wanted = wanted_files(needed, Compiler(facts.mpy, order.mpy_cross), facts.root, facts.lib, say=say)
    _beside(wanted, order, facts.root, main)
    carried = {} if order.script else _but_library(found.manifest, facts.lib)
    there = paths_to_look_at(wanted, found.manifest, f"{facts.lib}/twincore", found.library)
    there = {**there, **remote.report([path for path, (size, _) in there.items() if size == UNKNOWN])}
    plan = make_plan(
        wanted,
        there,
        found.manifest,
        list(library_there),
        app=app,
        main=main,
        carried=carried,
        clean=order.clean,
        overwrite=order.overwrite,
    )
    take_up(remote, plan, found, places)
    if plan.edited:
        say(f"changed on the board since the last deployment: {', '.join(plan.edited)}")
    draft = Draft(plan, places, found)
    _make_room(draft, there, order, say)
    return draft


def carry_out(
    remote: Remote, draft: Draft, *, on_block: Callable[[str, int], object] = lambda path, size: None
) -> None:
    """Do it. Raises DeployError, which says what state the board is in.

    Args: on_block, called with the path and the number of bytes after each piece that is copied.
    """
    plan, places = draft.plan, draft.places
    waiting = {places.waiting(path, plan.manifest.files[path]) for path in plan.waiting}
    remote.drop(*draft.drops, *(path for path in draft.found.new if path not in waiting))
    if draft.replace:
        remote.put(places.replacing, b"")
        remote.drop(*plan.replaced, *plan.removed)
    stage(remote, plan, places, on_block)
    steps = plan.steps(places, draft.keep)
    switch(remote, places, steps, plan.manifest, plan.before, keep=draft.keep)


def roll_back(remote: Remote, *, say: Say, dry_run: bool = False) -> list[Step]:
    """Bring the previous deployment back, and keep the present one as the previous; return the steps, done or not.

    Raises DeployError when there is none, or what was kept is not whole.
    """
    places = Places(remote.facts.root)
    before = recover(remote, places, say=say, write=not dry_run)
    target, present = before.previous, before.manifest
    if target is None:
        raise DeployError("there is no earlier deployment to go back to on this board")
    if not dry_run:  # before the hashes of all files, which take their time
        _room_to_go_back(remote, places, before, target)
    found = remote.report(list({**target.everything, **present.files}))
    kept = remote.report([places.aside(path, hashed) for path, hashed in target.everything.items()])
    steps: list[Step] = []
    for path, (size, hashed) in found.items():
        aside = places.aside(path, hashed) if size >= 0 else ""
        back = target.everything.get(path)
        if back is None:
            if size >= 0:
                steps.append(("", path, aside))
        elif back != hashed:
            source = places.aside(path, back)
            if kept[source] != (kept[source][0], back):
                raise DeployError(f"cannot go back: the earlier {path} is not on the board whole. Nothing was changed")
            steps.append((source, path, aside))
    shown = list(steps)
    files = {path: found[path][1] for path in present.files if found[path][0] >= 0}
    actual = replace(present, files=files)  # somebody may have changed one on the board
    if not dry_run:
        steps += [(f"{places.new}/{name}", f"{places.folder}/{name}", "") for name in ("previous", "manifest")]
        switch(remote, places, steps, target, actual, keep=True)
    say(f"back to {target.app or 'what was there before the first deployment'}; --rollback again undoes this")
    return shown


def _room_to_go_back(remote: Remote, places: Places, found: Survey, target: Manifest) -> None:
    """Raise DeployError if there is none for the records; what `run --on` has left goes, if that makes some."""
    room = found.room
    changes = target.everything.items() ^ found.manifest.everything.items()
    needed = room.blocks([len(target.text()), len(found.manifest.text()), STEP * len(changes)]) + SPARE
    if needed > room.free and found.run:
        remote.drop(places.run)
        room = survey(remote, places).room
    if needed > room.free:
        raise DeployError(
            f"not enough room on the board to go back: {room.kilobytes(needed)} kB are needed, "
            f"{room.kilobytes(room.free)} kB free. Nothing was changed: {largest_of_others(remote, places, found)}"
        )


def wanted_files(needed: Needed, compiler: Compiler, folder: str, lib: str, *, say: Say) -> Wanted:
    """The application's modules and script in `folder`, the library in `lib`, compiled where that fits.

    Raises CompileError.
    """
    wanted = Wanted()
    for base, files in ((lib, needed.library), (folder, needed.modules)):
        for path, file in files.items():
            name, content = compiler.on_board(path, file)
            wanted.files[f"{base}/{name}"] = content
            wanted.modules.add(f"{base}/{name}")
    if needed.script is not None:
        compiler.on_board(needed.script.name, needed.script)  # its syntax; the board runs the source, as __main__
        wanted.files[f"{folder}/{needed.script.name}"] = needed.script.read_bytes()
    if compiler.reason and wanted.modules:
        say(f"sources are copied, not .mpy: {compiler.reason}")
    return wanted


def _application(order: Order, present: Manifest) -> tuple[str | None, bool]:
    """The application's name, and whether main.py is to start it."""
    if order.script is None:
        return present.app, present.main
    name = order.script.name
    main = order.main if order.main is not None else present.main and present.app == name
    return name, main or name == "main.py"


def _beside(wanted: Wanted, order: Order, root: str, main: bool) -> None:
    """Add what stands beside the application: data files, and main.py."""
    for file in order.files:
        wanted.files[f"{root}/{file.name}"] = file.read_bytes()
    if main and order.script is not None and order.script.name != "main.py":
        wanted.files[f"{root}/main.py"] = MAIN.format(name=order.script.name).encode()


def _but_library(manifest: Manifest, lib: str) -> dict[str, str]:
    return {path: hashed for path, hashed in manifest.files.items() if not path.startswith(f"{lib}/twincore/")}


def _source(path: str, lib: str) -> str:
    """The path of a module on the board as `Library.files` has it."""
    return path.removeprefix(f"{lib}/").replace(".mpy", ".py")


def _make_room(draft: Draft, there: Found, order: Order, say: Say) -> None:
    """Decide what goes to make room, and whether what is replaced can be kept. Raises DeployError if it won't fit."""
    plan, places, room = draft.plan, draft.places, draft.found.room
    needed = blocks_needed(plan, room) if plan.copies or plan.removed else 0
    free = room.free
    run, old = room.blocks(draft.found.run.values()), room.blocks(draft.found.old.values())
    if run and (order.clean or needed > free):
        draft.drops.append(places.run)
        free += run
    if old and needed > free:
        draft.drops += [places.old, places.previous]
        free, old = free + old, 0
    if needed > free:
        gone = room.blocks(there[path][0] for path in (*plan.replaced, *plan.removed))
        fits_then = needed <= free + gone
        if not (order.replace and fits_then):
            hint = "; --replace removes first what it replaces" if fits_then else ""
            raise DeployError(
                f"not enough room on the board: {room.kilobytes(needed)} kB are needed beside what is there, "
                f"{room.kilobytes(free)} kB can be had. Remove files, or try --clean{hint}"
            )
        draft.replace, draft.keep = True, False
        say("there is no room for both: what is replaced goes first. No way back, and no application until it ends")
        return
    if places.old in draft.drops:
        say("there is little room: the deployment before the present one goes first, to make some")
    if plan.replaced or plan.removed:
        draft.keep = free + old - needed >= room.total // RESERVE  # after the switch `old` is free
        if not draft.keep:
            say("there is little room: what is replaced is not kept, so there will be no way back")
