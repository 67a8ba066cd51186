"""`time` by the board's time: ticks that wrap, sleeps, a calendar with the board's epoch."""

import time

import pytest


def test_ticks_wrap_at_30_bits(new_world):
    world = new_world()
    with world.main_program():
        module = world.import_module("time")
        world.time.sleep((1 << 30) - 100)
        early = module.ticks_us()
        world.time.sleep((1 << 30) + 900)
        late = module.ticks_us()
        assert early >= (1 << 30) - 100
        assert 900 <= late < 1000
        assert module.ticks_diff(late, early) == pytest.approx(1000, abs=20)
        assert module.ticks_ms() == ((1 << 30) + 900) // 1000


def test_ticks_arithmetic(run):
    ran = run("""
import time
P = 1 << 30
print(time.ticks_add(P - 1, 2), time.ticks_add(0, -1) == P - 1)
print(time.ticks_diff(5, P - 5), time.ticks_diff(P - 5, 5), time.ticks_diff(P // 2, 0))
for delta in (P // 2, -P // 2):
    try:
        time.ticks_add(0, delta)
    except OverflowError:
        print('overflow')
""")
    assert ran.lines == ["1 True", "10 -10 -536870912", "overflow", "overflow"]


def test_sleeping_takes_exactly_its_virtual_time(run):
    ran = run("""
import time
start = time.ticks_us()
time.sleep(1.5)
time.sleep_ms(20)
time.sleep_us(7)
time.sleep(-1)
print(time.ticks_diff(time.ticks_us(), start) - 1520007 < 50)
""")
    assert ran.text == "True\n"


def test_a_loop_that_polls_the_time_comes_to_its_end(run):
    source = """
import time
start = time.ticks_ms()
n = 0
while time.ticks_diff(time.ticks_ms(), start) < 50:
    n += 1
print(n)
"""
    assert 1000 < int(run(source).text) < 50000


def test_scheduled_functions_run_while_it_sleeps(run):
    ran = run("""
import time, micropython, _thread
def later():
    time.sleep_ms(10)
    micropython.schedule(print, 'soft')
_thread.start_new_thread(later, ())
time.sleep_ms(20)
print('awake')
""")
    assert ran.lines == ["soft", "awake"]


@pytest.mark.parametrize(("kind", "epoch"), [("pico", 1970), ("pyboard", 2000)])
def test_the_calendar_counts_from_the_boards_epoch(run, kind, epoch):
    ran = run("""
import time
print(time.gmtime(0), time.mktime((2021, 1, 1, 0, 0, 0, 0, 0)))
print(time.localtime()[:6], time.time_ns() // 1000000000 == time.time())
print(time.mktime((2020, 14, 1, 0, 0, -1, 0, 0)) == time.mktime((2021, 1, 31, 23, 59, 59, 0, 0)))
""", kind=kind)
    since = 1_609_459_200 - (946_684_800 if epoch == 2000 else 0)
    weekday = 3 if epoch == 1970 else 5
    assert ran.lines == [f"({epoch}, 1, 1, 0, 0, 0, {weekday}, 1) {since}", "(2021, 1, 1, 0, 0, 0) True", "True"]


def test_a_board_in_real_time_shows_the_desktops_local_time(new_world):
    shown = new_world(virtual=False).import_module("time").localtime()
    assert abs(time.mktime((*shown[:6], 0, 0, -1)) - time.time()) < 5


def test_real_sleep_takes_real_time(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text("import time\ntime.sleep_ms(30)")
    start = time.monotonic()
    assert new_world(virtual=False).run(script) == 0
    assert time.monotonic() - start >= 0.03
