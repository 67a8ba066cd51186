"""Assertions that are rewritten behave as before, and say what they compared; no line moves."""

import ast
import sys

import pytest

from twincore.desktop.ontarget.asserts import rewritten
from twincore.desktop.ontarget.programs import ON_BOARD

pytestmark = pytest.mark.cpython


@pytest.fixture
def run(monkeypatch):
    """Execute the text, rewritten, with the helper that goes to a target; returns its globals."""
    monkeypatch.syspath_prepend(str(ON_BOARD))
    monkeypatch.delitem(sys.modules, "twincore_tests", raising=False)
    real = sys.modules["pytest"]

    def run(text, **names):
        source = rewritten(text.encode())
        assert source.count(b"\n") == text.count("\n")
        exec(compile(source, "it.py", "exec"), names)
        return names

    yield run
    sys.modules.pop("twincore_tests", None)
    assert sys.modules["pytest"] is real


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("assert 1 + 1 == 3", "assert 2 == 3"),
        ("assert 'x' in [1,\n 2]", "assert 'x' in [1, 2]"),
        ("assert (1\n  is not\n  1)", "assert 1 is not 1"),
        ("assert not [1]", "assert not [1]"),
        ("assert []", "assert []"),
        ("assert 1 and 0 or ''", "assert ''"),
        ("assert 1 if 0 else None", "assert None"),
        ("assert 1 == 2, 'why'", "why\nassert 1 == 2"),
        ("assert 1 == 2, (1, 'why')", "(1, 'why')\nassert 1 == 2"),
        ("assert 1 == 2, ('a'\n  'b')", "ab\nassert 1 == 2"),
        ("x = 1; assert x == 2; x = 3", "assert 1 == 2"),
        ("assert 'é' == 'è'  # comment", "assert 'é' == 'è'"),
        ("assert [n for n in (1, 2) if n > 1] == [lambda: 0][1:]", "assert [2] == []"),
        ("assert (n := 5) == 6", "assert 5 == 6"),
        ("assert 'a' * 1000 == ''", "assert '" + "a" * 299 + "... == ''"),
        ("assert Strange() == 1", "assert <its repr raises ZeroDivisionError> == 1"),
        ("assert 1 < 1 < 2", ""),
        ("assert False", ""),
        ("assert 0, 'why'", "why"),
    ],
)
def test_a_failing_assertion_says_what_it_compared(run, statement, says, inside):
    class Strange:
        def __repr__(self):
            return str(1 / 0)

    body = statement.replace("\n", "\n    ")
    text = f"def test():\n    {body}\ntest()\n" if inside else statement + "\n"
    with pytest.raises(AssertionError) as caught:
        run(text, Strange=Strange)
    assert str(caught.value) == says


def test_passing_assertions_change_nothing_and_hold_nothing(run):
    names = run(
        "import weakref\n"
        "class Thing: pass\n"
        "def test():\n"
        "    thing = Thing()\n"
        "    gone = weakref.ref(thing)\n"
        "    assert thing is not None, 1 / 0\n"
        "    assert thing\n"
        "    del thing\n"
        "    assert gone() is None\n"
        "    if 1: assert gone; result = 7\n"
        "    return result\n"
        "value = test()\n"
        "assert value == 7\n"
    )
    assert names["value"] == 7 and not any(name.startswith("_assert") for name in names)  # no globals appear


def test_a_side_is_evaluated_once_and_in_order(run):
    names = run("seen = []\ndef f(n):\n    seen.append(n)\n    return n\ndef test():\n    assert f(1) < f(2)\ntest()\n")
    assert names["seen"] == [1, 2]


def test_an_await_stays_in_its_function():
    source = rewritten(b"async def test():\n    assert await first() == await second(), await third()\n")
    (function,) = ast.parse(source).body
    assert sum(isinstance(node, ast.Await) for node in ast.walk(function)) == 3


def test_what_has_typed_locals_is_left_alone():
    source = b"@micropython.viper\ndef f(n: int) -> int:\n    assert n == 3\n    return n\n"
    assert rewritten(source) == source
