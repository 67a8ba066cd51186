"""Ctrl-C and soft reset of a board whose second core is busy: it stays usable, core 1 and the files, too."""

import pytest

BEGIN = "import time, _thread\n"
BUSY = {
    "counting": """
def loop():
    n = 0
    while True:
        n += 1

_thread.start_new_thread(loop, ())
print("begun")
while True:
    time.sleep_ms(1)
""",
    "asleep in a lock": """
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(lock.acquire, ())
print("begun")
time.sleep(1000)
""",
    "while core 0 writes flash": """
def loop():
    while True:
        pass

_thread.start_new_thread(loop, ())
print("begun")
while True:
    with open("/data.txt", "w") as file:
        file.write("0123456789" * 300)
""",
    "writing flash": """
def write():
    while True:
        with open("/data.txt", "w") as file:
            file.write("0123456789" * 300)

_thread.start_new_thread(write, ())
print("begun")
while True:
    time.sleep_ms(1)
""",
}
USABLE = "print('core 0', 6 * 7)"
AFTER = """
import os, time, _thread
_thread.start_new_thread(print, ("core 1",))
time.sleep_ms(5)
with open("/after.txt", "w") as file:
    file.write("kept")
print(open("/after.txt").read(), [len(open("/data.txt").read()) for name in os.listdir("/") if name == "data.txt"])
"""


@pytest.mark.timeout(150)
@pytest.mark.parametrize("seed", range(1, 11))
def test_ctrl_c_and_a_soft_reset_leave_a_usable_board(take, seed):
    """Each seed is another interleaving, and another moment of the interruption."""
    steps = []
    for code in BUSY.values():
        steps += [{"run": BEGIN + code, "interrupt": 2.1 + 0.37 * seed}, {"run": USABLE}, {"soft_reset": True}]
    results = take(seed, *steps, {"run": AFTER})
    for i, how in enumerate(BUSY):
        interrupted, usable, reset = results[3 * i : 3 * i + 3]
        assert "KeyboardInterrupt" in interrupted.traceback, (how, interrupted)
        assert usable.output == "core 0 42\n", (how, usable)
        assert "soft reboot" in reset.output, (how, reset)
    assert (results[-1].output, results[-1].traceback) in [(f"core 1\nkept [{size}]\n", "") for size in (0, 3000)]


STOPPED = """
import time
from twincore import core, offload

def allocate():
    kept = []
    while not offload.cancelled():
        kept.append(str(len(kept)))
        if len(kept) == 100:
            kept = []

def chatter():
    while not offload.cancelled():
        print("core 1 prints")

service = offload.Service(%s)

async def main():
    service.start()
    print("begun")
    await core.sleep(1000)

try:
    core.run(main())
finally:
    service.stop_sync(timeout=1)
"""
AGAIN = "from twincore import core, offload\nprint(core.run(offload.unblock(max, 3, 4)))"


@pytest.mark.timeout(100)
@pytest.mark.parametrize("how", ["allocate", "chatter"])
@pytest.mark.parametrize("seed", [2])
def test_a_service_that_is_stopped_when_the_program_ends_leaves_nothing_to_reset(take, seed, how):
    """Core 1, reset while it allocates or prints, may leave a lock of the firmware's behind: then the reset hangs."""
    interrupted, _, again = take(
        seed, {"run": STOPPED % how, "interrupt": 2.1 + 0.37 * seed}, {"soft_reset": True}, {"run": AGAIN}
    )
    assert "KeyboardInterrupt" in interrupted.traceback
    assert (again.output, again.traceback) == ("4\n", "")


@pytest.mark.timeout(100)
def test_a_soft_reset_that_hangs_is_ended_by_the_watchdog(take):
    """In this interleaving core 1 has a spinlock when it is reset."""
    allocate = """
import machine
machine.WDT(timeout=1000)
def loop():
    kept = []
    while True:
        kept.append(str(len(kept)))
        if len(kept) == 100:
            kept = []

_thread.start_new_thread(loop, ())
print("begun")
while True:
    time.sleep_ms(1)
"""
    steps = [{"run": BEGIN + allocate, "interrupt": 2.84}, {"soft_reset": True}, {"run": "import time\ntime.sleep(2)"}]
    _, reset, waited, after = take(2, *steps, {"run": AFTER})
    assert reset.resets + waited.resets == ["watchdog"]
    assert (after.output, after.traceback) == ("core 1\nkept []\n", "")


@pytest.mark.timeout(100)
@pytest.mark.parametrize("seed", range(1, 2))
def test_after_ctrl_c_a_job_goes_on_and_core_1_is_free_when_it_ends(take, seed):
    """Ctrl-C is core 0's alone; a soft reset stops core 1, too."""
    job = """
import time, _thread
from twincore import core, offload
free = _thread.allocate_lock()
free.acquire()
worker = offload.Worker("camera")

def wait():
    free.acquire()
    while True:
        time.sleep_ms(1)
        if offload.cancelled():
            break

async def main():
    print("begun")
    await worker.assign(wait)

core.run(main())
"""
    still = """
core.new_event_loop()
try:
    offload.Worker()
except RuntimeError as error:
    print(error)
free.release()
async def end():
    await worker.close(timeout=1)
    other = offload.Worker()
    print(await other.assign(max, 3, 4))
    core.create_task(other.assign(time.sleep, 1000))
    await core.sleep_ms(5)
core.run(end())
"""
    interrupted, after, _, reset = take(
        seed, {"run": job, "interrupt": 5}, {"run": still}, {"soft_reset": True}, {"run": AGAIN}
    )
    assert "KeyboardInterrupt" in interrupted.traceback
    assert (after.output, after.traceback) == (
        "core 1 is in use, and there is only one: close camera, which has it\n4\n",
        "",
    )
    assert (reset.output, reset.traceback) == ("4\n", "")
