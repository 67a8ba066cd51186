import re
import signal
import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize("command", [[], ["run"], ["fetch"], ["targets"], ["demo"], ["size"], ["serve"]])
def test_each_command_explains_itself(twincore, command):
    result = twincore(*command, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Usage: {' '.join(['twincore', *command])} ")


def test_help_teaches_by_examples(twincore):
    assert "twincore run blink.py --on rp2040 --seed 7 --jitter 50" in twincore("run", "--help").stdout
    assert "twincore fetch rp2040 --force" in twincore("fetch", "--help").stdout
    assert "twincore demo" in twincore().stdout


def test_an_unknown_command_or_target_is_refused_in_one_line(twincore):
    for arguments in (["fly"], ["fetch", "esp32"], ["targets", "extra"]):
        result = twincore(*arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert re.fullmatch(r"twincore: .*\n", result.stderr)


def test_targets_tells_what_is_missing_and_how_to_get_it(twincore, no_targets):
    result = twincore("targets")
    assert result.returncode == 0
    assert "micropython is not installed: run `twincore fetch micropython`\n" in result.stdout
    assert f"folder: {no_targets}\n" in result.stdout


def test_setup_of_what_is_there_is_instant(twincore, target_is_here):
    target_is_here("micropython")
    target_is_here("rp2040")
    start = time.monotonic()
    result = twincore("fetch", "all")
    assert (result.returncode, result.stderr) == (0, "")
    assert "not installed" not in result.stdout
    assert time.monotonic() - start < 2


def test_mpremote_talks_to_a_served_board(started, target_is_here):
    target_is_here("rp2040")
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    process = started("serve", "--port", "0")
    address = process.stdout.readline().decode().split()[-1]
    command = [
        sys.executable,
        "-m",
        "mpremote",
        "connect",
        address,
        "exec",
        "import sys, twincore.core; print(sys.platform)",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.stdout == "rp2\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
