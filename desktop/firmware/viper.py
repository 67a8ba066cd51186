"""Functions under `@micropython.viper`: they compute in words of 32 bits, where CPython's integers have no end.

`x * 33 ^ y` overflows there by design, in any hash and generator of random numbers. `in_words` puts a call around each
operation, which keeps the low 32 bits: as a signed number, or as an unsigned one where the left operand is one, which a
`uint` is. What is loaded from a `ptr32` is signed. Held to the emulated RP2040 by tests/desktop/both_boards/viper.py.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

MASK, SIGN = 0xFFFFFFFF, 0x80000000
ENOUGH = 64  # bits by which a shift leaves nothing
WORDS = {"int": "__int32__", "uint": "uint"}  # declared -> what makes a value that
OPERATORS: dict[str, tuple[type[ast.AST], Callable[[Any, Any], Any]]] = {
    "+": (ast.Add, operator.add),
    "-": (ast.Sub, operator.sub),
    "*": (ast.Mult, operator.mul),
    "//": (ast.FloorDiv, operator.floordiv),
    "%": (ast.Mod, operator.mod),
    "<<": (ast.LShift, lambda value, count: value << min(count, ENOUGH)),
    ">>": (ast.RShift, operator.rshift),
    "&": (ast.BitAnd, operator.and_),
    "|": (ast.BitOr, operator.or_),
    "^": (ast.BitXor, operator.xor),
    "neg": (ast.USub, lambda value, nothing: -value),
    "~": (ast.Invert, lambda value, nothing: ~value),
}
COMPUTE = {symbol: function for symbol, (_, function) in OPERATORS.items()}
SYMBOLS = {kind: symbol for symbol, (kind, _) in OPERATORS.items()}


class Unsigned(int):
    """A `uint` within a viper function."""


def computed(symbol: str, left: Any, right: Any = None) -> Any:
    """The result of one operation. What is no integer is as anywhere."""
    value = COMPUTE[symbol](left, right)
    if not isinstance(value, int):
        return value
    return Unsigned(value & MASK) if type(left) is Unsigned else (value + SIGN & MASK) - SIGN


def int32(value: Any) -> int:
    """viper's `int(value)`. TypeError for what is no integer."""
    return (operator.index(value) + SIGN & MASK) - SIGN


def uint(value: Any) -> Unsigned:
    """viper's `uint(value)`. TypeError for what is no integer."""
    return Unsigned(operator.index(value) & MASK)


def returned(value: Any) -> Any:
    """What the caller gets for it."""
    return int(value) if type(value) is Unsigned else value


NAMES = {"__viper__": computed, "__viper_returned__": returned}


def in_words(node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Have the body of a viper function compute in words."""
    words = _Words()
    node.body = [words.visit(statement) for statement in node.body]


class _Words(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        return self._computed(node, node.op, node.left, node.right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        if isinstance(node.operand, ast.Constant):
            return node
        return self._computed(node, node.op, node.operand)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name) or type(node.op) not in SYMBOLS:
            return node  # what is stored by index has its low bits kept anyway
        before = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        return ast.copy_location(ast.Assign([node.target], self._computed(node, node.op, before, node.value)), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "int" and len(node.args) == 1:
            node.func = ast.copy_location(ast.Name("__int32__", ast.Load()), node.func)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = self._call("__viper_returned__", node.value, node.value)
        return node

    def _computed(self, node: ast.AST, kind: ast.AST, *operands: ast.expr) -> Any:
        symbol = SYMBOLS.get(type(kind))
        if symbol is None:
            return node
        return self._call("__viper__", node, ast.copy_location(ast.Constant(symbol), node), *operands)

    def _call(self, name: str, where: ast.AST, *arguments: ast.expr) -> ast.expr:
        call = ast.Call(ast.copy_location(ast.Name(name, ast.Load()), where), list(arguments), [])
        return ast.copy_location(call, where)
