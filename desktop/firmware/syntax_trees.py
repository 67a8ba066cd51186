"""Pieces of syntax trees for the dialect: what a function is, and statements from a text with holes in it."""

from __future__ import annotations

import ast


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
