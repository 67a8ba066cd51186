"""The library a second time, plain: `twincore_pure.core` is `twincore.core` from its .py files, compiled or not.

After `install()` both can be imported in one process, with classes of their own: a test runs against either, and
what must read bytecode (a race explorer, a tracer, a debugger) works on the plain copy. To have only the plain
modules, under their usual names, set TWINCORE_PURE=1 instead.
"""

import sys

from ..core._variant import SecondCopyFinder

NAME = "twincore_pure"


def install() -> None:
    """Make `twincore_pure.<folder>` importable. A second call changes nothing. Any thread."""
    if not any(getattr(finder, "root", None) == NAME for finder in sys.meta_path):
        sys.meta_path.insert(0, SecondCopyFinder(NAME))  # type: ignore[no-untyped-call]
