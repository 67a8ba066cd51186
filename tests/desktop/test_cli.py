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
