"""Running an application on MicroPython's unix port, with twincore's portable folders on its import path."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import targets
from ..process import Command, RunResult, capture
from .staging import linked_library

# Executed in front of the application, so that it ends as on the other targets: sys.exit("text") shows the text, Ctrl-C
# gives 130, and a traceback starts in the application. execfile keeps it __main__.
LAUNCHER = """\
try:
    import sys as _sys
    del _sys.argv[0]
    __file__ = _sys.argv[0]
    _sys.path[0] = __file__.rpartition("/")[0]
    execfile(__file__)
except SystemExit as _e:
    _code = _e.args[0] if _e.args else None
    if not (_code is None or isinstance(_code, int)):
        print(_code, file=_sys.stderr)
        _code = 1
    _sys.exit(_code)
except BaseException as _e:
    import io as _io
    _text = _io.StringIO()
    _sys.print_exception(_e, _text)
    _sys.stderr.write(_text.getvalue().replace('  File "<stdin>", line 6, in <module>\\n', ""))
    _sys.exit(130 if isinstance(_e, KeyboardInterrupt) else 1)
"""


def command(
    script: Path,
    args: Sequence[str] = (),
    path_extra: Sequence[str | Path] = (),
    target: str = "micropython",
    path_first: Sequence[str | Path] = (),
) -> Command:
    """Return the command that runs the script with these arguments.

    On sys.path: the script's folder, path_first, frozen modules, path_extra, twincore, and $MICROPYPATH if it is set.
    Raises TargetMissing.
    """
    interpreter = targets.find(target).interpreter
    inherited = os.environ.get("MICROPYPATH")
    path = [*path_first, ".frozen", *path_extra, linked_library(), *([inherited] if inherited else [])]
    return Command([*interpreter, "-c", LAUNCHER, str(script), *args], {"MICROPYPATH": ":".join(map(str, path))})


def run(
    script: Path,
    *,
    args: Sequence[str] = (),
    timeout: float | None = 60,
    path_extra: Sequence[str | Path] = (),
    echo: Callable[[str], object] | None = None,
) -> RunResult:
    """Run the script to its end and return what it did; see `process.capture` for timeout and echo.

    Raises TargetMissing.
    """
    return capture(command(script, args, path_extra), timeout=timeout, echo=echo)
