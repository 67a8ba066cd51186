"""`pytest --target`: pytest's items, selection, reports and exit codes, for tests that run elsewhere."""

import contextlib
import re

import pytest

with contextlib.suppress(ImportError):  # now: what it imports changes where the process looks for installed packages,
    import littlefs  # noqa: F401         and pytester would undo half of that

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
MIXED = """
import sys
import machine_of_a_board_only_if_imported as it
import pytest

def test_passes():
    print("hello")
    assert it.value == 1

@pytest.mark.parametrize("n", [1, 2])
async def test_numbers(n):
    assert n == 1

class TestPump:
    @pytest.mark.slow
    def test_starts(self):
        assert sys.platform != "win32"

    def test_skips(self):
        pytest.skip("not today")

@pytest.mark.xfail(reason="known")
def test_expected():
    assert 0
"""


@pytest.fixture
def run(pytester, target_is_here):
    target_is_here("micropython")
    pytester.makepyfile(test_it=MIXED, machine_of_a_board_only_if_imported="value = 1")
    pytester.makeini("[pytest]\nmarkers = slow\n")

    def run(*arguments):
        return pytester.runpytest_inprocess(*QUIET, *arguments)

    return run


def test_items_are_functions_in_places_and_a_failure_shows_the_targets_side(run):
    result = run("--target", "micropython", "--target", "desktop", "-v", "-rA")
    result.assert_outcomes(passed=6, failed=2, skipped=2, xfailed=2)
    result.stdout.fnmatch_lines(
        [
            "twincore: on micropython, desktop; 60 s for a test",
            "test_it.py::test_passes?micropython? PASSED*",
            "test_it.py::test_numbers?micropython-1? PASSED*",
            "test_it.py::test_numbers?micropython-2? FAILED*",
            "test_it.py::TestPump::test_starts?micropython? PASSED*",
            "test_it.py::TestPump::test_skips?micropython? SKIPPED (not today)*",
            "test_it.py::test_expected?micropython? XFAIL (known)*",
            "test_it.py::test_passes?desktop? PASSED*",
            "*___ test_numbers?micropython-2? ___*",
            "Traceback (most recent call last):",
            '  File "test_it.py", line 11, in test_numbers',
            "    assert n == 1",
            "AssertionError: assert 2 == 1",
            "again: twincore test --on micropython 'test_it.py::test_numbers?2?'",
            "*___ test_passes?micropython? ___*",
            "*Captured stdout call*",
            "hello",
            "FAILED test_it.py::test_numbers?micropython-2? - AssertionError: assert 2 == 1",
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        (["test_it.py::test_passes"], 1),
        (["test_it.py::TestPump::test_starts[micropython]"], 1),
        (["-k", "starts or passes"], 2),
        (["-m", "slow"], 1),
    ],
)
def test_items_are_selected_as_always(run, arguments, passed):
    run("--target", "micropython", *arguments).assert_outcomes(
        passed=passed, deselected=6 - passed if "-" in arguments[0][0] else 0
    )


def test_seeds_are_items_boot_by_boot(run, target_is_here):
    target_is_here("rp2040")
    result = run(
        "--target", "rp2040", "--seeds", "2", "--jitter", "30", "-v", "-k", "passes or numbers", "--durations=0"
    )
    result.assert_outcomes(passed=4, failed=2, deselected=6)
    text = result.stdout.str()
    order = re.findall(r"^test_it.py::test_(\w+)\[rp2040-(\S+)\] ", text, re.M)
    assert order == [
        (name, f"seed{seed}{variant}")
        for seed in (1, 2)
        for name, variant in (("passes", ""), ("numbers", "-1"), ("numbers", "-2"))
    ]
    assert "again: twincore test --on rp2040 --seed 2 --jitter 30 'test_it.py::test_numbers[2]'" in text


def test_seeds_begin_where_asked_on_the_firmware_asked_for(run, target_is_here, tmp_path):
    firmware = tmp_path / "of mine.bin"
    firmware.write_bytes(target_is_here("rp2040").firmware.read_bytes())
    result = run("--target", "rp2040", "--seed", "7", "--seeds", "2", "--firmware", firmware, "-v", "-k", "numbers")
    result.assert_outcomes(passed=2, failed=2, deselected=8)
    text = result.stdout.str()
    assert re.findall(r"^test_it.py::test_numbers\[rp2040-(\S+)\] FAILED", text, re.M) == ["seed7-2", "seed8-2"]
    for seed in (7, 8):
        assert f"--firmware '{firmware}' --seed {seed} --jitter 50 'test_it.py::test_numbers[2]'" in text


def test_nothing_runs_to_list_the_tests(run, monkeypatch):
    monkeypatch.setattr("twincore.desktop.ontarget.session.Session.run", None)
    result = run("--target", "micropython", "--collect-only", "-q")
    assert result.ret == 0
    assert "test_it.py::TestPump::test_starts[micropython]" in result.stdout.lines


def test_the_first_failure_ends_all_if_asked(run, pytester):
    pytester.makepyfile(test_later="def test_hangs():\n    while True: pass\n")
    result = run("--target", "micropython", "-x", "test_it.py", "test_later.py")
    result.assert_outcomes(passed=2, failed=1)


def test_hanging_items_have_the_time_limit_of_the_target(run, pytester):
    pytester.makepyfile(test_later="def test_hangs():\n    while True: pass\n")
    result = run("--target", "micropython", "--target-timeout", "0.5", "--timeout", "0.4", "test_later.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*no result after 0.5 s; it was here:*", "FAILED *test_hangs* - no result after 0.5 s"]
    )


def test_a_file_that_is_no_python_fails_with_its_line(run, pytester):
    pytester.makepyfile(test_bad="def test(:\n")
    result = run("--target", "micropython", "test_bad.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*line 1: invalid syntax*"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "rp204"], "*--target: no place 'rp204'*"),
        (["--seed", "2"], "*--seed is for tests on targets: add --target rp2040, or leave it out"),
        (["--target", "micropython", "--seeds", "2"], "*add rp2040*"),
        (["--target", "micropython", "--firmware", "my.uf2"], "*add rp2040*"),
        (["--target", "rp2040", "--firmware", "my.uf2"], "*--firmware: cannot read the firmware my.uf2: No such file*"),
        (["--target", "rp2040", "--seeds", "0"], "*argument --seeds: it takes a whole number from 1 to 10000, not 0"),
        (["--target", "rp2040", "--jitter", "x"], "*argument --jitter: it takes a whole number from 0 to 10000, not x"),
    ],
)
def test_bad_use_is_told(run, target_is_here, arguments, says):
    if "rp2040" in arguments:
        target_is_here("rp2040")
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([says])


# Without --target


def test_async_tests_run_on_a_loop_of_twincores(pytester):
    pytester.makepyfile(
        test_it="""
        import pytest
        from twincore import core

        async def test_a(board):
            await core.sleep(100)
            assert board.time.now() >= 100_000_000

        @pytest.mark.parametrize("n", [1, 2])
        async def test_b(n):
            await core.sleep(0)
            assert n == 1

        async def test_c():
            core.create_task(core.sleep(10))

        async def test_d():
            assert len(core.tasks()) == 1
        """
    )
    pytester.runpytest_inprocess(*QUIET).assert_outcomes(passed=4, failed=1)


def test_async_tests_of_others_are_left_to_them(pytester):
    pytester.makepyfile(
        test_it="""
        import asyncio
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_a():
            await asyncio.sleep(0)
            assert asyncio.get_running_loop()
        """
    )
    pytest.importorskip("anyio")
    pytester.runpytest_inprocess(*QUIET).assert_outcomes(passed=1)
