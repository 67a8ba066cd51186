"""What a type checker knows of offload: of right uses the types, of wrong ones the mistake; and that it is so."""

import importlib.util
import re

import pytest

from twincore import offload

from type_checking import check_stubs, names_in, said_of, type_of

pytestmark = [
    pytest.mark.cpython,
    pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="needs mypy: pip install -e '.[lint]'"),
]

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
    body = (*[f"reveal_type({expression})" for expression in KNOWN], *RIGHT, *WRONG)
    return said_of(tmp_path_factory.mktemp("types"), HEAD, body)


@pytest.mark.parametrize("expression", KNOWN)
def test_the_type_of_a_right_use_is_known(said, expression):
    assert type_of(said, expression) == KNOWN[expression]


@pytest.mark.parametrize("statement", WRONG)
def test_a_wrong_use_is_found(said, statement):
    first = said[statement][0]
    assert first.startswith("error: ") and re.search(WRONG[statement], first), first


def test_nothing_else_is_found(said):
    assert {line for line, texts in said.items() if "error" in str(texts)} == set(WRONG)


def test_the_types_are_those_of_the_modules(tmp_path):
    check_stubs(tmp_path, "offload")


def test_what_offload_gives_and_what_a_type_checker_finds_there_are_the_same():
    found = names_in("offload")
    assert found == {*offload._MODULES, *offload._NAMED}
    for name in found:
        assert getattr(offload, name) is not None
