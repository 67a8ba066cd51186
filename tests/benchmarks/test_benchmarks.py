"""python -m benchmarks: what it prints and writes, and that it fails loudly when a product loses work."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from twincore.desktop import targets
from twincore.desktop.bench.scripts import SCRIPTS
from twincore.desktop.targets import unix_port

pytest.importorskip("click")
pytest.importorskip("rich")

ROOT = Path(__file__).parents[2]
ROW = {
    "workload", "metric", "title", "unit", "better", "pinned_to", "row", "product", "note", "median", "values",
    "twincore_is", "errors",
}  # fmt: skip
VERDICT = {"metric", "target", "row", "rival", "wanted", "achieved", "met"}
GROUPS = (
    "switch", "sync", "primitives", "tasks", "timers", "memory", "growth", "echo", "latency",
    "queue", "batch", "foreign", "many", "wakeup", "pingpong", "load", "offload", "sqlite", "files", "drivers",
    "micropython",
)  # fmt: skip


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
    named, pure, best = results["targets"]
    assert (named["row"], named["rival"], named["wanted"]) == ("twincore", "uvloop", 5.0)
    assert (pure["row"], pure["rival"], pure["wanted"]) == ("twincore (pure)", "asyncio", 1.0)
    assert best["target"] == "Task switch, 2 tasks: not behind the best product"
    for verdict in results["targets"]:
        assert verdict["met"] == (verdict["achieved"] >= verdict["wanted"])


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Function: the JSON of a quick run of a group, made once."""
    folder = tmp_path_factory.mktemp("quick")

    def results_of(group):
        file = folder / f"{group}.json"
        if not file.exists():
            done = benchmarks("--quick", "--only", group, "--json", file)
            assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(file.read_text(encoding="utf-8"))

    return results_of


@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", GROUPS)
def test_every_product_that_is_here_gets_through_every_workload(group, quick):
    results = quick(group)
    assert results["rows"] or results["missing"]
    for row in results["rows"]:
        assert row["median"] > 0 and row["errors"] == []


def test_a_target_can_be_another_row_of_ours(quick):
    if not compiled():
        pytest.skip("targets are for the compiled library")
    results = quick("switch")
    medians = {row["row"]: row["median"] for row in results["rows"] if row["metric"] == "switch-flags"}
    (verdict,) = [v for v in results["targets"] if v["metric"] == "switch-flags"]
    assert verdict["rival"] == "twincore without flags"
    assert verdict["achieved"] == pytest.approx(medians["twincore"] / medians["twincore without flags"])


def test_a_target_of_a_row_that_was_not_measured_is_open(quick):
    verdicts = [v for v in quick("switch")["targets"] if v["row"] == "twincore (pure)"]
    assert len(verdicts) == 3
    assert all(v["met"] is None for v in verdicts)


def test_metrics_that_grow_share_a_table_with_a_column_each():
    done = benchmarks("--quick", "--only", "growth-switch")
    header = next(line for line in done.stdout.splitlines() if "product" in line)
    assert [cell.strip() for cell in header.strip("┃").split("┃")] == ["product", "10", "100", "10 000", "1 000 000"]


@pytest.mark.parametrize(
    "script, args",
    [
        ("switch.py", "10 20 1 0"), ("heap.py", "50"), ("allocation.py", "10 20"), ("imports.py", "Event gather"),
        ("idle_wakeup.py", "flag 5"),
    ],
)
@pytest.mark.parametrize("which", ["twincore", "built-in"])
def test_the_scripts_for_the_board_run_on_the_unix_port_too(script, args, which):
    if reason := targets.reason_missing("micropython"):
        pytest.skip(reason)
    done = unix_port.run(SCRIPTS / script, args=[which, *args.split()])
    assert done.exit_code == 0, done.stderr
    assert float(done.stdout) >= 0


@pytest.mark.parametrize("what", ["event", "queue"])
def test_what_wakes_an_idle_loop_of_the_unix_port(what):
    if reason := targets.reason_missing("micropython"):
        pytest.skip(reason)
    done = unix_port.run(SCRIPTS / "idle_wakeup.py", args=["twincore", what, "5"])
    assert done.exit_code == 0, done.stderr
    assert float(done.stdout) > 0


@pytest.mark.parametrize("tasks", [0, 3])
def test_a_hard_isr_wakes_the_board_idle_or_busy(tasks):
    if reason := targets.reason_missing("rp2040"):
        pytest.skip(reason)
    done = python("-c", f"from twincore.desktop.bench.wakeups import wake_ups; print(*wake_ups('isr', {tasks}, 1, 40))")
    assert done.returncode == 0, done.stderr
    latencies = [int(word) for word in done.stdout.split()]
    assert len(latencies) == 20 and min(latencies) > 0


@pytest.mark.timeout(600)
def test_targets_of_the_bridge(quick):
    if not compiled():
        pytest.skip("targets are for the compiled library")
    groups = ("queue", "batch", "foreign", "many", "wakeup", "pingpong", "load")
    titles = {v["target"]: v for group in groups for v in quick(group)["targets"]}
    for target, wanted in {
        "Thread to task, bounded 1024: at least 10 x culsans": 10,
        "Thread to task, bounded 1024: at least 10 x janus": 10,
        "Thread to task, bounded 1024: at least 1.2 x handmade item by item": 1.2,
        "Thread to task, bounded 1024, in batches: at least 20 x culsans": 20,
        "Thread to asyncio's task, bounded 1024: at least 5 x culsans": 5,
        "Task to thread, bounded 1024: at least 10 x the best product": 10,
        "Task to thread, bounded 1024: not behind the best product": 1,
        "4 threads to 1 task, bounded 1024: at least 10 x the best product": 10,
        "4 threads to 4 tasks, bounded 1024: at least 10 x the best product": 10,
        "Wake-up of an idle loop by a thread, p50: at least 2 x uvloop": 2,
        "Wake-up of an idle loop by a thread, p50: at least 0.714 x a Lock": 1 / 1.4,
        "Round trips between a thread and a task: at least 1.6 x uvloop": 1.6,
        "Round trips between a thread and a task: at least 0.8 x two Locks": 0.8,
        "A task drains 200 000 items beside a 1 ms ticker: worst lateness: at most 5 ms": 1,
    }.items():
        assert titles[target]["wanted"] == pytest.approx(wanted)
    locks = [row for row in quick("wakeup")["rows"] if row["row"] == "two threads and a Lock"]
    assert [row["product"] for row in locks] == [False, False]


@pytest.mark.timeout(300)
def test_targets_of_sqlite_and_files(quick):
    pytest.importorskip("aiosqlite")
    pytest.importorskip("aiofiles")
    if not compiled():
        pytest.skip("targets are for the compiled library")
    verdicts = {v["target"]: v for group in ("sqlite", "files") for v in quick(group)["targets"]}
    for target, rival, wanted in [
        ("SQLite, select by key, one at a time: time of a call: at least 3 x aiosqlite", "aiosqlite on ", 3),
        ("SQLite, 10 000 rows with `async for`: time of a row: at least 1.3 x aiosqlite", "aiosqlite on ", 1.3),
        ("SQLite, 10 000 rows with `async for`: time of a row: at least 0.769 x sqlite3", "sqlite3", 1 / 1.3),
        ("A file of 4 kB read whole, one at a time: time of a file: at least 5 x aiofiles", "aiofiles on ", 5),
        ("Lines of a file with `async for`: time of a line: at least 50 x aiofiles", "aiofiles on ", 50),
    ]:
        verdict = verdicts[target]
        assert verdict["wanted"] == pytest.approx(wanted)
        assert verdict["rival"] in (rival, rival + "asyncio", rival + "uvloop")


def test_what_a_version_of_ours_does_not_have_is_reported(tmp_path):
    file = tmp_path / "results.json"
    old = "dict(__init__=lambda self, n: None, put_sync=lambda self, v: None, get=lambda self: (yield))"
    done = benchmarks(
        "--quick", "--only", "queue-batch,queue-asyncio", "--json", file,
        before=f"import twincore.threadsafe as t; t.ThreadSafeQueue = type('Old', (), {old})",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    missing = json.loads(file.read_text(encoding="utf-8"))["missing"]
    if compiled():
        assert missing["queue-batch: twincore"].endswith("this version has no put_many_sync and no get_many")
        assert missing["queue-asyncio: twincore on uvloop"].endswith("waits are for twincore's own tasks")


@pytest.mark.parametrize(
    "got, message",
    [
        ("[[0, 1, 2], [3]]", None),
        ("[[0, 2], [1, 3]]", None),
        ("[[0, 2], [3, 3]]", "lost or doubled"),
        ("[[0, 1], [3]]", "lost or doubled"),
        ("[[0, 1], [3, 2, 4, 5, 6, 7]]", "items of thread 1 came out of order"),
    ],
)
def test_items_of_several_threads_are_checked(got, message):
    each = 2 if "7" in got else 1
    done = python("-c", f"from benchmarks.workloads.many import check_all; check_all({got}, {each})")
    assert done.returncode == (1 if message else 0)
    assert (message or "") in done.stderr


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
    assert (verdict["target"], verdict["met"]) == ("Task switch, 100 tasks: at least 6 x uvloop", None)


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
            f"no workload is called 'sing'; there are: {', '.join(GROUPS)}",
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
        "switch: switch-2, switch-100, switch-10000, switch-thread, switch-flags",
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
