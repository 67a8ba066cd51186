"""The main job from nothing: examples/dualcore.py deployed to an empty board, and what boots then with ten seeds."""

import os
import re
import shutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(400)]
EXAMPLE = Path(__file__).parents[3] / "examples" / "dualcore.py"
SEEDS = range(1, 11)


@pytest.fixture
def serving(started):
    """A function that serves a board which keeps its files there, and gives its address and the process."""

    def serve(flash, *options):
        process = started("serve", "--port", "0", "--flash", flash, *options)
        return process.stdout.readline().decode().split()[-1], process

    return serve


@pytest.fixture
def flash(serving, emptied, twincore, target_is_here, tmp_path):
    """The flash of a board that was empty, and then had the example deployed to it."""
    target_is_here("rp2040")
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    file = tmp_path / "flash.img"
    port, process = serving(file)
    emptied(port)
    deployed = twincore("deploy", port, EXAMPLE, "--main", timeout=150)
    assert (deployed.returncode, deployed.stderr) == (0, "")
    assert "dualcore.py runs when the board starts, as it does now\n" in deployed.stdout
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143
    return file


def what_is_said(address):
    """What the board prints until the example has ended."""
    host, port = address.removeprefix("socket://").split(":")
    said = b""
    with socket.create_connection((host, int(port)), timeout=120) as console:
        while not re.search(rb"verified\r\n|FAILED|Error", said):
            data = console.recv(4096)
            assert data, said
            said += data
    return said.decode()


def test_nothing_is_lost_with_any_seed(flash, serving, tmp_path):
    def report(seed):
        own = shutil.copy(flash, tmp_path / f"of seed {seed}.img")
        address, process = serving(own, "--seed", seed, "--jitter", 40)
        try:
            return dict(re.findall(r"^(.{20})(.*)\r$", what_is_said(address), re.M))
        finally:
            process.send_signal(signal.SIGTERM)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        reports = list(threads.map(report, SEEDS))
    for seed, rows in zip(SEEDS, reports, strict=True):
        found = {name.strip(): value for name, value in rows.items()}
        assert found["samples in"] == found["samples out"] == "512", (seed, rows)
        assert found["lost"] == found["out of order"] == "0", (seed, rows)
        assert found["blocks verified"] == "8 of 8", (seed, rows)
    heartbeats = {rows["longest heartbeat".ljust(20)] for rows in reports}
    assert len(heartbeats) > 1  # they were ten, and not ten times one
