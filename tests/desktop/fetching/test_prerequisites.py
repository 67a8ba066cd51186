import os

import pytest

from twincore.desktop.fetching import prerequisites
from twincore.desktop.fetching.prerequisites import InstallFailed, diagnose, missing_packages, require_tools

debian_only = pytest.mark.skipif(not prerequisites.is_debian(), reason="targets are installed on Debian only")


def test_missing_commands_are_named_by_their_packages(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert missing_packages("micropython") == []
    assert {"cmake", "ninja-build", "nodejs", "npm"} <= set(missing_packages("rp2040"))
    assert missing_packages("rp2040-1.26") == missing_packages("rp2040")


@debian_only
def test_who_is_not_root_is_told_the_line_to_run(tmp_path, monkeypatch):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("apt-get", "dpkg", "make", "gcc", "python3", "xz", "node", "npm"):
        (tools / name).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(InstallFailed) as raised:
        require_tools("rp2040", tmp_path / "log", print)
    assert str(raised.value) == (
        "needs cmake, ninja-build: sudo apt-get install -y --no-install-recommends cmake ninja-build"
    )


def test_a_system_without_apt_is_told_that_debian_is_needed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InstallFailed, match="needs Debian"):
        require_tools("micropython", tmp_path / "log", print)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("Err: ...\n  Temporary failure resolving 'mirror'\nE: Failed to fetch", "no network"),
        ("npm error code ENOTFOUND\nnpm error request failed", "no network"),
        ("tar: write error: No space left on device\n", "no space left"),
        ("Reading...\nE: Unable to locate package micropython\n", "Unable to locate package micropython"),
        ("a.c:1:2: error: expected ';'\nninja: build stopped", "a.c:1:2: error: expected ';'"),
        ("something\nlast words\n\n", "last words"),
        ("", "without a word"),
    ],
)
def test_a_log_gives_one_line_that_says_why(log, reason):
    assert reason in diagnose(log)
    assert "\n" not in diagnose(log)
