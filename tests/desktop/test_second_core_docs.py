"""docs/second-core.md: on the emulated board its programs print what stands after them (on CPython: test_docs.py)."""

import re
from pathlib import Path

import pytest

from twincore.desktop.emulation import emulator

PAGE = (Path(__file__).parents[2] / "docs" / "second-core.md").read_text()
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_prints_what_the_text_says(number, app, target_is_here):
    target_is_here("rp2040")
    program, text = PROGRAMS[number]
    result = emulator.run(app(program), seed=3, jitter=40)
    assert (result.stdout, result.stderr, result.exit_code) == (text, "", 0)


def test_there_is_something_to_test():
    assert len(PROGRAMS) == PAGE.count("```python") == 3
