import pytest

from twincore.desktop.for_board.seldom import split

SOURCE = """\
from .errors import Wrong
from .lazy import load as late

_LEAST = const(3)
_made = {}


class Thing(Base):
    def often(self):
        return 1

    def close(self, grace=_LEAST):  # seldom
        if grace < _LEAST:
            raise Wrong(late, _made)
        self.often()

    async def drain(  # seldom: waits
        self,
        long,
    ):
        return _helper()


def _helper():
    return Thing
"""


AWAITED = "    def __iter__(self):\n        return self\n" + "".join(
    f"    def {name}(self):  # seldom\n        return 1\n" for name in ("size", "name", "place", "owner")
)


def test_a_module_without_marks_is_what_it_was():
    assert split("twincore/core/thing.py", "x = 1\n") == {"twincore/core/thing.py": "x = 1\n"}


def test_marked_methods_are_on_their_lines_in_a_module_of_their_own():
    made = split("twincore/core/thing.py", SOURCE)
    assert set(made) == {"twincore/core/thing.py", "twincore/core/thing_seldom.py"}
    main, others = made["twincore/core/thing.py"].splitlines(), made["twincore/core/thing_seldom.py"].splitlines()
    source = SOURCE.splitlines()
    assert len(main) == len(others) == len(source)
    first, close, drain, end = 11, slice(11, 15), slice(16, 21), 21
    assert source[first].startswith("    def close") and source[end - 1] == "        return _helper()"
    assert (others[close], others[drain], others[end:]) == (source[close], source[drain], [""] * len(source[end:]))
    assert (main[:first], main[end:]) == (source[:first], source[end:])
    assert "".join(main[first:end]).split("def ")[0].strip() == "pass"
    assert others[7] == "class Thing:"
    assert sorted(others[0].split("; ")) == [
        "_LEAST = const(3)",
        "from .errors import Wrong",
        "from .lazy import load as late",
        "from .thing import _helper",
        "from .thing import _made",
    ]
    [finder] = [line for line in main if "__getattr__" in line]
    assert finder.endswith('return seldom(self, above("core.thing_seldom", "Thing"), name)')


def test_what_is_awaited_gets_what_a_cancelled_coroutine_asks_it_for():
    made = split("twincore/core/thing.py", "class Thing:\n" + AWAITED)
    lines = [line.strip() for line in made["twincore/core/thing.py"].splitlines() if line.strip()]
    assert lines[3:6] == ["pass", "def throw(self, exc): raise exc", "def close(self): pass"]
    assert lines[6].startswith("def __getattr__(self, name):") and len(lines) == 7


@pytest.mark.parametrize(
    "method, wrong",
    [
        ("    @property\n    def size(self):  # seldom\n        return 1\n", "only plain methods can"),
        ("    def __len__(self):  # seldom\n        return 1\n", "only plain methods can"),
        ("    def count(self):  # seldom\n        global n\n        n = 1\n", "`global` or `super`"),
        ("    def count(self):  # seldom\n        return super().count()\n", "`global` or `super`"),
        ("    def count(self):  # seldom\n        return 1\n    def attempt(self):\n        return 1\n", "have three"),
        (AWAITED + "    def throw(self, exc):\n        raise exc\n", "neither `throw` nor"),
    ],
)
def test_what_cannot_be_put_elsewhere_is_refused(method, wrong):
    with pytest.raises(ValueError, match=wrong):
        split("twincore/core/thing.py", "class Thing:\n" + method)


def test_a_class_and_its_base_cannot_both_be_split():
    method = "    def f(self):  # seldom\n        pass\n"
    source = "class A:\n" + method + "class B(A):\n" + method
    with pytest.raises(ValueError, match="B and a base of it"):
        split("twincore/core/thing.py", source)
