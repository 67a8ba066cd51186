"""Where twincore's portable folders are, and which of an application's own modules go with it.

"Portable" is what MicroPython runs too; `twincore.desktop` stays here.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..for_board import prepared
from . import targets_folder

PORTABLE = ("core", "threadsafe", "primitives", "drivers", "offload")


@functools.cache
def aliases_folder() -> Path:
    """Return the folder of modules with the names of micropython-async's, and of `asyncio`, for existing programs."""
    return Path(__file__).resolve().parents[2] / "aliases"


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
    return _linked({f"twincore/{name}": folder for name, folder in portable_folders().items()})


def aliases_for_cpython() -> Path:
    """Return a folder that has those aliases linked of whose name CPython has no module, for an import path."""
    folder = aliases_folder()
    names = {info.name if info.ispkg else f"{info.name}.py" for info in pkgutil.iter_modules([str(folder)])}
    return _linked({name: folder / name for name in names if Path(name).stem not in sys.stdlib_module_names})


def _linked(links: Mapping[str, Path]) -> Path:
    """A folder with these links, {path in it: where to}, made once."""
    digest = hashlib.sha256(repr(sorted(links.items())).encode()).hexdigest()[:16]
    place = targets_folder() / "library" / digest
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as temporary:
            work = Path(temporary) / "work"
            for path, to in links.items():
                (work / path).parent.mkdir(parents=True, exist_ok=True)
                (work / path).symlink_to(to)
            try:
                work.rename(place)
            except OSError:  # another process was faster
                if not place.is_dir():
                    raise
    return place


def modules_beside(script: Path, roots: Iterable[Path] = ()) -> dict[str, Path]:
    """Return {path below the script's folder: file} of the modules there that the script imports, in turn.

    Args: roots, more folders, in which a module is looked for that is not there; then the path is below that root. A
    folder without `__init__.py` adds to the package of its name in a later one.
    A board has no other way to get them; on CPython and the unix port the script's folder is on the import path anyway.
    A file with a syntax error imports nothing: the target will report it.
    """
    folders = list(dict.fromkeys([script.resolve().parent, *(root.resolve() for root in roots)]))
    found: dict[str, Path] = {}
    waiting = [(script.resolve(), "")]
    while waiting:
        for name in sorted(_imported_names(*waiting.pop())):
            for root, file in _files_of(folders, name):
                relative = file.relative_to(root).as_posix()
                if relative not in found and file != script.resolve():
                    found[relative] = file
                    waiting.append((file, relative.rpartition("/")[0].replace("/", ".")))
    return found


def uses_aliases(script: Path) -> bool:
    """Whether the script, or a module beside it, imports a name that only the aliases have."""
    folder = aliases_folder()
    return any(file.is_relative_to(folder) for file in modules_beside(script, [folder]).values())


def _imported_names(file: Path, package: str) -> set[str]:
    """Return the dotted names that a module of the package imports, from-imports with and without the name imported."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level and package else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            if module:
                names.add(module)
                names.update(f"{module}.{alias.name}" for alias in node.names)
    return names


def _files_of(roots: Sequence[Path], dotted: str) -> Iterator[tuple[Path, Path]]:
    """Yield (root, file) of what importing a dotted name loads: a module, or all the modules of a package.

    Of an alias, which imports no other but by its whole name, only the modules on the way.
    """
    name = dotted.partition(".")[0]
    for n, root in enumerate(roots):
        if root == aliases_folder():
            yield from ((root, file) for file in _modules_along(root, dotted))
            return
        top = root / name
        if top.with_suffix(".py").is_file():
            yield root, top.with_suffix(".py")
            return
        whole = (top / "__init__.py").is_file()
        if whole or any((later / name / "__init__.py").is_file() for later in roots[n + 1 :]):
            for folder, _, files in os.walk(top):
                yield from ((root, Path(folder, file)) for file in sorted(files) if file.endswith(".py"))
        if whole:
            return


def _modules_along(root: Path, dotted: str) -> Iterator[Path]:
    """Yield the packages' `__init__.py` and the module that importing a dotted name loads, and no others."""
    place = root
    for part in dotted.split("."):
        place /= part
        if place.with_suffix(".py").is_file():
            yield place.with_suffix(".py")
            return
        if not (place / "__init__.py").is_file():
            return
        yield place / "__init__.py"
