"""Which branches of a module a board takes: what a condition is there, as far as its text alone tells.

The library's modules choose between CPython and MicroPython, and between ports, in a few plain forms. Anything else
is undecided, and both branches count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

IMPLEMENTATION = "sys.implementation.name"


def nodes_on_board(tree: ast.AST, platform: str | None) -> Iterator[ast.AST]:
    """Yield the nodes of a tree as ast.walk does, without the branches that a board never takes.

    Args: platform, the board's sys.platform; None: any.
    """
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If | ast.IfExp):
            holds = on_board(node.test, platform)
            if holds is not None:
                taken = node.body if holds else node.orelse
                waiting.extend(taken if isinstance(taken, list) else [taken])
                continue
        waiting.extend(ast.iter_child_nodes(node))


def on_board(test: ast.expr, platform: str | None) -> bool | None:
    """What the condition is on a board; None where the text does not tell."""
    if isinstance(test, ast.Name) and test.id == "MICROPYTHON":
        return True
    if isinstance(test, ast.Constant):  # as `for_board` leaves it
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = on_board(test.operand, platform)
        return None if inner is None else not inner
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        known = {IMPLEMENTATION: "micropython", "sys.platform": platform}.get(ast.unparse(test.left))
        other = test.comparators[0]
        if known is not None and isinstance(other, ast.Tuple) and isinstance(test.ops[0], ast.In):
            return known in ast.literal_eval(other)
        if known is not None and isinstance(other, ast.Constant):
            if isinstance(test.ops[0], ast.Eq):
                return bool(known == other.value)
            if isinstance(test.ops[0], ast.NotEq):
                return bool(known != other.value)
    return None
