"""Text together with bytes, as MicroPython takes it: `data += "\\r\\n"`, `line.startswith("$GP")`, `word in data`.

| an application writes | what CPython gets |
|---|---|
| `a + b` | `__added__(a, b)` |
| `a += b` | `a += __added_to__(a, b)` |
| `a.startswith(b)`, `a.endswith(b)` | `__starts__(a, b)`, `__ends__(a, b)` |
| `a in b`, `a not in b` | `__contained__(a, b)`, of a text in quotes wherever it is |
| `a == "text"` | `__equal__(a, "text")`: true of a bytearray, as on a board |
| `a.extend(b)` | `a.extend(__added_to__(a, b))` |
| `b"{}".format(x)` | `"{}".format(x).encode()` |

Only in modules that have to do with bytes at all, and not where an operand is a number for sure: each is a call more.
What MicroPython refuses as well, `data.split(",")` or `"text" + data`, is left to CPython to refuse.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from .narrowing import is_plain
from .syntax_trees import begins_with_bytes

BYTES = (bytes, bytearray)
BUFFERS = (bytearray, memoryview)
OF_BYTES = ("byte", "memoryview", ".encode", ".read", ".recv", 'b"', "b'", 'B"', "B'", 'br"', "br'")
NO_TEXT = (
    ast.UnaryOp, ast.Compare, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp,
    ast.GeneratorExp, ast.Lambda,
)  # fmt: skip


def added(left: Any, right: Any) -> Any:
    """`left + right`"""
    return left + (right.encode() if type(right) is str and type(left) in BYTES else right)


def added_to(left: Any, right: Any) -> Any:
    """What is to be added to `left`, in place, for `left += right`."""
    return right.encode() if type(right) is str and type(left) in BYTES else right


def starts(text: Any, *arguments: Any) -> Any:
    """`text.startswith(...)`"""
    return text.startswith(*_like(text, arguments))


def ends(text: Any, *arguments: Any) -> Any:
    """`text.endswith(...)`"""
    return text.endswith(*_like(text, arguments))


def contained(what: Any, where: Any) -> bool:
    """`what in where`"""
    kind = type(what)
    if kind is str and type(where) in BYTES:
        return what.encode() in where
    if kind in BUFFERS and type(where) in (tuple, list):
        return any(equal(what, each) for each in where)
    return what in where


def equal(left: Any, right: Any) -> Any:
    """`left == right`"""
    kind, other = type(left), type(right)
    if kind is not other:  # which costs most comparisons nothing
        if kind in BUFFERS and other is str:
            right = right.encode()
        elif kind is str and other in BUFFERS:
            left = left.encode()
    return left == right


NAMES = {
    "__added__": added,
    "__added_to__": added_to,
    "__starts__": starts,
    "__ends__": ends,
    "__contained__": contained,
    "__equal__": equal,
}
METHODS = {"startswith": "__starts__", "endswith": "__ends__"}


def _like(text: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """`arguments`, the first of them of the same kind as `text`, or a tuple of such."""
    kind = type(text)
    if not arguments or kind not in (str, *BYTES):
        return arguments
    first, *others = arguments
    if type(first) is tuple:
        return (tuple(_like(text, (each,))[0] for each in first), *others)
    if kind is str:
        return (first.decode("latin-1") if isinstance(first, BYTES) else first, *others)
    return (first.encode() if type(first) is str else first, *others)


def handles_bytes(source: str) -> bool:
    """Whether a module has to do with bytes, as far as a quick look at its source tells."""
    return any(word in source for word in OF_BYTES)


def sum_of(node: ast.BinOp, in_bytes: bool) -> ast.expr:
    """`a + b`. `in_bytes`: whether the module does, as far as its source tells."""
    if not in_bytes or not isinstance(node.op, ast.Add):
        return node
    if not _may_be_bytes(node.left) or not _may_be_text(node.right):
        return node
    return _call("__added__", node, node.left, node.right)


def augmented(node: ast.AugAssign, new_name: Callable[[], str]) -> list[ast.stmt]:
    """`a += b`"""
    target = node.target
    if not isinstance(node.op, ast.Add) or not _may_be_text(node.value):
        return [node]
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
        return [node]
    if isinstance(target, ast.Name):
        before_it = ast.copy_location(ast.Name(target.id, ast.Load()), node)
        node.value = _call("__added_to__", node, before_it, node.value)
        return [node]
    before: list[ast.stmt] = []

    def named(value: ast.expr) -> ast.expr:
        if isinstance(value, (ast.Name, ast.Constant)):
            return value
        name = new_name()
        before.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), node))
        return ast.Name(name, ast.Load())

    target.value = named(target.value)
    if isinstance(target, ast.Subscript):
        target.slice = named(target.slice)
    found = deepcopy(target)
    found.ctx = ast.Load()
    whole = new_name()
    value = _call("__added_to__", node, ast.Name(whole, ast.Load()), node.value)
    made: list[ast.stmt] = [
        ast.Assign([ast.Name(whole, ast.Store())], found),
        ast.AugAssign(ast.Name(whole, ast.Store()), node.op, value),
        ast.Assign([target], ast.Name(whole, ast.Load())),
    ]
    return [*before, *(ast.copy_location(statement, node) for statement in made)]


def compared(node: ast.Compare, in_bytes: bool) -> ast.expr:
    """`a in b`, `a not in b`, `a == b`, `a != b`; nothing else, and no chains."""
    left, right = node.left, node.comparators[0]
    if len(node.ops) > 1 or not (in_bytes or _is_text(left)):
        return node
    kind = type(node.ops[0])
    if kind in (ast.In, ast.NotIn) and _may_be_text(left) and (_may_be_bytes(right) or _has_text(right)):
        made = _call("__contained__", node, left, right)
    elif kind in (ast.Eq, ast.NotEq) and (
        (_is_text(left) and _may_be_bytes(right)) or (_is_text(right) and _may_be_bytes(left))
    ):
        made = _call("__equal__", node, left, right)
    else:
        return node
    return ast.copy_location(ast.UnaryOp(ast.Not(), made), node) if kind in (ast.NotIn, ast.NotEq) else made


def called(node: ast.Call) -> ast.expr:
    """A call of a method that has one argument or more, none of them by keyword or by star."""
    method = node.func
    if not isinstance(method, ast.Attribute):
        return node
    if method.attr == "format" and isinstance(method.value, ast.Constant) and isinstance(method.value.value, bytes):
        method.value = ast.copy_location(ast.Constant(method.value.value.decode("latin-1")), method.value)
        encode = ast.copy_location(ast.Attribute(node, "encode", ast.Load()), node)
        return ast.copy_location(ast.Call(encode, [], []), node)
    if node.keywords or not node.args or any(isinstance(each, ast.Starred) for each in node.args):
        return node
    if method.attr in METHODS:
        return _call(METHODS[method.attr], node, method.value, *node.args)
    if method.attr == "extend" and is_plain(method.value) and _may_be_text(node.args[0]):
        node.args[0] = _call("__added_to__", node, deepcopy(method.value), node.args[0])
    return node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _has_text(node: ast.expr) -> bool:
    return isinstance(node, (ast.Tuple, ast.List)) and any(map(_is_text, node.elts))


def _may_be_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Mod, ast.Mult)):
        return False
    return not isinstance(node, NO_TEXT) and not begins_with_bytes(node)


def _may_be_bytes(node: ast.expr) -> bool:
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mult, ast.Mod)):
        node = node.left
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bytes)
    return not isinstance(node, (*NO_TEXT, ast.BinOp)) and not _is_text(node)


def _call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(ast.copy_location(ast.Name(name, ast.Load()), where), list(arguments), [])
    return ast.copy_location(call, where)
