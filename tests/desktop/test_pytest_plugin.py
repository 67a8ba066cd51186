"""The pytest plugin: fresh boards, applications on them, what is asserted of them, and what a test may not leave.

What must pass is written as a test that uses the plugin itself; what must fail runs in a pytest of its own.
"""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from twincore import core, threadsafe
from twincore.desktop.board import Deadlock, virtual_time
from twincore.desktop.testing import record, yields_within

pytestmark = [pytest.mark.timeout(60)]
ROOT = Path(__file__).parent.parent.parent
QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")  # the latter imports it anew for each of them
BLINK = """
from machine import Pin
import time

led = Pin(25, Pin.OUT)
count = 0
while True:
    led.toggle()
    count += 1
    print("blink", count)
    time.sleep_ms(100)
"""


@pytest.fixture
def outcome(pytester):
    """Run a test file in a pytest of its own, in this process; returns the result."""

    def run(text, *args, **files):
        pytester.makepyfile(test_it=text)
        for name, content in files.items():
            pytester.path.joinpath(name + ".py").write_text(content)
        return pytester.runpytest_inprocess(*QUIET, *args)

    return run


# A board


def test_a_board_is_fresh_and_in_virtual_time(board):
    assert (board.kind.name, board.name, board.time.virtual, board.time.now()) == ("pico", "board", True, 0)
    assert list(board.root.iterdir()) == []


@pytest.mark.board("pyboard", virtual=False, links=[("X1", "X2")])
def test_a_mark_says_which_board_and_what_is_wired(board):
    assert board.kind.name == "pyboard" and not board.time.virtual
    board.line("X1").drive(1)
    assert board.line("X2").level() == 1


def test_a_mark_names_a_wiring_file_beside_the_test(outcome, pytester):
    pytester.path.joinpath("board.toml").write_text('board = "esp32"\nlinks = ["4:5"]\n')
    result = outcome(
        """
        import pytest

        @pytest.mark.board(wiring="board.toml")
        def test(board):
            assert board.kind.name == "esp32"
            board.line(4).drive(1)
            assert board.line(5).level() == 1
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        ("'picco'", "no board is called 'picco': did you mean pico"),
        ("virtal=True", "pytest.mark.board knows no 'virtal': did you mean virtual"),
        ("leaks='strikt'", "leaks='strikt': did you mean strict"),
        ("links=[('GP1', 'GP99')]", "GP99"),
        ("links=['GP1:GP2']", "a link is a pair of pins"),
        ("wiring='no.toml'", "there is no wiring no.toml in "),
        ("'pico', 'pyboard'", "takes the kind of board, and all else by name"),
    ],
)
def test_a_mark_that_makes_no_sense_says_so(outcome, mark, complaint):
    result = outcome(f"import pytest\n@pytest.mark.board({mark})\ndef test(board): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*@pytest.mark.board: *{complaint.replace('[', '[[]')}*"])


def test_several_boards_share_one_time_and_are_told_apart(boards):
    left, right = boards(name="left"), boards("pyboard", name="right")
    assert left.time is right.time
    left.line(1).link(right.line("X1"))
    left.line(1).drive(1)
    assert right.line("X1").level() == 1
    left.run(ms=5)
    assert right.time.now() == 5000


def test_the_option_runs_all_boards_in_real_time(outcome):
    text = "def test(board, boards):\n    assert not board.time.virtual and not boards().time.virtual"
    outcome(text).assert_outcomes(failed=1)
    outcome(text, "--twincore-real-time").assert_outcomes(passed=1)


def test_nothing_is_imported_until_a_test_asks_for_a_board(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test():\n"
        "    found = {name for name in sys.modules if name.startswith('twincore')}\n"
        "    assert found == {'twincore', 'twincore.desktop', 'twincore.desktop.pytest_plugin'}, found\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


# An application


def test_an_application_runs_unmodified_and_its_pins_are_asserted(board, run_app):
    edges = record(board.line("LED"))
    app = run_app("main.py", files={"main.py": BLINK})
    board.run(ms=350)
    edges.expect([(0, 1), (100_000, 0), (200_000, 1), (300_000, 0)], within_us=500)
    assert app.namespace["count"] == 4
    assert app.output == [f"blink {n}" for n in range(1, 5)]
    app.interrupt()
    assert app.wait() == 130


def test_output_is_waited_for_line_by_line(board, run_app):
    app = run_app("main.py", files={"main.py": BLINK})
    assert app.wait_output("blink") == "blink 1"
    assert app.wait_output("blink") == "blink 2"
    assert app.wait_output("k 7") == "blink 7"
    assert 600_000 <= board.time.now() < 610_000
    complaint = r"(?s)main.py has not printed 'bell' within 1 s; it printed last:.*blink 16"
    with pytest.raises(TimeoutError, match=complaint):
        app.wait_output("bell", timeout=1)


def test_an_application_that_ends_without_the_output_is_not_waited_for(board, run_app):
    app = run_app("main.py", files={"main.py": "print('short')"})
    with pytest.raises(AssertionError, match="main.py has ended with 0 and did not print 'long'"):
        app.wait_output("long")
    assert board.time.now() < 1000


def test_arguments_files_and_modules_reach_the_application(board, run_app):
    files = {
        "main.py": "import sys\nfrom helper import read\nprint(sys.argv[1:], read('/data/a.txt'))\nsys.exit(3)",
        "helper.py": "def read(name):\n    with open(name) as file:\n        return file.read()",
        "data/a.txt": b"content",
    }
    app = run_app("main.py", argv=["one", "two"], files=files)
    assert app.wait() == 3
    assert app.text == "['one', 'two'] content\n"


def test_a_script_beside_the_test_is_found_and_a_missing_one_is_named(outcome):
    result = outcome(
        """
        import pytest

        def test(run_app):
            app = run_app("application.py")
            assert app.wait() == 0
            assert app.output == ["here"]
            with pytest.raises(FileNotFoundError, match="there is no script applicatoin.py in "):
                run_app("applicatoin.py")
        """,
        application="print('here')",
    )
    result.assert_outcomes(passed=1)


def test_a_file_that_leads_out_of_the_board_is_refused(board, run_app):
    with pytest.raises(ValueError, match="leads out of it"):
        run_app("main.py", files={"main.py": "", "../../evil.txt": ""})


def test_a_board_runs_one_application_at_a_time_and_then_another(board, run_app):
    app = run_app("main.py", files={"main.py": BLINK})
    with pytest.raises(RuntimeError, match="main.py runs on board already"):
        run_app("main.py", files={"main.py": BLINK})
    app.interrupt()
    assert app.wait() == 130
    other = run_app("other.py", files={"other.py": "print('second')"})
    assert other.wait() == 0
    assert other.output == ["second"]
    other.interrupt()  # it has ended: nobody is interrupted
    board.interrupts.schedule(lambda arg: board.print("an interrupt of the one before"), None)
    third = run_app("third.py", files={"third.py": "import time\ntime.sleep_ms(5)\nprint('third')"})
    assert third.wait() == 0
    assert third.output == ["third"]


GOES_ON = """
from machine import Pin, Timer, PWM
Pin(1, Pin.IN).irq(lambda pin: print("an edge"), Pin.IRQ_RISING)
Timer(period=10, callback=lambda timer: print("a tick"))
PWM(Pin(2), freq=100, duty_u16=1 << 15)
"""
NEXT = """
import time
from machine import Pin
Pin(2, Pin.IN, Pin.PULL_UP)
time.sleep_ms(50)
print("next")
"""


def test_what_went_on_when_a_program_had_ended_ends_before_the_next_starts(board, run_app):
    app = run_app("main.py", files={"main.py": GOES_ON})
    assert app.wait() == 0
    waves = []
    board.line(2).watch(lambda level, when: waves.append(level))
    board.run(0.035)
    assert len(waves) >= 6
    following = run_app("next.py", files={"next.py": NEXT})
    board.line(1).drive(0)
    board.line(1).drive(1)
    assert following.wait() == 0
    assert following.output == ["next"]
    del waves[:]
    board.run(0.035)
    assert waves == []


def test_a_function_or_a_coroutine_function_is_an_application_too(board, run_app):
    log = []

    async def main():
        await core.sleep(3600)
        log.append(board.time.now())
        return "done"

    app = run_app(main)
    assert app.wait(timeout=4000) == 0
    assert (log, app.result, board.time.now()) == ([3_600_000_000], "done", 3_600_000_000)

    def plain():
        return board.time.now()

    app = run_app(plain)
    assert app.wait() == 0 and app.result == 3_600_000_000
    with pytest.raises(TypeError, match="a function has no arguments here"):
        run_app(plain, argv=["x"])


def test_what_a_function_raises_is_raised_where_it_is_waited_for(run_app):
    async def main():
        raise KeyError("oh")

    app = run_app(main)
    with pytest.raises(KeyError, match="oh"):
        app.wait()
    assert app.code == 1 and isinstance(app.error, KeyError)


def test_a_plain_function_that_waits_is_interrupted(board, run_app):
    def main():
        threadsafe.ThreadSafeEvent().wait_sync()

    app = run_app(main)
    board.run(ms=1)
    app.interrupt()
    assert app.wait() == 130


def test_a_tests_own_loop_goes_by_the_boards_clock_and_is_gone_afterwards(outcome):
    result = outcome(
        """
        import time
        from twincore import core

        before = core.new_event_loop()

        def test_hour(board):
            start = time.monotonic()
            core.run(core.sleep(3600))
            assert board.time.now() == 3_600_000_000
            assert time.monotonic() < start + 30

        def test_without():
            assert core.get_event_loop() is before
            start = time.monotonic()
            core.run(core.sleep_ms(20))
            assert time.monotonic() >= start + 0.02
        """
    )
    result.assert_outcomes(passed=2)


def test_settle_waits_until_what_was_fed_is_consumed(board, run_app):
    queue, log = threadsafe.ThreadSafeQueue(20), []

    async def main():
        while True:
            log.append(await queue.get())

    run_app(main)
    for n in range(10):
        queue.put_sync(n)
    board.settle()
    assert log == list(range(10))
    assert board.time.now() == 0


# Edges


def test_edges_that_are_not_as_expected_are_shown_one_by_one(board):
    line = board.line(3)
    edges = record(line)
    for n, ms in enumerate((0, 10, 10, 10)):
        board.run(ms=ms)
        line.drive(n & 1 ^ 1)
    edges.stop()
    line.drive(1)
    assert edges == [(0, 1), (10_000, 0), (20_000, 1), (30_000, 0)]
    assert edges.intervals() == [10_000] * 3
    edges.expect([(0, 1), (10_040, 0), (19_960, 1), (30_000, 0)], within_us=40)
    with pytest.raises(AssertionError) as caught:
        edges.expect([(0, 0), (9_000, 0), (20_000, 1)], within_us=40)
    text = str(caught.value)
    assert "GP3: the edges are not as expected, within 40 us:" in text
    lines = text.splitlines()[1:]
    assert [line.partition("<- ")[2] for line in lines] == [
        "should be 0 us: 0",
        "1000 us too late: should be at 9000",
        "",
        "was not expected",
    ]
    with pytest.raises(AssertionError, match="40000 us: 1   <- is missing"):
        edges.expect([*edges, (40_000, 1)])


def test_times_of_edges_count_from_the_recording_or_from_the_first(board):
    board.run(ms=5)
    edges = record(board.line(3))
    board.run(ms=7)
    board.line(3).drive(1)
    board.run(ms=1)
    board.line(3).drive(0)
    assert edges.start == 5000
    edges.expect([(7000, 1), (8000, 0)])
    edges.expect([(0, 1), (1000, 0)], from_first=True)


# How long a task keeps the loop


def test_a_task_that_yields_in_time_passes_however_long_it_runs(board, run_app):
    async def main():
        for _ in range(100):
            board.time.spend(900)
            await core.sleep(0)
        await core.sleep(10)

    app = run_app(main)
    with yields_within(1, app) as watch:
        app.wait()
    assert watch.stalls == []


def test_a_task_that_spends_too_long_is_named_with_its_line_in_virtual_time(board, run_app):
    async def greedy():
        for _ in range(30):
            board.time.spend(100)  # the line in the report

    async def main():
        await core.sleep_ms(5)
        await core.create_task(greedy())

    app = run_app(main)
    with pytest.raises(AssertionError) as caught, yields_within(1, app):
        app.wait()
    text = str(caught.value)
    assert "<Task greedy> has blocked the loop for 0.00 s" in text or "for 0.003" in text
    assert "test_pytest_plugin.py" in text and "the line in the report" in text


def test_a_blocking_sleep_of_an_application_is_found_even_between_other_threads(board, run_app):
    source = """
import asyncio, time

async def good():
    while True:
        await asyncio.sleep_ms(1)

async def bad():
    await asyncio.sleep_ms(50)
    time.sleep_ms(20)  # blocks

async def main():
    task = asyncio.create_task(good())
    await bad()
    await asyncio.sleep_ms(20)
    task.cancel()

asyncio.run(main())
"""
    app = run_app("main.py", files={"main.py": source})
    with yields_within(15, app):
        board.run(ms=40)
    complaint = r"(?s)0\.02 s:.*main\.py\", line 10, in bad.*# blocks"
    with pytest.raises(AssertionError, match=complaint), yields_within(15, app):
        board.run(ms=60)
    assert app.wait() == 0


def test_the_tests_own_loop_is_watched_by_default(board):
    async def main():
        board.time.spend(5000)

    with pytest.raises(AssertionError, match="blocked the loop"), yields_within(2):
        core.run(main())
    with yields_within(6):
        core.run(main())
    with pytest.raises(ValueError, match="above 0"):
        yields_within(0)


@pytest.mark.board(virtual=False)
def test_in_real_time_a_thread_looks(board, run_app):
    async def main():
        await core.sleep_ms(20)
        time.sleep(0.4)  # blocks the loop in real time

    app = run_app(main)
    with pytest.raises(AssertionError, match="blocks the loop in real time"), yields_within(100, app):
        app.wait()


# What is left behind


def left(result):
    """The lines of an error at teardown that say what is left."""
    text = result.stdout.str()
    found = re.search(r"the test has left something behind:\n(.*?)\n[-=_]", text, re.S)
    return found[1].splitlines() if found else []


def test_a_task_that_an_ended_application_left_is_named_with_its_line(outcome):
    result = outcome(
        """
        from twincore import core

        async def forgotten():
            await core.sleep(1000)  # line 4

        def test(run_app):
            async def main():
                core.create_task(forgotten())
                await core.sleep(1)
            assert run_app(main).wait() == 0
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    (line,) = left(result)
    assert re.fullmatch(r"test\.<locals>\.main has left a task: <Task forgotten>, waiting at test_it.py:4", line)


def test_tasks_of_a_script_and_of_the_tests_loop_are_named_too(outcome):
    result = outcome(
        """
        from twincore import core

        async def mine():
            await core.sleep(1000)

        def test(run_app):
            assert run_app("application.py").wait() == 0
            async def main():
                core.create_task(mine())
                await core.sleep_ms(1)
            core.run(main())
        """,
        application="""
import asyncio
async def its(): await asyncio.sleep(1000)
async def main():
    asyncio.create_task(its())
    await asyncio.sleep_ms(1)
asyncio.run(main())
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    its, mine = left(result)
    assert "application.py has left a task: <Task its" in its and "application.py:3" in its
    assert "the test has left a task: <Task mine" in mine and "test_it.py:4" in mine


def test_an_application_that_still_runs_is_ended_and_its_tasks_are_no_leak(outcome):
    result = outcome(
        """
        from twincore import core

        def test(run_app, board):
            async def main():
                core.create_task(core.Event().wait())
                await core.sleep(1000)
            run_app(main)
            board.run(1)
        """
    )
    result.assert_outcomes(passed=1)


def test_a_task_that_was_cancelled_at_the_last_moment_is_no_leak(run_app):
    async def main():
        task = core.create_task(core.sleep(1000))
        await core.sleep(1)
        task.cancel()

    assert run_app(main).wait() == 0


def test_a_thread_that_is_left_is_named_with_its_line(outcome):
    result = outcome(
        """
        import threading

        end = threading.Event()

        def waits():
            end.wait(20)  # line 6

        def test(board):
            threading.Thread(target=waits, name="forgotten", daemon=True).start()

        def test_next():
            end.set()
        """
    )
    result.assert_outcomes(passed=2, errors=1)
    assert left(result) == ["there is still the thread 'forgotten', at test_it.py:6 in waits"]


def test_an_application_that_nothing_ends_is_named(outcome):
    result = outcome(
        """
        import threading

        end = threading.Event()

        def test(run_app, board):
            def main():
                while not end.is_set():
                    try:
                        board.time.sleep(None)
                    except KeyboardInterrupt:
                        pass
            run_app(main)
            board.run(1)

        def test_next():
            end.set()
        """
    )
    result.assert_outcomes(passed=2, errors=1)
    (line,) = left(result)
    assert "there is still the thread 'board: test.<locals>.main', at test_it.py:" in line


def test_a_file_descriptor_that_is_left_is_named(outcome):
    result = outcome(
        """
        import os
        held = []

        def test(board, tmp_path):
            held.append(open(tmp_path / "some.txt", "w"))

        def test_garbage_is_no_leak(board, tmp_path):
            loop = [open(tmp_path / "some.txt", "w")]
            loop.append(loop)

        def test_end():
            held[0].close()
        """,
        "-W", "ignore::ResourceWarning",
    )
    result.assert_outcomes(passed=3, errors=1)
    (line,) = left(result)
    assert re.fullmatch(r"there is still the file descriptor \d+ \(.*some.txt\)", line), line


TIMER = """
import machine, micropython
timer = machine.Timer(-1, period=10, callback=lambda t: None)
"""


@pytest.mark.parametrize(("leaks", "expected"), [("on", 0), ("strict", 1), ("off", 0)])
def test_a_timer_that_goes_on_is_reported_if_asked(outcome, leaks, expected):
    result = outcome(
        f"""
        import pytest

        @pytest.mark.board(leaks="{leaks}")
        def test(run_app, board):
            assert run_app("application.py").wait() == 0
            board.run(ms=100)
        """,
        application=TIMER,
    )
    result.assert_outcomes(passed=1, errors=expected)
    assert len(left(result)) == expected
    if expected:
        assert left(result) == ["board has an armed alarm: Ticker._fire of Timer(-1, mode=PERIODIC, period=10000 us)"]


def test_leaks_can_be_left_unreported(outcome):
    result = outcome(
        """
        import pytest
        from twincore import core

        @pytest.mark.board(leaks="off")
        def test(run_app):
            async def main():
                core.create_task(core.sleep(100))
            assert run_app(main).wait() == 0
        """
    )
    result.assert_outcomes(passed=1)


def test_an_error_that_the_test_did_not_look_at_fails_it(outcome):
    result = outcome(
        """
        def test_script(run_app, board):
            run_app("application.py")
            board.run(1)

        def test_function(run_app, board):
            def main():
                raise KeyError("oh")
            run_app(main)
            board.run(1)

        def test_looked_at(run_app):
            assert run_app("application.py").wait() == 1
        """,
        application="print('so far')\n1 / 0",
    )
    result.assert_outcomes(passed=3, errors=2)
    text = result.stdout.str()
    assert "application.py has ended with exit code 1, and the test has not looked (app.wait()); it printed" in text
    assert "ZeroDivisionError" in text and "KeyError: 'oh'" in text


def test_nothing_is_left_by_a_hundred_boards(outcome):
    before = set(threading.enumerate())
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    result = outcome(
        """
        import pytest

        @pytest.mark.parametrize("n", range(100))
        @pytest.mark.board(leaks="strict")
        def test(run_app, board, n):
            app = run_app("application.py")
            app.wait_output("three")
            board.line(2).drive(1)
            app.wait_output("irq")
        """,
        application="""
import asyncio, _thread, time
from machine import Pin, UART
pin = Pin(2, Pin.IN)
pin.irq(lambda p: print("irq"), hard=False)
uart = UART(0, 9600)
file = open("log.txt", "w")

def other():
    while True:
        time.sleep_ms(10)

async def main():
    _thread.start_new_thread(other, ())
    for word in ("one", "two", "three"):
        print(word)
        await asyncio.sleep_ms(100)
    while True:
        await asyncio.sleep_ms(100)

asyncio.run(main())
""",
    )
    result.assert_outcomes(passed=100)
    assert set(threading.enumerate()) <= before
    if descriptors is not None:
        assert len(os.listdir("/proc/self/fd")) == descriptors


# What a failure shows


def test_a_failure_shows_the_output_and_where_each_task_waits(outcome):
    result = outcome(
        """
        from twincore import core

        async def sleeper():
            await core.sleep(100)

        def test(run_app, board):
            async def main():
                board.print("it said this\\n")
                core.create_task(sleeper())
                await core.Event().wait()
            run_app(main)
            board.run(1)
            assert board.line(1).level() == 1
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*twincore: output of test.<locals>.main on board*",
            "it said this",
            "*twincore: who waits where, at 1.000000 s*",
            "board: test.<locals>.main: waits, until 100.000000 s at most*",
            "*<Task main>*waiting*Event*1.0 s*test_it.py:10*",
            "*<Task sleeper>*waiting*sleep, 99.0 s left*1.0 s*test_it.py:4*",
        ]
    )


def test_a_deadlock_fails_with_what_waits_where_instead_of_hanging(outcome):
    result = outcome(
        """
        from twincore import core, threadsafe

        def test_waiting_for_the_application(run_app):
            async def main():
                await core.Event().wait()
            run_app(main).wait(timeout=None)

        def test_waiting_for_an_answer(run_app):
            questions, answers = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1)
            async def main():
                await questions.get()
                await questions.get()
                await answers.put("never")
            run_app(main)
            questions.put_sync("?")
            answers.get_sync(block=True)
        """
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            ">*run_app(main).wait(timeout=None)",
            "E*Deadlock: a deadlock: everything waits for ever",
            "E*board: the test: waits, without limit, at test_it.py:6 in test_waiting_for_the_application",
            "E*<Task main>*Event*test_it.py:5",
            ">*answers.get_sync(block=True)",
            "E*<Task main>*ThreadSafeQueue*test_it.py:12",
        ]
    )


def test_a_deadlock_of_the_tests_own_tasks_is_one_too(board):
    with pytest.raises(Deadlock, match="everything waits for ever"):
        core.run(core.Event().wait())
    core.get_event_loop().close()


def test_a_thread_that_computes_without_end_fails_the_test_and_is_ended(outcome, monkeypatch):
    monkeypatch.setattr(virtual_time, "STUCK", 0.3)
    before = set(threading.enumerate())
    result = outcome(
        """
        def spins():
            while True:
                pass  # line 3

        def test(run_app, board):
            run_app(spins)
            board.run(ms=1)
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*Deadlock: nothing has happened for 0.3 s, while time stood still",
            "E*board: spins: runs, at test_it.py:[23] in spins",
        ]
    )
    assert set(threading.enumerate()) <= before


# Many boards


def test_fifty_boards_at_once_do_not_disturb_each_other(boards, run_app):
    """Each blinks at a pace of its own, with an interrupt, a queue and a thread; none is late, none hears another."""
    source = """
import asyncio, sys
from machine import Pin

period = int(sys.argv[1])
led, button = Pin(25, Pin.OUT), Pin(2, Pin.IN)
pressed = []
button.irq(lambda pin: pressed.append(pin.value()), hard=False)

async def main():
    for n in range(10):
        led.toggle()
        await asyncio.sleep_ms(period)
    print(period, len(pressed))

asyncio.run(main())
"""
    fleet = [boards(name=f"number {n}") for n in range(50)]
    edges = [record(board.line("LED")) for board in fleet]
    apps = [
        run_app("main.py", argv=[str(10 + n)], files={"main.py": source}, board=board) for n, board in enumerate(fleet)
    ]
    fleet[0].run(ms=5)
    for n, board in enumerate(fleet):
        for _ in range(n % 5):
            board.line(2).drive(1 - board.line(2).level())
            board.settle()
    for n, app in enumerate(apps):
        assert app.wait() == 0
        assert app.output == [f"{10 + n} {n % 5}"]
        edges[n].expect([(10_000 * k + 1000 * n * k, 1 - k % 2) for k in range(10)], within_us=3000, from_first=True)


def test_fifty_boards_of_which_each_has_a_time_of_its_own(tmp_path):
    """In one process, each driven by a thread: their times do not depend on each other."""
    from twincore.desktop.testing import Bench

    failed = []

    def drive(n):
        try:
            bench = Bench()
            board = bench.board(name=f"number {n}")
            app = bench.run_app("main.py", board, files={"main.py": BLINK.replace("100", str(10 + n))})
            edges = record(board.line("LED"))
            board.run(ms=50 * (10 + n))
            assert len(edges) in (50, 51), len(edges)
            assert board.time.now() == 50_000 * (10 + n)
            app.interrupt()
            assert app.wait() == 130
            bench.close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=drive, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    assert not failed, failed
    assert not any(thread.is_alive() for thread in threads)


def test_a_run_is_the_same_every_time(outcome):
    result = outcome(
        """
        import pytest
        from twincore.desktop.testing import record

        runs = []

        @pytest.mark.parametrize("n", range(5))
        def test(run_app, board, n):
            edges = record(board.line("LED"))
            app = run_app("application.py")
            board.run(ms=777)
            runs.append((list(edges), app.text))
            assert runs[0] == runs[-1] and len(runs[0][0]) >= 7
        """,
        application=BLINK,
    )
    result.assert_outcomes(passed=5)


# The guide

GUIDE = (ROOT / "docs" / "testing-firmware.md").read_text()
BLOCKS = re.findall(r"^(?:`([\w/]+\.(?:py|toml))`[^\n]*:\n\n)?```(?:py|python|toml)\n(.*?)^```$", GUIDE, re.M | re.S)


def test_every_block_of_the_guide_is_a_file_that_runs(pytester):
    """Blocks that a line with their name precedes are files; the others are tests. All run together."""
    for number, (name, block) in enumerate(BLOCKS):
        path = pytester.path / (name or f"test_block{number}.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(block)
    tests = [name for name, _ in BLOCKS if not name or name.startswith("test_")]
    assert len(tests) >= 5
    result = pytester.runpytest_inprocess(*QUIET)
    counts = result.parseoutcomes()
    assert set(counts) <= {"passed"}, counts
    assert counts["passed"] >= sum(block.count("\ndef test_") + block.startswith("def test_") for _, block in BLOCKS)
