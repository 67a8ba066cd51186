"""Running applications: exit codes, tracebacks, isolation from the process and from each other."""

import os
import subprocess
import sys
import threading
import time

import pytest

from twincore import core


@pytest.mark.parametrize(
    ("source", "code", "printed"),
    [
        ("print('on', 1, sep='-', end='!')", 0, "on-1!"),
        ("import sys\nsys.exit()", 0, ""),
        ("import sys\nsys.exit(3)", 3, ""),
        ("raise SystemExit('no such pin')", 1, "no such pin\n"),
        ("import asyncio, sys\nasync def main():\n    sys.exit(4)\nasyncio.run(main())", 4, ""),
    ],
)
def test_exit_code(run, source, code, printed):
    ran = run(source)
    assert (ran.code, ran.text) == (code, printed)


def test_an_uncaught_exception_is_printed_with_the_applications_own_frames(run, tmp_path):
    ran = run("import time\n\ndef pause():\n    time.sleep_ms('a')\n\npause()\n")
    assert ran.code == 1
    frames = [line.strip() for line in ran.lines if line.startswith("  File")]
    script = tmp_path / "main.py"
    assert frames == [f'File "{script}", line 6, in <module>', f'File "{script}", line 4, in pause']
    assert ran.lines[-1].startswith("TypeError")


def test_an_error_of_a_task_is_printed_with_the_applications_own_frames(run):
    ran = run("import asyncio\nasync def main():\n    await asyncio.sleep(1)\n    1 / 0\nasyncio.run(main())\n")
    assert ran.code == 1
    assert [line.split()[-1] for line in ran.lines if line.startswith("  File")] == ["<module>", "main"]
    assert ran.lines[-1].startswith("ZeroDivisionError")


def test_a_syntax_error_is_printed_with_its_line(run, tmp_path):
    ran = run("x = 1\nif x\n    pass\n")
    assert ran.code == 1
    assert f'File "{tmp_path / "main.py"}", line 2' in ran.text


def test_a_script_that_is_not_there_is_the_callers_error(new_world, tmp_path):
    with pytest.raises(FileNotFoundError):
        new_world().run(tmp_path / "none.py")


def test_arguments_and_names(run):
    ran = run("import sys\nprint(__name__, sys.argv)\n", argv=["a", "-b"])
    assert ran.text == "__main__ ['main.py', 'a', '-b']\n"


def test_an_hour_of_asyncio_takes_no_time(run):
    source = """
import asyncio, time
async def main():
    start = time.ticks_ms()
    await asyncio.sleep(3600)
    print(time.ticks_diff(time.ticks_ms(), start) // 1000)
asyncio.run(main())
asyncio.new_event_loop()
asyncio.run(main())
"""
    assert run(source).text == "3600\n3600\n"


def test_the_loop_of_the_calling_thread_is_left_as_it_is(run):
    loop = core.new_event_loop()
    run("import asyncio\nasyncio.run(asyncio.sleep(1))\n")
    assert core.get_event_loop() is loop
    assert not loop.closed


def test_tasks_that_are_left_end_with_their_finally_blocks(run):
    source = """
import asyncio
async def left():
    try:
        await asyncio.sleep(100)
    finally:
        print('cleaned')
async def main():
    asyncio.create_task(left())
    await asyncio.sleep(1)
asyncio.run(main())
"""
    assert run(source).text == "cleaned\n"


def test_a_tasks_error_that_nobody_awaits_is_printed_with_the_applications_frames(run):
    source = """
import asyncio
async def bad():
    raise ValueError('v')
async def main():
    asyncio.create_task(bad())
    await asyncio.sleep(1)
asyncio.run(main())
"""
    text = run(source).text
    assert "Task exception wasn't retrieved" in text
    assert text.rstrip().endswith("ValueError: v")
    assert "in bad" in text and "step" not in text


def test_keyboard_interrupt_runs_finally_blocks_and_gives_130(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("try:\n    while True:\n        pass\nfinally:\n    print('cleaned')\n")
    world = new_world(virtual=False)
    codes = []
    thread = threading.Thread(target=lambda: codes.append(world.run(script)))
    thread.start()
    world.interrupt()
    thread.join(20)
    assert codes == [130]
    assert world.printed[0] == "cleaned\n"
    assert world.printed[-1].rstrip().endswith("KeyboardInterrupt")


def test_a_keyboard_interrupt_reaches_a_main_program_that_sleeps(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("import time\ntry:\n    time.sleep(1000)\nexcept KeyboardInterrupt:\n    print('stop')\n")
    world = new_world(virtual=False)
    thread = threading.Thread(target=world.run, args=(script,))
    thread.start()
    world.interrupt()
    thread.join(20)
    assert not thread.is_alive()
    assert "".join(world.printed).split()[-1] in ("stop", "KeyboardInterrupt")


@pytest.mark.parametrize(
    "source",
    [
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except Exception:\n        pass\n",
        "while True:\n    pass\n",
        "import asyncio\nasyncio.run(asyncio.sleep(1000))\n",
        "from threadsafe import ThreadSafeQueue\nThreadSafeQueue(3).get_sync(block=True)\n",
    ],
)
def test_closing_the_board_ends_its_application(new_world, tmp_path, source):
    script = tmp_path / "main.py"
    script.write_text(source)
    world = new_world(virtual=False)
    codes = []
    thread = threading.Thread(target=lambda: codes.append(world.run(script)))
    thread.start()
    world.board.close()
    thread.join(20)
    assert codes == [143]


def test_the_standard_library_keeps_its_own_modules(run):
    before = dict(sys.modules)
    ran = run("import time, sys, os\nprint(hasattr(time, 'ticks_ms'))")
    assert ran.text == "True\n"
    assert not hasattr(time, "ticks_ms")
    for name in ("time", "sys", "os", "builtins", "__main__"):
        assert sys.modules[name] is before[name]
    assert not any(name.startswith(("utime", "machine", "micropython")) for name in sys.modules)


def test_a_standard_module_that_an_application_is_allowed_uses_the_real_time(run):
    ran = run("import logging, time\nprint(logging.time is time, hasattr(logging.time, 'ticks_ms'))", allow=["logging"])
    assert ran.text == "False False\n"


def test_two_worlds_in_two_threads_have_nothing_in_common(new_world, tmp_path):
    (tmp_path / "shared.py").write_text("import time\nseen = []\nstart = time.ticks_us()\n")
    script = tmp_path / "main.py"
    script.write_text(
        "import shared, sys, asyncio, builtins\n"
        "async def main():\n"
        "    for i in range(20):\n"
        "        shared.seen.append(i)\n"
        "        await asyncio.sleep(1)\n"
        "    print(len(shared.seen), sys.platform, hasattr(builtins, 'mark'))\n"
        "builtins.mark = 1\n"
        "asyncio.get_event_loop().run_until_complete(main())\n"
    )
    worlds = [new_world(kind, name=kind) for kind in ("pico", "esp32", "pyboard")]
    codes = []
    threads = [threading.Thread(target=lambda world=world: codes.append(world.run(script))) for world in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert codes == [0, 0, 0]
    assert ["".join(world.printed) for world in worlds] == [f"20 {p} True\n" for p in ("rp2", "esp32", "pyboard")]
    assert not hasattr(__builtins__, "mark")


APPLICATION = """
import asyncio, time, _thread, micropython
from threadsafe import ThreadSafeQueue
queue = ThreadSafeQueue(10)
def core1():
    n = 0
    while True:
        queue.put_sync(n, block=True)
        n += 1
        time.sleep_ms(3)
async def main():
    _thread.start_new_thread(core1, ())
    micropython.schedule(lambda x: print(x), 'soft')
    print(sum(await take(20)))
async def take(n):
    found = []
    while len(found) < n:
        found.append(await queue.get())
    return found
asyncio.run(main())
"""


@pytest.mark.parametrize("virtual", [True, False])
def test_fifty_boards_at_once_leave_nothing_behind(new_world, tmp_path, virtual):
    script = tmp_path / "main.py"
    script.write_text(APPLICATION)
    new_world(name="first").run(script)
    before = len(os.listdir("/dev/fd")), set(threading.enumerate())
    results = []

    def run_one(number):
        world = new_world(name=f"board {number}", virtual=virtual)
        code = world.run(script)
        world.board.close()
        results.append((code, "".join(world.printed)))

    threads = [threading.Thread(target=run_one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    assert results == [(0, "soft\n190\n")] * 50
    assert set(threading.enumerate()) - before[1] == set()
    assert len(os.listdir("/dev/fd")) <= before[0]


def test_a_board_leaves_no_thread_behind(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        "import _thread, time\ndef forever():\n    while True:\n        time.sleep(1)\n"
        "_thread.start_new_thread(forever, ())\ntime.sleep(3)\n"
    )
    for virtual in (True, False):
        before = set(threading.enumerate())
        world = new_world(virtual=virtual)
        if not virtual:
            script.write_text(script.read_text().replace("sleep(3)", "sleep_ms(3)"))
        assert world.run(script) == 0
        world.board.close()
        assert set(threading.enumerate()) <= before


def test_an_empty_application_imports_little(tmp_path):
    script = tmp_path / "main.py"
    script.write_text("")
    program = (
        "import sys\nfrom pathlib import Path\nfrom twincore.desktop.board import Board\n"
        "from twincore.desktop.firmware.world import World\n"
        "with Board() as board:\n    World(board, [Path('.')]).run(Path(sys.argv[1]))\n"
        "print([n for n in ('click', 'rich', 'asyncio', 'socket', 'ssl', 'twincore.core.stream') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(script)], capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_it_tells_how_full_its_queues_are(tmp_path, new_world):
    script = tmp_path / "main.py"
    script.write_text(
        "from threadsafe import ThreadSafeQueue\nfrom primitives import Queue\n"
        "samples, tasks = ThreadSafeQueue(4), Queue()\nsamples.put_sync(1)\nsamples.put_sync(2)\nsamples.get_sync()\n"
    )
    world = new_world()
    assert world.state() == {}
    with world.board.core("main", main=True):
        assert world.run(script) == 0
    assert world.state() == {"samples": "1 (at most 2 so far)", "tasks": "0"}
