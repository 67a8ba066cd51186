"""What a type checker knows of offload: of right uses the types, of wrong ones the mistake; and that it is so."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from twincore import offload

pytestmark = [
    pytest.mark.cpython,
    pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs mypy: pip install -e '.[lint]'"),
]

HERE = Path(offload.__file__).parent
STUBS = sorted(path.stem for path in HERE.glob("*.pyi") if path.stem != "__init__")

HEAD = """
import sqlite3
from collections.abc import Iterator
from twincore import offload
from twincore.offload.wrapping import Wrapped

class Port:
    rate = 9600
    def read(self, n: int) -> bytes: return bytes(n)
    def __iter__(self) -> Iterator[int]: return iter([1])

class Lease:
    def __enter__(self) -> Port: return Port()
    def __exit__(self, *args: object) -> bool: return True

def check(port: Wrapped[Port]) -> None: print(port)

async def main() -> None:
    wrapped = offload.wrap(Port())
"""

KNOWN = {  # expression: its type
    "wrapped": "Wrapped[Port]",
    "wrapped.read": "_Method",
    "wrapped.read(1)": "Job[Any]",
    "await wrapped.read(1)": "Any",
    "await wrapped.read(1).options(timeout=3)": "Any",
    "[item async for item in wrapped]": "list[int]",
    "await offload.unwrap(wrapped)": "Port",
    "await offload.wrap(sqlite3.connect('x')).__aenter__()": "Wrapped[Connection]",
    "await offload.wrap(Lease()).__aenter__()": "Wrapped[Port]",
    "offload.wrap(Port(), attributes=('rate',)).rate": "Any",
    "await offload.unwrap(offload.wrap(Port(), None, ('rate',)))": "Port",
    "await offload.wrap(Lease(), attributes=('rate',)).__aenter__()": "_WithAttributes[Port]",
    "offload.unblock(pow, 2, 3)": "Job[int]",
    "await offload.Worker().assign(sqlite3.connect, 'x')": "Connection",
    "await offload.pool('dns').assign(len, []).options(on_cancel='wait')": "int",
    "[item async for item in offload.iterate(Port())]": "list[int]",
    "[item async for item in offload.iterate(range, 9, batch=3)]": "list[int]",
    "offload.from_thread.run_sync(divmod, 7, 2)": "tuple[int, int]",
    "await offload.LoopThread().call(abs, -1)": "int",
    "(await offload.subprocess.run(['ls'])).returncode": "int",
    "offload.sqlite.connect('x')": "Connection",
}

RIGHT = [
    "check(wrapped)",
    "check(offload.wrap(Port(), attributes=['rate']))",
    "offload.wrap(Port(), attributes={'rate'}).rate = 300",
    "async with offload.wrap(sqlite3.connect('x'), wraps=('execute',)): pass",
]

WRONG = {  # statement: what is said of it
    "data: bytes = wrapped.read(1)": r'expression has type "Job\[Any\]", variable has type "bytes"',  # no await
    "wrapped.rate + 1": '"_Method" and "int"',
    "wrapped.rate = 300": 'has no attribute "rate"',
    "offload.wrap(Port(), attributes='rate')": 'No overload variant of "wrap"',
    "offload.wrap(Port(), 4)": 'No overload variant of "wrap"',
    "check(offload.wrap(3))": 'has incompatible type "int"; expected "Port"',
    "await offload.unwrap(Port())": 'has incompatible type "Port"',
    "await wrapped.__aenter__()": 'Invalid self argument "Wrapped\\[Port\\]"',  # a Port is no context manager
    "offload.wrap(3).__aiter__()": 'Invalid self argument "Wrapped\\[int\\]"',
    "await wrapped.read(1).options(on_cancel='kill')": 'has incompatible type "Literal\\[\'kill\'\\]"',
    "offload.unblock(len, 3)": 'has incompatible type "int"; expected "Sized"',
    "offload.unblok": 'has no attribute "unblok"',
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What mypy says of a program with all of the above, strict: {line of the program: what it says of that}."""
    from mypy import api

    lines = [f"    {line}" for line in (*[f"reveal_type({expression})" for expression in KNOWN], *RIGHT, *WRONG)]
    program = tmp_path_factory.mktemp("types") / "program.py"
    program.write_text(HEAD + "\n".join(lines))
    options = [*options_for(program.parent), "--strict", f"--cache-dir={program.parent / 'cache'}"]
    before = os.environ.get("MYPYPATH")
    os.environ["MYPYPATH"] = str(tree(program.parent))
    try:
        output, errors, _ = api.run([*options, str(program)])
    finally:
        os.environ.pop("MYPYPATH")
        if before is not None:
            os.environ["MYPYPATH"] = before
    assert not errors
    found = {}
    numbers = {number: line.strip() for number, line in enumerate(program.read_text().splitlines(), 1)}
    for file, number, text in re.findall(r"^(.+?):(\d+): (.*)$", output, re.MULTILINE):
        assert Path(file).name == program.name, f"of the library itself: {file}: {text}"
        found.setdefault(numbers[int(number)], []).append(text)
    return found


def tree(folder):
    """A folder in which a type checker finds the library, and nothing that is installed."""
    place = folder / "tree" / "twincore"
    place.mkdir(parents=True)
    for name in ("core", "threadsafe", "offload"):
        (place / name).symlink_to(HERE.parent / name)
    return place.parent


def options_for(folder):
    config = folder / "mypy.ini"
    config.write_text("[mypy]\nnamespace_packages=true\nexplicit_package_bases=true\nfollow_imports=silent\n")
    return ["--config-file", str(config)]


def without_modules(text):
    return re.sub(r"\b(\w+\.)+(?=\w)", "", text)


@pytest.mark.parametrize("expression", KNOWN)
def test_the_type_of_a_right_use_is_known(said, expression):
    texts = [without_modules(text) for text in said[f"reveal_type({expression})"]]
    assert texts == [f'note: Revealed type is "{KNOWN[expression]}"']


@pytest.mark.parametrize("statement", WRONG)
def test_a_wrong_use_is_found(said, statement):
    first = said[statement][0]
    assert first.startswith("error: ") and re.search(WRONG[statement], first), first


def test_nothing_else_is_found(said):
    assert {line for line, texts in said.items() if "error" in str(texts)} == set(WRONG)


def test_the_types_are_those_of_the_modules(tmp_path):
    """Names, arguments and their defaults, looked up in the imported modules, uncompiled."""
    done = subprocess.run(
        [
            sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", options_for(tmp_path)[1], "--concise",
            "--ignore-missing-stub", *[f"twincore.offload.{name}" for name in STUBS],
        ],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(tree(tmp_path)), "TWINCORE_PURE": "1", "TWINCORE_REQUIRE_COMPILED": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_offload_gives_and_what_a_type_checker_finds_there_are_the_same():
    source = (HERE / "__init__.pyi").read_text()
    found = {*re.findall(r"^from \S+ import (\w+) as \1$|^(\w+) = ", source, re.MULTILINE)}
    found = {imported or assigned for imported, assigned in found}
    assert found == {*offload._MODULES, *offload._NAMED}
    for name in found:
        assert getattr(offload, name) is not None
