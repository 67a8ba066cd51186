"""The builtins of an application: MicroPython's, tied to its board."""

import io
import sys

import pytest


def test_print_goes_to_the_board_in_one_piece_or_to_a_stream(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import io\nprint('a', 1, None, sep='-', end='!\\n')\n"
        "s = io.StringIO()\nprint('x', file=s)\nprint(s.getvalue())"
    )
    world = new_world()
    world.run(script)
    assert world.printed == ["a-1-None!\n", "x\n\n"]


def test_what_only_python_has_is_missing(run):
    ran = run("print('TimeoutError' in dir(__builtins__))\ntry:\n    format(3)\nexcept NameError:\n    print('none')")
    assert ran.lines == ["False", "none"]


def test_exec_eval_and_compile_take_the_dialect_and_see_the_boards_modules(run):
    source = """
space = {}
exec('import time\\nx = hasattr(time, "ticks_ms")\\ndef f():\\n    await y', space)
def local():
    z = 2
    return eval('z + 1')
exec(compile('print(const(5))', 'here.py', 'exec'))
print(space['x'], local(), eval(' 1 + 1'), eval('const(7)', {}))
"""
    assert run(source).lines == ["5", "True 3 2 7"]


def test_execfile_runs_a_file_of_the_boards(run, tmp_path):
    (tmp_path / "part.py").write_text("value = 6")
    assert run("execfile('part.py')\nprint(value)").text == "6\n"


def test_open_is_rooted_in_the_boards_files(run, tmp_path):
    ran = run("with open('/log.txt', 'w') as f:\n    f.write('line')\nprint(open('log.txt').read())")
    assert ran.text == "line\n"
    assert (tmp_path / "log.txt").read_text() == "line"


def test_input_reads_a_line_and_raises_at_the_end(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("first\n"))
    ran = run("print(input('name: '))\ntry:\n    input()\nexcept EOFError:\n    print('end')")
    assert ran.text == "name: first\nend\n"


@pytest.mark.parametrize("loop", ["while True:\n    pass", "for i in iter(int, 1):\n    pass"])
def test_a_loop_that_waits_for_a_scheduled_function_sees_it(run, loop):
    body = loop.replace("pass", "if done: break")
    ran = run(f"import micropython\ndone = []\nmicropython.schedule(done.append, 1)\n{body}\nprint(done)")
    assert ran.text == "[1]\n"
