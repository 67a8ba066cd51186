"""Where twincore's portable folders are, and which of an application's own modules go with it.

"Portable" is what MicroPython runs too; `twincore.desktop` stays here.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .for_board import prepared
from .targets import targets_folder

PORTABLE = ("core", "threadsafe", "primitives", "drivers", "offload")


def portable_folders() -> dict[str, Path]:
    """Return each portable folder's place in the file system, whether twincore is a checkout or an installed wheel."""
    folders = {}
    for name in PORTABLE:
        spec = importlib.util.find_spec(f"twincore.{name}")
        if spec is not None and spec.submodule_search_locations:
            folders[name] = Path(next(iter(spec.submodule_search_locations))).resolve()
    return folders


def library_sources() -> Iterator[tuple[str, Path]]:
    """Yield (path as in twincore/core/loop.py, file) for each module of the portable folders, as `for_board` has it."""
    sources = {}
    for name, folder in portable_folders().items():
        for file in sorted(folder.rglob("*.py")):
            if file.stem.endswith("_cpython"):
                continue
            sources[f"twincore/{name}/{file.relative_to(folder).as_posix()}"] = file
    yield from prepared(sources).items()


def linked_library() -> Path:
    """Return a folder that has twincore/<folder> linked to each portable folder, for an import path."""
    folders = portable_folders()
    digest = hashlib.sha256(repr(sorted(folders.items())).encode()).hexdigest()[:16]
    place = targets_folder() / "library" / digest
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as temporary:
            work = Path(temporary) / "work"
            (work / "twincore").mkdir(parents=True)
            for name, folder in folders.items():
                (work / "twincore" / name).symlink_to(folder)
            try:
                work.rename(place)
            except OSError:  # another process was faster
                if not place.is_dir():
                    raise
    return place


def modules_beside(script: Path) -> dict[str, Path]:
    """Return {path below the script's folder: file} of the modules there that the script imports, in turn.

    A board has no other way to get them; on CPython and the unix port the script's folder is on the import path anyway.
    A file with a syntax error imports nothing: the target will report it.
    """
    root = script.resolve().parent
    found: dict[str, Path] = {}
    waiting = [script.resolve()]
    while waiting:
        for name in sorted(_imported_names(waiting.pop())):
            for file in _files_of(root, name):
                relative = file.relative_to(root).as_posix()
                if relative not in found and file != script.resolve():
                    found[relative] = file
                    waiting.append(file)
    return found


def _imported_names(file: Path) -> set[str]:
    """Return the dotted names that a module imports, from-imports with and without the name imported."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _files_of(root: Path, dotted: str) -> Iterator[Path]:
    """Yield what importing a dotted name loads from below root: a module, or all the modules of a package."""
    top = root / dotted.partition(".")[0]
    if top.with_suffix(".py").is_file():
        yield top.with_suffix(".py")
    elif (top / "__init__.py").is_file():
        for folder, _, files in os.walk(top):
            yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))
