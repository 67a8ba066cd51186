"""What a user can cause is told in one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from .. import targets
from ..run import BadUse


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a user can cause into one line on stderr and exit code 2."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, BadUse | targets.TargetMissing | ValueError) and not _cannot_compile(error):
            raise
        print(f"twincore: {error}", file=sys.stderr)
        sys.exit(2)


def _cannot_compile(error: Exception) -> bool:
    from ..image import CompileError  # what it imports takes time, and most commands do not need it

    return isinstance(error, CompileError)
