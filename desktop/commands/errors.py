"""What a user can cause is told in one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from .. import targets
from ..deploy.errors import DeployError
from ..options import BadUse


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a user can cause into one line on stderr and exit code 2; 1 when a board did not do what it should."""
    try:
        yield
    except Exception as error:
        known = BadUse | DeployError | targets.TargetMissing | ValueError
        if not isinstance(error, known) and not _cannot_compile(error):
            raise
        print(f"twincore: {error}", file=sys.stderr)
        sys.exit(error.exit_code if isinstance(error, DeployError) else 2)


def _cannot_compile(error: Exception) -> bool:
    from ..emulation.image import CompileError  # what it imports takes time, and most commands do not need it

    return isinstance(error, CompileError)
