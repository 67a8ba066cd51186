"""What an application needs on a board: its own modules, and of twincore only what it imports, in turn.

Decided from the text. A name of the library that occurs anywhere in the application, as an attribute, an imported name
or a whole string, counts as used: that may take a file too many, never one too few. Where even that cannot tell,
because a name is put together when the program runs, the whole layer goes, and the reason is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..targets.staging import aliases_folder, modules_beside
from .conditions import nodes_on_board
from .errors import DeployError
from .library import ROOT, Library, Place

COMPUTED_IMPORTS = ("__import__", "import_module", "exec", "eval")
COMPUTED_NAMES = ("getattr", "hasattr", "vars", "dir")


@dataclass
class Needed:
    """Files for a board: {path: file here}, the application's below its folder, the library's below lib.

    whole_layers: reasons, in words, why layers are taken whole.
    """

    script: Path | None
    modules: dict[str, Path] = field(default_factory=dict)
    library: dict[str, Path] = field(default_factory=dict)
    whole_layers: list[str] = field(default_factory=list)


def needed_by(script: Path | None, *, everything: bool = False, platform: str | None = None) -> Needed:
    """Return what the application needs; without an application, or with everything=True, the library is whole.

    Args: platform, the board's sys.platform, to leave out what is for other ports. Raises DeployError, in one line,
    for a file with a syntax error.
    """
    library = Library(platform)
    needed = Needed(script, modules_beside(script, [aliases_folder()]) if script else {})
    if script is None or everything:
        modules = set(library.paths)
    else:
        found = _Application(library, platform)
        for file in (script, *needed.modules.values()):
            found.read(file)
        modules = library.reached_from(found.places())
        for layer, reason in found.whole.items():
            modules |= library.reached_from({(module, None) for module in library.of_layer(layer)})
            needed.whole_layers.append(f"all of {layer}: {reason}")
    needed.library = {path: library.files[path] for path in sorted(library.paths[module] for module in modules)}
    return needed


def check_syntax(script: Path) -> None:
    """Raise DeployError, in one line, if the application or a module that it brings cannot be parsed."""
    for file in (script, *modules_beside(script).values()):
        _parsed(file)


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except SyntaxError as error:
        raise DeployError(f"{file.name}, line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        raise DeployError(f"{file.name}: {error}") from None


class _Application:
    """What the application's modules, read one by one, say about the library."""

    def __init__(self, library: Library, platform: str | None) -> None:
        self._library = library
        self._platform = platform
        self._imported: set[Place] = set()
        self._layers: set[str] = set()
        self._names: set[str] = set()
        self._computed_import: str | None = None
        self.whole: dict[str, str] = {}  # layer -> why it is to be whole

    def places(self) -> set[Place]:
        """All that is used; afterwards `whole` is complete."""
        if self._computed_import and (self._layers or any(name.startswith(ROOT) for name in self._names)):
            self.whole.update((layer, self._computed_import) for layer in self._library.layers)
        used = {(f"{ROOT}.{layer}", name) for layer in self._layers for name in self._names}
        return self._imported | {place for place in used if place[1] in self._library.lazy(place[0])}

    def read(self, file: Path) -> None:
        """Note what one module of the application uses."""
        tree = _parsed(file)
        nodes = list(nodes_on_board(tree, self._platform))
        aliases: dict[str, str] = {}  # a name that stands for a layer -> the layer
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._import(alias.name, None)
                    if alias.asname and alias.name.startswith(f"{ROOT}."):
                        aliases[alias.asname] = alias.name.split(".")[1]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self._import(node.module, alias.name, f"{file.name}, line {node.lineno}")
                    if node.module == ROOT:
                        aliases[alias.asname or alias.name] = alias.name
        for node in nodes:
            self._names.update(_names_in(node))
            if isinstance(node, ast.Call):
                self._call(node, aliases, f"{file.name}, line {node.lineno}")

    def _import(self, module: str, name: str | None, where: str = "") -> None:
        if module.partition(".")[0] != ROOT:
            return
        if module == ROOT and name:
            module, name = f"{ROOT}.{name}", None
        parts = module.split(".")
        layer = parts[1] if len(parts) > 1 else ""
        if layer not in self._library.layers:
            return  # the desktop's: it will not be found on the board, as the application must expect
        self._layers.add(layer)
        self._imported.add((module, name))
        if name == "*":
            self.whole.setdefault(layer, f"{where} imports *")

    def _call(self, call: ast.Call, aliases: dict[str, str], where: str) -> None:
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if not call.args or function not in (*COMPUTED_IMPORTS, *COMPUTED_NAMES):
            return
        if function in COMPUTED_IMPORTS:
            argument = call.args[0]
            if function == "exec" and isinstance(call.func, ast.Attribute):
                return  # somebody's own method
            if not isinstance(argument, ast.Constant):
                self._computed_import = f"{where}: {function} of what only the running program knows"
            elif isinstance(argument.value, str):
                self._constant_import(argument.value, function)
            return
        layer = aliases.get(getattr(call.args[0], "id", ""))
        constant = len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
        if layer in self._library.layers and not constant:
            self.whole.setdefault(layer, f"{where}: {function} of a name that only the running program knows")

    def _constant_import(self, text: str, function: str) -> None:
        """`__import__("twincore.core")`, or `exec("import twincore.core")`."""
        if function in ("exec", "eval"):
            self._computed_import = self._computed_import or (f"{function} of a text" if ROOT in text else None)
        else:
            self._import(text, None)


def _names_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.ImportFrom) and node.module != ROOT:  # a layer is no name in one
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
