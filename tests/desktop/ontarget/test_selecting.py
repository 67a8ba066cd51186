"""What a person types means the tests that pytest would take, and what is printed to be typed again means the same."""

import shlex

import pytest

from twincore.desktop.ontarget.places import Emulated, UnixPort, places, seeds_asked
from twincore.desktop.ontarget.selecting import command_for, roots_of, selected
from twincore.desktop.options import BadUse

pytestmark = pytest.mark.cpython
TEXT = """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_a(n): pass
def test_b(): pass
class TestC:
    def test_d(self): pass
    def test_e(self): pass
"""


@pytest.fixture
def folder(file, monkeypatch):
    for name in ("test_it.py", "sub/it_test.py", "build/test_no.py", ".hidden/test_no.py", "sub/other.py"):
        file(TEXT, name)
    file("", "venv2/pyvenv.cfg")
    file(TEXT, "venv2/test_no.py")
    monkeypatch.chdir(file("", "empty.txt").parent)


def ids(*arguments):
    return [case.id for found in selected(arguments) for case in found.cases]


def test_a_folder_means_its_test_files_and_a_file_itself(folder):
    assert [str(found.path) for found in selected(["."])] == ["test_it.py", "sub/it_test.py"]
    assert [str(found.path) for found in selected(["sub/other.py", "sub"])] == ["sub/other.py", "sub/it_test.py"]


def test_a_test_is_named_by_its_function_class_or_id(folder):
    assert ids("test_it.py::test_a") == ["test_a[1]", "test_a[2]"]
    assert ids("test_it.py::test_a[2]") == ["test_a[2]"]
    assert ids("test_it.py::TestC") == ["TestC::test_d", "TestC::test_e"]
    assert ids("test_it.py::TestC::test_e") == ["TestC::test_e"]
    assert ids("test_it.py::test_b", "test_it.py::test_a[1]") == ["test_a[1]", "test_b"]
    assert len(ids("test_it.py::test_b", "test_it.py")) == 5


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("nowhere", "there is no file or folder nowhere"),
        ("test_it.py::test_z", "test_it.py has no test_z: it has test_a, test_b, TestC::test_d, TestC::test_e"),
        ("sub::test_a", "sub is a folder"),
    ],
)
def test_what_is_not_there_is_said(folder, argument, says):
    with pytest.raises(BadUse, match=says):
        selected([argument])


def test_the_command_that_is_printed_selects_the_same(folder):
    (found,) = selected(["test_it.py"])
    place = Emulated(3, 40, build=None)
    command = command_for(found, ["test_a[1]", "TestC::test_d"], place, ["--timeout", "5"])
    words = shlex.split(command)
    assert words[:-2] == "twincore test --on rp2040 --seed 3 --jitter 40 --timeout 5".split()
    assert ids(*words[-2:]) == ["test_a[1]", "TestC::test_d"]
    assert command_for(found, found.runnable, UnixPort()) == "twincore test --on micropython test_it.py"


def test_imports_are_looked_for_in_the_folders_around_up_to_the_projects(folder, file):
    path = file("", "project/tests/board/test_x.py")
    root = file("", "project/pyproject.toml").parent
    assert roots_of(path) == [root / "tests/board", root / "tests", root, root / "src"]


def test_places_are_named_and_a_misspelt_one_is_no_port(target_is_here):
    target_is_here("rp2040")
    found = places(["desktop", "rp2040", "/dev/ttyACM7", "desktop"], [1, 2])
    assert [place.label for place in found] == ["desktop", "rp2040-seed1", "rp2040-seed2", "ttyACM7"]
    assert [list(seeds_asked(*asked)) for asked in [(None, None), (None, 2), (7, None), (7, 2)]] == [
        [],
        [1, 2],
        [7],
        [7, 8],
    ]
    for names, seeds, says in [
        (["rp204"], [], "no place 'rp204': did you mean rp2040. there is desktop, micropython, rp2040, or the port"),
        (["null"], [], "no place 'null': did you mean /dev/null"),
        (["desktop"], [1], "seeds, jitter and firmware are for the emulated board"),
    ]:
        with pytest.raises(BadUse, match=says):
            places(names, seeds)
