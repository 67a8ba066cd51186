"""`python -m twincore.desktop` is the `twincore` command."""

from .cli import main

main()
