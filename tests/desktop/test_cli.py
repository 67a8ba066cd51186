import subprocess
import sys

import pytest

from twincore.desktop import cli


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_extra_the_command_says_what_to_install(missing, monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "twincore.desktop.commands", raising=False)
    monkeypatch.setattr(sys, "argv", ["twincore", "targets"])
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as raised:
        cli.main()
    assert raised.value.code == 2
    assert capsys.readouterr().err == "twincore: the command needs its extra: pip install 'twincore[cli,board]'\n"


def python(code, *arguments):
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=50)


def test_nothing_of_pythons_is_imported_where_ctrl_c_would_print_a_traceback():
    code = "import sys; had = {*sys.modules}; import twincore.desktop.cli; print(*sorted({*sys.modules} - had))"
    assert [name for name in python(code).stdout.split() if name.partition(".")[0] != "twincore"] == []


INTERRUPTED = """
import sys
class Finder:
    def find_spec(name, path=None, target=None):
        if name == {at!r}:
            raise KeyboardInterrupt
sys.modules.pop({at!r}, None)
sys.meta_path.insert(0, Finder)
from twincore.desktop.cli import main
main()
"""


@pytest.mark.parametrize("at", ["threading", "twincore.desktop.interrupts", "click", "twincore.desktop.firmware.world"])
def test_ctrl_c_while_the_command_is_imported_ends_it_quietly(at, tmp_path):
    script = tmp_path / "app.py"
    script.touch()
    done = python(INTERRUPTED.format(at=at), "run", str(script))
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")


UNUSED = """firmware.fat.file_system firmware.lfs2 board.isr_watch board.who_waits wiring.plugging wiring.events process
targets.staging for_board"""


def test_an_empty_script_waits_for_no_module_that_it_has_no_use_for(tmp_path):
    script = tmp_path / "app.py"
    script.touch()
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from twincore.desktop.cli import main; "
    imported = set(python(code + "main()", "run", str(script)).stdout.split())
    desktop = "twincore.desktop"
    unused = {"subprocess", *(f"{desktop}.{part}" for part in UNUSED.split())}
    assert f"{desktop}.firmware.world" in imported and not unused & imported
