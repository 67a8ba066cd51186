"""Measuring flash and heap on the emulated board.

Flash is counted as bytes of .mpy, and as blocks of the board's filesystem, which gives each file a block of its own
unless it is tiny. Heap is what is held after a collection.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..emulation import emulator
from ..emulation.image import Content, blocks_used, board_files
from ..options import BadUse, check_script
from ..process import RunResult
from ..targets.staging import PORTABLE, modules_beside
from . import on_board

LIBRARY = "/lib/"
WATCH = "twincore_size_watch"
LOOK_EVERY = 50  # ms of the board's time; each look collects garbage


class MeasureFailed(Exception):
    """The board could not measure: the text is what it said."""


@dataclass(frozen=True)
class Flash:
    """What files take: how many they are, their bytes, and the filesystem's blocks."""

    files: int
    size: int
    blocks: int


@dataclass(frozen=True)
class Imported:
    """What there is after importing a layer: `heap`, bytes held; `modules`, the names of all that were loaded."""

    layer: str
    heap: int
    modules: frozenset[str]


@dataclass(frozen=True)
class Module:
    """One module: bytes of its .mpy; heap that it takes by itself, None on a board that cannot import it.

    `at_once`: it is loaded as soon as its layer is imported, not when something of it is first used.
    """

    name: str
    size: int
    heap: int | None
    at_once: bool


@dataclass(frozen=True)
class Application:
    """An application that ran: free heap before it started, the least while it ran, modules of twincore it loaded.

    `result`: how the run ended; `output`: what it printed.
    """

    before: int
    least_free: int
    modules: Sequence[str]
    result: RunResult
    output: str


def check_layers(names: Sequence[str]) -> None:
    """Raise BadUse for what is no layer."""
    for name in names:
        if name not in PORTABLE:
            raise BadUse(f"there is no layer {name!r}: the layers are {', '.join(PORTABLE)}")


def library() -> dict[str, bytes]:
    """Return {module's name: its .mpy}, for all that a board can have of twincore."""
    return {_module_name(path): content for path, content in board_files({}).items()}


def flash_of(modules: Collection[str]) -> Flash:
    """Return what these modules of twincore take in flash."""
    files = {path: content for path, content in board_files({}).items() if _module_name(path) in modules}
    return Flash(len(files), sum(map(len, files.values())), blocks_used(files) - blocks_used({}))


def imported(layers: Sequence[str]) -> list[Imported]:
    """Import the layers on a fresh board, one after the other; return what each adds up to, those before it included.

    Raises TargetMissing and MeasureFailed.
    """
    lines = _printed(on_board.IMPORTS, [f"twincore.{layer}" for layer in layers])
    result = []
    for layer, line in zip(layers, lines, strict=True):
        _, heap, *names = line.split()
        result.append(Imported(layer, int(heap), frozenset(names)))
    return result


def each_module(layer: str) -> list[Module]:
    """Return the modules of a layer, those loaded at once first, then by heap. Raises as `imported`.

    What modules of other layers take that one of them needs is not counted. The firmware's table of names is: it grows
    in steps of up to 4 kB, and who adds the name for which there is no room left seems to take all of that.
    """
    at_once = imported([layer])[0].modules
    package = f"twincore.{layer}"
    found = library()
    names = [name for name in found if name == package or name.startswith(package + ".")]
    lines = _printed(on_board.EACH_IMPORT, [package, *(name for name in names if name != package)])
    heap = {name: None if held.startswith("!") else int(held) for name, held in (line.split() for line in lines)}
    modules = [Module(name, len(found[name]), heap.get(name), name in at_once) for name in names]
    return sorted(modules, key=lambda module: (not module.at_once, -(module.heap or 0)))


def application(script: Path, args: Sequence[str] = (), *, until: float = 2) -> Application:
    """Run an application on the board for `until` seconds of its time, or to its end, and watch the heap.

    It is compiled on the board, as `twincore run` has it. Raises BadUse, TargetMissing, MeasureFailed.
    """
    check_script(script)
    started = on_board.WATCHED.format(watch=WATCH, argv=[script.name, *args], name=script.name)
    files: dict[str, Content] = {
        script.name: script,
        f"{WATCH}.py": on_board.WATCH.format(period=LOOK_EVERY).encode(),
        **modules_beside(script),
    }
    with tempfile.TemporaryDirectory(prefix="twincore-") as folder:
        starter = Path(folder) / f"{WATCH}ed.py"
        starter.write_text(started, encoding="utf-8")
        result = emulator.run(starter, files=files, emulated_limit=until, wall_limit=300)
    free = [int(number) for number in re.findall(r"\x01free (\d+)", result.stdout)]
    if not free:
        raise MeasureFailed(_what_it_said(result))
    names = re.findall(r"\x01modules ([^\r\n]*)", result.stdout)[-1].split()
    return Application(
        free[0],
        min(free),
        sorted(name for name in names if name.startswith("twincore.")),
        result,
        re.sub(r"\x01[^\n]*\n", "", result.stdout),
    )


def failure(script: Path, ran: Application) -> str | None:
    """One line that says how the application failed; None if it ended well, or was at work still."""
    if not ran.result.exit_code or ran.result.timed_out:
        return None
    said = (ran.result.stderr.strip() or ran.output.strip()).splitlines()
    return f"{script.name} ended with exit code {ran.result.exit_code}: {said[-1] if said else 'it said nothing'}"


def _printed(text: str, args: Sequence[str]) -> list[str]:
    """The lines that a script prints on a fresh board."""
    with tempfile.TemporaryDirectory(prefix="twincore-") as folder:
        script = Path(folder) / "size.py"
        script.write_text(text, encoding="utf-8")
        result = emulator.run(script, args=args, wall_limit=120)
    if result.exit_code:
        raise MeasureFailed(_what_it_said(result))
    return result.stdout.splitlines()


def _what_it_said(result: RunResult) -> str:
    said = (result.stderr.strip() or result.stdout.strip()).splitlines()
    return f"the board could not measure: {said[-1] if said else f'exit code {result.exit_code}'}"


def _module_name(path: str) -> str:
    return path.removeprefix(LIBRARY).removesuffix(".mpy").removesuffix("/__init__").replace("/", ".")
