"""The `twincore` command. Its words are here, what they do is in the modules beside this one.

Needs the extra `cli` (click and rich), and says so when it is not installed.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # not from typing: what is imported out here is out of reach of main's `except`
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """Entry point of the `twincore` command."""
    try:
        from .interrupts import raise_again_what_is_dropped

        raise_again_what_is_dropped()
        sys.exit(_main())
    except KeyboardInterrupt:
        sys.exit(130)


def _main() -> int:
    try:
        import click

        from .commands import twincore

        return _typed(click, twincore)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("click", "rich"):
            raise
        print("twincore: the command needs its extra: pip install 'twincore[cli,board]'", file=sys.stderr)
        return 2


def _typed(click: Any, twincore: Any) -> int:
    """Do what the arguments say; what makes no sense is told in one line."""
    try:
        return int(twincore.main(prog_name="twincore", standalone_mode=False) or 0)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see `{context.command_path} --help`)" if context else ""
        print(f"twincore: {error.format_message().rstrip('.')}{hint}", file=sys.stderr)
        return int(error.exit_code)
    except click.Abort:
        return 130
