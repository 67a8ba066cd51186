import os
import signal
import subprocess
import sys
import time

import pytest

from twincore.desktop.process import Command, capture, stream


def python(code, **environment):
    return Command([sys.executable, "-u", "-c", code], environment)


def test_what_a_program_prints_and_returns_is_captured():
    result = capture(python("import os, sys; print(os.environ['X']); sys.stderr.write('err\\n'); sys.exit(3)", X="1"))
    assert (result.exit_code, result.stdout, result.stderr, result.timed_out) == (3, "1\n", "err\n", False)


def test_output_is_echoed_before_the_program_ends():
    heard = []
    capture(
        python("import time; print('first'); time.sleep(0.5); print('second')"),
        echo=lambda piece: heard.append((piece, time.monotonic())),
    )
    assert "".join(piece for piece, _ in heard) == "first\nsecond\n"
    assert heard[-1][1] - heard[0][1] > 0.3


def test_a_program_that_does_not_end_is_killed_with_its_children():
    code = "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print(child.pid); child.wait()"
    result = capture(python(code), timeout=1)
    assert result.timed_out
    assert result.exit_code == 124
    child = int(result.stdout)
    for _ in range(50):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        with open(f"/proc/{child}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":  # dead, nobody has asked for its exit code
                break
        time.sleep(0.02)
    else:
        pytest.fail("the child still runs")


def test_a_program_that_dies_of_a_signal_has_the_shells_exit_code():
    assert capture(python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")).exit_code == 128 + signal.SIGKILL


def test_input_is_given():
    assert capture(python("print(input()[::-1])"), stdin="abc\n").stdout == "cba\n"


STREAM = "import sys; from twincore.desktop.process import Command, stream; sys.exit(stream(Command(sys.argv[1:])))"


@pytest.fixture
def streamed():
    """A function that starts a Python program through `stream`, and waits for its first line."""
    processes = []

    def start(code, **options):
        command = [sys.executable, "-c", STREAM, sys.executable, "-u", "-c", code]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True, **options)
        processes.append(process)
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


CLEANS_UP = """
import time
try:
    print("ready"); time.sleep(60)
finally:
    time.sleep(0.3); print("cleaned up")
"""


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the command", "to its process group"])
def test_ctrl_c_reaches_the_program_once(streamed, send):
    process = streamed(CLEANS_UP, stderr=subprocess.DEVNULL)
    send(process.pid, signal.SIGINT)
    assert process.stdout.read() == b"cleaned up\n"
    assert process.wait(10) == 130


def test_a_second_ctrl_c_kills_a_program_that_ignores_the_first(streamed):
    process = streamed(
        "import signal, time\nsignal.signal(signal.SIGINT, lambda *_: print('no'))\nprint('ready')\n"
        "while True: time.sleep(1)"
    )
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"no\n"
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130


def test_a_program_that_handles_ctrl_c_has_its_own_exit_code(streamed):
    process = streamed("import time\ntry: print('ready'); time.sleep(60)\nexcept KeyboardInterrupt: pass")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_when_the_command_is_terminated_its_program_goes_too(streamed):
    process = streamed("import os, time; print('ready'); print(os.getpid()); time.sleep(60)")
    program = int(process.stdout.readline())
    process.terminate()
    assert process.wait(10) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(program, 0)


def test_what_a_streamed_program_prints_can_be_had_instead():
    script = "import os, sys; print(os.read(0, 9)); print('no', file=sys.stderr); print('\u20ac'); sys.exit(3)"
    printed, errors = [], []
    code = stream(python(script, PYTHONIOENCODING="utf-8"), output=printed.append, errors=errors.append)
    assert (code, "".join(printed), "".join(errors)) == (3, "b''\n\u20ac\n", "no\n")


def test_a_program_reads_the_terminal_through_the_command():
    ours, theirs = os.openpty()
    code = "import sys; print('ready'); print(sys.stdin.readline().upper())"
    command = [sys.executable, "-c", STREAM, sys.executable, "-u", "-c", code]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout.readline() == b"ready\n"
        os.write(ours, b"typed\n")
        assert process.stdout.readline() == b"TYPED\n"
        assert process.wait(10) == 0
    os.close(ours)
    os.close(theirs)
