"""A program's result lines are found however they arrive, and nothing else is taken for one."""

import sys
from pathlib import Path

import pytest

from twincore.desktop.ontarget import child as child_module
from twincore.desktop.ontarget.child import Child
from twincore.desktop.ontarget.places import Prepared
from twincore.desktop.process import Command

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


@pytest.fixture
def child():
    """A function that starts Python code as a child."""
    started = []

    def start(code):
        started.append(Child(Prepared(Command([sys.executable, "-u", "-c", code]), Path())))
        return started[-1]

    yield start
    for each in started:
        each.__exit__(None, None, None)


def test_lines_come_one_by_one_with_what_was_printed_before(child):
    running = child(
        "print('before'); print('\\nword one'); print('word two'); print('open', end=''); print('\\nword 3')"
    )
    assert [running.line("word", 10) for _ in range(3)] == [("before\n", "one"), ("", "two"), ("open", "3")]
    assert running.line("word", 10) is None and running.ended and running.end(10) == 0


def test_a_line_in_pieces_is_found_when_it_is_whole(child):
    running = child(
        "import sys\nfor piece in ('wo', 'rd he', 'llo', '\\n'): print(piece, end=''); input() if 0 else None"
    )
    assert running.line("word", 10) == ("", "hello")


def test_the_word_inside_a_line_is_none(child):
    running = child("print('a word x'); print('words y'); print('word z')")
    assert running.line("word", 10) == ("a word x\nwords y", "z")


def test_the_time_limit_holds_and_ctrl_c_reaches_it(child):
    running = child(
        "import time\nprint('word begins')\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('word ends')"
    )
    assert running.line("word", 10) == ("", "begins")
    assert running.line("word", 0.05) is None and not running.ended
    running.interrupt()
    assert running.line("word", 10) == ("", "ends")
    assert running.end(10) == 0


def test_a_flood_is_cut(child, monkeypatch):
    monkeypatch.setattr(child_module, "MOST", 10_000)
    running = child("print('x' * 100_000); print('word end')")
    before, rest = running.line("word", 10)
    assert rest == "end" and len(before) <= 10_000 and before.startswith("...\n")


def test_a_signal_is_told_as_a_shell_does(child):
    running = child("import os, sys; print('err', file=sys.stderr); os.kill(os.getpid(), 9)")
    assert running.end(10) == 137
    assert running.take("stderr") == "err\n" and running.take("stderr") == ""
