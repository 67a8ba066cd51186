import pytest

from twincore.desktop.for_board.folding import folded

NATIVE = "from .native import MICROPYTHON, ident\n"


def test_what_only_cpython_runs_is_known_to_be_false():
    assert folded(NATIVE + "if not MICROPYTHON:\n    import os\n") == (
        "from .native import ident\nif not True:\n    import os\n"
    )
    assert folded("from ..core.native import COMPILED\nx = 1 if COMPILED else 2\n") == "pass\nx = (2)\n"
    assert folded("import sys\nif sys.implementation.name == 'cpython':\n    pass\n").splitlines()[1] == "if False:"


def test_the_unit_of_a_board_s_clock_is_put_in():
    assert folded("from ..core.times import CLOCK_HZ\ny = x / CLOCK_HZ\n") == "pass\ny = x / 1000\n"
    assert folded("from .times import UNITS_PER_MS, units\ny = x // UNITS_PER_MS + units(z)\n") == (
        "from .times import units\ny = x // 1 + units(z)\n"
    )


def test_a_name_that_is_not_imported_from_native_is_left_alone():
    source = "MICROPYTHON = object()\nx = 1 if MICROPYTHON else 2\n"
    assert folded(source) == source


def test_a_method_that_only_raises_is_not_there():
    source = (
        "class Base:\n"
        "    def expire(self):\n"
        '        """It is due."""\n'
        "        raise NotImplementedError\n"
        "    def other(self):\n"
        '        """Not yet."""\n'
        "        raise NotImplementedError('say more')\n"
    )
    assert folded(source) == "class Base:\n    pass\n\n\n" + source.split("\n", 4)[4]


def test_a_method_of_the_same_body_as_the_one_before_is_the_same():
    source = (
        "class Wait:\n"
        "    def __await__(self):\n"
        "        return self\n"
        "    def __iter__(self):\n"
        "        return self\n"
        "    def __next__(self, to=1):\n"
        "        return self\n"
    )
    assert folded(source).splitlines()[3:5] == ["    __iter__ = __await__", ""]
    assert folded(source).splitlines()[5:] == source.splitlines()[5:]


@pytest.mark.parametrize("value, number", [("3", 3), ("1 << 29", 1 << 29)])
def test_a_private_number_is_put_in_where_it_is_used(value, number):
    assert folded(f"_LEAST = {value}  # why\n") == f"_LEAST = const({number})  # why\n"


@pytest.mark.parametrize(
    "source",
    [
        "LEAST = 3\n",  # others may import it
        "_least = 3\ndef f():\n    global _least\n    _least = 4\n",
        "_least = 3\n_least = 4\n",
        "_text = 'three'\n",
        "_yes = True\n",
    ],
)
def test_what_may_change_or_is_no_private_number_is_looked_up(source):
    assert folded(source) == source


def test_a_table_has_no_entries_for_modules_of_cpython():
    source = '_MODULES = {\n    "File": "files_cpython",\n    "wrap": "wrapping",\n}\n'
    assert folded(source) == "_MODULES = {'wrap': 'wrapping'}\n\n\n\n"


def test_every_line_keeps_its_number():
    source = NATIVE + 'x = (\n    "é"\n    if MICROPYTHON\n    else "b"\n)\ny = 3\n'
    text = folded(source)
    assert text.count("\n") == source.count("\n")
    assert text.splitlines().index("y = 3") == source.splitlines().index("y = 3")
