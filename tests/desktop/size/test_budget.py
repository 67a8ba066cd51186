from pathlib import Path

import pytest

from twincore.desktop.options import BadUse
from twincore.desktop.size import budget

OURS = Path(__file__).parents[3] / "benchmarks" / "size.toml"


def test_twincore_keeps_to_its_budget(target_is_here):
    target_is_here("rp2040")
    checks = list(budget.check(OURS))
    assert {"core", "core + threadsafe + offload", "one_worker.py"} == {c.subject for c in checks}
    assert [str(check) for check in checks if not check.kept] == []


def test_the_command_names_what_is_over_and_exits_with_1(twincore, tmp_path, app, target_is_here):
    target_is_here("rp2040")
    app("kept = bytearray(1000)\n")
    (tmp_path / "size.toml").write_text('[core]\nheap = 100_000\nflash = 1\n["app.py"]\nfree = 400_000\nuntil = 1\n')
    result = twincore("size", "--budget", "size.toml")
    assert result.returncode == 1
    first, second = result.stderr.splitlines()
    assert first.startswith("twincore: core: flash is ") and first.endswith(" bytes, at most 1 are allowed")
    assert second.startswith("twincore: app.py: free is ") and second.endswith(" bytes, at least 400000 are allowed")
    assert result.stdout.count("over") == 2


@pytest.mark.parametrize(
    "text, wrong",
    [
        ("heap = 1\n", "'heap' stands outside a section"),
        ("[cores]\nheap = 1\n", "there is no layer 'cores'"),
        ("[core]\nheep = 1\n", r"\[core\] has no limit 'heep': there are heap, flash"),
        ('["app.py"]\nheap = 1\n', r"\[app.py\] has no limit 'heap': there are free, until"),
        ("[core]\nheap = 0\n", r"\[core\] heap is a whole number above 0, not 0"),
        ("[core]\nheap = true\n", r"\[core\] heap is a whole number above 0, not True"),
        ("[core\n", "budget.toml: "),
        ("", "budget.toml has no limits"),
        ("[core]\n", r"\[core\] has no limit: there are heap, flash"),
        ('["app.py"]\nuntil = 1\n', r"\[app.py\] has no limit: there are free, until"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(tmp_path, text, wrong):
    file = tmp_path / "budget.toml"
    file.write_text(text)
    with pytest.raises(BadUse, match=wrong):
        budget.read(file)


def test_a_budget_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadUse, match="cannot read"):
        budget.read(tmp_path / "budget.toml")
