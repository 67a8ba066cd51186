"""Putting methods that are seldom called into a module of their own, which a board loads at the first call.

    def cancelled(self):  # seldom

A method costs a board some hundred bytes even if nobody calls it. What is marked so must not be called by an ISR, nor
for the first time by the second core: then it would be loaded there. Only plain methods can be marked, and no special
ones (`__repr__`): MicroPython does not ask `__getattr__` for those.

When a coroutine that waits is cancelled, or closed, MicroPython asks what it awaits for `throw`, or `close`, and fails
where a `__getattr__` says there is none. So what is awaited gets them, if it has a `__getattr__`: they do what
MicroPython does for want of them. They take the places of two methods, so it must have three that are marked.

The class gets a `__getattr__` that finds the others by `core.lazy.seldom`. The other module, `task_seldom` beside
`task`, has them on the same lines, in a class of the same name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .edits import Edit, edited

AWAITED = {"attempt", "__await__", "__iter__", "__next__"}  # methods of what is awaited
MARK = re.compile(r"#.*\bseldom\b")
THROW = "def throw(self, exc): raise exc"
CLOSE = "def close(self): pass"
FINDER = (
    "def __getattr__(self, name): from ..core.lazy import above, seldom; "
    'return seldom(self, above("{stem}_seldom", "{kind}"), name)'
)
Method = ast.FunctionDef | ast.AsyncFunctionDef


def split(path: str, source: str) -> dict[str, str]:
    """Return {path: text}: the module, and its seldom called methods if it has any. Raises SyntaxError, ValueError."""
    lines = source.splitlines()
    tree = ast.parse(source)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    marked = {kind: methods for kind in classes if (methods := _marked(kind, lines))}
    if not marked:
        return {path: source}
    names = {kind.name for kind in marked}
    for kind in marked:
        if names & {base.id for base in kind.bases if isinstance(base, ast.Name)}:
            raise ValueError(f"{path}: {kind.name} and a base of it both have methods marked seldom: only one can")
    stem = path.removesuffix(".py").removeprefix("twincore/").replace("/", ".")
    edits: list[Edit] = []
    for kind, methods in marked.items():
        for method in methods:
            _check(path, kind, method)
        instead = [*_awaited(path, kind, methods), FINDER.format(stem=stem, kind=kind.name)]
        instead = ["pass"] * (len(methods) - len(instead)) + instead
        edits.extend(zip(methods, instead, strict=True))
    others = path.removesuffix(".py") + "_seldom.py"
    return {path: edited(source, edits), others: _the_others(path, tree, marked, lines)}


def _marked(kind: ast.ClassDef, lines: list[str]) -> list[Method]:
    """The methods whose `def` line, the last of it, ends in the mark."""
    return [
        node
        for node in kind.body
        if isinstance(node, Method) and any(MARK.search(line) for line in lines[node.lineno - 1 : _first_of(node) - 1])
    ]


def _first_of(method: Method) -> int:
    """The line on which a method's body begins."""
    return method.body[0].lineno


def _awaited(path: str, kind: ast.ClassDef, marked: list[Method]) -> list[str]:
    """What a class has to have beside its `__getattr__`: something only if it is awaited."""
    names = {node.name for node in kind.body if isinstance(node, Method)}
    if not AWAITED & names:
        return []
    if len(marked) < 3 or names & {"throw", "close"}:
        raise ValueError(
            f"{path}, line {kind.lineno}: {kind.name} is awaited: it must have three methods marked seldom or none, "
            "and neither `throw` nor `close`"
        )
    return [THROW, CLOSE]


def _check(path: str, kind: ast.ClassDef, method: Method) -> None:
    where = f"{path}, line {method.lineno}: {kind.name}.{method.name}"
    if method.decorator_list or (method.name.startswith("__") and method.name.endswith("__")):
        raise ValueError(f"{where} cannot be marked seldom: only plain methods can")
    inside = list(ast.walk(method))
    if any(isinstance(node, ast.Global) or (isinstance(node, ast.Name) and node.id == "super") for node in inside):
        raise ValueError(f"{where} cannot be marked seldom: it uses `global` or `super`")


def _the_others(path: str, tree: ast.Module, marked: dict[ast.ClassDef, list[Method]], lines: list[str]) -> str:
    kept = [""] * len(lines)
    used: set[str] = set()
    for kind, methods in marked.items():
        kept[kind.lineno - 1] = f"class {kind.name}:"
        for method in methods:
            kept[method.lineno - 1 : method.end_lineno] = lines[method.lineno - 1 : method.end_lineno]
            used.update(node.id for node in ast.walk(method) if isinstance(node, ast.Name))
    kept[0] = "; ".join(_bindings(path, tree, used))
    return "\n".join(kept) + "\n"


def _bindings(path: str, tree: ast.Module, used: set[str]) -> Iterator[str]:
    """Statements that give the methods what they use of their own module: its imports again, and what it defines."""
    found: dict[str, str] = {}
    module = path.rpartition("/")[2].removesuffix(".py")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            dots = "." * node.level + (node.module or "")
            for alias in node.names:
                found[alias.asname or alias.name] = f"from {dots} import {ast.unparse(alias)}"
        elif isinstance(node, ast.Import):
            found.update({alias.asname or alias.name: f"import {ast.unparse(alias)}" for alias in node.names})
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = f"from .{module} import {node.name}"
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            folded = ast.unparse(node.value).startswith("const(")
            found[name] = ast.unparse(node) if folded else f"from .{module} import {name}"
    yield from sorted({found[name] for name in used if name in found})
