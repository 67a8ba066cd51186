"""Deployments: from nothing, changed, taken back, refused, and what is left alone."""

import re

import pytest

from twincore.desktop.deploy import deployment
from twincore.desktop.deploy.deployment import Order, carry_out, draw_up, roll_back
from twincore.desktop.deploy.errors import DeployError
from twincore.desktop.deploy.records import Places
from twincore.desktop.deploy.survey import Room, survey

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
PUMP = ["/pump.py", "/speed.mpy", "/table.mpy"]


@pytest.fixture
def small(remote):
    """A board with a file system of 28 blocks."""
    remote.exec("format('littlefs', 28)")
    return remote


def tree(remote):
    """The files on the board, but for our records."""
    return sorted(path.replace("//", "/") for path in remote.tree("/") if ".twincore" not in path)


def test_a_change_of_one_file_copies_one_file_and_going_back_restores_it(remote, pump, deploy, run_pump):
    first = deploy(remote, pump())
    assert (sorted(first.plan.to_send), tree(remote)) == (PUMP, PUMP)
    assert run_pump(remote) == "speed 1 200\n"
    assert deploy(remote, pump()).plan.nothing_to_do

    second = deploy(remote, pump(speed=2))
    assert list(second.plan.to_send) == ["/speed.mpy"]
    assert run_pump(remote) == "speed 2 200\n"

    for speed in (1, 2, 1):
        said = []
        roll_back(remote, say=said.append)
        assert said == ["back to pump.py; --rollback again undoes this"]
        assert run_pump(remote) == f"speed {speed} 200\n"
    roll_back(remote, say=said.append)
    assert deploy(remote, pump(speed=2)).plan.nothing_to_do


def test_going_back_from_the_first_deployment_leaves_what_was_there_before(remote, pump, deploy):
    with pytest.raises(DeployError, match="no earlier deployment to go back to"):
        roll_back(remote, say=print)
    remote.put("/settings.json", b"{}")
    deploy(remote, pump())
    roll_back(remote, say=print)
    assert tree(remote) == ["/settings.json"]


def test_what_is_no_longer_needed_stays_until_it_is_cleaned_away(remote, app, pump, deploy):
    deploy(remote, pump())
    remote.put("/notes.txt", b"mine")
    blink = app("import speed\n", "blink.py")
    assert deploy(remote, blink).plan.manifest.left.keys() == {"/pump.py", "/table.mpy"}
    assert tree(remote) == sorted(["/blink.py", "/notes.txt", *PUMP])
    deploy(remote, blink, clean=True)
    assert tree(remote) == ["/blink.py", "/notes.txt", "/speed.mpy"]


def test_files_of_others_are_replaced_only_when_told_to_and_come_back(remote, pump, deploy):
    remote.put("/main.py", b"print('somebody else')")
    remote.put("/speed.py", b"SPEED = 99")  # would be imported instead of speed.mpy
    remote.put("/pump.mpy", b"unrelated: pump.py is no module here")
    with pytest.raises(DeployError, match=r"not put there by twincore: /main.py, /speed.py. With --overwrite"):
        deploy(remote, pump(), main=True)
    assert tree(remote) == ["/main.py", "/pump.mpy", "/speed.py"]
    deploy(remote, pump(), main=True, overwrite=True)
    assert tree(remote) == ["/main.py", "/pump.mpy", *PUMP]
    assert b"execfile('pump.py')" in remote.read("/main.py")
    roll_back(remote, say=print)
    assert tree(remote) == ["/main.py", "/pump.mpy", "/speed.py"]
    assert remote.read("/main.py") == b"print('somebody else')"


def test_folders_in_the_way_are_named(remote, pump, deploy):
    for folder, message in (
        ("/pump.py", "/pump.py on the board is a folder"),
        ("/speed", "the folder /speed on the board would be imported instead of /speed.mpy"),
        ("/twincore", "the folder /twincore on the board hides twincore in /lib"),
    ):
        remote.exec(f"os.mkdir({folder!r})")
        with pytest.raises(DeployError, match=message):
            deploy(remote, pump())
        remote.exec(f"os.rmdir({folder!r})")


def test_what_somebody_changed_on_the_board_is_said_replaced_and_kept(remote, pump, deploy):
    deploy(remote, pump())
    remote.put("/pump.py", b"print('changed by hand')")
    again = deploy(remote, pump())
    assert again.said == ["changed on the board since the last deployment: /pump.py"]
    assert list(again.plan.to_send) == ["/pump.py"]
    roll_back(remote, say=print)
    assert remote.read("/pump.py") == b"print('changed by hand')"


def test_main_py_starts_the_application_until_told_otherwise(remote, pump, deploy):
    deploy(remote, pump(), main=True)
    assert "/main.py" in tree(remote)
    deploy(remote, pump(speed=2), clean=True)
    assert "/main.py" in tree(remote)
    deploy(remote, pump(speed=2), clean=True, main=False)
    assert tree(remote) == PUMP


@pytest.mark.parametrize("status", [3, "no card"])
def test_an_application_that_exits_leaves_a_board_that_can_be_reached(remote, app, deploy, status):
    """MicroPython would start anew, run it again, and so on: nothing could be deployed any more."""
    deploy(remote, app(f"import sys\nprint(sys.argv[0])\nsys.exit({status!r})\n"), main=True)
    assert remote.exec("execfile('/main.py')").split("\n")[:2] == ["app.py", f"app.py has ended with {status}"]


@pytest.mark.parametrize("end", ["raise SystemExit", "import sys; sys.exit()"])
def test_a_soft_reset_is_one(remote, app, deploy, end):
    deploy(remote, app(end + "\n"), main=True)
    asked = "try:\n    execfile('/main.py')\nexcept SystemExit:\n    print('starts anew')\n"
    assert remote.exec(asked) == "starts anew\n"


def test_the_library_on_the_board_stays_of_one_version(remote, app, deploy):
    remote.put("/lib/twincore/core/errors.mpy", b"of an earlier version, from wherever")
    remote.put("/lib/twincore/threadsafe/critical.py", b"installed by mip")
    remote.put("/lib/twincore/own.py", b"not ours")
    made = deploy(remote, app("print(1)\n"))
    now = ["/app.py", "/lib/twincore/core/errors.mpy", "/lib/twincore/own.py", "/lib/twincore/threadsafe/critical.mpy"]
    assert tree(remote) == now
    assert remote.read("/lib/twincore/core/errors.mpy")[:2] == b"M\x06"
    assert not made.said
    deploy(remote, app("print(1)\n"), clean=True)
    assert tree(remote) == ["/app.py", "/lib/twincore/own.py"]


def test_a_dry_run_writes_nothing(remote, pump):
    draft = draw_up(remote, Order(pump()), say=print, dry_run=True)
    assert sorted(draft.plan.to_send) == PUMP
    assert not remote.tree("/")


def test_what_is_refused_for_want_of_room_announces_no_removals_and_no_room_is_no_less_than_none(small, pump, deploy):
    deploy(small, pump())
    deploy(small, pump(speed=2))
    before, said = tree(small), []
    order = Order(pump(), [big_file(pump().parent, blocks=26)])
    with pytest.raises(DeployError, match="not enough room on the board"):
        draw_up(small, order, say=said.append)
    assert (tree(small), said) == (before, [])
    assert Room(4096, 352, -22).kilobytes(-22) == 0


def test_a_full_file_system_is_seen_before_anything_is_written(small, pump, deploy):
    deploy(small, pump())
    before = tree(small)
    with pytest.raises(DeployError, match=r"not enough room on the board: \d+ kB are needed .*\. Remove files, or try"):
        deploy(small, pump(), files=[big_file(pump().parent, blocks=26)])
    assert tree(small) == before
    assert not small.tree("/.twincore/new")
    assert deploy(small, pump()).plan.nothing_to_do


def test_a_file_system_that_fills_up_meanwhile_leaves_what_was_there(small, pump, deploy):
    deploy(small, pump())
    data = big_file(pump().parent, blocks=8)
    draft = draw_up(small, Order(pump(speed=2), files=[data]), say=print)
    fill(small, leave=6)
    with pytest.raises(DeployError) as caught:
        carry_out(small, draft)
    assert str(caught.value) == (
        "the board's file system is full. 1 of 2 files were copied; what was deployed before is untouched"
    )
    assert not small.tree("/.twincore/new")
    assert deploy(small, pump()).plan.nothing_to_do


def test_without_room_to_go_back_it_is_said_before_anything_is_written_and_what_to_remove(small, pump, deploy):
    deploy(small, pump())
    deploy(small, pump(speed=2))
    before, said = tree(small), []
    fill(small, leave=2)
    with pytest.raises(DeployError) as caught:
        roll_back(small, say=said.append)
    assert re.fullmatch(
        r"not enough room on the board to go back: \d+ kB are needed, \d+ kB free\. Nothing was changed: "
        r"remove files, such as /filler \(\d+ kB\)",
        str(caught.value),
    )
    assert (tree(small), said) == (sorted([*before, "/filler"]), [])
    assert not small.tree("/.twincore/new")
    small.drop("/filler")
    roll_back(small, say=said.append)
    assert said == ["back to pump.py; --rollback again undoes this"]


def test_what_run_on_has_left_goes_if_that_makes_room_to_go_back(small, pump, deploy):
    deploy(small, pump())
    deploy(small, pump(speed=2))
    fill(small, leave=3, path="/.twincore/run/app/data")
    roll_back(small, say=print)
    assert not small.tree("/.twincore/run")


def test_a_file_system_that_fills_up_right_before_the_switch_is_told_with_what_to_remove(small, pump, deploy):
    deploy(small, pump())
    small.put("/own.txt", bytes(5000))
    draft = draw_up(small, Order(pump(speed=2)), say=print)

    def full(path, size):
        small.exec("t_works = t_put\ndef t_put(*piece): raise OSError(28)")

    remove = "remove files, such as /own.txt (5 kB)"
    with pytest.raises(DeployError, match=f"full. Nothing has been switched: {re.escape(remove)}, and run the command"):
        carry_out(small, draft, on_block=full)
    assert not small.tree("/.twincore/new")
    small.exec("t_put = t_works")
    assert not deploy(small, pump()).plan.copies


def test_a_file_system_that_fills_up_while_it_switches_is_told_with_what_to_remove(small, pump, deploy):
    deploy(small, pump())
    draft = draw_up(small, Order(pump(speed=2)), say=print)
    with pytest.raises(DeployError) as caught:
        carry_out(small, draft, on_block=lambda path, size: fill(small, leave=0))
    text = str(caught.value)
    remove = re.search(r"remove files, such as /filler \(\d+ kB\)", text)[0]
    assert text == (
        "the board's file system is full. It was interrupted while it switched, and the board may have files of both "
        f"deployments: {remove}, and run the command again to finish it"
    )
    with pytest.raises(DeployError, match=f"full, so it is not finished: {re.escape(remove)}$"):
        deploy(small, pump(speed=2))
    small.drop("/filler")
    assert deploy(small, pump(speed=2)).plan.nothing_to_do


def test_without_room_for_old_and_new_the_old_goes_first_when_told_to(small, pump, deploy):
    data = big_file(pump().parent, blocks=8)
    deploy(small, pump(), files=[data])
    data.write_bytes(b"new" + data.read_bytes()[3:])
    with pytest.raises(DeployError, match="--replace removes first what it replaces"):
        deploy(small, pump(), files=[data])
    made = deploy(small, pump(), files=[data], replace=True)
    assert made.said == [
        "there is no room for both: what is replaced goes first. No way back, and no application until it ends"
    ]
    assert small.read("/data.bin") == data.read_bytes()
    with pytest.raises(DeployError, match="no earlier deployment"):
        roll_back(small, say=print)
    assert deploy(small, pump(), files=[data]).plan.nothing_to_do


def test_with_little_room_what_is_replaced_is_not_kept(remote, pump, deploy, monkeypatch):
    deploy(remote, pump())
    monkeypatch.setattr(deployment, "RESERVE", 1)  # as if all of the file system had to stay free
    made = deploy(remote, pump(speed=2))
    assert made.said == ["there is little room: what is replaced is not kept, so there will be no way back"]
    assert not remote.tree("/.twincore/old")
    with pytest.raises(DeployError, match="no earlier deployment"):
        roll_back(remote, say=print)


def test_a_read_only_file_system_is_said_to_be(remote, pump, deploy):
    remote.exec("format('littlefs', 28, readonly=True)")
    with pytest.raises(DeployError, match=r"^the board's file system is read-only\. 0 of 3 files were copied"):
        deploy(remote, pump())


def test_where_mpy_cross_does_not_fit_the_board_sources_go_there(remote, pump, deploy, run_pump, other_mpy_cross):
    made = deploy(remote, pump(), mpy_cross=other_mpy_cross)
    assert made.said == ["sources are copied, not .mpy: mpy-cross makes .mpy v5 and the board loads v6.3"]
    assert tree(remote) == ["/pump.py", "/speed.py", "/table.py"]
    assert run_pump(remote) == "speed 1 200\n"
    deploy(remote, pump())
    assert tree(remote) == PUMP
    assert run_pump(remote) == "speed 1 200\n"


def test_records_of_another_twincore_are_not_touched(remote, pump, deploy):
    deploy(remote, pump())
    remote.put("/.twincore/manifest", b'{"format": 2}')
    with pytest.raises(DeployError, match=re.escape("/.twincore/manifest on the board is not readable: a later")):
        deploy(remote, pump(speed=2))


def fill(remote, leave, path="/filler"):
    """Fill the board's file system, but for some blocks."""
    room = survey(remote, Places("")).room
    remote.put(path, bytes((room.free - leave - 1) * room.block))


def big_file(folder, blocks):
    file = folder / "data.bin"
    file.write_bytes(bytes(range(256)) * 16 * blocks)
    return file
