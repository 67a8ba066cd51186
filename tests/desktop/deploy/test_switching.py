"""A deployment cut off: while it copies, and at every point of its switch."""

import pytest

from twincore.desktop.deploy.deployment import Order, carry_out, draw_up, roll_back
from twincore.desktop.deploy.errors import BoardLost, Interrupted
from twincore.desktop.deploy.records import Places
from twincore.desktop.deploy.remote import connected
from twincore.desktop.deploy.switching import prepare, recover, stage

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
PLACES = Places("")
WAITING = (
    "an earlier deployment was interrupted while it copied: {} of its files wait on the board; "
    "what was deployed before is untouched"
)


@pytest.mark.parametrize("blocks, files", [(0, 0), (1, 1), (2, 1)])
def test_a_cable_pulled_in_the_middle_of_a_block_leaves_the_old_application(
    port, pump, deploy, cable, run_pump, blocks, files
):
    with connected(port, restart=False) as remote:
        deploy(remote, pump(speed=1))
    script = pump(speed=2, rows=150)
    with cable(port) as line, pytest.raises(BoardLost) as lost, connected(line.port, restart=True) as remote:
        draft = draw_up(remote, Order(script), say=print)
        assert sorted(draft.plan.to_send) == ["/speed.mpy", "/table.mpy"]
        done = []

        def count(path, size):
            done.append(size)
            if len(done) == blocks:
                line.cut_after(100)

        if not blocks:
            line.cut_after(100)
        carry_out(remote, draft, on_block=count)
    assert len(done) == blocks
    assert f". {files} of 2 files were copied; what was deployed before is untouched; run the" in str(lost.value)

    with connected(port, restart=False) as remote:
        assert run_pump(remote) == "speed 1 200\n"
        again = deploy(remote, script)
        assert again.said == ([WAITING.format(files)] if blocks else [])
        assert len(again.plan.waiting) == files
        assert run_pump(remote) == "speed 2 150\n"
        assert not remote.tree("/.twincore/new")


def test_ctrl_c_while_files_are_copied_leaves_the_old_application(remote, pump, deploy):
    deploy(remote, pump(speed=1))

    def ctrl_c(path, size):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"interrupted\. 0 of 1 files were copied; what was deployed before is untou"):
        deploy(remote, pump(speed=2), on_block=ctrl_c)
    assert deploy(remote, pump(speed=1)).said == [WAITING.format(1)]  # the block was the whole file


def test_what_waits_and_is_not_wanted_any_more_goes(remote, pump, deploy):
    deploy(remote, pump(speed=1))
    draft = draw_up(remote, Order(pump(speed=2)), say=print)
    stage(remote, draft.plan, PLACES, lambda path, size: None)
    deploy(remote, pump(speed=1))
    assert not remote.tree("/.twincore/new")


@pytest.mark.parametrize("remote", ["littlefs", "fat"], indirect=True)
def test_a_switch_interrupted_anywhere_is_finished(remote, app, deploy):
    """After each number of steps, and after half of the next: what is replaced is aside, the new not there."""
    interrupt_everywhere(remote, app, deploy, range(6))


def test_a_switch_interrupted_on_a_board_is_finished(board, app, deploy):
    interrupt_everywhere(board, app, deploy, [2])


def interrupt_everywhere(remote, app, deploy, places):
    app("V = 1\n", "a.py")
    app("V = 1\n", "b.py")
    app("V = 1\n", "c.py")
    script = app("import a, b, c\n")
    deploy(remote, script)
    app("V = 2\n", "a.py")
    app("V = 2\n", "b.py")
    script = app("import a, b\n")
    draft = draw_up(remote, Order(script, clean=True), say=print)
    old, new = draft.plan.before, draft.plan.manifest
    stage(remote, draft.plan, PLACES, lambda path, size: None)
    steps = draft.plan.steps(PLACES, keep=True)
    assert len(steps) == 6  # c goes; a, b and app.py are replaced; the records
    for done in places:
        for half in (False, True):
            prepare(remote, PLACES, steps, new, old)
            for step in steps[:done]:
                remote.exec(f"t_step(*{step!r})")
            source, path, aside = steps[done]
            if half and source:
                remote.exec(f"os.rename({path!r}, {aside!r})" if aside else f"t_drop({path!r})")
            assert interrupted_switch_is_finished(remote) == new
            roll_back(remote, say=print)
            assert contents(remote, {**old.files, **new.files}) == old.files
            # And on: what the rollback put aside is what was staged.
            for path, hashed in new.files.items():
                remote.exec(f"t_step({PLACES.aside(path, hashed)!r}, {PLACES.waiting(path, hashed)!r}, '')")


def interrupted_switch_is_finished(remote):
    """Finish it, and return the manifest; the files must be as it says."""
    said = []
    manifest = recover(remote, PLACES, say=said.append).manifest
    assert said == ["an earlier deployment was interrupted in the middle of its switch: it is finished now"]
    assert contents(remote, manifest.ours) == manifest.ours
    assert "/c.mpy" not in remote.tree("/")
    return manifest


def contents(remote, paths):
    return {path: hashed for path, (size, hashed) in remote.report(list(paths)).items() if size >= 0}
