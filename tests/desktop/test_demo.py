import pytest

from twincore.desktop import demo
from twincore.desktop.options import BadUse


@pytest.fixture
def example(monkeypatch, app):
    """A function that puts an application of ours in the place of the example."""

    def put(text):
        script = app(text)
        monkeypatch.setattr(demo, "example_file", lambda: script)

    return put


def test_the_same_file_runs_on_each_machine_under_a_heading(example, target_is_here, capfd):
    target_is_here("micropython")
    target_is_here("rp2040")
    example("import sys\nprint(sys.implementation.name, sys.platform)\n")
    assert demo.run_demo() == 0
    assert capfd.readouterr().out.splitlines() == [
        "",
        "=== simulated: a Pico, simulated in this process",
        "micropython rp2",
        "",
        "=== cpython: CPython, this machine",
        "cpython linux",
        "",
        "=== micropython: MicroPython, unix port",
        "micropython linux",
        "",
        "=== rp2040: RP2040, both cores, emulated",
        "micropython rp2",
    ]


def test_a_missing_target_is_named_with_the_reason_and_is_no_failure(example, no_targets, capfd):
    example("print('ran')\n")
    assert demo.run_demo() == 0
    out = capfd.readouterr().out
    assert out.count("ran\n") == 2
    assert "not run: rp2040 is not installed: run `twincore fetch rp2040`" in out


def test_a_run_that_fails_makes_the_demo_fail(example, no_targets, capfd):
    example("import sys\nsys.exit(3)\n")
    assert demo.run_demo() == 1
    assert "failed: exit code 3" in capfd.readouterr().out


def test_without_the_example_the_demo_says_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(demo.targets, "source_checkout", lambda: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadUse, match=r"examples/dualcore\.py"):
        demo.run_demo()
