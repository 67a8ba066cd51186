"""`deploy`, `run --on` and `test --on` through a pseudo terminal of `twincore serve`, as through a serial port."""

import re
import signal

import pytest

serial = pytest.importorskip("serial", reason="the extra `board` is not installed")
pytest.importorskip("mpremote", reason="the extra `board` is not installed")

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(150)]
LOGGER = """
from twincore import core
import sensor

async def main():
    for n in range(5):
        print("it is", sensor.VALUE)
        await core.sleep_ms(50)
    while True:
        await core.sleep(1)

core.run(main())
"""


@pytest.fixture
def board(started, target_is_here, tmp_path):
    """The link to a served board's terminal, in the folder that commands run in."""
    target_is_here("rp2040")
    process = started("serve", "--pty", "--link", "board")
    assert process.stdout.readline() == b"the board is at board\n"
    yield "board"
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert not (tmp_path / "board").is_symlink()


def test_an_application_is_deployed_from_nothing_and_starts_with_the_board(board, emptied, twincore, app, tmp_path):
    emptied(str(tmp_path / board))
    app("VALUE = 21\n", "sensor.py")
    deployed = twincore("deploy", board, app(LOGGER, "logger.py"), "--main", timeout=120)
    assert (deployed.returncode, deployed.stderr) == (0, "")
    assert deployed.stdout.startswith("board: Raspberry Pi Pico with RP2040, MicroPython 1.")
    assert deployed.stdout.endswith("\nlogger.py runs when the board starts, as it does now\n")
    with serial.Serial(str(tmp_path / board), timeout=30) as console:
        console.write(b"\x03\x04")  # the prompt, and a soft reset
        assert b"soft reboot\r\nit is 21\r\n" in console.read_until(b"it is 21\r\n")
    back = twincore("deploy", board, "--rollback")
    assert (back.returncode, back.stderr) == (0, "")


def test_an_application_runs_and_ctrl_c_reaches_it(board, app, started, twincore):
    done = twincore("run", app("import sys\nprint('over the wire', sys.platform)\nsys.exit(3)\n"), "--on", board)
    assert (done.returncode, done.stdout) == (3, "over the wire rp2\n")
    app("import time\nprint('begun')\ntry:\n    time.sleep(60)\nfinally:\n    print('cleaned up')\n", "wait.py")
    process = started("run", "wait.py", "--on", board)
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, b"cleaned up\n")
    assert stderr.endswith(b"KeyboardInterrupt: \n")


def test_tests_run_and_a_failure_comes_back_with_what_it_compared(board, app, twincore):
    tests = "import sys\ndef test_a(): print('on', sys.platform)\ndef test_b(): assert sys.platform == 'none'\n"
    app(tests, "test_it.py")
    result = twincore("test", "-v", "--on", board, "test_it.py", timeout=120)
    assert (result.returncode, result.stderr) == (1, "")
    assert re.search(r"^test_it.py::test_a on board  passed  [\d.]+ s\n    on rp2$", result.stdout, re.M)
    assert "\nAssertionError: assert 'rp2' == 'none'\n" in result.stdout
    assert "\nagain: twincore test --on board test_it.py::test_b\n" in result.stdout
