"""Dropping what only CPython runs, and looking private numbers up when compiling instead of running.

| in the source | on the board |
|---|---|
| `MICROPYTHON`, `COMPILED`, imported from `native` | True, False: the compiler then drops the branches for CPython |
| `UNITS_PER_MS`, `CLOCK_HZ`, imported from `times` | 1, 1000 |
| `a if MICROPYTHON else b` | a |
| `sys.implementation.name == "cpython"` | False |
| `"File": "files_cpython"`, in a table of what is loaded when it is used | not there |
| a method that does nothing but raise NotImplementedError, or is called `forked` or `__class_getitem__` | not there |
| a method of the same body as the one before it, `__await__` and `__iter__` | the same one, by both names |
| `_NAME = 3`, a private number of a module, assigned once | put in where it is used |
"""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Iterator

from .edits import Edit, edited

KNOWN: dict[str, dict[str, int]] = {  # module of core -> what it has
    "native": {"MICROPYTHON": True, "COMPILED": False},
    "times": {"UNITS_PER_MS": 1, "CLOCK_HZ": 1000},
}
OF_CPYTHON = ("forked", "__class_getitem__")  # methods that nobody calls on MicroPython


def folded(source: str) -> str:
    """Return the source of a module, folded. Raises SyntaxError."""
    for step in (_without_known, _without_unused, _without_doubles, _with_constants):
        source = edited(source, step(ast.parse(source)))
    return source


def _without_known(tree: ast.Module) -> Iterator[Edit]:
    names = _imported(tree)
    within: set[ast.AST] = set()  # what is replaced as a whole
    for node in ast.walk(tree):
        if node in within:
            within.update(ast.iter_child_nodes(node))
        elif isinstance(node, ast.IfExp) and (value := _value(node.test, names)) is not None:
            yield node, f"({ast.unparse(node.body if value else node.orelse)})"
            within.update(ast.iter_child_nodes(node))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            yield node, str(names[node.id])
        elif isinstance(node, ast.Compare) and ast.unparse(node.left) == "sys.implementation.name":
            yield node, str(ast.unparse(node).endswith("== 'micropython'"))
            within.update(ast.iter_child_nodes(node))
        elif isinstance(node, ast.Dict) and len(entries := list(_entries(node))) < len(node.keys):
            yield node, ast.unparse(ast.Dict([key for key, _ in entries], [value for _, value in entries]))
            within.update(ast.iter_child_nodes(node))
        elif isinstance(node, ast.ImportFrom) and _known_of(node):
            kept = [alias for alias in node.names if alias.name not in names]
            if len(kept) < len(node.names):
                yield node, ast.unparse(ast.ImportFrom(node.module, kept, node.level)) if kept else "pass"


def _entries(table: ast.Dict) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Those that do not name a module of CPython's."""
    for key, value in zip(table.keys, table.values, strict=True):
        if not (isinstance(value, ast.Constant) and str(value.value).endswith("_cpython")):
            yield key, value


def _known_of(node: ast.ImportFrom) -> dict[str, int]:
    """What is known of the module that is imported from."""
    return KNOWN.get((node.module or "").removeprefix("core."), {})


def _imported(tree: ast.Module) -> dict[str, int]:
    """Those of KNOWN that the module imports."""
    return {
        alias.name: known[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (known := _known_of(node))
        for alias in node.names
        if alias.name in known
    }


def _value(test: ast.expr, names: dict[str, int]) -> int | None:
    """What `NAME` or `not NAME` is, None for anything else."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _value(test.operand, names)
        return None if value is None else not value
    return names.get(test.id) if isinstance(test, ast.Name) else None


def _without_unused(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from ((method, "pass") for method in node.body if _is_unused(method))


def _is_unused(method: ast.stmt) -> bool:
    if not isinstance(method, ast.FunctionDef) or method.decorator_list:
        return False
    if method.name in OF_CPYTHON or len(method.body) != 2:
        return method.name in OF_CPYTHON
    text, statement = method.body
    return (
        isinstance(text, ast.Expr)  # what it would be for
        and isinstance(statement, ast.Raise)
        and isinstance(statement.exc, ast.Name)
        and statement.exc.id == "NotImplementedError"
    )


def _without_doubles(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for one, other in itertools.pairwise(node.body):
            if isinstance(other, ast.FunctionDef) and isinstance(one, ast.FunctionDef):
                if _inside(one) == _inside(other):
                    yield other, f"{other.name} = {one.name}"


def _inside(method: ast.FunctionDef) -> list[str]:
    """All that matters when it is called."""
    body = method.body[1:] if ast.get_docstring(method) is not None else method.body
    return [ast.dump(node) for node in (*method.decorator_list, method.args, *body)]


def _with_constants(tree: ast.Module) -> Iterator[Edit]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    assigned = Counter(name.id for name in names)
    assigned.update(name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if len(node.targets) == 1 and name.startswith("_") and assigned[name] == 1:
            number = _number(node.value)
            if number is not None:
                yield node.value, f"const({number})"


def _number(value: ast.expr) -> int | None:
    """A whole number that is written as such, or as `1 << 29`."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.LShift):
        left, right = _number(value.left), _number(value.right)
        return None if left is None or right is None else left << right
    return value.value if isinstance(value, ast.Constant) and type(value.value) is int else None
