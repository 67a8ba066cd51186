"""The place that is a board at a port: a process of its own copies what has changed, runs the program and passes on
what it prints; see `..deploy.running`. What is deployed on the board is left alone.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..process import Command
from .places import Place, Prepared, Program, written


class Attached(Place):
    """A board, by its port as `twincore deploy` has it. One program at a time."""

    slots = 1
    boot_seconds = 180.0  # the library goes there the first time

    def __init__(self, port: str) -> None:
        self.name = port

    @property
    def label(self) -> str:
        return self.name.removeprefix("/dev/").removeprefix("./").replace("://", "-").replace("/", "-")

    @contextlib.contextmanager
    def prepare(self, program: Program) -> Iterator[Prepared]:
        with written(program.files) as folder:
            arguments = [sys.executable, "-u", "-m", __name__, self.name, str(folder / program.script)]
            others = [path for path in program.files if not path.endswith(".py")]
            yield Prepared(Command([*arguments, *others]), folder)


def main(port: str, script: str, others: Sequence[str]) -> int:
    """Run the script on the board, with what it imports and the other files beside it; return its exit code."""
    from ..deploy import running
    from ..deploy.errors import DeployError

    def echo(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    path = Path(script)
    try:
        result = running.run(port, path, files={name: path.parent / name for name in others}, echo=echo)
    except DeployError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stderr.write(result.stderr)
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
