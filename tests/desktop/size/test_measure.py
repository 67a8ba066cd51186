
import pytest

from twincore.desktop.options import BadUse
from twincore.desktop.size import measure
from twincore.desktop.targets import TargetMissing


@pytest.fixture
def board(target_is_here):
    target_is_here("rp2040")


def test_importing_layers_adds_up_and_repeats_to_the_byte(board):
    core, both = measure.imported(["core", "threadsafe"])
    assert (core.layer, both.layer) == ("core", "threadsafe")
    assert 5_000 < core.heap < both.heap < 200_000
    assert "twincore.core.loop" in core.modules
    assert core.modules < both.modules
    assert measure.imported(["core"])[0] == core


def test_flash_is_counted_in_bytes_and_in_blocks(board):
    found = measure.library()
    one = measure.flash_of(["twincore.core.task"])
    assert (one.files, one.size) == (1, len(found["twincore.core.task"]))
    everything = measure.flash_of(list(found))
    assert everything.files == len(found)
    assert everything.size == sum(map(len, found.values()))
    assert everything.size < everything.blocks * 4096


def test_each_module_has_its_own_share(board):
    modules = {module.name: module for module in measure.each_module("core")}
    assert set(modules) == {name for name in measure.library() if name.startswith("twincore.core")}
    at_once, [together] = [m for m in modules.values() if m.at_once], measure.imported(["core"])
    assert {m.name for m in at_once} == together.modules
    assert sum(m.heap for m in at_once) == pytest.approx(together.heap, abs=1500)  # the names of the hook's own
    assert not modules["twincore.core.lock"].at_once
    assert modules["twincore.core.lock"].heap > 300
    assert modules["twincore.core.connect"].heap is None  # this firmware has no sockets


def test_an_applications_heap_is_watched_while_it_runs(board, app):
    script = app(
        "import sys, time\n"
        "from twincore import core\n"
        "print(__name__, __file__, sys.argv)\n"
        "kept = bytearray(50000)\n"
        "time.sleep(0.2)\n"
        "kept = None\n"
        "time.sleep(0.2)\n"
    )
    ran = measure.application(script, ["an", "argument"])
    assert measure.failure(script, ran) is None
    assert ran.output.strip() == "__main__ app.py ['app.py', 'an', 'argument']"
    assert 50_000 < ran.before - ran.least_free < 100_000
    assert "twincore.core.loop" in ran.modules


def test_one_that_runs_for_ever_is_watched_until_then(board, app):
    script = app("import time, beside\nwhile True: time.sleep(1)\n")
    app("kept = bytearray(20000)\n", "beside.py")
    ran = measure.application(script, until=0.5)
    assert measure.failure(script, ran) is None
    assert ran.before - ran.least_free > 20_000


def test_one_that_fails_is_told_with_its_error(board, app):
    script = app("raise ValueError('no')\n")
    ran = measure.application(script)
    assert measure.failure(script, ran) == "app.py ended with exit code 1: ValueError: no"


def test_one_that_does_not_exist_or_is_no_layer_is_refused(app):
    with pytest.raises(BadUse, match="there is no file"):
        measure.application(app("").with_name("other.py"))
    with pytest.raises(BadUse, match="there is no layer 'cores': the layers are core, "):
        measure.check_layers(["core", "cores"])


def test_without_the_board_nothing_is_measured(no_targets):
    with pytest.raises(TargetMissing, match="run `twincore fetch rp2040`"):
        measure.imported(["core"])
