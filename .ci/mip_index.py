"""Write what `mip` puts on a board: package.json, all of it; core.json, threadsafe.json, ..., a layer and those below.

aliases/package.json has the names of micropython-async, for a board's root folder.

A layer's file lists the layers below, too, and not as `deps`: mip looks for a dependency that is a file in the current
folder, even if the package came from the network.
"""

import ast
import json
from pathlib import Path

try:
    import tomllib
except ImportError:  # CPython 3.10
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "threadsafe", "primitives", "drivers", "offload")


def on_boards(folder):
    """The files of a folder that a board can use."""
    files = sorted((ROOT / folder).rglob("*.py"))
    return [file for file in files if file.name != "_variant.py" and not file.stem.endswith("_cpython")]


def below(folder):
    """The folders that a folder imports from, in turn, but for those `above` it, which it uses if they are there."""
    found = set()
    for file in on_boards(folder):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.level == 2 and node.module:
                found.add(node.module.partition(".")[0])
    return found.union(*map(below, found)) if found else found


def library(folders):
    """(path on the board, path here) of each file of the folders."""
    files = [file.relative_to(ROOT).as_posix() for folder in folders for file in on_boards(folder)]
    return [(f"twincore/{file}", file) for file in files]


def aliases():
    """The same, below their folder, of the aliases."""
    folder = ROOT / "aliases"
    files = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.py"))]
    return [(file, file) for file in files if file != "__init__.py"]


def index(files, version):
    """The text of a package file."""
    lines = ",\n".join("    " + json.dumps(file) for file in files)
    return f'{{\n  "version": "{version}",\n  "deps": [],\n  "urls": [\n{lines}\n  ]\n}}\n'


def indexes():
    """{file name: text} of all package files."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    texts = {"package.json": index(library(FOLDERS), version), "aliases/package.json": index(aliases(), version)}
    for folder in FOLDERS:
        needed = {folder, *below(folder)}
        texts[f"{folder}.json"] = index(library(each for each in FOLDERS if each in needed), version)
    return texts


if __name__ == "__main__":
    for name, text in indexes().items():
        (ROOT / name).write_text(text)
