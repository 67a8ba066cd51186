"""The portable library as a graph: its modules, what each imports on a board, and the names loaded when first used.

The packages of the library name what they load lazily in tables (`LAZY` in `lazy_names`, `_MODULES`, `_NAMED`) and in
`__getattr__`; modules load others with `above(folder, name)` and `load(module, name)`. All of it is read from the text:
nothing is imported.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..targets.staging import library_sources
from .conditions import nodes_on_board, on_board

ROOT = "twincore"
NAMES = "lazy_names"  # a package's module that has its table of lazy names, if the package itself has none
Place = tuple[str, str | None]  # a module's dotted name, and a name in it


class Library:
    """The modules of the library for a board whose sys.platform is `platform` (None: any)."""

    def __init__(self, platform: str | None = None) -> None:
        self._platform = platform
        self.paths: dict[str, str] = {}  # dotted name -> path below a board's lib, as twincore/core/loop.py
        self.files: dict[str, Path] = {}  # that path -> file here
        for path, file in library_sources():
            if file.stem == "_variant":  # chooses between plain and compiled modules: CPython's
                continue
            self.paths[path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = path
            self.files[path] = file
        self._packages = {name for name, path in self.paths.items() if path.endswith("/__init__.py")}

    @property
    def layers(self) -> list[str]:
        """The folders: core, threadsafe, ..."""
        return sorted(name.partition(".")[2] for name in self._packages)

    def of_layer(self, layer: str) -> set[str]:
        """The dotted names of all modules of a layer."""
        return {name for name in self.paths if name == f"{ROOT}.{layer}" or name.startswith(f"{ROOT}.{layer}.")}

    def reached_from(self, places: set[Place]) -> set[str]:
        """The dotted names of the modules that are imported when those places are, in turn, lazily loaded ones too."""
        found: set[str] = set()
        waiting = [module for place in places for module in self.modules_at(place)]
        while waiting:
            module = waiting.pop()
            if module not in found:
                found.add(module)
                waiting.extend(m for place in self._imports(module) for m in self.modules_at(place))
        return found

    def modules_at(self, place: Place) -> Iterator[str]:
        """The modules that `from module import name` needs: the packages around it, itself, and what has the name."""
        module, name = place
        parts = module.split(".")
        yield from (m for n in range(1, len(parts) + 1) if (m := ".".join(parts[:n])) in self.paths)
        if name is None:
            return
        if f"{module}.{name}" in self.paths:
            yield f"{module}.{name}"
        if module in self._packages and name in self.lazy(module):
            if f"{module}.{NAMES}" in self.paths:
                yield f"{module}.{NAMES}"
            yield from self.modules_at(self.lazy(module)[name])

    @functools.cache  # noqa: B019 - a Library lives as long as its command
    def lazy(self, package: str) -> Mapping[str, Place]:
        """The names that a package loads when they are first used, and where they are."""
        names: dict[str, Place] = {}
        if package not in self._packages:
            return names
        table_apart = f"{package}.{NAMES}"
        apart = self._tree(table_apart).body if table_apart in self.paths else []
        for node in (*self._tree(package).body, *apart):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                table = node.targets[0].id
                if table == "LAZY":
                    pairs = (pair.split("=") for pair in self._text(node.value).split())
                    names.update({name: (f"{package}.{module}", name) for name, module in pairs})
                elif table in ("_MODULES", "_NAMED"):
                    names.update({k: (f"{package}.{v}", k) for k, v in ast.literal_eval(node.value).items()})
            elif isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
                names.update(self._special_cases(node))
        return names

    def _imports(self, module: str) -> Iterator[Place]:
        """What a module of the library imports, and what it loads when it needs it."""
        tree = self._tree(module)
        package = module if module in self._packages else module.rpartition(".")[0]
        skipped = {
            inner
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "__getattr__"  # lazy names: see `lazy`
            for inner in ast.walk(node)
        }
        for node in nodes_on_board(tree, self._platform):
            if node in skipped:
                continue
            if isinstance(node, ast.ImportFrom) and node.level:
                parent = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                base = f"{parent}.{node.module}" if node.module else parent
                yield from ((base, alias.name) for alias in node.names)
            elif isinstance(node, ast.Call):
                yield from self._loaded(node, package)

    def _loaded(self, call: ast.Call, package: str) -> Iterator[Place]:
        """What `above("folder.module", "name")` or `load("module", "name")` loads."""
        if not isinstance(call.func, ast.Name) or call.func.id not in ("above", "load") or not call.args:
            return
        where, name = (_constant(argument) for argument in (*call.args[:2], None)[:2])
        if where is not None:
            yield f"{ROOT if call.func.id == 'above' else package}.{where}", name

    def _special_cases(self, function: ast.FunctionDef) -> Iterator[tuple[str, Place]]:
        """The names that `__getattr__` itself tells apart: `if name == "to_thread": return above(...)`."""
        for node in ast.walk(function):
            if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare)):
                continue
            wanted = _constant(node.test.comparators[0])
            if wanted is None or not isinstance(node.test.ops[0], ast.Eq):
                continue
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call):
                    for module, name in self._loaded(inner, ""):
                        yield wanted, (module, name or wanted)

    def _text(self, node: ast.expr) -> str:
        """A string that is put together from constants and a choice between CPython and MicroPython."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._text(node.left) + self._text(node.right)
        if isinstance(node, ast.IfExp):
            return self._text(node.body if on_board(node.test, self._platform) else node.orelse)
        return str(ast.literal_eval(node))

    @functools.cache  # noqa: B019 - as above
    def _tree(self, module: str) -> ast.Module:
        return ast.parse(self.files[self.paths[module]].read_bytes())


def _constant(node: ast.expr | None) -> str | None:
    """The text of a node that is one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
