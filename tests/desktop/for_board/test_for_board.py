import ast

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.for_board import for_board, prepared
from twincore.desktop.targets import staging


def sources():
    for name, folder in staging.portable_folders().items():
        for file in folder.glob("*.py"):
            if not file.stem.endswith("_cpython"):
                yield f"twincore/{name}/{file.name}", file


def test_all_of_the_library_can_be_prepared_and_every_line_keeps_its_number():
    given = {path: file.read_text() for path, file in sources()}
    for path, text in for_board(given).items():
        ast.parse(text)
        origins = [path, path.replace(".py", "_micropython.py"), path.replace("_seldom.py", ".py")]
        assert text.count("\n") in [given[origin].count("\n") for origin in origins if origin in given], path


def test_a_module_that_only_chooses_is_what_it_chooses_on_a_board():
    made = for_board(
        {
            "twincore/core/nap.py": "if MICROPYTHON:\n    from .nap_micropython import nap\n",
            "twincore/core/nap_micropython.py": "def nap():\n    pass\n",
            "twincore/core/line.py": "from .line_micropython import Base\nclass Line(Base):\n    pass\n",
            "twincore/core/line_micropython.py": "class Base:\n    pass\n",
        }
    )
    assert sorted(made) == [f"twincore/core/{name}.py" for name in ("line", "line_micropython", "nap")]
    assert made["twincore/core/nap.py"] == "def nap():\n    pass\n"


def test_files_are_made_once_for_each_content(no_targets, tmp_path):
    file = tmp_path / "thing.py"
    file.write_text("_N = 3\n")
    [(path, made)] = prepared({"twincore/core/thing.py": file}).items()
    assert (path, made.read_text()) == ("twincore/core/thing.py", "_N = const(3)\n")
    assert prepared({"twincore/core/thing.py": file}) == {path: made}
    file.write_text("_N = 4\n")
    assert prepared({"twincore/core/thing.py": file})[path].read_text() == "_N = const(4)\n"


def test_seldom_called_methods_are_there_on_the_board(app, target_is_here):
    target_is_here("rp2040")
    script = app(
        "import sys\n"
        "from twincore import core\n"
        "async def fail(): raise ValueError('seen')\n"
        "async def main():\n"
        "    core.create_task(fail())\n"
        "    await core.sleep(0.01)\n"
        "def loaded(): return 'twincore.core.loop_seldom' in sys.modules\n"
        "loop = core.get_event_loop()\n"
        "print(loaded(), loop.get_exception_handler(), loaded(), hasattr(loop, 'nothing'))\n"
        "loop.set_exception_handler(lambda loop, context: print(repr(context['exception'])))\n"
        "core.run(main())\n"
        "loop.close()\n"
        "print(loop.closed)\n"
    )
    result = emulator.run(script)
    assert (result.stderr, result.stdout.splitlines()) == (
        "",
        ["False None True False", "ValueError('seen',)", "True"],
    )


def test_a_traceback_from_the_board_fits_the_source(app, target_is_here):
    target_is_here("rp2040")
    result = emulator.run(app("from twincore import core\ncore.create_task(3)\n"))
    lines = (staging.portable_folders()["core"] / "loop.py").read_text().splitlines()
    [place] = [line for line in (result.stdout + result.stderr).splitlines() if "core/loop.py" in line]
    number = int(place.partition("line ")[2].partition(",")[0])
    assert "not_a_coroutine" in lines[number - 1]


def test_a_module_that_cannot_be_parsed_is_refused():
    with pytest.raises(SyntaxError):
        for_board({"twincore/core/thing.py": "def\n"})
