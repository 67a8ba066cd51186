import json

import pytest

from twincore.desktop import targets


def test_a_target_that_is_not_installed_says_how_to_get_it(no_targets):
    assert targets.reason_missing("micropython") == "micropython is not installed: run `twincore fetch micropython`"
    with pytest.raises(targets.TargetMissing) as raised:
        targets.find("rp2040")
    assert str(raised.value) == "rp2040 is not installed: run `twincore fetch rp2040`"


def test_the_reason_of_the_last_failed_installation_is_remembered(no_targets):
    no_targets.mkdir()
    targets.failure_note("rp2040").write_text("no network\n")
    assert targets.reason_missing("rp2040").endswith("(the last try: no network)")


def test_a_folder_without_a_stamp_is_not_a_target(no_targets):
    (no_targets / "micropython").mkdir(parents=True)
    (no_targets / "micropython" / "micropython").write_text("#!/bin/sh\n")
    assert not targets.is_installed("micropython")


def test_a_target_of_another_recipe_or_with_a_broken_stamp_is_not_taken(no_targets):
    stamp = no_targets / "micropython" / targets.STAMP
    stamp.parent.mkdir(parents=True)
    for text in (json.dumps({"recipe": targets.RECIPE + 1}), "{", "[]"):
        stamp.write_text(text)
        assert not targets.is_installed("micropython")
    stamp.write_text(json.dumps({"recipe": targets.RECIPE}))
    assert targets.is_installed("micropython")


def test_an_unknown_target_is_an_error_that_names_the_known_ones(no_targets):
    with pytest.raises(ValueError, match="the targets are micropython, rp2040"):
        targets.find("esp32")


def test_a_newer_firmware_needs_the_emulator_of_the_other(no_targets):
    stamp = no_targets / "rp2040-1.26" / targets.STAMP
    stamp.parent.mkdir(parents=True)
    stamp.write_text(json.dumps({"recipe": targets.RECIPE}))
    assert targets.reason_missing("rp2040-1.26") == "rp2040 is not installed: run `twincore fetch rp2040`"


def test_targets_are_kept_where_the_environment_says_else_in_the_checkout(no_targets, monkeypatch):
    assert targets.targets_folder() == no_targets
    monkeypatch.delenv("TWINCORE_TARGETS")
    if targets.source_checkout() is not None:
        assert targets.targets_folder() == targets.source_checkout() / "build" / "targets"


def test_without_node_the_emulated_board_says_what_it_needs(target_is_here, monkeypatch):
    target_is_here("rp2040")
    monkeypatch.setenv("TWINCORE_TARGETS", str(targets.targets_folder()))
    monkeypatch.setenv("PATH", "/nowhere")
    assert targets.reason_missing("rp2040") == (
        "rp2040 needs Node.js, and there is no `node` on PATH: apt-get install nodejs"
    )
