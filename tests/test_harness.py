"""The harness tells the truth about tests that run elsewhere: what failed, hung, died, or claims to have passed."""

import os
from pathlib import Path

import pytest

import harness

TESTS = Path(__file__).parent


@pytest.fixture
def outer(pytester, monkeypatch, target_is_here):
    """Run pytest, with this harness, on a test file of its own."""
    target_is_here("micropython")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(TESTS), str(pytester.path), os.environ.get("PYTHONPATH", "")])
    )
    monkeypatch.delenv("CI", raising=False)

    def run(source, *options):
        pytester.makepyfile("import pytest, sys, time\n\n" + source)
        return pytester.runpytest_subprocess("-p", "conftest", "-p", "no:cacheprovider", "-rA", *options, timeout=60)

    return run


def test_a_failing_assertion_is_shown_with_its_line(outer):
    result = outer("""
@pytest.mark.micropython
def test_wrong(variant):
    total = 3
    print("so far", total)
    assert total == 4
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["on unix: AssertionError: assert total == 4", "*line 8, in test_wrong", "so far 3"])


def test_a_passing_test_passes_and_its_output_is_kept(outer):
    result = outer("""
@pytest.mark.micropython
@pytest.mark.parametrize("number, error", [(1, ValueError), (float("nan"), KeyError)])
def test_right(variant, number, error):
    assert sys.implementation.name == "micropython" and variant == "unix"
    with pytest.raises(error, match="[0-9]$") as caught:
        raise error("number 7")
    print("caught", caught.type.__name__, number)
""")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["caught ValueError 1", "caught KeyError nan"])


def test_a_hanging_test_fails_in_time_and_shows_where(outer):
    result = outer("""
@pytest.mark.timeout(1)
@pytest.mark.micropython
def test_sleeps(variant):
    print("going to bed")
    while True:
        time.sleep(1)
""")
    result.assert_outcomes(failed=1)
    lines = ["on unix: no result after 0.75 s; it was here:", "*in test_sleeps", "    time.sleep(1)", "going to bed"]
    result.stdout.fnmatch_lines(lines)


def test_output_that_looks_like_a_result_is_not_one(outer):
    result = outer("""
RESULT = '{"outcome": "passed", "text": ""}'

@pytest.mark.micropython
def test_liar(variant):
    print("0123456789abcdef", RESULT)
    sys.stdout.write(RESULT + "\\\\n")
    assert 1 == 2
""")
    result.assert_outcomes(failed=1)


def test_a_test_that_kills_its_interpreter_fails(outer):
    result = outer("""
@pytest.mark.micropython
def test_dies(variant):
    print('{"outcome": "passed", "text": ""}')
    import os
    os.system("kill -9 $PPID")
    time.sleep(5)

@pytest.mark.micropython
def test_exits(variant):
    sys.exit(0)
""")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["on unix: MicroPython ended without a result, exit code -9", "on unix: SystemExit: 0"])


def test_skips_and_expected_failures_are_reported_as_such(outer):
    result = outer("""
@pytest.mark.micropython
def test_skipped(variant):
    pytest.skip("not today")

@pytest.mark.xfail(strict=True)
@pytest.mark.micropython
def test_expected(variant):
    assert 0
""")
    result.assert_outcomes(skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["*not today"])


def test_a_fixture_of_the_host_is_refused_with_advice(outer):
    result = outer("""
@pytest.mark.micropython
def test_wants(variant, tmp_path):
    pass

@pytest.mark.micropython
@pytest.mark.parametrize("thing", [object()])
def test_given(variant, thing):
    pass
""")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["on unix: the fixture 'tmp_path'*mark the test cpython", "on unix: <object*cannot be sent*"]
    )


def test_a_board_runs_a_files_tests_and_each_reports_its_own_result(outer, target_is_here):
    target_is_here("rp2040")
    result = outer(
        """
pytestmark = [pytest.mark.micropython, pytest.mark.rp2040(seeds=1)]

from support import RP2, start_thread

def test_right(variant):
    assert RP2 == (variant == "rp2040")
    print("core", start_thread(lambda: 6 * 7).join())

def test_wrong(variant):
    print("to be wrong")
    assert variant == "desktop"

def test_deadlocks(variant):
    import _thread
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()

@pytest.mark.skip
def test_not_wanted(variant):
    print("unwanted")

def test_leaves_core_1_busy(variant):
    import _thread
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lock.acquire, ())

def test_finds_core_1_free(variant):
    start_thread(print, "free again").join()
""",
        "-k",
        "rp2040-",
    )
    result.assert_outcomes(passed=3, failed=2, skipped=1, deselected=6)
    result.stdout.fnmatch_lines(
        ["on rp2040-seed1: AssertionError: assert variant ==*", "*line 14, in test_wrong", "to be wrong"]
    )
    result.stdout.fnmatch_lines(["on rp2040-seed1: deadlock: both cores asleep*"])
    result.stdout.fnmatch_lines(["core 42", "free again"])
    result.stdout.no_fnmatch_line("unwanted")


def test_a_board_that_hangs_is_stopped_in_time_and_shows_where(outer, target_is_here):
    target_is_here("rp2040")
    result = outer(
        """
pytestmark = [pytest.mark.micropython, pytest.mark.rp2040(seeds=1)]

@pytest.mark.timeout(4)
def test_spins(variant):
    while True:
        pass

def test_after(variant):
    pass
""",
        "-k",
        "rp2040-",
    )
    result.assert_outcomes(passed=1, failed=1, deselected=2)
    result.stdout.fnmatch_lines(["on rp2040-seed1: no result after 3 s; it was here:", "*in test_spins"])


def test_boards_to_come_run_while_other_tests_do_and_a_failure_on_one_is_its_own(outer, target_is_here, pytester):
    target_is_here("rp2040")
    pytester.makepyfile(
        test_later="""
import pytest

def test_here():
    import os
    from pathlib import Path
    if len(os.sched_getaffinity(0)) > 1:
        own = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
        assert any("rp2040" in Path(f"/proc/{pid}/cmdline").read_text() for pid in own)

@pytest.mark.skip
@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_not_wanted(variant):
    pass

@pytest.mark.rp2040(seeds=3)
@pytest.mark.micropython
@pytest.mark.parametrize("number", range(3))
def test_some_fail(variant, number):
    print("number", number)
    assert number != 1
"""
    )
    result = outer(
        """
@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_first(variant):
    pass
""",
        "-k",
        "here or rp2040-",
    )
    result.assert_outcomes(passed=8, failed=3, skipped=1, deselected=5)
    for seed in (1, 2, 3):
        for number, outcome in enumerate(("PASSED", "FAILED", "PASSED")):
            result.stdout.fnmatch_lines([f"{outcome} *test_some_fail?rp2040-seed{seed}-{number}*"])
    assert result.outlines.count("AssertionError: assert number != 1") == 3


def test_each_test_runs_where_its_marks_say(outer):
    result = outer(
        """
def test_all(variant): pass

@pytest.mark.rp2040
def test_board(variant): pass

@pytest.mark.cpython
def test_desktop(variant): pass

@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_micro(variant): pass

def test_ordinary(): pass
""",
        "--collect-only",
        "-q",
    )
    ids = [line.partition("::")[2] for line in result.outlines if "::" in line]
    here = ["plain", "compiled", "unix"]
    expected = [f"test_all[{v}]" for v in here] + [f"test_board[{v}]" for v in here]
    expected += ["test_desktop[plain]", "test_desktop[compiled]", "test_micro[unix]", "test_ordinary"]
    expected += ["test_board[rp2040-seed1]", "test_micro[rp2040-seed1]"]  # a board's tests, one boot after another
    expected += [f"test_board[rp2040-seed{n}]" for n in (2, 3)]
    assert ids == expected


def test_a_missing_target_is_a_skip_here_and_a_failure_in_ci(outer, monkeypatch, pytester):
    pytester.makepyfile(hide="import harness\nharness.find_target = lambda name: (None, name + ' is missing: do so')")
    source = "@pytest.mark.micropython\ndef test_any(variant): pass"
    result = outer(source, "-p", "hide")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*micropython is missing: do so"])
    monkeypatch.setenv("CI", "true")
    result = outer(source, "-p", "hide")
    result.assert_outcomes(errors=1)


@pytest.mark.parametrize("value", [3, "a'b", b"\xff", None, True, (1,), (), [1.5, [2]], {"a": (1, 2)}, ValueError])
def test_a_literal_survives_the_way(value):
    assert eval(harness.literal(value)) == value


def test_a_result_needs_the_word_of_this_run():
    line = 'abc {"outcome": "passed", "text": ""}'
    assert harness.find_result("def", f"out\n{line}\n") is None
    assert harness.find_result("abc", f"out\n{line}\nmore") == ("out", {"outcome": "passed", "text": ""}, "more")


def test_an_extension_older_than_its_source_is_stale(tmp_path):
    for age, name in enumerate(["fresh.cpython-311-x.so", "fresh.py", "old.pxd", "old.cpython-311-x.so", "plain.py"]):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    modules = [(f"twincore.core.{stem}", str(tmp_path), stem) for stem in ("fresh", "old", "plain")]
    assert harness.stale(modules) == ["twincore.core.old"]
