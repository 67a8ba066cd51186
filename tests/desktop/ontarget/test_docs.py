"""docs/testing-on-targets.md: its commands, run on its files, print what stands below them."""

import re
import shlex
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
PAGE = (Path(__file__).parents[3] / "docs" / "testing-on-targets.md").read_text()
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```(?:py|text)\n(.*?)^```$", PAGE, re.M | re.S))
RUNS = re.findall(r"^    twincore (test [^\n]*)\n\n```text\n(.*?)^```$", PAGE, re.M | re.S)


def comparable(text):
    """Without what may differ: times, and how much a race loses."""
    lines = [re.sub(r" +\d\.\d\d\d s", " TIME", line) for line in text.splitlines() if line and line[0] not in "┏┡└"]
    return [re.sub(r"assert \d+ == 40", "assert ## == 40", line) for line in lines]


@pytest.fixture
def files(file, target_is_here):
    target_is_here("micropython")
    target_is_here("rp2040")
    for name, text in FILES.items():
        file(text, name)


@pytest.mark.parametrize(("command", "output"), RUNS, ids=[command for command, _ in RUNS])
def test_a_command_prints_what_the_text_says(command, output, twincore, files):
    result = twincore(*shlex.split(command), timeout=110)
    assert comparable(result.stdout) == comparable(output)
    assert (result.stderr, result.returncode) == ("", 1 if "FAILED" in output else 0)


def test_the_pytest_command_runs_the_same(files, pytester, file):
    """On the quickest of its places."""
    command = re.search(r"^    pytest (--target desktop) --target rp2040 --seeds 2 (.*)$", PAGE, re.M)
    result = pytester.run(
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        *command[1].split(),
        file("x = 1\n", "empty.py").parent / command[2],
    )
    result.assert_outcomes(passed=2)


def test_there_is_something_to_test():
    assert len(RUNS) >= 3 and len(FILES) >= 4
