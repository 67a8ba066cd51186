"""Which tests are meant by what a person types: a folder, a file, `file.py::test_x`; and how to type it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from ..options import BadUse
from .collecting import Case, CaseFile, collect
from .places import Place
from .tracebacks import shown

FILES = ("test_*.py", "*_test.py")  # as pytest has it, and what it does not look into:
NOT_INSIDE = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}", "__pycache__")
ROOT_FILES = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", "setup.py", ".git")


def selected(arguments: Sequence[str]) -> list[CaseFile]:
    """Return the files that the arguments mean, each with those of its tests that are meant.

    Raises BadUse for what is not there.
    """
    found: dict[Path, CaseFile] = {}
    wanted: dict[Path, list[str]] = {}
    for argument in arguments:
        name, _, test = argument.partition("::")
        path = Path(name)
        if not path.exists():
            raise BadUse(f"there is no file or folder {name}")
        if path.is_dir() and test:
            raise BadUse(f"{name} is a folder: a test is named as in {path / 'test_x.py'}::{test}")
        for file in _files(path) if path.is_dir() else [path]:
            found.setdefault(file, _collected(file))
            wanted.setdefault(file, []).append(test)
    return [_only(file, wanted[path]) for path, file in found.items()]


def _collected(file: Path) -> CaseFile:
    try:
        return collect(file)
    except OSError as error:
        raise BadUse(f"cannot read {file}: {error.strerror}") from None


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not any(fnmatch(name, pattern) for pattern in NOT_INSIDE)
            and not Path(place, name, "pyvenv.cfg").is_file()
        )
        for name in sorted(files):
            if any(fnmatch(name, pattern) for pattern in FILES):
                yield Path(place, name)


def _only(file: CaseFile, tests: list[str]) -> CaseFile:
    """The file with those of its tests that are named; "" names all. They keep the file's order."""
    chosen: set[Case] = set()
    for test in tests:
        cases = [case for case in file.cases if not test or _is_named(case, test)]
        if not cases:
            has = ", ".join(dict.fromkeys(case.name for case in file.cases))
            raise BadUse(f"{file.path} has no {test}: it has {has}")
        chosen.update(cases)
    return replace(file, cases=tuple(case for case in file.cases if case in chosen))


def _is_named(case: Case, test: str) -> bool:
    return test in (case.id, case.name) or case.name.startswith(f"{test}::")


def roots_of(path: Path) -> list[Path]:
    """The folders where a test's imports are looked for: those around it, up to its project's, and its `src`."""
    around = path.resolve().parents
    for number, folder in enumerate(around):
        if any((folder / name).exists() for name in ROOT_FILES):
            return [*around[: number + 1], folder / "src"]
    here = Path.cwd()
    return list(around[: around.index(here) + 1]) if here in around else [around[0]]


def command_for(file: CaseFile, ids: Sequence[str], place: Place, more: Sequence[str] = ()) -> str:
    """Return the shell command that runs these tests of the file in this place."""
    path = shown(file.path)
    tests = [path] if tuple(ids) == file.runnable else [f"{path}::{each}" for each in ids]
    return shlex.join(["twincore", "test", *place.options, *more, *tests])
