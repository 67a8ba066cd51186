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


def test_what_a_task_has_seldom_use_for_is_there_on_the_board(app, target_is_here):
    target_is_here("rp2040")
    script = app(
        "import sys\n"
        "from twincore import core\n"
        "def loaded(): return 'twincore.core.task_seldom' in sys.modules\n"
        "async def give(value): return value\n"
        "async def forever():\n"
        "    try:\n"
        "        await core.sleep(100)\n"
        "    finally:\n"
        "        print('ended')\n"
        "async def wait_for(task):\n"
        "    try:\n"
        "        await task\n"
        "    except core.CancelledError:\n"
        "        print('cancelled', loaded())\n"
        "        raise\n"
        "async def main():\n"
        "    slow = core.create_task(forever(), name='slow')\n"
        "    waiting = core.create_task(wait_for(slow))\n"
        "    await core.sleep(0.01)\n"
        "    print(waiting.cancel(), slow)\n"  # the inner task is cancelled
        "    await core.sleep(0.01)\n"
        "    print(slow.done(), waiting.cancelled(), loaded())\n"
        "    awaiting = wait_for(core.create_task(forever()))\n"
        "    awaiting.send(None)\n"
        "    try:\n"
        "        awaiting.throw(core.CancelledError())\n"  # what it awaits is a Task: MicroPython looks for its `throw`
        "    except core.CancelledError: print('thrown')\n"
        "    awaiting = wait_for(core.create_task(forever()))\n"
        "    awaiting.send(None)\n"
        "    awaiting.close()\n"
        "    task = core.create_task(give(7))\n"
        "    await task\n"
        "    print(task.result(), task.exception(), task.get_coro(), slow.get_name(), hasattr(task, 'nothing'))\n"
        "core.run(main())\n"
    )
    result = emulator.run(script)
    assert (result.stderr, result.stdout.splitlines()) == (
        "",
        [
            "True <Task slow: a generator>",
            "ended",
            "cancelled False",
            "True True True",
            "cancelled True",
            "thrown",
            "7 None None slow False",
        ],
    )


def test_a_traceback_from_the_board_fits_the_source(app, target_is_here):
    target_is_here("rp2040")
    result = emulator.run(app("from twincore import core\ncore.create_task(3)\n"))
    lines = (staging.portable_folders()["core"] / "loop.py").read_text().splitlines()
    [place] = [line for line in (result.stdout + result.stderr).splitlines() if "core/loop.py" in line]
    number = int(place.partition("line ")[2].partition(",")[0])
    assert "coroutine_of" in lines[number - 1]


def test_a_module_that_cannot_be_parsed_is_refused():
    with pytest.raises(SyntaxError):
        for_board({"twincore/core/thing.py": "def\n"})
