"""Replacing nodes of a parsed source in its text, so that every line keeps its number."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Edit = tuple[ast.stmt | ast.expr, str]  # what is replaced; by what, a text without line ends


def edited(source: str, edits: Iterable[Edit]) -> str:
    """Return the source with each node replaced; the lines that it spanned stay, empty. No node is inside another."""
    text = source.encode()  # ast counts bytes
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    places = []
    for node, replacement in edits:
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start, end = starts[node.lineno - 1] + node.col_offset, starts[last - 1] + column
        places.append((start, end, replacement.encode() + b"\n" * (last - node.lineno)))
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text.decode()
