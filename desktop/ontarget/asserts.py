"""Assertions that say what they compared: MicroPython's say nothing.

    assert total == 3     becomes     assert (_l := (total)) == (_r := (3)), said("==", _l, _r); _l = _r = None

No line moves, so that a traceback's numbers are those of the file. The names are locals of the test, which let go of
the values at once. At a module's top level, where they would be globals that appear while another core looks globals
up, the values are kept by calls instead. A chain such as `a < b < c` is left as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

LEFT, RIGHT = "_assert_left", "_assert_right"
HELPER = '__import__("twincore_tests")'
OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip

Insertion = tuple[int, int, str]  # line, byte in it, what is put in there


def rewritten(source: bytes) -> bytes:
    """Return the module's source with its assertions telling both sides. Raises SyntaxError if it is no Python."""
    lines = source.splitlines(keepends=True)
    insertions = [each for node, inside in _assertions(ast.parse(source)) for each in _insertions(node, inside)]
    for line, column, text in reversed(insertions):
        before = lines[line - 1]
        lines[line - 1] = before[:column] + text.encode() + before[column:]
    return b"".join(lines)


def _assertions(tree: ast.AST, inside: bool = False) -> Iterator[tuple[ast.Assert, bool]]:
    """Yield the assertions in the order of the text, and whether a function is around each."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Assert):
            yield node, inside
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not any("viper" in ast.unparse(decorator) for decorator in node.decorator_list):  # its locals have types
                yield from _assertions(node, True)
        else:
            yield from _assertions(node, inside and not isinstance(node, ast.ClassDef))


def _insertions(node: ast.Assert, inside: bool) -> Iterator[Insertion]:
    """Yield what is put into one assertion, in the order of the text."""
    test = node.test
    sides: list[ast.expr]
    if isinstance(test, ast.Constant):
        return
    if isinstance(test, ast.Compare):
        if len(test.ops) > 1:
            return
        operator, sides = OPERATORS[type(test.ops[0])], [test.left, test.comparators[0]]
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        operator, sides = "not", [test.operand]
    else:
        operator, sides = "", [test]
    for number, side in enumerate(sides):
        yield (*_start(side), f"({(LEFT, RIGHT)[number]} := (" if inside else f"{HELPER}.keep({number}, (")
        yield (*_end(side), "))")
    right = RIGHT if len(sides) == 2 else "None"
    say = f"{HELPER}.said({operator!r}, {LEFT}, {right}" if inside else f"{HELPER}.kept({operator!r}"
    if node.msg is None:
        yield (*_end(node), f", {say})")
    else:
        yield (*_start(node.msg), f"{say}, (")
        yield (*_end(node.msg), "))")
    if inside:
        yield (*_end(node), f"; {LEFT} = {RIGHT} = None" if len(sides) == 2 else f"; {LEFT} = None")


def _start(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    assert node.end_lineno is not None and node.end_col_offset is not None  # ast.parse gives them
    return node.end_lineno, node.end_col_offset
