"""What a test file says in literals, read without executing it: what `parametrize` and `timeout` are given.

Names that the file gives a literal value at its top level, and `range`, are read too.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass


class NotLiteral(ValueError):
    """It would have to be executed; the text says so."""


@dataclass(frozen=True)
class ParameterSet:
    """One set of arguments, and its part of the test's id."""

    id: str
    arguments: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Parameters:
    """What one `parametrize` says: the arguments' names, and what they are given in turn."""

    names: tuple[str, ...]
    sets: tuple[ParameterSet, ...]


class Literals:
    """The values that can be read from a file. `names`: those of its constants."""

    def __init__(self, tree: ast.Module) -> None:
        self.names: dict[str, object] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                try:
                    self.names[node.targets[0].id] = self.value(node.value)
                except NotLiteral:
                    self.names.pop(node.targets[0].id, None)

    def value(self, node: ast.expr) -> object:
        """The value of an expression. Raises NotLiteral."""
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        if isinstance(node, ast.List | ast.Tuple):
            values = [self.value(each) for each in node.elts]
            return values if isinstance(node, ast.List) else tuple(values)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            try:
                return list(range(*(self.value(each) for each in node.args)))  # type: ignore[call-overload]
            except (TypeError, ValueError) as error:
                raise NotLiteral(str(error)) from None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            values = [self.value(each) for each in node.args]
            if len(values) == 1 and values[0] in ("nan", "inf", "-inf"):
                return float(str(values[0]))
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            text = ast.unparse(node)
            raise NotLiteral(f"{text} has to be a literal, as it is read where there is no target") from None

    def timeout(self, node: ast.expr) -> float:
        """The seconds of `@pytest.mark.timeout(seconds)`. Raises NotLiteral."""
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else []
        seconds = self.value(arguments[0]) if arguments else None
        if not isinstance(seconds, int | float) or seconds <= 0:
            raise NotLiteral("it takes a number of seconds")
        return float(seconds)

    def parameters(self, node: ast.expr) -> Parameters:
        """What `@pytest.mark.parametrize(names, values, ids=...)` says. Raises NotLiteral."""
        if not isinstance(node, ast.Call):
            raise NotLiteral("it takes names and values")
        given = dict(zip(("argnames", "argvalues"), node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        if unknown := set(given) - {"argnames", "argvalues", "ids"}:
            raise NotLiteral(f"no {', '.join(sorted(unknown))} on a target")
        if not {"argnames", "argvalues"} <= set(given):
            raise NotLiteral("it takes names and values")
        names = self._names(given["argnames"])
        single = isinstance(given["argnames"], ast.Constant) and "," not in str(given["argnames"].value)
        ids = self.value(given["ids"]) if "ids" in given else None
        sets = [
            self._set(each, names, single, number, ids) for number, each in enumerate(self._each(given["argvalues"]))
        ]
        return Parameters(names, tuple(_with_unique_ids(sets)))

    def _names(self, node: ast.expr) -> tuple[str, ...]:
        value = self.value(node)
        listed = value.split(",") if isinstance(value, str) else value
        if not isinstance(listed, list | tuple):
            raise NotLiteral("its first argument is the arguments' names")
        return tuple(str(name).strip() for name in listed if str(name).strip())

    def _each(self, node: ast.expr) -> Sequence[ast.expr]:
        """The elements of the values, each as an expression."""
        if isinstance(node, ast.List | ast.Tuple):
            return node.elts
        value = self.value(node)
        if not isinstance(value, list | tuple):
            raise NotLiteral("its second argument is a list of values")
        return [ast.parse(repr(each), mode="eval").body for each in value]

    def _set(self, node: ast.expr, names: tuple[str, ...], single: bool, number: int, ids: object) -> ParameterSet:
        given_id = None
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.param", "param"):
            values = [self.value(each) for each in node.args]
            for keyword in node.keywords:
                if keyword.arg != "id":
                    raise NotLiteral(f"no {keyword.arg} in pytest.param on a target")
                given_id = self.value(keyword.value)
        else:
            value = self.value(node)
            values = [value] if single else list(value) if isinstance(value, list | tuple) else []
        if len(values) != len(names):
            raise NotLiteral(f"{ast.unparse(node)} is not {len(names)} values, for {', '.join(names)}")
        if given_id is None and isinstance(ids, list | tuple) and number < len(ids):
            given_id = ids[number]
        pairs = tuple(zip(names, values, strict=True))
        if given_id is None:
            given_id = "-".join(_id(name, value, number) for name, value in pairs)
        return ParameterSet(str(given_id), pairs)


def _id(name: str, value: object, number: int) -> str:
    """As pytest has it: short values as they are, others by name and number."""
    if isinstance(value, bytes):
        return value.decode("ascii", "backslashreplace")
    return str(value) if value is None or isinstance(value, str | int | float) else f"{name}{number}"


def _with_unique_ids(sets: list[ParameterSet]) -> list[ParameterSet]:
    """The same sets, those with an id that another has too numbered."""
    ids = [each.id for each in sets]
    if len(set(ids)) == len(ids):
        return sets
    return [
        ParameterSet(f"{each.id}{ids[:n].count(each.id)}" if ids.count(each.id) > 1 else each.id, each.arguments)
        for n, each in enumerate(sets)
    ]
