"""python -m benchmarks: what it prints and writes, and that it fails loudly when a product loses work."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")

ROOT = Path(__file__).parents[2]
ROW = {
    "workload", "metric", "title", "unit", "better", "pinned_to", "row", "product", "note", "median", "values",
    "twincore_is", "errors",
}  # fmt: skip
VERDICT = {"metric", "target", "rival", "wanted", "achieved", "met"}


def python(*args):
    return subprocess.run([sys.executable, *map(str, args)], cwd=ROOT, capture_output=True, text=True, timeout=110)


def benchmarks(*args, before="pass"):
    """Run the command in a process that first executes the line `before`."""
    return python("-c", f"import runpy; {before}; runpy.run_module('benchmarks', run_name='__main__')", *args)


def compiled():
    from twincore import core

    return core.compiled


@pytest.fixture(scope="module")
def switch(tmp_path_factory):
    """A quick run of one workload, with its JSON."""
    file = tmp_path_factory.mktemp("benchmark") / "results.json"
    done = benchmarks("--quick", "--pure", "--only", "switch-2", "--rounds", "2", "--json", file)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_the_table_shows_each_product_and_that_quick_is_not_for_quoting(switch):
    output, _ = switch
    for words in ("Task switch, 2 tasks", "asyncio", "twincore (pure)", "cores", "CPython", "Not for quoting"):
        assert words in output


def test_json_has_the_documented_fields(switch):
    _, results = switch
    assert set(results) == {"format", "machine", "settings", "rows", "missing", "targets", "interrupted"}
    assert set(results["settings"]) == {"rounds", "quick", "pure", "cpus"}
    assert {"cpu", "cores", "usable_cpus", "load", "system", "python", "gil", "versions"} == set(results["machine"])
    assert all(set(row) == ROW for row in results["rows"])
    assert all(set(verdict) == VERDICT for verdict in results["targets"])
    readme = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in readme for name in ROW | VERDICT | set(results))


def test_medians_and_ratios_follow_from_the_values(switch):
    _, results = switch
    rows = {row["row"]: row for row in results["rows"]}
    for row in rows.values():
        assert len(row["values"]) == 2
        assert row["median"] == pytest.approx(sum(row["values"]) / 2)
    if compiled():
        ours = rows["twincore"]["median"]
        assert rows["asyncio"]["twincore_is"] == pytest.approx(ours / rows["asyncio"]["median"])


def test_targets_compare_with_the_named_peer_and_with_the_best(switch):
    pytest.importorskip("uvloop")
    if not compiled():
        pytest.skip("targets are for the compiled library")
    _, results = switch
    assert results["targets"][0]["wanted"] == 3.0 and results["targets"][0]["rival"] == "uvloop"
    assert results["targets"][1]["target"] == "Task switch, 2 tasks: not behind the best product"
    for verdict in results["targets"]:
        assert verdict["met"] == (verdict["achieved"] >= verdict["wanted"])


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["queue-in", "queue-out", "wakeup", "pingpong", "offload-one", "offload-100"])
def test_every_product_that_is_here_gets_through_every_workload(name, tmp_path):
    file = tmp_path / "results.json"
    done = benchmarks("--quick", "--only", name, "--json", file)
    assert done.returncode == 0, done.stdout + done.stderr
    for row in json.loads(file.read_text(encoding="utf-8"))["rows"]:
        assert row["median"] > 0 and row["errors"] == []


def test_a_missing_peer_is_reported_with_how_to_get_it(tmp_path):
    file = tmp_path / "results.json"
    hide = "import sys; sys.modules['uvloop'] = None"
    done = benchmarks("--quick", "--only", "switch-100", "--json", file, before=hide)
    assert done.returncode == 0
    assert "Not measured: uvloop not installed: pip install -e '.[bench]' (switch-100: uvloop)" in done.stdout
    results = json.loads(file.read_text(encoding="utf-8"))
    assert results["missing"]["switch-100: uvloop"] == "uvloop not installed: pip install -e '.[bench]'"
    assert "uvloop" not in [row["row"] for row in results["rows"]]
    verdict = results["targets"][0]
    assert (verdict["target"], verdict["met"]) == ("Task switch, 100 tasks: at least 3 x uvloop", None)


@pytest.mark.parametrize(
    "broken, message",
    [
        ("self.queue.put_sync(0, block=True); self.queue.put_sync(0, block=True)", "Lost: item 1 expected, got 0"),
        ("raise RuntimeError('out of paper')", "exit code 1: RuntimeError: out of paper"),
    ],
)
def test_lost_work_and_a_crash_are_failures(broken, message, tmp_path):
    """A bridge whose thread misbehaves: the measurement's process fails, and with it the command."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'benchmarks.measure' in sys.orig_argv:\n"
        "    from benchmarks import bridges\n"
        "    def feed(self, count):\n"
        f"        {broken}\n"
        "    bridges.Twincore.feed = feed\n"
    )
    path = f"import os; os.environ['PYTHONPATH'] = {str(tmp_path) + ':' + str(ROOT)!r}"
    name, variant = ("twincore", []) if compiled() else ("twincore (pure)", ["--pure"])
    done = benchmarks("--quick", "--only", "queue-in", *variant, before=path)
    assert done.returncode == 1
    assert f"FAILED queue-in, {name}: " in done.stdout
    assert message in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    "args, message",
    [
        (
            ["--only", "switch,sing"],
            "no workload is called 'sing'; there are: switch, queue, wakeup, pingpong, offload",
        ),
        (["--pin", "999"], "'999' is no usable CPU"),
        (["--pin", "fast"], "'fast' is no usable CPU"),
        (["--rounds", "0"], "0 is not in the range"),
        (["--json", "no such folder/file"], "there is no folder no such folder"),
        (["--jsno"], "No such option"),
        (["switch"], "Got unexpected extra argument"),
    ],
)
def test_a_wrong_argument_is_answered_in_one_line(args, message):
    done = python("-m", "benchmarks", *args)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("benchmarks: ")
    assert message in done.stderr


def test_ctrl_c_prints_what_was_measured_until_then():
    command = [sys.executable, "-m", "benchmarks", "--only", "switch-2", "--rounds", "1000"]
    options = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, start_new_session=True, **options)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the measurement's process, too
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert "Interrupted: the tables hold what was measured until then." in output
    assert "FAILED" not in output


def test_help_teaches():
    done = python("-m", "benchmarks", "--help")
    assert done.returncode == 0
    for words in (
        "switch-2, switch-100, switch-10000",
        "--only switch,queue-in",
        "Exit code",
        "fresh process",
        "--pin CPU",
    ):
        assert words in " ".join(done.stdout.split())


def test_without_click_one_line_says_what_to_install():
    done = benchmarks(before="import sys; sys.modules['click'] = None")
    assert done.returncode == 2
    assert done.stderr == "benchmarks: the tables need click and rich: pip install -e '.[cli,bench]'\n"


def test_a_measurement_alone_prints_its_figures_as_json():
    done = python("-m", "benchmarks.measure", "switch-2", "2", "quick")
    assert list(json.loads(done.stdout)) == ["switch-2"]
