"""The portable library as boards get it: the same sources, less what a board would keep in its memory for nothing.

MicroPython runs the sources as they are, too, and behaves the same. No statement moves to another line: a traceback
from a board fits the source. Three steps, a module each:

| step | what it does |
|---|---|
| here | `sleep`, which only chooses between `sleep_micropython` and `sleep_cpython`, is the former itself on a board |
| `folding` | what only CPython would run is not there |
| `seldom` | methods marked `# seldom` are in a module of their own, loaded when one of them is first called |
"""

from __future__ import annotations

import ast
import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..targets import targets_folder
from . import folding, seldom

TWIN = "_micropython.py"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def prepared(sources: Mapping[str, Path]) -> dict[str, Path]:
    """Return {path as in twincore/core/loop.py: file} of what a board gets for these modules, given in the same form.

    The files are made once for each content of the sources and of this package, in the targets' folder.
    Raises SyntaxError, ValueError for a mark that cannot be followed.
    """
    texts = {path: file.read_bytes() for path, file in sources.items()}
    digest = hashlib.sha256(repr(sorted(texts.items())).encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    place = targets_folder() / "library" / f"board-{digest.hexdigest()[:16]}"
    if not place.is_dir():
        _write(for_board({path: text.decode() for path, text in texts.items()}), place)
    return {file.relative_to(place).as_posix(): file for file in sorted(place.rglob("*.py"))}


def for_board(sources: Mapping[str, str]) -> dict[str, str]:
    """Return {path: text} of what a board gets for these modules. Raises as `prepared`."""
    made = {}
    for path, text in sources.items():
        stem = path.removesuffix(".py")
        if path.endswith(TWIN) and _only_chooses(sources.get(path.replace(TWIN, ".py"), "")):
            continue
        if _only_chooses(text):
            text = sources.get(stem + TWIN, text)
        made.update(seldom.split(path, folding.folded(text)))
    return made


def _only_chooses(source: str) -> bool:
    """Whether a module defines nothing itself, but takes what it has from others."""
    body = ast.parse(source).body
    return bool(body) and not any(isinstance(node, Definition) for node in body)


def _write(texts: Mapping[str, str], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as temporary:
        work = Path(temporary) / "work"
        for path, text in texts.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_text(text, encoding="utf-8")
        try:
            work.rename(place)
        except OSError:  # another process was faster
            if not place.is_dir():
                raise
