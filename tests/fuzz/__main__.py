"""`python tests/fuzz`, `python -m tests.fuzz`."""

import sys
from pathlib import Path

if not __package__:  # a folder that is run is first in the path, and no package
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from fuzz.command import command
else:
    from .command import command

if __name__ == "__main__":
    command()()
