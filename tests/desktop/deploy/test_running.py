"""`twincore run --on PORT`, and the function behind it, on an emulated board that is served."""

import signal

import pytest

from twincore.desktop.deploy import running
from twincore.desktop.deploy.remote import connected
from twincore.desktop.deploy.running import run

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(100)]


def test_an_application_runs_with_its_modules_and_files_and_only_what_changed_is_copied(port, app):
    app("VALUE = 'a µ'\n", "beside.py")
    script = app(
        "import sys, beside\n"
        "print(__name__, sys.argv, __file__, beside.VALUE, open('data.txt').read(), 't_size' in globals())\n"
        "sys.stdout.write('one\\rtwo')\n"
    )
    said, heard = [], []
    options = {"args": ["x", "it's"], "files": {"data.txt": b"data"}, "say": said.append, "echo": heard.append}
    result = run(port, script, **options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == """__main__ ['app.py', 'x', "it's"] app.py a µ data False\none\rtwo"""
    assert "".join(heard) == result.stdout
    assert run(port, script, **options).exit_code == 0
    assert [line.rpartition(",")[0] for line in said] == ["copying 3 of 3 files"]


def test_the_deployed_library_is_used_if_it_is_the_same_and_left_alone_if_not(started, app, target_is_here):
    target_is_here("rp2040")
    port = started("serve", "--port", "0").stdout.readline().decode().split()[-1]  # twincore is in its flash
    script = app("import twincore.core.native as native\nprint(native.__file__)\n")
    assert run(port, script).stdout == "/lib/twincore/core/native.mpy\n"
    with connected(port, restart=False) as remote:
        remote.put("/lib/twincore/core/native.mpy", b"another version")
    assert run(port, script).stdout == "/.twincore/run/lib/twincore/core/native.mpy\n"
    with connected(port, restart=False) as remote:
        assert remote.read("/lib/twincore/core/native.mpy") == b"another version"


@pytest.mark.parametrize(
    "code, exit_code, stderr",
    [
        ("raise SystemExit", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('no sensor')", 1, "no sensor\n"),
        ("def f():\n    1/0\nf()", 1, 'Traceback (most recent call last):\n  File "app.py", line 3, in <module>\n'),
        ("raise KeyboardInterrupt", 130, "Traceback"),
        ("print('last words'); import machine; machine.reset()", 72, "lost the board at "),
        ("print('last words'); import machine; machine.WDT(timeout=100)\nwhile True: pass", 72, "lost the board at "),
        ("while True: pass", 124, "Traceback"),
    ],
)
def test_exit_codes_are_those_of_the_emulated_board(port, app, code, exit_code, stderr):
    result = run(port, app(code + "\n"), timeout=1 if exit_code == 124 else 3)
    assert result.exit_code == exit_code
    assert result.stderr.startswith(stderr)
    assert bool(result.stderr) == bool(stderr)
    assert result.timed_out == (exit_code == 124)
    assert result.stdout == ("last words\n" if exit_code == 72 else "")
    assert result.stderr.endswith("; it was reset, or unplugged\n") == (exit_code == 72)


def test_a_reset_ends_it_although_another_program_starts_then(port, app, emptied):
    """What main.py prints is none of its output, on a port that stays or comes back."""
    with connected(port, restart=False) as remote:
        remote.put("/main.py", b"import time\nwhile True:\n    print('main.py')\n    time.sleep_ms(10)\n")
    result = run(port, app("print('last words')\nimport machine\nmachine.reset()\n"), timeout=10)
    assert (result.exit_code, result.stdout) == (72, "last words\n")
    emptied(port)  # it can be connected to again, and interrupted


def test_what_an_esp32_says_when_it_boots_is_seen_on_a_port_that_stays(port, app):
    boots = "print('rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)')\nwhile True: print('main.py')\n"
    result = run(port, app(boots), timeout=10)
    assert (result.exit_code, result.stderr) == (72, "the board has been reset\n")


def test_a_program_that_goes_on_after_ctrl_c_is_left_at_the_limit(port, app, monkeypatch):
    monkeypatch.setattr(running, "GRACE", 1.0)
    script = app("import time\nfor _ in range(300):\n    try: time.sleep_ms(10)\n    except KeyboardInterrupt: pass\n")
    result = run(port, script, timeout=1)
    assert (result.exit_code, result.timed_out) == (124, True)
    assert result.stderr == "it did not end at Ctrl-C, and may still run on the board\nstopped after 1 s\n"


def test_a_cable_pulled_while_it_runs(port, app, cable):
    with cable(port) as line:
        script = app("import time\nprint('begun')\ntime.sleep(60)\n")
        result = run(line.port, script, echo=lambda text: "\n" in text and line.pull())
    assert (result.exit_code, result.stdout, result.ending) == (72, "begun\n", "reset")
    assert result.stderr.startswith(f"lost the board at {line.port}: ")


def test_the_command_streams_passes_ctrl_c_on_and_gives_the_exit_code(port, app, started):
    script = app("import time\nprint('begun')\ntry:\n    time.sleep(60)\nfinally:\n    print('cleaned up')\n")
    process = started("run", script, "--on", port)
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == b"cleaned up\n"
    assert stderr.startswith(b"copying 1 of 1 files, 0.1 kB\nTraceback (most recent call last):\n")
    assert stderr.endswith(b"KeyboardInterrupt: \n")
