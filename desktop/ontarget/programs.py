"""The program that a file's tests become: the file, rewritten, what it imports and opens, and who calls the tests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..options import BadUse
from ..targets.staging import aliases_folder, modules_beside
from .asserts import rewritten
from .collecting import Case, CaseFile, arguments_text
from .places import BOARD_FILE, Program

ON_BOARD = Path(__file__).parent / "on_board"
CALLER = "run_these_tests.py"
LOAD_AND_RUN = """\
import twincore_tests


def load():
    import {module}

    return {module}


twincore_tests.run({word!r}, load, (
{calls}))
"""


@dataclass(frozen=True)
class Staged:
    """What all the programs of one file have in common.

    files: path beside the program -> content; sources: {path in a traceback: file here}.
    """

    file: CaseFile
    files: dict[str, bytes]
    sources: dict[str, Path]

    @property
    def name(self) -> str:
        """The file's, on the target."""
        return self.file.path.name

    @property
    def word(self) -> str:
        """What a line with a result begins with. The same each time, or a seed would not repeat."""
        return hashlib.sha256(self.files[self.name]).hexdigest()[:16]

    def program(self, cases: Sequence[Case]) -> Program:
        """Return what runs these tests, one after another; a script is run as it is."""
        if self.file.is_script:
            return Program(self.name, self.files)
        calls = "".join(f"    ({case.name!r}, {case.is_async}, {arguments_text(case)}),\n" for case in cases)
        module = self.name.removesuffix(".py")
        text = LOAD_AND_RUN.format(module=module, word=self.word, calls=calls)
        return Program(CALLER, {**self.files, CALLER: text.encode()})


def stage(file: CaseFile, roots: Sequence[Path] = ()) -> Staged:
    """Return the file with what it imports from its folder or `roots`, in this order, and what it opens.

    Raises BadUse for a file that it names and that is not there, OSError.
    """
    folder = file.path.resolve().parent
    sources = {file.path.name: file.path.resolve()}
    for name, source in modules_beside(file.path, [*roots, aliases_folder()]).items():
        sources.setdefault(name, source)
    files = {name: source.read_bytes() for name, source in sources.items()}
    for name in file.data_files:
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise BadUse(f"{file.path}: TARGET_FILES names {name}: {error.strerror}") from None
    if (folder / BOARD_FILE).is_file():
        files[BOARD_FILE] = (folder / BOARD_FILE).read_bytes()
    for helper in ("twincore_tests.py", "pytest.py"):
        files[helper] = (ON_BOARD / helper).read_bytes()
    if file.runnable:  # else it may be no Python
        files[file.path.name] = rewritten(files[file.path.name])
    return Staged(file, files, sources)
