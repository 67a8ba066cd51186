import json

import pytest

from twincore.desktop import targets
from twincore.desktop.fetching import install
from twincore.desktop.fetching.installed import describe


def test_a_target_tells_its_version_and_its_hash(target_is_here):
    target_is_here("micropython")
    target_is_here("rp2040")
    assert describe("micropython").version == "1.25.0"
    board = describe("rp2040")
    assert board.version == "1.25.0"
    tested = board.sha256 == install.FIRMWARE_SHA256["1.25"]
    assert targets.find("rp2040").stamp["firmware_is_the_tested_one"] == tested
    assert ("not byte for byte" in board.remark) == (not tested)


def test_the_table_of_targets_shows_them(target_is_here, twincore):
    target_is_here("rp2040")
    result = twincore("targets", env={"COLUMNS": "120"})
    row = next(line for line in result.stdout.splitlines() if line.startswith("│ rp2040 "))
    assert "1.25.0" in row and describe("rp2040").sha256[:12] in row


def test_a_unix_port_that_does_not_run_is_told(no_targets):
    folder = no_targets / "micropython"
    for file in ("root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "root/usr/bin/micropython"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("#!/bin/false\n")
        (folder / file).chmod(0o755)
    (folder / targets.STAMP).write_text(json.dumps({"recipe": targets.RECIPE}))
    assert describe("micropython").remark == "micropython: it does not run: `twincore fetch micropython --force`"


@pytest.fixture
def firmware(no_targets, target_is_here, monkeypatch):
    """The firmware of an emulated board that a test may change."""
    monkeypatch.delenv("TWINCORE_TARGETS")
    good = target_is_here("rp2040").folder
    monkeypatch.setenv("TWINCORE_TARGETS", str(no_targets))
    folder = no_targets / "rp2040"
    folder.mkdir(parents=True)
    for name in ("bootrom.bin", "node_modules", targets.STAMP):
        (folder / name).symlink_to(good / name)
    (folder / "firmware.bin").write_bytes((good / "firmware.bin").read_bytes())
    return folder / "firmware.bin"


def test_a_firmware_that_has_changed_since_is_told_and_fetched_anew(firmware, twincore):
    assert not describe("rp2040").damaged
    firmware.write_bytes(firmware.read_bytes() + b"more")
    found = describe("rp2040")
    said = "rp2040: its firmware.bin has changed since it was fetched: `twincore fetch rp2040 --force`"
    assert (found.version, found.damaged, found.remark) == ("1.25.0", True, said)
    result = twincore("fetch", "rp2040", env={"PATH": "/nowhere"})
    assert result.returncode == 1  # it was tried
    assert firmware.read_bytes().endswith(b"more")  # and what was there is kept


def test_a_firmware_that_is_broken_is_told(firmware):
    firmware.write_bytes(firmware.read_bytes()[:50_000])
    assert describe("rp2040").damaged
    remark = describe("rp2040").remark
    assert remark.startswith(
        "rp2040: the firmware of rp2040 did not get as far as MicroPython's prompt: core 0 crashed"
    )
    assert remark.endswith("`twincore fetch rp2040 --force`")


@pytest.mark.parametrize("name", ["micropython-1.26", "rp2040-1.26"])
def test_a_target_that_is_not_here_is_an_error(no_targets, name):
    with pytest.raises(targets.TargetMissing, match=f"twincore fetch {name}"):
        describe(name)
