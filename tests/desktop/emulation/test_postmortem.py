"""What a stopped board's memory tells: applications that hang in known ways, on the emulated board."""

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.emulation.postmortem.memory import Memory
from twincore.desktop.emulation.postmortem.objects import Objects
from twincore.desktop.emulation.postmortem.report import autopsy

RAM = bytes(264 * 1024)


@pytest.fixture
def stopped(app, target_is_here):
    """A function that runs an application until it hangs, or for a while of its time, and gives the report's lines."""
    target_is_here("rp2040")

    def run(text, until=0.2):
        result = emulator.run(app(text), until=until)
        message, *lines = result.stderr.splitlines()
        assert message.startswith(("deadlock: ", f"stopped after {until} s")), result
        return lines

    return run


def test_the_frames_of_both_cores(stopped):
    lines = stopped(
        "import _thread\n"
        "lock = _thread.allocate_lock()\n"
        "def hold():\n"
        "    lock.acquire()\n"
        "    take()\n"
        "def take():\n"
        "    lock.acquire()\n" + "\n" * 300 + "def far():\n"
        "    text = str(7)\n"
        "\n"
        "    take()\n"
        "_thread.start_new_thread(hold, ())\n"
        "while not lock.locked(): pass\n"
        "far()\n"
    )
    assert lines == [
        "core 0 sleeps (most recent call last):",
        "    app.py:314, in <module>",
        "    app.py:311, in far",
        "    app.py:7, in take",
        "    waits for the lock lock, which core 1 took",
        "core 1 sleeps (most recent call last):",
        "    app.py:5, in hold",
        "    app.py:7, in take",
        "    waits for the lock lock, which core 1 took",
    ]


def test_locks_that_two_cores_took_in_another_order_are_told_with_who_has_them(stopped):
    lines = stopped(
        "import _thread, time\n"
        "a, b = _thread.allocate_lock(), _thread.allocate_lock()\n"
        "def other():\n"
        "    with b:\n"
        "        time.sleep_ms(5)\n"
        "        with a: pass\n"
        "_thread.start_new_thread(other, ())\n"
        "with a:\n"
        "    time.sleep_ms(5)\n"
        "    with b: pass\n"
    )
    assert lines == [
        "core 0 sleeps (most recent call last):",
        "    app.py:10, in <module>",
        "    waits for the lock b, which core 1 took",
        "core 1 sleeps (most recent call last):",
        "    app.py:6, in other",
        "    waits for the lock a, which core 0 took",
    ]


def test_frames_in_the_heap_hide_none_of_core_1s_whose_stack_is_there_too(stopped):
    lines = stopped(
        "import _thread\n"
        "from twincore import threadsafe\n"
        "queue = threadsafe.ThreadSafeQueue(2)\n"
        "def other():\n"
        "    queue.get_sync(block=True)\n"
        "_thread.start_new_thread(other, ())\n"
        "lock = _thread.allocate_lock()\n"
        "lock.acquire()\n"
        "lock.acquire()\n",
        until=2,
    )
    assert lines[3:5] == ["core 1 sleeps (most recent call last):", "    app.py:5, in other"]
    assert lines[5].endswith(", in get_sync")


def test_locks_that_are_attributes_have_names_too(stopped):
    lines = stopped(
        "import _thread, time\n"
        "class Pump:\n"
        "    def __init__(self):\n"
        "        self.a, self.b = _thread.allocate_lock(), _thread.allocate_lock()\n"
        "    def other(self):\n"
        "        with self.b:\n"
        "            time.sleep_ms(5)\n"
        "            with self.a: pass\n"
        "    def run(self):\n"
        "        _thread.start_new_thread(self.other, ())\n"
        "        with self.a:\n"
        "            time.sleep_ms(5)\n"
        "            take(self.b)\n"
        "def take(lock):\n"
        "    lock.acquire()\n"
        "def begin():\n"
        "    Pump().run()\n"
        "begin()\n"
    )
    assert [line for line in lines if "waits" in line] == [
        "    waits for the lock b of a Pump, which core 1 took",
        "    waits for the lock a of a Pump, which core 0 took",
    ]


def test_a_lock_of_a_global_object_is_told_as_it_is_written(stopped):
    lines = stopped(
        "import _thread\n"
        "class Pump: pass\n"
        "pump = Pump()\n"
        "pump.lock = _thread.allocate_lock()\n"
        "pump.lock.acquire()\n"
        "pump.lock.acquire()\n"
    )
    assert lines[2] == "    waits for the lock pump.lock, which core 0 took"


LIBRARY_WAITS = """
import _thread
from twincore import core, threadsafe

class Pump:
    def __init__(self):
        self.done = threadsafe.ThreadSafeQueue(2)
    def other(self):
        with lock:
            self.done.get_sync(block=True)

lock = threadsafe.ThreadSafeLock()
queue = threadsafe.ThreadSafeQueue(2)
flag = threadsafe.ThreadSafeEvent()

async def gets():
    await queue.get()

async def waits():
    await flag.wait()

async def main():
    _thread.start_new_thread(Pump().other, ())
    tasks = core.create_task(gets()), core.create_task(waits())
    await core.sleep_ms(10)
    async with lock:
        pass

core.run(main())
"""


def test_what_of_the_library_is_waited_for_has_its_name(stopped):
    lines = stopped(LIBRARY_WAITS, until=3)
    assert [line.split("  ")[-1].strip() for line in lines if "waits for" in line] == [
        "waits for the ThreadSafeQueue done of a Pump"
    ]
    rows = [line.split() for line in lines if " waiting " in line]
    assert sorted((name, " ".join(what)) for name, _, *what, _ in rows) == [
        ("gets", "ThreadSafeQueue queue"),
        ("main", "ThreadSafeLock lock"),
        ("waits", "ThreadSafeEvent flag"),
    ]


READS = {
    "input": "input()\n",
    "read": "import sys\nsys.stdin.read(1)\n",
    "readline": "import sys\nsys.stdin.readline()\n",
    "poll": "import select, sys\np = select.poll()\np.register(sys.stdin, select.POLLIN)\np.poll()\n",
    "select": "import select, sys\nselect.select([sys.stdin], [], [])\n",
    "task": "import sys\nfrom twincore import core\ncore.run(core.StreamReader(sys.stdin).readline())\n",
    "built-in task": "import asyncio, sys\nasyncio.run(asyncio.StreamReader(sys.stdin).readline())\n",
}
UART = "from machine import UART\nimport asyncio\nasyncio.run(asyncio.StreamReader(UART(0, 9600)).readline())\n"


@pytest.mark.parametrize("text", [*READS.values(), UART], ids=[*READS, "UART"])
def test_who_waits_for_input_is_in_no_deadlock(app, target_is_here, text):
    target_is_here("rp2040")
    result = emulator.run(app(text))
    assert (result.exit_code, result.ending, result.deadlock) == (75, "waits for input", False), result
    what = "what a UART receives" if text is UART else "input from the console"
    assert result.stderr.startswith(f"waits for {what}, and "), result


def test_who_has_read_its_input_and_then_waits_for_a_lock_is_in_a_deadlock(app, target_is_here):
    target_is_here("rp2040")
    script = app(
        "import _thread, select, sys\np = select.poll()\np.register(sys.stdin, select.POLLIN)\np.poll(0)\n"
        "lock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n"
    )
    assert emulator.run(script).exit_code == 70


def test_who_has_looked_with_select_and_then_waits_for_a_queue_is_in_a_deadlock(app, target_is_here):
    target_is_here("rp2040")
    script = app(
        "import select, sys\nfrom twincore import threadsafe\nqueue = threadsafe.ThreadSafeQueue(2)\n"
        "select.select([sys.stdin], [], [], 0)\nqueue.get_sync(block=True)\n"
    )
    result = emulator.run(script)
    assert result.exit_code == 70
    assert "waits for the ThreadSafeQueue queue\n" in result.stderr


def test_cores_that_compute_are_where_they_are(stopped):
    lines = stopped(
        "import _thread\n"
        "def other():\n"
        "    n = len('abc')\n"
        "    while True:\n"
        "        n += 1\n"
        "_thread.start_new_thread(other, ())\n"
        "print('begun')\n"
        "while True:\n"
        "    pass\n"
    )
    assert lines[0] == "core 0 runs (most recent call last):"
    assert lines[1] in ("    app.py:8, in <module>", "    app.py:9, in <module>")
    assert lines[2] == "core 1 runs (most recent call last):"
    assert lines[3] in ("    app.py:4, in other", "    app.py:5, in other")


def test_a_core_without_a_program(stopped):
    lines = stopped("import time\ntime.sleep(9)\n")
    assert lines == [
        "core 0 sleeps (most recent call last):",
        "    app.py:2, in <module>",
        "core 1 runs no Python code: it was not started, or what it was started with has ended",
    ]


def test_the_tasks_of_the_library(stopped):
    lines = stopped(
        "from twincore import core as asyncio\n"
        "from twincore.threadsafe import ThreadSafeQueue\n"
        "queue = ThreadSafeQueue(4)\n"
        "async def inner():\n"
        "    return await queue.get()\n"
        "async def consumer():\n"
        "    await inner()\n"
        "async def patient(event):\n"
        "    await asyncio.wait_for(event.wait(), 3)\n"
        "async def sleeper():\n"
        "    await asyncio.sleep(9)\n"
        "async def main():\n"
        "    event = asyncio.Event()\n"
        "    asyncio.create_task(patient(event))\n"
        "    task = asyncio.create_task(consumer())\n"
        "    task.set_name('the consumer')\n"
        "    asyncio.create_task(sleeper())\n"
        "    await task\n"
        "asyncio.run(main())\n",
        until=1.5,
    )
    start = lines.index("tasks of core 0:")
    table = [[word.strip() for word in line.split("  ") if word.strip()] for line in lines[start + 1 : -1]]
    assert lines[:start] == ["core 0 sleeps (most recent call last):", "    app.py:19, in <module>", LOOP]
    assert table[0] == ["TASK", "STATE", "WAITS ON", "AT"]
    rows = {row[0]: row[1:] for row in table[1:]}
    assert rows["main"] == ["waiting", "task the consumer", "app.py:18"]
    assert rows["the consumer"] == ["waiting", "ThreadSafeQueue queue", "app.py:5"]
    assert rows["patient"] == ["waiting", "Event", "app.py:9"]
    assert rows["sleeper"] == ["waiting", "sleep", "app.py:11"]


LOOP = "    the event loop, twincore's"


def test_a_task_that_blocks_the_loop_is_running(stopped):
    lines = stopped(
        "from twincore import core as asyncio\n"
        "async def blocks():\n"
        "    while True:\n"
        "        pass\n"
        "async def main():\n"
        "    await asyncio.gather(blocks(), asyncio.sleep(1))\n"
        "asyncio.run(main())\n",
        until=0.8,
    )
    assert lines[:3] == ["core 0 runs (most recent call last):", "    app.py:7, in <module>", LOOP]
    assert lines[3] in ("    app.py:3, in blocks", "    app.py:4, in blocks")
    assert [line.split()[:2] for line in lines if "blocks" in line][-1] == ["blocks", "running"]


def test_the_tasks_of_the_built_in_asyncio(stopped):
    lines = stopped(
        "import asyncio\n"
        "async def flagged(flag):\n"
        "    await flag.wait()\n"
        "async def told(event):\n"
        "    await event.wait()\n"
        "async def main():\n"
        "    asyncio.create_task(told(asyncio.Event()))\n"
        "    await asyncio.create_task(flagged(asyncio.ThreadSafeFlag()))\n"
        "asyncio.run(main())\n"
    )
    start = lines.index("tasks of core 0:")
    rows = sorted(line.split() for line in lines[start + 2 : -1])
    assert lines[:start] == [
        "core 0 sleeps (most recent call last):",
        "    app.py:9, in <module>",
        "    the event loop, asyncio's",
    ]
    assert rows == [
        ["flagged", "waiting", "ThreadSafeFlag", "app.py:3"],
        ["main", "waiting", "task", "flagged", "app.py:8"],
        ["told", "waiting", "Event", "app.py:5"],
    ]


def test_a_worker_on_core_1_and_who_awaits_its_job(stopped):
    lines = stopped(
        "import _thread\n"
        "from twincore import core as asyncio\n"
        "from twincore.offload import Worker\n"
        "lock = _thread.allocate_lock()\n"
        "def stuck():\n"
        "    lock.acquire()\n"
        "    lock.acquire()\n"
        "async def main():\n"
        "    async with Worker() as worker:\n"
        "        await worker.assign(stuck)\n"
        "asyncio.run(main())\n",
        until=4,
    )
    assert any(line.split("  ")[-1] == "app.py:10" and "an offloaded call" in line for line in lines)
    assert lines[-2:] == ["    app.py:7, in stuck", "    waits for the lock lock, which core 1 took"]


def test_a_crash_tells_where(app, target_is_here):
    target_is_here("rp2040")
    result = emulator.run(app("import machine\ndef poke():\n    machine.mem32[0x60000000] = 1\npoke()\n"))
    assert (result.exit_code, result.ending) == (73, "crash")
    message, *lines = result.stderr.splitlines()
    assert message.startswith("core 0 crashed: hard fault at 0x1")
    assert message.endswith(": it writes to 0x60000000, where there is nothing")
    assert lines[:3] == [
        "core 0 runs (most recent call last):",
        "    app.py:4, in <module>",
        "    app.py:3, in poke",
    ]


@pytest.mark.parametrize("ram", [RAM, b"\xff" * len(RAM), bytes(range(256)) * 1056], ids=["zero", "ones", "pattern"])
def test_memory_that_makes_no_sense_tells_addresses_only(ram):
    registers = [0x20000000 + 64 * n for n in range(15)] + [0x10001234]
    cores = [{"registers": registers, "asleep": asleep, "held": False, "interrupt": 0} for asleep in (True, False)]
    assert autopsy(ram, bytes(4096), cores).text.splitlines() == [
        "core 0 sleeps at 0x10001234, in no Python code that can be made out",
        "core 1 runs at 0x10001234, in no Python code that can be made out",
    ]


def test_small_values_are_told_from_their_bits():
    objects = Objects(Memory(RAM, b""))
    assert [objects.integer(word) for word in (1, 15, 0xFFFFFFFF, 6, 0x20000000)] == [0, 7, -1, None, None]
    assert [objects.kind(word) for word in (6, 14, 30, 15, 0)] == ["NoneType", "bool", "bool", "int", None]
