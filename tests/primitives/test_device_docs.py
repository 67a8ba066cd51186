"""docs/primitives-devices.md: its application, with its board.toml, prints what stands after it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
PAGE = (Path(__file__).parents[2] / "docs" / "primitives-devices.md").read_text()


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)[1]


def test_the_application_prints_what_the_text_says(tmp_path):
    (tmp_path / "board.toml").write_text(block("toml"))
    (tmp_path / "app.py").write_text(block("py"))
    arguments = re.search(r"^    twincore (.*)$", PAGE, re.M)[1].split()
    done = subprocess.run(
        [sys.executable, "-m", "twincore.desktop", *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr, done.returncode) == (block("text"), "", 0)
