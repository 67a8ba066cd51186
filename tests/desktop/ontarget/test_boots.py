"""What becomes of a file's tests in a place: each has its own result, whatever the others do."""

import pytest

from twincore.desktop import targets
from twincore.desktop.ontarget.boots import Runner
from twincore.desktop.ontarget.collecting import collect
from twincore.desktop.ontarget.places import places
from twincore.desktop.ontarget.programs import stage

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture
def results(file, target_is_here):
    """Run a test file in a place; gives {id: Result}."""

    def run(text, place="micropython", limit=10, roots=(), name="test_it.py", **options):
        if place != "desktop":
            target_is_here(place)
        found = collect(file(text, name))
        (there,) = places([place], **{"seeds": (), **options})
        runner = Runner(stage(found, roots), there, limit)
        return {result.case.id: result for result in runner.results(found.cases)}

    return run


MANY = """
import sys
import time
import pytest
from twincore import core

def test_passes():
    print("hello")
    assert sys.implementation.name == "micropython"

def test_fails():
    total = 3
    print("so far", total)
    assert total == 4, "sum"

@pytest.mark.parametrize("x, y", [(1, "a"), (2.5, None)])
async def test_async(x, y):
    await core.sleep_ms(5)
    assert core.current_task() and (x, y) in [(1, "a"), (2.5, None)]

class TestClass:
    def setup_method(self):
        self.value = 7

    def test_method(self):
        assert self.value == 7

def test_skips():
    pytest.skip("not today")

@pytest.mark.skipif(sys.implementation.name == "micropython", reason="not there")
def test_skipped_by_mark():
    assert 0

@pytest.mark.xfail(reason="known")
def test_expected():
    assert not 1

def test_raises():
    with pytest.raises(ValueError, match="bo"):
        raise ValueError("boo")

def test_wants(tmp_path):
    pass

if sys.platform == "nowhere":
    def test_elsewhere():
        pass

def test_last():
    time.sleep_ms(30)
"""
OUTCOMES = {
    "test_passes": "passed",
    "test_fails": "failed",
    "test_async[1-a]": "passed",
    "test_async[2.5-None]": "passed",
    "TestClass::test_method": "passed",
    "test_skips": "skipped",
    "test_skipped_by_mark": "skipped",
    "test_expected": "xfailed",
    "test_raises": "passed",
    "test_wants": "failed",
    "test_elsewhere": "skipped",
    "test_last": "passed",
}


@pytest.mark.parametrize("place", ["desktop", "micropython", "rp2040"])
def test_every_place_gives_the_same_results(results, place, file):
    found = results(MANY, place)
    assert {name: result.outcome for name, result in found.items()} == OUTCOMES
    assert found["test_passes"].printed == "hello\n"
    failed = found["test_fails"]
    assert failed.printed == "so far 3\n"
    lines = failed.text.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('test_it.py", line 14, in test_fails') and "twincore-" not in lines[1]
    assert lines[2:] == ['    assert total == 4, "sum"', "AssertionError: sum", "assert 3 == 4"]
    assert found["test_skips"].text == "not today" and found["test_skipped_by_mark"].text == "not there"
    assert found["test_expected"].text == "known"
    assert "tmp_path" in found["test_wants"].text
    assert 29 <= found["test_last"].ms < 5000


def test_to_exit_and_to_pass_unexpectedly_are_failures(results):
    found = results(
        """
        import sys
        import pytest

        def test_exits():
            sys.exit(0)

        @pytest.mark.xfail(strict=True, reason="known")
        def test_strict():
            pass

        @pytest.mark.xfail
        def test_not_strict():
            pass

        def test_raises_nothing():
            with pytest.raises(ValueError):
                pass
        """
    )
    exits, strict, not_strict, raises = found.values()
    assert exits.outcome == "failed" and exits.text.endswith("SystemExit: 0")
    assert (strict.outcome, strict.text) == ("failed", "expected to fail, and passed: known")
    assert not_strict.outcome == "xpassed"
    assert raises.outcome == "failed" and "DID NOT RAISE <class 'ValueError'>" in raises.text


def test_a_test_that_hangs_is_stopped_and_shows_where_and_the_others_run(results):
    found = results(
        """
        import pytest
        from twincore import core

        @pytest.mark.timeout(0.5)
        def test_spins():
            print("round and")
            while True:
                pass

        @pytest.mark.timeout(0.5)
        async def test_waits():
            await core.Event().wait()

        def test_after():
            pass
        """
    )
    spins, waits, after = found.values()
    assert spins.outcome == "failed" and spins.hung and spins.printed == "round and\n"
    assert spins.text.startswith("no result after 0.5 s; it was here:\nTraceback") and "in test_spins" in spins.text
    assert "Event" in waits.text and "WAITS ON" in waits.text
    assert after.outcome == "passed"


def test_a_deadlock_is_reported_at_once_with_who_waits_for_what(results):
    found = results(
        """
        import _thread
        from twincore import core

        async def test_waits():
            await core.Event().wait()

        def test_locks():
            lock = _thread.allocate_lock()
            lock.acquire()
            lock.acquire()

        def test_after():
            pass
        """,
        "rp2040",
        limit=300,
    )
    waits, locks, after = found.values()
    assert waits.text.startswith("deadlock") and "Event" in waits.text and "test_it.py:6" in waits.text
    assert locks.text.startswith("deadlock") and "test_it.py:11, in test_locks" in locks.text
    assert "twincore_tests" not in locks.text
    assert after.outcome == "passed"
    assert (waits.replay, locks.replay) == (("test_waits",), ("test_locks",))  # which was tried


def test_a_board_is_fresh_after_a_test_that_leaves_core_1_busy(results):
    found = results(
        """
        import _thread

        def forever():
            while True:
                pass

        def test_leaves_it_busy():
            _thread.start_new_thread(forever, ())

        def test_uses_it():
            done = []
            _thread.start_new_thread(done.append, (1,))
            while not done:
                pass
        """,
        "rp2040",
    )
    assert [result.outcome for result in found.values()] == ["passed", "passed"]


def test_what_fails_only_after_another_test_is_replayed_with_it(results):
    found = results(
        """
        seen = []

        def test_first():
            seen.append(1)

        def test_second():
            assert not seen

        def test_third():
            assert 0
        """,
        "rp2040",
    )
    first, second, third = found.values()
    assert (first.outcome, second.outcome, third.outcome) == ("passed", "failed", "failed")
    assert second.replay == ("test_first", "test_second", "test_third")
    assert third.replay == ("test_third",)


HANGS = """
import _thread

def test_first():
    done = []
    _thread.start_new_thread(done.append, (1,))
    while not done:
        pass

def test_hangs():
    while True:
        pass

def test_last():
    assert 0
"""


def test_what_hangs_is_replayed_with_all_of_its_boot_those_after_it_too_which_makes_it_the_same_run(results, file):
    found = results(HANGS, "rp2040", limit=2)
    hung = found["test_hangs"]
    assert (hung.hung, hung.replay) == (True, ("test_first", "test_hangs", "test_last"))
    staged = stage(collect(file(HANGS, "test_it.py")))
    cases = [case for case in staged.file.cases if case.id in hung.replay]
    (place,) = places(["rp2040"], seeds=())
    assert staged.program(cases).files == staged.program(staged.file.cases).files
    assert staged.program(cases[:2]).files != staged.program(staged.file.cases).files
    again = {result.case.id: result for result in Runner(staged, place, 2).results(cases)}
    assert (again["test_first"].ms, again["test_hangs"].replay) == (found["test_first"].ms, hung.replay)


def test_a_test_that_kills_its_interpreter_fails_alone(results):
    dies, after = results(
        """
        import os

        def test_dies():
            print('{"outcome": "passed"}')
            os.system("kill -9 $PPID")
            while True:
                pass

        def test_after():
            pass
        """
    ).values()
    assert dies.outcome == "failed" and dies.text == "the program ended with exit code 137"
    assert after.outcome == "passed"


def test_what_goes_wrong_after_the_last_test_is_its_failure(results):
    (found,) = results(
        """
        import os, sys

        def test():
            sys.atexit(lambda: os.system("kill -9 $PPID"))
        """
    ).values()
    assert (found.outcome, found.text) == ("failed", "passed, and then the program ended with exit code 137")


@pytest.mark.parametrize("place", ["desktop", "micropython", "rp2040"])
def test_a_file_that_cannot_be_imported_fails_each_of_its_tests_once(results, place):
    found = results("import nowhere\ndef test_a(): pass\ndef test_b(): pass\n", place)
    assert [result.outcome for result in found.values()] == ["failed", "failed"]
    assert all("ImportError" in result.text and "test_it.py" in result.text for result in found.values())


@pytest.mark.parametrize("place", ["desktop", "micropython", "rp2040"])
def test_what_is_not_micropythons_grammar_is_said_with_its_line(results, place):
    (found,) = results("def test(n=1):\n    match n:\n        case 1: pass\n", place).values()
    assert found.outcome == "failed" and "SyntaxError" in found.text and "line 2" in found.text


@pytest.mark.parametrize("place", ["desktop", "micropython", "rp2040"])
def test_a_script_passes_fails_or_skips_by_how_it_ends(results, place):
    assert results("print(__name__)", place)["script"].printed == "__main__\n"
    failed = results("import sys\nprint(1)\nassert len(sys.argv) == 9\n", place)["script"]
    assert (failed.outcome, failed.printed) == ("failed", "1\n")
    assert failed.text.endswith("    assert len(sys.argv) == 9\nAssertionError: assert 1 == 9")
    if place != "rp2040":  # where it would take a while
        assert results("import sys\nsys.exit('no good')", place)["script"].text == "no good"
        assert results("print('SKIP')\nraise SystemExit", place)["script"].outcome == "skipped"


def test_a_script_that_hangs_is_stopped_and_shows_where(results, monkeypatch):
    monkeypatch.setattr("twincore.desktop.ontarget.places.UnixPort.boot_seconds", 0.5)
    found = results("import time\nwhile True:\n    time.sleep(1)\n", limit=0.5)["script"]
    assert found.hung and found.text.startswith("no end after 0.5 s; it was here:\nTraceback")


def test_modules_around_the_test_and_its_files_go_with_it(results, file):
    file("def flow(): return 3\n", "pump.py")
    file("from .inner import value\n", "src/package/__init__.py")
    file("value = 4\n", "src/package/inner.py")
    file("some data", "tests/data.txt")
    text = """
        import pump
        from package import value

        TARGET_FILES = ["data.txt"]

        def test():
            assert pump.flow() + value == 7
            with open("data.txt") as data:
                assert data.read() == "some data"
        """
    root = file("").parent
    for place in ("micropython", "rp2040"):
        (found,) = results(text, place, roots=[root, root / "src"], name="tests/test_it.py").values()
        assert found.outcome == "passed", found.text


def test_what_surrounds_tests_is_called(results):
    first, second, method = results(
        """
        seen = []

        def setup_module():
            seen.append("module")

        def setup_function():
            seen.append("up")

        def teardown_function():
            seen.append("down")

        def test_first():
            assert seen == ["module", "up"]

        def test_second():
            assert seen == ["module", "up", "down", "up"]

        class TestMore:
            def setup_method(self):
                self.name = "method"

            def teardown_method(self):
                seen.append(self.name)

            def test(self):
                assert len(seen) == 5

        def teardown_module():
            assert seen[-1] == "none"
        """
    ).values()
    assert (first.outcome, second.outcome) == ("passed", "passed")
    assert method.outcome == "failed" and method.text.startswith("passed, and then Traceback")
    assert method.text.endswith("AssertionError: assert 'method' == 'none'")


@pytest.mark.parametrize("place", ["desktop", "rp2040"])
def test_the_board_toml_beside_the_test_says_what_is_around_the_board(results, file, place):
    file('links = ["GP4:GP5"]', "board.toml")
    (found,) = results(
        """
        from machine import Pin

        def test_the_wire():
            out, back = Pin(4, Pin.OUT), Pin(5, Pin.IN)
            for level in (1, 0, 1):
                out(level)
                assert back() == level
        """,
        place,
    ).values()
    assert found.outcome == "passed", found.text


def test_newer_versions_are_places_too(results):
    version = """
        import sys

        def test():
            assert sys.implementation.version[:2] == (1, 26)
        """
    for place in ("micropython-1.26", "rp2040-1.26"):
        if missing := targets.reason_missing(place):
            pytest.skip(missing)
        (found,) = results(version, place).values()
        assert found.outcome == "passed", found.text


def test_programs_for_micropython_async_are_tested_with_its_names(results):
    (found,) = results(
        """
        import asyncio
        from primitives import Queue
        from twincore import core

        async def test():
            queue = Queue()
            asyncio.create_task(queue.put(1))
            assert await queue.get() == 1
            assert asyncio.create_task is core.create_task
        """
    ).values()
    assert found.outcome == "passed", found.text


@pytest.mark.parametrize("place", ["desktop", "rp2040"])
def test_what_nobody_catches_on_another_thread_fails_the_test_that_started_it(results, place):
    found = results(
        """
        import _thread, time

        def boom():
            raise ValueError("on another")

        def test_before():
            pass

        def test_it():
            print("before")
            _thread.start_new_thread(boom, ())
            time.sleep(0.2)

        def test_after():
            pass
        """,
        place,
    )
    assert [each.outcome for each in found.values()] == ["passed", "failed", "passed"]
    result = found["test_it"]
    first, *lines = result.text.splitlines()
    assert first == "nobody has caught what was raised on another thread:"
    assert 'raise ValueError("on another")' in result.text and lines[-1] == "ValueError: on another"
    assert result.printed.strip() == "before" and result.replay == ("test_it",)


def test_where_it_cant_be_told_whose_thread_it_was_all_are_to_be_run_again(results):
    text = """
        import _thread, time

        def boom():
            raise ValueError("on another")

        def test_it():
            _thread.start_new_thread(boom, ())
            time.sleep(0.2)

        def test_after():
            pass
        """
    found = results(text)
    assert [each.outcome for each in found.values()] == ["passed", "failed"]
    assert found["test_after"].replay == ("test_it", "test_after")
