"""The tests of what a type checker knows of a layer, which each test_types_cpython.py gives its programs.

The library is found as sources in a folder of its own: what is installed, editable, is not seen by mypy.
"""

import importlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("core", "threadsafe", "primitives", "drivers", "offload")  # each may import those before it


def _prepare(folder):
    """A folder in which mypy finds the library; the path of a configuration for it."""
    place = folder / "tree" / "twincore"
    place.mkdir(parents=True)
    for name in LAYERS:
        (place / name).symlink_to(ROOT / name)
    config = folder / "mypy.ini"
    config.write_text("[mypy]\nnamespace_packages=true\nexplicit_package_bases=true\nfollow_imports=silent\n")
    return place.parent, str(config)


def said_of(folder, head, body):
    """Check a program, strict: `head`, a text that ends within a function, then the lines of `body` in it.

    Returns {line of the program: [what mypy says of it]}. What it says of the library itself is an AssertionError.
    """
    place, config = _prepare(folder)
    program = folder / "program.py"
    program.write_text(head + "\n".join(f"    {line}" for line in body) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", config, "--strict", f"--cache-dir={folder / 'cache'}", program],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(place)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert not done.stderr
    found = {}
    numbers = {number: line.strip() for number, line in enumerate(program.read_text().splitlines(), 1)}
    for file, number, text in re.findall(r"^(.+?):(\d+): (.*)$", done.stdout, re.MULTILINE):
        assert Path(file).name == program.name, f"of the library itself: {file}: {text}"
        found.setdefault(numbers[int(number)], []).append(text)
    return found


def type_of(said, expression):
    """The type that `reveal_type(expression)` had, without the names of modules."""
    (text,) = said[f"reveal_type({expression})"]
    return re.fullmatch(r'note: Revealed type is "(.*)"', re.sub(r"\b(\w+\.)+(?=\w)", "", text))[1]


def stubs_of(layer):
    """Names of the layer's modules that have a stub beside them, its `__init__` aside."""
    return sorted(path.stem for path in (ROOT / layer).glob("*.pyi") if path.stem != "__init__")


def check_stubs(folder, layer):
    """Hold names, arguments and their defaults in the stubs of a layer to its imported modules, uncompiled."""
    place, config = _prepare(folder)
    done = subprocess.run(
        [
            sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", config, "--concise", "--ignore-missing-stub",
            *[f"twincore.{layer}.{name}" for name in stubs_of(layer)],
        ],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(place), "TWINCORE_PURE": "1", "TWINCORE_REQUIRE_COMPILED": "0"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def generic_in(layer):
    """[(module, class)]: the public classes that are generic for a type checker, as ThreadSafeQueue[int] is."""
    found = []
    for stem in stubs_of(layer):
        source = (ROOT / layer / f"{stem}.pyi").read_text()
        found += [(stem, name) for name in re.findall(r"^class ([A-Za-z]\w*)\(.*\[_\w+\].*\):", source, re.MULTILINE)]
    return found


def names_in(layer):
    """The names that a type checker finds in `from twincore.<layer> import ...`."""
    source = (ROOT / layer / "__init__.pyi").read_text()
    pairs = re.findall(r"^from \S+ import (\w+) as \1$|^(\w+)(?::| =) ", source, re.MULTILINE)
    return {imported or assigned for imported, assigned in pairs}


class Types:
    """Base of a layer's class of tests. A program is checked that uses the layer in right and in wrong ways."""

    NEEDED = "needs mypy: pip install -e '.[lint]'"
    pytestmark = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason=NEEDED)

    layer: str
    head: str  # how the program begins, up to within a function
    known: dict  # expression: its type
    right: list  # statements of which nothing is said
    wrong: dict  # statement: what is said of it, a regular expression
    given: frozenset  # the names that the layer gives

    def pytest_generate_tests(self, metafunc):
        for name, values in (("expression", self.known), ("statement", self.wrong)):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, list(values))

    @pytest.fixture(scope="class")
    @classmethod
    def said(cls, tmp_path_factory):
        body = (*[f"reveal_type({expression})" for expression in cls.known], *cls.right, *cls.wrong)
        return said_of(tmp_path_factory.mktemp("types"), cls.head, body)

    def test_the_type_of_a_right_use_is_known(self, said, expression):
        assert type_of(said, expression) == self.known[expression]

    def test_a_wrong_use_is_found(self, said, statement):
        first = said[statement][0]
        assert first.startswith("error: ") and re.search(self.wrong[statement], first), first

    def test_nothing_else_is_found(self, said):
        assert {line for line, texts in said.items() if "error" in str(texts)} == set(self.wrong)

    def test_the_types_are_those_of_the_modules(self, tmp_path):
        check_stubs(tmp_path, self.layer)

    def test_what_the_layer_gives_and_what_a_type_checker_finds_there_are_the_same(self):
        assert names_in(self.layer) == self.given
        layer = importlib.import_module(f"twincore.{self.layer}")
        for name in self.given:
            assert getattr(layer, name) is not None

    def test_generic_types_take_an_argument_as_the_program_runs(self):
        for module, name in generic_in(self.layer):
            kind = getattr(importlib.import_module(f"twincore.{self.layer}.{module}"), name)
            assert issubclass(type("Own", (kind[int],), {}), kind)
