"""A target's traceback names files of this machine, shows their lines, and leaves out who called the test."""

from pathlib import Path

import pytest

from twincore.desktop.ontarget.tracebacks import headline, readable

pytestmark = pytest.mark.cpython


def test_the_callers_frames_go_and_source_lines_come(file, monkeypatch):
    path = file("def test():\n    assert helper()\n")
    monkeypatch.chdir(path.parent)
    trace = (
        'Traceback (most recent call last):\r\n  File "twincore_tests.py", line 80, in _one\r\n'
        '  File "test_it.py", line 2, in test\r\n'
        '  File "/a/b/twincore/core/loop.py", line 8, in run\r\nAssertionError: \r\n'
    )
    assert readable(trace, {"test_it.py": path}).splitlines() == [
        "Traceback (most recent call last):",
        '  File "test_it.py", line 2, in test',
        "    assert helper()",
        '  File "twincore/core/loop.py", line 8, in run',
        "AssertionError: ",
    ]


def test_an_assertion_that_says_nothing_is_shown(file):
    path = file("def check():\n    assert 0 == 1\n", "helper.py")
    trace = 'Traceback (most recent call last):\n  File "helper.mpy", line 2, in check\nAssertionError: \n'
    assert readable(trace, {"helper.py": path}).splitlines()[-1] == "AssertionError: assert 0 == 1"


def test_cpythons_own_source_lines_are_those_of_the_file_here(file):
    path = file("def test():\n    assert 0 == 1\n")
    trace = (
        'Traceback (most recent call last):\n  File "/tmp/there/test_it.py", line 2, in test\n'
        "    assert (rewritten)\n           ^^^^\nAssertionError: assert 0 == 1\n"
    )
    lines = readable(trace, {"test_it.py": path}, folder=Path("/tmp/there")).splitlines()
    assert lines[2:] == ["    assert 0 == 1", "AssertionError: assert 0 == 1"] and str(path) in lines[1]


def test_the_callers_frames_go_from_an_autopsy_too():
    text = "deadlock: ...\ncore 0 sleeps:\n    run_these_tests.py:7, in <module>\n    test_it.py:6, in test"
    assert readable(text, {}) == "deadlock: ...\ncore 0 sleeps:\n    test_it.py:6, in test"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('Traceback (most recent call last):\n  File "x", line 1, in y\n    z\nNameError: x\nmore', "NameError: x"),
        ("no result after 3 s; it was here:\nTraceback", "no result after 3 s"),
        ("deadlock: both\ncore 0", "deadlock: both"),
        ("", ""),
    ],
)
def test_the_headline_of_a_failure_says_most(text, line):
    assert headline(text) == line
