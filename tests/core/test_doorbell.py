"""The doorbell: whoever rings wakes the sleeper, and no ring is lost between a look and a sleep."""

import random
import sys

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms

UNITS = 1000 if CPYTHON else 1  # of the clock, in a millisecond
LONG = 20000 * UNITS


def with_cells(core, count):
    """A bell, `count` armed cells, and the list of the cells that were answered."""
    log = []

    class Noted(submodule(core, "cell").Cell):
        def __init__(self, n):
            self.rung = False
            self.n = n

        def answer(self):
            log.append(self.n)

    bell = submodule(core, "doorbell").Doorbell()
    cells = [Noted(n) for n in range(count)]
    for cell in cells:
        bell.arm(cell)
    return bell, cells, log


def sleep_once(bell, timeout):
    """How long, in ms, one sleep lasted."""
    start = ticks_ms()
    bell.sleep(timeout)
    return ticks_diff(ticks_ms(), start)


@pytest.mark.rp2040(seeds=1)
def test_a_sleep_without_a_ring_lasts_as_long_as_it_was_to(core):
    bell, _cells, log = with_cells(core, 1)
    assert 19 <= sleep_once(bell, 20 * UNITS) < 500
    bell.answer()
    assert log == []
    bell.close()


@pytest.mark.rp2040(seeds=1)
@pytest.mark.timeout(15)
def test_a_ring_between_the_look_and_the_sleep_ends_the_sleep(core):
    bell, cells, log = with_cells(core, 1)
    assert not bell.pending  # the look
    bell.ring(cells[0])
    assert sleep_once(bell, -1) < 1000
    assert bell.pending
    bell.answer()
    assert log == [0]
    assert not bell.pending
    bell.close()


@pytest.mark.rp2040
@pytest.mark.timeout(15)
def test_a_ring_while_asleep_ends_the_sleep(core):
    bell, cells, log = with_cells(core, 1)

    def later():
        sleep_ms(20)
        bell.ring(cells[0])

    thread = start_thread(later)
    while not bell.pending:
        bell.sleep(-1)
    thread.join()
    bell.answer()
    assert log == [0]
    bell.close()


@pytest.mark.rp2040(seeds=1)
@pytest.mark.timeout(15)
def test_wake_ends_a_sleep_with_nothing_rung(core):
    bell, _cells, log = with_cells(core, 1)
    woken = []

    def later():
        sleep_ms(20)
        woken.append(True)
        bell.wake()

    thread = start_thread(later)
    while not woken:
        bell.sleep(LONG)
    thread.join()
    bell.answer()
    assert log == []
    bell.close()


def test_each_cell_rung_is_answered_and_no_other(core):
    bell, cells, log = with_cells(core, 10)
    for n in (7, 2, 5):
        bell.ring(cells[n])
    bell.answer()
    assert log == ([7, 2, 5] if CPYTHON else [2, 5, 7])  # of ringing, of arming
    bell.answer()
    assert len(log) == 3
    bell.ring(cells[1])
    bell.answer()
    assert log[3:] == [1]
    bell.close()


@pytest.mark.micropython
def test_a_disarmed_cell_is_not_answered_and_a_ring_uses_up_the_arming(core):
    bell, cells, log = with_cells(core, 3)
    bell.disarm(cells[0])
    bell.disarm(cells[0])
    for cell in cells:
        bell.ring(cell)
    bell.answer()
    assert log == [1, 2]
    bell.ring(cells[1])
    bell.answer()
    assert log == [1, 2]
    bell.close()


def test_rings_that_nobody_answers_do_not_pile_up(core):
    bell, cells, log = with_cells(core, 3)
    for n in (0, 1, 2):
        for _ in range(1000):
            bell.ring(cells[n])
    bell.answer()
    assert log == [0, 1, 2]
    bell.ring(cells[1])  # what was answered is heard again
    bell.arm(cells[1])
    bell.ring(cells[1])
    bell.answer()
    assert log[3:] == [1]
    bell.close()


def test_more_rings_than_the_sleeper_takes_block_nobody(core):
    bell, cells, log = with_cells(core, 1)
    for _ in range(1000):
        bell.ring(cells[0])
        bell.wake()
    bell.answer()
    assert log[0] == 0
    bell.sleep(0)
    assert 9 <= sleep_once(bell, 10 * UNITS) + sleep_once(bell, 10 * UNITS)
    bell.close()


@pytest.mark.rp2040(seeds=2)
@pytest.mark.timeout(30)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_ring_is_lost_however_ringer_and_sleeper_interleave(core, seed):
    """Defect 1's kind: the ringer hits every point between the look and the sleep; both take turns at random paces."""
    random.seed(seed)
    rounds = 40 if RP2 else 3000
    pauses = [random.randrange(60) for _ in range(97)]
    flags = [core.ThreadSafeFlag(), core.ThreadSafeFlag()]
    taken = [0, 0]
    stop = []

    def ringer():
        start = ticks_ms()
        for n in range(rounds):
            while taken[n % 2] != n // 2:
                if stop or ticks_diff(ticks_ms(), start) > 20000:
                    return
            for _ in range(pauses[n % 97]):
                pass
            flags[n % 2].set()
            if not RP2 and ticks_diff(ticks_ms(), start) > 500:
                stop.append(n + 1)
                flags[0].set()
                flags[1].set()
                return

    async def taker(which):
        while taken[which] < rounds // 2 and not stop:
            await flags[which].wait()
            if pauses[taken[which] % 89] % 3 == 0:
                await core.sleep(0)
            taken[which] += 1

    async def main():
        thread = start_thread(ringer)
        await core.gather(taker(0), taker(1))
        stop.append(0)
        thread.join()

    if CPYTHON:
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
    try:
        run(core, main)
    finally:
        if CPYTHON:
            sys.setswitchinterval(interval)
    print(sum(taken), "rings")
    assert sum(taken) >= min(rounds, stop[0] or rounds)


@pytest.mark.cpython
@pytest.mark.timeout(30)
@pytest.mark.parametrize("watched", [False, True])
def test_with_or_without_descriptors_watched_a_thread_wakes_the_loop(core, watched):
    """Two ways to sleep, and the loop changes between them while the ringer rings."""
    import socket

    here, there = socket.socketpair()
    flag = core.ThreadSafeFlag()
    rounds, done = 400, []

    def ringer():
        for n in range(rounds):
            while len(done) != n:
                sleep_ms(0)
            flag.set()

    async def reader(loop):
        await loop.queue_read(here)

    async def main():
        loop = core.get_event_loop()
        thread = start_thread(ringer)
        for n in range(rounds):
            task = core.create_task(reader(loop)) if watched or n % 5 == 0 else None
            await flag.wait()
            done.append(n)
            if task is not None:
                task.cancel()
        thread.join()

    try:
        run(core, main)
    finally:
        here.close()
        there.close()
    assert len(done) == rounds


@pytest.mark.cpython
def test_without_eventfd_a_pipe_wakes_the_loop(core, monkeypatch):
    import os
    import socket

    monkeypatch.delattr(os, "eventfd", raising=False)
    here, there = socket.socketpair()
    flag = core.ThreadSafeFlag()

    def later():
        sleep_ms(10)
        flag.set()

    async def main():
        loop = core.get_event_loop()
        task = core.create_task(loop.queue_read(here))
        thread = start_thread(later)
        await flag.wait()
        thread.join()
        task.cancel()

    try:
        run(core, main)
    finally:
        here.close()
        there.close()


@pytest.mark.cpython
def test_loops_that_watched_descriptors_give_them_back(core):
    import os
    import socket

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc here")
    here, there = socket.socketpair()

    async def main():
        task = core.create_task(core.get_event_loop().queue_read(here))
        await core.sleep_ms(1)
        task.cancel()

    run(core, main)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        run(core, main)
    assert len(os.listdir("/proc/self/fd")) == before
    here.close()
    there.close()


SLEEPS = """
import sys
from twincore import core

async def main():
    flags = [core.ThreadSafeFlag() for _ in range(3)]
    tasks = [core.create_task(flag.wait()) for flag in flags]
    print("idle")
    if hasattr(sys.stdout, "flush"):
        sys.stdout.flush()
    try:
        await core.Event().wait()
    finally:
        print("closed")

async def again():
    await core.sleep_ms(1)
    return "runs again"

try:
    core.run(main())
except KeyboardInterrupt:
    print("interrupted")
print(core.run(again()))
core.new_event_loop()
"""


@pytest.mark.timeout(20)
@pytest.mark.parametrize("where", ["plain", "compiled", "unix"])
def test_ctrl_c_ends_an_idle_run_and_another_may_follow(where, request, target_is_here):
    import os
    import signal
    import subprocess
    import time

    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWINCORE_")}
    if where == "unix":
        from twincore.desktop.targets import staging

        program = str(target_is_here("micropython").executable)
        environment["MICROPYPATH"] = f"{staging.linked_library()}:.frozen"
    else:
        program = sys.executable
        if where == "compiled":
            request.getfixturevalue("variant_is_compiled")
        else:
            environment["TWINCORE_PURE"] = "1"
    process = subprocess.Popen([program, "-c", SLEEPS], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "idle\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=10)
    finally:
        process.kill()
    assert rest.splitlines() == ["interrupted", "runs again", "closed"]
    assert process.returncode == 0
