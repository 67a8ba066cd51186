"""docs/emulated-board.md: its commands do what it says."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "emulated-board.md").read_text()


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


def block(language, page=PAGE):
    return re.search(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)[1]


def shape(text):
    """What does not depend on which seeds fail, and when: without the table, numbers, and the order of the streams."""
    lines = re.sub(r"\d+ of 20", "N of 20", re.sub(r"(seed) \d+", r"\1 N", text)).splitlines()
    return sorted(line for line in lines if line and not re.match(r" +(\d+ |\.\.\.)|\d 3003$", line))


def test_seeds_find_the_deadlock_and_the_report_is_what_the_page_shows(app, twincore):
    command = re.search(r"^    twincore (run app\.py.*)$", PAGE, re.M)[1]
    app(block("py"))
    result = twincore(*shlex.split(command))
    assert shape(result.stdout + result.stderr) == shape(block("text"))
    codes = re.findall(r"^ +\d+ +(\d+) +\d+\.\d ms  (?:ok|deadlock)$", result.stdout, re.M)
    assert len(codes) == 20 and set(codes) == {"0", "70"}
    assert result.returncode == 70


def test_with_twincore_in_place_of_asyncio_there_is_none(app, twincore):
    app(block("py"))
    result = twincore("run", "app.py", "--on", "rp2040", "--seeds", 6)
    assert result.stdout.endswith("6 seeds ran to the end\n"), result


def test_another_firmware(tmp_path, twincore, target_is_here):
    section = PAGE.partition("## Another firmware")[2]
    shutil.copy(target_is_here("rp2040-1.26").folder / "firmware.uf2", tmp_path / "downloaded.uf2")
    (tmp_path / "version.py").write_text(block("py", section))
    command, printed = re.match(r"\$ twincore (.*)\n(.*\n)", block("console", section)).groups()
    assert twincore(*shlex.split(command), cwd=tmp_path).stdout == printed


def test_a_served_board(app, tmp_path):
    app(block("py"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    options = {"cwd": tmp_path, "env": {**os.environ, "PATH": path}, "text": True, "stdin": subprocess.DEVNULL}
    steps = re.findall(r"^\$ (.*)\n([^$]*)", block("console"), re.M)
    (serve, told), *others = steps
    with subprocess.Popen(shlex.split(serve.removesuffix(" &")), stdout=subprocess.PIPE, **options) as server:
        try:
            assert server.stdout.readline() == told
            assert len(others) == 2
            for command, printed in others:
                result = subprocess.run(shlex.split(command), capture_output=True, timeout=50, **options)
                assert (result.stdout, result.returncode) == (printed, 0)
        finally:
            server.send_signal(signal.SIGINT)
