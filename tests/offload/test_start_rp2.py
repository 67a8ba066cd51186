"""A worker on the second core, and what a soft reset of the board makes of it."""

import os
import re
import subprocess
import sys

import pytest

from twincore.desktop.emulation import emulator

BUSY = """
import time
from twincore import core, offload

worker = offload.Worker()


def forever():
    while True:
        time.sleep_ms(10)


async def main():
    print(await worker.assign(lambda: "first job"))
    core.create_task(worker.assign(forever))
    await core.sleep_ms(50)


core.run(main())
print("left running")
"""
AGAIN = """
from twincore import core, offload


async def main():
    worker = offload.Worker()
    print(await worker.assign(lambda: "core 1 works"))
    await worker.close()


core.run(main())
"""


@pytest.mark.timeout(120)
def test_a_soft_reset_stops_the_second_core_and_leaves_it_usable(target_is_here):
    """The port resets core 1, in the middle of whatever it does, before the heap is made anew."""
    target_is_here("rp2040")
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    with emulator.server(port=0) as command:
        board = subprocess.Popen(
            command.arguments, env={**os.environ, **command.environment}, stdout=subprocess.PIPE, text=True
        )
        try:
            address = re.search(r"socket://\S+", board.stdout.readline())[0]

            def mpremote(*args):
                connect = [sys.executable, "-m", "mpremote", "connect", address, *args]
                done = subprocess.run(connect, capture_output=True, text=True, timeout=60)
                assert done.returncode == 0, done.stdout + done.stderr
                return done.stdout.split("\n")[:-1] if done.stdout else []

            assert [line.strip() for line in mpremote("exec", BUSY)] == ["first job", "left running"]
            mpremote("soft-reset")
            assert [line.strip() for line in mpremote("exec", AGAIN)] == ["core 1 works"]
        finally:
            board.kill()
            board.wait()
            board.stdout.close()
