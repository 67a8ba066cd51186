"""Real watchdogs: the process's, and the simulated board's; what hangs, what is printed, and how it ends."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys, time
from twincore import core, drivers, offload

hang = [False]

def sample(alive):
    while not offload.cancelled():
        while hang[0]:
            time.sleep(0.01)
        alive()
        time.sleep(0.005)

async def main(what):
    dog = drivers.Watchdog(TIME)
    service = offload.Service(sample, dog.expect("sampler", TIME // 2))
    service.start()
    dog.start()
    await core.sleep(TIME * 0.0015)
    print("alive")
    if what == "thread":
        hang[0] = True
    elif what == "loop":
        time.sleep(1000)
    await core.sleep(TIME * 0.005 if what != "nothing" else TIME * 0.0015)
    print("alive still")
    await service.stop()

core.run(main("WHAT"))
"""


@pytest.mark.parametrize("what", ["thread", "loop", "nothing"])
def test_a_process_ends_with_the_tracebacks_of_its_threads(what, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(PROGRAM.replace("TIME", "1500" if what == "nothing" else "400").replace("WHAT", what))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=50)
    if what == "nothing":
        assert (done.returncode, done.stdout, done.stderr) == (0, "alive\nalive still\n", "")
        return
    assert done.returncode == 1 and "alive still" not in done.stdout
    assert "Timeout" in done.stderr and ("in sample" if what == "thread" else "in main") in done.stderr
    assert ("no sign of life of sampler" in done.stderr) == (what == "thread")


@pytest.mark.parametrize("what", ["thread", "loop", "nothing"])
def test_a_simulated_board_resets(what, tmp_path):
    (tmp_path / "app.py").write_text(PROGRAM.replace("TIME", "400").replace("WHAT", what))
    command = [sys.executable, "-m", "twincore.desktop", "run", "app.py", "--virtual"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)
    if what == "nothing":
        assert (done.returncode, done.stdout, done.stderr) == (0, "alive\nalive still\n", "")
        return
    assert done.returncode == 1 and "alive still" not in done.stdout
    assert "the watchdog was not fed for 400 ms: the board resets" in done.stdout
    assert ("no sign of life of sampler" in done.stdout) == (what == "thread")
