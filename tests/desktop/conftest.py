"""What the tests of `twincore.desktop` share: the command as a process, and small applications in empty folders."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = ["-m", "twincore.desktop"]


@pytest.fixture
def app(tmp_path):
    """A function that writes an application into an empty folder and returns its file."""

    def write(text, name="app.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return write


@pytest.fixture
def twincore(tmp_path):
    """A function that runs the `twincore` command to its end: twincore("run", "app.py") -> CompletedProcess."""

    def run(*arguments, env=None, **options):
        streams = {} if "input" in options else {"stdin": subprocess.DEVNULL}
        options = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60, **streams, **options}
        return subprocess.run(
            [sys.executable, *PROGRAM, *map(str, arguments)], env={**os.environ, **(env or {})}, **options
        )

    return run


@pytest.fixture
def started(tmp_path):
    """A function that starts the `twincore` command and leaves it running; it is killed when the test ends."""
    processes = []

    def start(*arguments, program=PROGRAM, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        command = [sys.executable, *program, *map(str, arguments)]
        process = subprocess.Popen(command, cwd=tmp_path, start_new_session=True, **options)
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


@pytest.fixture
def no_targets(tmp_path, monkeypatch):
    """An empty targets folder in place of the real one."""
    folder = tmp_path / "targets"
    monkeypatch.setenv("TWINCORE_TARGETS", str(folder))
    return folder


@pytest.fixture(params=["simulated", "cpython", "micropython", "rp2040"])
def place(request, target_is_here):
    """Each place where an application can run; the test is skipped, or fails in CI, where the target is missing."""
    if request.param in ("micropython", "rp2040"):
        target_is_here(request.param)
    return request.param
