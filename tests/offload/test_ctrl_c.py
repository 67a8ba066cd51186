"""Ctrl-C while a job runs: the program is interrupted at once, can go on, and ends although the job does not."""

import os
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys, time
from twincore import core, offload

def job():
    sys.stdout.write("the job runs\\n")
    getattr(sys.stdout, "flush", int)()
    time.sleep(60)

async def main(how):
    if how == "unblock":
        await offload.unblock(job)
    else:
        async with offload.Worker() as worker:
            await worker.assign(job)

async def afterwards():
    async with offload.Worker() as worker:
        return await worker.assign(max, 3, 4)

try:
    core.run(main(HOW))
except KeyboardInterrupt:
    print("interrupted")
    core.new_event_loop()
    print("and goes on with", core.run(afterwards()))
"""


def interpreter(where, target_is_here):
    """(command, environment) that run a program with the library on CPython or on the unix port."""
    if where == "cpython":
        return [sys.executable, "-c"], {}
    from twincore.desktop.targets import staging

    target = target_is_here("micropython")
    return [str(target.executable), "-c"], {"MICROPYPATH": f"{staging.linked_library()}:.frozen"}


@pytest.mark.parametrize("how", ["unblock", "Worker"])
@pytest.mark.parametrize("where", ["cpython", "micropython"])
def test_ctrl_c_while_a_job_runs_interrupts_the_program_at_once(where, how, target_is_here):
    command, environment = interpreter(where, target_is_here)
    process = subprocess.Popen(
        [*command, PROGRAM.replace("HOW", repr(how))],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where the tests run in background
    )
    try:
        assert process.stdout.readline() == "the job runs\n"
        time.sleep(0.05)  # the loop goes to sleep
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
        assert time.monotonic() - start < 5
    finally:
        process.kill()
        process.wait()
    lines = output.splitlines()
    assert lines[0] == "interrupted"
    assert lines[-1] == "and goes on with 4"
    assert process.returncode == 0
