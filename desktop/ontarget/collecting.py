"""What tests a file has, found without executing it: it may import what only a board has.

As pytest does: functions `test_*`, methods `test_*` of classes `Test*`, `parametrize` with literals, marks. A file
without any is a plain script, and is one test. What a target cannot do is a `problem`, told when the test's turn comes.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .literals import Literals, NotLiteral, Parameters

SCRIPT = "script"  # the name of the one test of a plain script
DATA_FILES = "TARGET_FILES"  # a list in a test file: what it opens, beside it
IN_PYTEST = {"fail", "importorskip", "mark", "param", "raises", "skip", "xfail"}  # what `on_board/pytest.py` has
HANDLED = {"parametrize", "skip", "skipif", "timeout", "xfail"}  # marks that do something
FIXTURES = "there are no fixtures on a target: call a function, or have setup_function()"


@dataclass(frozen=True)
class Case:
    """One test: a function or method with one set of arguments, or a script.

    name: as in `TestPump::test_starts`; variant: what stands in brackets after it, or ""; line: where it is, from 1;
    timeout: seconds, None if it has no mark of that name; marks: names of other marks; problem: why it cannot run.
    """

    name: str
    line: int = 1
    variant: str = ""
    arguments: tuple[tuple[str, object], ...] = ()
    is_async: bool = False
    timeout: float | None = None
    marks: tuple[str, ...] = ()
    problem: str = ""

    @property
    def id(self) -> str:
        """Its name in its file."""
        return f"{self.name}[{self.variant}]" if self.variant else self.name


@dataclass(frozen=True)
class CaseFile:
    """A file, its tests, the files beside it that they open, and the ids of all its tests that can run."""

    path: Path
    cases: tuple[Case, ...]
    data_files: tuple[str, ...] = ()
    runnable: tuple[str, ...] = ()

    @property
    def is_script(self) -> bool:
        """Whether it is executed as a program, and is one test."""
        return [case.name for case in self.cases] == [SCRIPT]


def collect(path: Path) -> CaseFile:
    """Return the file's tests. A file that is no Python has one, with that problem. Raises OSError."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        return CaseFile(path, (Case(SCRIPT, line=line, problem=f"line {line}: {getattr(error, 'msg', error)}"),))
    literals = Literals(tree)
    problem = _problem_of_file(tree)
    cases = tuple(itertools.chain.from_iterable(_cases(node, literals, problem) for node in _top_level(tree)))
    if not cases:
        cases = (Case(SCRIPT, problem=problem),)
    data_files = literals.names.get(DATA_FILES, ())
    runnable = tuple(case.id for case in cases if not case.problem)
    return CaseFile(path, cases, tuple(map(str, data_files)) if isinstance(data_files, list | tuple) else (), runnable)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _top_level(tree: ast.Module | ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements that are executed when the file is, also those of `if` and `try`."""
    for field in ("body", "orelse", "finalbody", "handlers"):
        for node in getattr(tree, field, ()):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from _top_level(node)  # type: ignore[arg-type]
            else:
                yield node


def _problem_of_file(tree: ast.AST) -> str:
    """What of pytest it uses that a target does not have, or ""."""
    for node in ast.walk(tree):
        names: Iterable[str] = ()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "pytest":
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom) and node.module == "pytest":
            names = [alias.name for alias in node.names]
        for name in names:
            if name == "fixture":
                return f"line {node.lineno}: {FIXTURES}"  # type: ignore[attr-defined]
            if name not in IN_PYTEST:
                has = ", ".join(sorted(IN_PYTEST))
                return f"line {node.lineno}: no pytest.{name} on a target, which has {has}"  # type: ignore[attr-defined]
    return ""


def _cases(node: ast.stmt, literals: Literals, problem: str) -> Iterator[Case]:
    if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
        methods = [method for method in node.body if isinstance(method, Function)]
        if any(method.name == "__init__" for method in methods):
            problem = problem or f"line {node.lineno}: {node.name} has an __init__: use setup_method()"
        for method in methods:
            if method.name in ("setup_class", "teardown_class"):
                problem = problem or f"line {method.lineno}: no {method.name} on a target: use setup_method()"
        for method in methods:
            if method.name.startswith("test"):
                yield from _of_function(method, f"{node.name}::{method.name}", literals, problem, node.decorator_list)
    elif isinstance(node, Function) and node.name.startswith("test"):
        yield from _of_function(node, node.name, literals, problem)


def _of_function(
    node: Function, name: str, literals: Literals, problem: str, of_class: Iterable[ast.expr] = ()
) -> Iterator[Case]:
    """Yield the function's cases: one, or one for each combination of what it is parametrized with."""
    parametrized: list[Parameters] = []
    marks: list[str] = []
    timeout = None
    for decorator in [*reversed(node.decorator_list), *of_class]:
        mark = _mark(decorator)
        try:
            if mark == "parametrize":
                parametrized.append(literals.parameters(decorator))
            elif mark == "timeout":
                timeout = literals.timeout(decorator)
            elif mark and mark not in HANDLED:
                marks.append(mark)
        except NotLiteral as error:
            problem = problem or f"line {decorator.lineno}: {mark}: {error}"
    given = {argument for parameters in parametrized for argument in parameters.names}
    problem = problem or _wants(node, "::" in name, given)
    common: dict[str, Any] = {"is_async": isinstance(node, ast.AsyncFunctionDef), "timeout": timeout}
    for chosen in itertools.product(*(parameters.sets for parameters in parametrized)):
        arguments = tuple(pair for each in chosen for pair in each.arguments)
        variant = "-".join(each.id for each in chosen)
        yield Case(name, node.lineno, variant, arguments, marks=tuple(marks), problem=problem, **common)


def _wants(node: Function, is_method: bool, given: set[str]) -> str:
    """What it wants to be called with that nobody gives, or ""."""
    arguments = [*node.args.posonlyargs, *node.args.args][int(is_method) :]
    optional = len(node.args.defaults)
    names = [argument.arg for argument in arguments]
    needed = names[: len(names) - optional] if optional else names
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    needed += [argument.arg for argument, default in keywords if default is None]
    for name in needed:
        if name not in given:
            return f"line {node.lineno}: nothing gives {node.name} its argument {name!r}: {FIXTURES}"
    for name in given - {*names, *(argument.arg for argument in node.args.kwonlyargs)}:
        return f"line {node.lineno}: {node.name} is parametrized with {name!r}, and has no such argument"
    return ""


def _mark(decorator: ast.expr) -> str:
    """X of `@pytest.mark.X` or `@pytest.mark.X(...)`, else ""."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("pytest.mark", "mark"):
        return node.attr
    return ""


def arguments_text(case: Case) -> str:
    """The arguments as source text of a dict that MicroPython evaluates to the same values."""
    return "{" + ", ".join(f"{name!r}: {literal(value)}" for name, value in case.arguments) + "}"


def literal(value: object) -> str:
    """Return `value`, made of literals, as source text."""
    if isinstance(value, float) and repr(value) in ("nan", "inf", "-inf"):
        return f"float({str(value)!r})"
    if isinstance(value, list | tuple):
        inside = ", ".join(map(literal, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if value else "()"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    return repr(value)
