"""The fuzzers, on a few inputs each; and that they tell what they find."""

import shutil
import subprocess
import sys
from pathlib import Path

import fuzz.fuzzing as fuzzing
import pytest
from click.testing import CliRunner
from fuzz import guided
from fuzz.command import command

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]

TESTS = Path(__file__).parent
LED = pytest.param(
    (), id="led", marks=pytest.mark.skipif(not guided.available(), reason="no atheris: pip install atheris")
)
COUNTS = {**dict.fromkeys(fuzzing.PARSERS, 2000), "channel": 1000, "i2c_session": 60}


@pytest.mark.parametrize("name", fuzzing.FUZZERS)
def test_whatever_comes_is_taken_or_refused(name):
    assert fuzzing.seeded(name, COUNTS[name], seed=2) == COUNTS[name]


@pytest.mark.parametrize("how", [LED, pytest.param(("--seeded",), id="seeded")])
def test_all_parsers_by_the_command(how):
    result = CliRunner().invoke(command(), ["parsers", "--inputs", "2000", *how], env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    rows = [line.replace(",", "").split()[1:4:2] for line in result.output.splitlines() if line.startswith("│")]
    assert [name for name, _ in rows] == list(fuzzing.PARSERS)
    assert all(2000 <= int(count) <= 2002 for _, count in rows), rows


def test_coverage_leads_into_the_drivers_but_not_out_of_the_plain_ones():
    if not guided.available():
        pytest.skip("no atheris: pip install atheris")
    told = []
    result = guided.run("nmea", 3000, progress=told.append)
    assert result.inputs == 3000 and not result.said
    first, last = result.edges
    assert last >= first > 100
    assert told[0] == 0 and told[-1] > 0


FAULTY = """
LONGEST_INPUT = 9

def check(data):
    {} data[:1] == b"7":
        raises_or_not

def made(rng):
    return rng.choice([b"7", b"8"]) + rng.randbytes(3)
"""


@pytest.mark.parametrize("how", [LED, pytest.param(("--seeded",), id="seeded")])
@pytest.mark.parametrize("fault", ["raises", "hangs"])
def test_an_input_that_fails_or_hangs_is_told_and_kept(tmp_path, fault, how):
    shutil.copytree(TESTS / "fuzz", tmp_path / "tests" / "fuzz")
    faulty = FAULTY.format("if") if fault == "raises" else FAULTY.format("while").replace("raises_or_not", "pass")
    (tmp_path / "tests" / "fuzz" / "cron.py").write_text(faulty)
    line = [sys.executable, tmp_path / "tests" / "fuzz", "cron", "--inputs", "3000", "--hang", "2"]
    done = subprocess.run([*line, *how], capture_output=True, text=True, timeout=100)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert ("raises_or_not" if fault == "raises" else "in check") in said
    if fault == "hangs" and how:
        return  # its process ended: the traceback is all
    (kept,) = (tmp_path / "build" / "fuzz").iterdir()
    assert kept.read_bytes()[:1] == b"7"
    again = [sys.executable, tmp_path / "tests" / "fuzz", "cron", "--input", kept]
    if fault == "raises":
        assert "raises_or_not" in subprocess.run(again, capture_output=True, text=True, timeout=100).stderr


def test_it_says_what_it_takes():
    runner = CliRunner()
    assert "parsers" in runner.invoke(command(), ["--help"]).output
    for wrong in (["nothing"], [], ["nec", "--inputs", "0"], ["all", "--input", __file__]):
        assert runner.invoke(command(), wrong).exit_code == 2
    assert runner.invoke(command(), ["nec", "--input", __file__]).exit_code == 0
