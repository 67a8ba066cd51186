"""The `twincore` command. Its words are here, what they do is in the modules beside this one.

Needs the extra `cli` (click and rich), and says so when it is not installed.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `twincore` command."""
    try:
        from .commands import twincore
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("click", "rich"):
            raise
        sys.exit("twincore: the command needs its extra: pip install 'twincore[cli,board]'")
    import click

    try:
        code = twincore.main(prog_name="twincore", standalone_mode=False)
    except click.ClickException as error:  # what was typed makes no sense
        context = getattr(error, "ctx", None)
        help_hint = f" (see `{context.command_path} --help`)" if context else ""
        print(f"twincore: {error.format_message().rstrip('.')}{help_hint}", file=sys.stderr)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code)
