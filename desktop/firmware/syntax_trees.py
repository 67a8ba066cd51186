"""Pieces of syntax trees for the dialect: what a function is, what is refused, statements of a text with holes."""

from __future__ import annotations

import ast
from typing import NoReturn

PARENTHESES = "Generator expression must be parenthesized"  # says CPython, of one among other arguments
BINDS = {"for": "in", "lambda": ":"}  # between these two, commas part names
Place = tuple[int, int]  # line, from 1, and column, from 0


def parsed(source: str, filename: str, mode: str) -> ast.AST:
    """The tree of `source`, in which a generator needs no parentheses of its own among other arguments. SyntaxError."""
    for _ in range(source.count("for")):
        try:
            return ast.parse(source, filename, mode)
        except SyntaxError as error:
            if error.msg != PARENTHESES:
                raise
            source = _with_parentheses(source, (error.lineno or 1, (error.offset or 1) - 1))
    return ast.parse(source, filename, mode)


def refuse(node: ast.AST, text: str) -> NoReturn:
    """Raise SyntaxError at the node's place."""
    line = getattr(node, "lineno", 1)
    column = getattr(node, "col_offset", 0) + 1
    end = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", -1) + 1
    raise SyntaxError(text, (None, line, column, None, *end))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is just that, else ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _with_parentheses(source: str, where: Place) -> str:
    """`source` with parentheses around the argument that is a generator, whose first value is `where`."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for bracket, (line, column) in zip(")(", reversed(_generator_at(lines, where)), strict=True):
        text = lines[line - 1]
        lines[line - 1] = f"{text[:column]}{bracket}{text[column:]}"
    return "\n".join(lines)


def _generator_at(lines: list[str], where: Place) -> tuple[Place, Place]:
    """Where the argument begins and ends. CPython tells neither of one that has several lines, or parentheses."""
    import tokenize

    starts: list[Place | None] = [None]  # of the arguments around, by depth
    start, end, level, found, until = where, where, 0, 0, ""
    for token in tokenize.generate_tokens(iter([f"{line}\n" for line in lines]).__next__):
        if token.type in (tokenize.NL, tokenize.COMMENT):
            continue
        depth = len(starts)
        if not level and token.start >= where:
            level = depth
        if token.string in (")", "]", "}"):
            if depth == found:
                break
            starts.pop()
        elif token.string == "," and not (depth == found and until):
            if depth == found:
                break
            starts[-1] = None
        else:
            starts[-1] = starts[-1] or token.start
            if token.string in ("(", "[", "{"):
                starts.append(None)
            elif token.string == "for" and level and not found and depth <= level:
                start, found = starts[-1] or where, depth
            if depth == found:
                until = BINDS.get(token.string, "" if token.string == until else until)
        end = token.end
    return start, end


def without_slots(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a class without its `__slots__`, which MicroPython does not heed: any attribute may be there."""

    def is_slots(statement: ast.stmt) -> bool:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        return any(isinstance(target, ast.Name) and target.id == "__slots__" for target in targets)

    return [statement for statement in body if not is_slots(statement)] or [ast.copy_location(ast.Pass(), body[0])]


def is_generator(function: ast.AST) -> bool:
    """Whether it yields or awaits itself, not merely a function within it."""
    todo: list[ast.AST] = list(getattr(function, "body", ()))
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return False


def filled(
    source: str, where: ast.AST, blocks: dict[str, list[ast.stmt]], values: dict[str, ast.expr]
) -> list[ast.stmt]:
    """The statements of `source`, all at the line of `where`, with its names in capitals replaced."""

    class Fill(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
            if isinstance(node.value, ast.Name) and node.value.id in blocks:
                return blocks[node.value.id] or [ast.copy_location(ast.Pass(), where)]
            return self.generic_visit(node)

        def visit_Name(self, node: ast.Name) -> ast.AST:
            return values.get(node.id, node)

    tree = ast.parse(source)
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            ast.copy_location(node, where)
    return [Fill().visit(statement) for statement in tree.body]


def begins_with_bytes(sum_or_product: ast.expr) -> bool:
    """Whether the leftmost of what is added, or repeated, is bytes in quotes."""
    while isinstance(sum_or_product, ast.BinOp) and isinstance(sum_or_product.op, (ast.Add, ast.Mult)):
        sum_or_product = sum_or_product.left
    return isinstance(sum_or_product, ast.Constant) and isinstance(sum_or_product.value, bytes)
