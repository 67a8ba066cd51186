"""`_thread`: the other core, its locks, and what becomes of its exceptions."""

import threading

import pytest


def test_the_other_core_is_one_at_a_time(run):
    ran = run("""
import _thread, time
lock = _thread.allocate_lock()
lock.acquire()
def job(name, *, times):
    for i in range(times):
        print(name, i)
        time.sleep_ms(1)
    lock.acquire()
    print('end')
_thread.start_new_thread(job, ('core',), {'times': 2})
try:
    _thread.start_new_thread(job, ('core',))
except OSError as e:
    print(e)
time.sleep_ms(10)
lock.release()
time.sleep_ms(1)
_thread.start_new_thread(print, ('again',))
time.sleep_ms(1)
""")
    assert sorted(ran.lines[:2]) == ["core 0", "core1 in use"]
    assert ran.lines[2:] == ["core 1", "end", "again"]


def test_one_core_has_many_threads(run):
    ran = run("""
import _thread, time
def job(n):
    time.sleep_ms(n)
    print(n)
for n in (3, 1, 2):
    _thread.start_new_thread(job, (n,))
time.sleep_ms(10)
""", kind="esp32")
    assert ran.lines == ["1", "2", "3"]


def test_an_exception_is_printed_and_an_exit_is_silent(run):
    ran = run("""
import _thread, time
def bad():
    raise ValueError('v')
_thread.start_new_thread(bad, ())
time.sleep_ms(1)
_thread.start_new_thread(_thread.exit, ())
time.sleep_ms(1)
print('on')
""")
    assert ran.code == 0
    assert ran.lines[0].startswith("Unhandled exception in thread started by <function bad")
    assert "ValueError: v" in ran.lines
    assert ran.lines[-1] == "on"


def test_locks(run):
    ran = run("""
import _thread, time
lock = _thread.allocate_lock()
print(lock.acquire(), lock.locked(), lock.acquire(0))
start = time.ticks_ms()
print(lock.acquire(1, 0.5), time.ticks_diff(time.ticks_ms(), start))
lock.release()
with lock:
    print(lock.locked())
print(lock.locked())
try:
    lock.release()
except RuntimeError as e:
    print('not taken')
""")
    assert ran.lines == ["True True False", "False 500", "True", "False", "not taken"]


def test_a_lock_goes_to_those_who_wait_in_their_order(run):
    ran = run("""
import _thread, time
lock = _thread.allocate_lock()
lock.acquire()
def job(n):
    time.sleep_ms(n)
    with lock:
        print(n)
        time.sleep_ms(1)
for n in (2, 1, 3):
    _thread.start_new_thread(job, (n,))
time.sleep_ms(10)
lock.release()
time.sleep_ms(10)
""", kind="esp32")
    assert ran.lines == ["1", "2", "3"]


def test_a_lock_between_threads_of_real_time_loses_nothing(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("""
import _thread, time
lock = _thread.allocate_lock()
count = 0
ended = []
def job():
    global count
    for i in range(500):
        with lock:
            seen = count
            if i % 50 == 0:
                time.sleep_us(50)
            count = seen + 1
    ended.append(1)
for n in range(4):
    _thread.start_new_thread(job, ())
while len(ended) < 4:
    time.sleep_ms(1)
print(count)
""")
    world = new_world("esp32", virtual=False)
    assert world.run(script) == 0
    assert world.printed == ["2000\n"]


def test_closing_the_board_ends_a_thread_that_waits_for_a_lock(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("""
import _thread, time
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(lock.acquire, ())
time.sleep_ms(2)
""")
    before = set(threading.enumerate())
    world = new_world(virtual=False)
    world.run(script)
    world.board.close()
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("virtual", [True, False])
@pytest.mark.parametrize(
    "waits",
    [
        "asyncio.run(asyncio.sleep(1000))",
        "asyncio.run(queue.get())",
        "queue.get_sync(block=True)",
        "time.sleep(1000)",
        "lock.acquire()",
        "loop()",
    ],
)
def test_a_thread_ends_with_its_board_wherever_it_is(new_world, tmp_path, waits, virtual):
    script = tmp_path / "main.py"
    script.write_text(f"""
import _thread, asyncio, time
from threadsafe import ThreadSafeQueue
queue = ThreadSafeQueue(3)
lock = _thread.allocate_lock()
lock.acquire()
begun = []
def loop():
    while True:
        try:
            time.sleep_us(1)
        except Exception:
            pass
def job():
    begun.append(True)
    {waits}
_thread.start_new_thread(job, ())
while not begun:
    time.sleep_ms(1)
time.sleep_ms(1)
""")
    before = set(threading.enumerate())
    world = new_world(virtual=virtual)
    assert world.run(script) == 0
    world.board.close()
    assert set(threading.enumerate()) <= before
    assert world.printed == []


def test_a_threads_tasks_go_by_the_boards_time(run):
    ran = run("""
import _thread, asyncio, time
done = []
async def work():
    await asyncio.sleep(100)
    done.append(time.ticks_ms() // 1000)
_thread.start_new_thread(lambda: asyncio.run(work()), ())
time.sleep(200)
print(done)
""")
    assert ran.text == "[100]\n"


def test_bad_arguments(run):
    ran = run("""
import _thread
for args in ((3, ()), (print, [1])):
    try:
        _thread.start_new_thread(*args)
    except TypeError as e:
        print(e)
print(_thread.stack_size(8192), _thread.stack_size())
""")
    assert ran.lines == ["'int' object isn't callable", "the arguments are a tuple, not a list", "4096 8192"]
