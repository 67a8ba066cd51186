"""Write package.json, what `mip` puts on a board: the portable folders, less what only CPython has."""

import json
from pathlib import Path

import tomllib

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "threadsafe", "primitives", "drivers", "offload")

if __name__ == "__main__":
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name != "_variant.py" and not path.stem.endswith("_cpython")
    ]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    lines = ",\n".join("    " + json.dumps([f"twincore/{file}", file]) for file in files)
    (ROOT / "package.json").write_text(f'{{\n  "version": "{version}",\n  "deps": [],\n  "urls": [\n{lines}\n  ]\n}}\n')
