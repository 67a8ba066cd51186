"""Stores into arrays, as MicroPython makes them: of a number that is too large, the low bits are kept.

`buf[0] = value >> 8` is what drivers write; CPython raises ValueError for more than 255. `__narrowed__(value, owner)`
is put around what is stored, which is as it was wherever `owner` is no array.
"""

from __future__ import annotations

import ast
import struct
from array import array
from collections.abc import Callable
from copy import deepcopy
from typing import Any

NAME = "__narrowed__"
SIGNED, UNSIGNED = "bhilqn", "BHILQN"
NEVER_LARGER = (ast.BitAnd, ast.RShift, ast.FloorDiv, ast.Mod)
NO_NUMBER = (
    ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
    ast.Lambda, ast.Compare,
)  # fmt: skip


def narrowed(value: Any, owner: Any) -> Any:
    """What `owner[...] = value` stores on a board."""
    if type(value) is int and not 0 <= value < 128:
        if isinstance(owner, bytearray):
            return value & 0xFF
        if isinstance(owner, array):
            return narrowed_to(owner.typecode, value)
        if type(owner) is memoryview:
            return narrowed_to(owner.format.lstrip("@<"), value)
    return value


def narrowed_to(code: str, value: int) -> int:
    """`value` as a number of the kind `code`, as `struct` has it, with as many of its low bits."""
    if code not in SIGNED and code not in UNSIGNED:
        return value
    bits = 8 * struct.calcsize(code)
    value &= (1 << bits) - 1
    return value - (1 << bits) if code in SIGNED and value >> (bits - 1) else value


def assignment(node: ast.Assign, new_name: Callable[[], str]) -> ast.stmt | list[ast.stmt]:
    """`node`, with what it stores by index narrowed."""
    target = node.targets[0]
    if len(node.targets) > 1 or isinstance(target, (ast.Tuple, ast.List)):
        parts = [part for each in node.targets for part in ast.walk(each)]
        if not any(isinstance(part, ast.Subscript) and _may_be_array(part) for part in parts):
            return node
        return _one_by_one(node, new_name)
    if not isinstance(target, ast.Subscript) or not _may_be_array(target) or not _may_be_large(node.value):
        return node
    if isinstance(target.value, ast.Name):
        node.value = _narrow(node.value, target.value)
        return node
    value, owner = new_name(), new_name()
    first, second = _set(value, node.value, node), _set(owner, target.value, node)
    target.value = ast.Name(owner, ast.Load())
    node.value = _narrow(ast.Name(value, ast.Load()), target.value)
    return [first, second, node]


def appended(value: ast.expr, owner: ast.expr) -> ast.expr:
    """The argument of `owner.append(value)`, narrowed."""
    return _narrow(value, owner) if is_plain(owner) and _may_be_large(value) else value


def _one_by_one(node: ast.Assign, new_name: Callable[[], str]) -> list[ast.stmt]:
    """`a[0], a[1] = x, y` and `a[0] = a[1] = x`: what is to be stored has a name first."""
    whole = new_name() if len(node.targets) > 1 else ""
    done: list[ast.stmt] = [_set(whole, node.value, node)] if whole else []
    for target in node.targets:
        stores: list[ast.stmt] = []
        if isinstance(target, (ast.Tuple, ast.List)):
            for place, part in enumerate(target.elts):
                if isinstance(part, ast.Subscript):
                    name = new_name()
                    stores.append(_store(part, name, node))
                    target.elts[place] = ast.copy_location(ast.Name(name, ast.Store()), part)
        value = ast.Name(whole, ast.Load()) if whole else node.value
        first = ast.copy_location(ast.Assign([target], value), node)
        made: list[ast.stmt] = [first, *stores]
        for statement in made:
            new = assignment(statement, new_name) if isinstance(statement, ast.Assign) else statement
            done += new if isinstance(new, list) else [new]
    return done


def augmented(node: ast.AugAssign, new_name: Callable[[], str]) -> ast.stmt | list[ast.stmt]:
    """`node`, with what it stores by index narrowed."""
    target = node.target
    if not isinstance(target, ast.Subscript) or not _may_be_array(target) or isinstance(node.op, NEVER_LARGER):
        return node
    if isinstance(node.op, (ast.BitOr, ast.BitXor)) and not _may_be_large(node.value):
        return node
    before: list[ast.stmt] = []
    if not isinstance(target.value, ast.Name):
        owner = new_name()
        before.append(_set(owner, target.value, node))
        target.value = ast.Name(owner, ast.Load())
    if not isinstance(target.slice, (ast.Name, ast.Constant)):
        key = new_name()
        before.append(_set(key, target.slice, node))
        target.slice = ast.Name(key, ast.Load())
    value = new_name()
    found = deepcopy(target)
    found.ctx = ast.Load()
    change = ast.copy_location(ast.AugAssign(ast.Name(value, ast.Store()), node.op, node.value), node)
    store = _store(target, value, node)
    store.value = _narrow(store.value, target.value)
    return [*before, _set(value, found, node), change, store]


def _set(name: str, value: ast.expr, where: ast.AST) -> ast.Assign:
    return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), where)


def _store(target: ast.expr, name: str, where: ast.AST) -> ast.Assign:
    return ast.copy_location(ast.Assign([target], ast.copy_location(ast.Name(name, ast.Load()), target)), where)


def _narrow(value: ast.expr, owner: ast.expr) -> ast.expr:
    again = deepcopy(owner)
    call = ast.Call(ast.Name(NAME, ast.Load()), [value, again], [])
    return ast.copy_location(call, value if hasattr(value, "lineno") else owner)


def _may_be_array(target: ast.Subscript) -> bool:
    key = target.slice
    return not isinstance(key, (ast.Slice, ast.Tuple)) and not (
        isinstance(key, ast.Constant) and not isinstance(key.value, int)
    )


def _may_be_large(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return type(value.value) is int and not 0 <= value.value < 128
    return not isinstance(value, NO_NUMBER)


def is_plain(owner: ast.expr) -> bool:
    """Whether it may be evaluated twice: a name, or attributes of one."""
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name)
