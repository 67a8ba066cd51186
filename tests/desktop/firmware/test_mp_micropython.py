"""`micropython`: scheduling and the heap's locks."""

import pytest


def test_scheduled_functions_run_in_their_order_in_the_main_program(run):
    ran = run("""
import micropython
def call(n):
    print(n)
    if n == 1:
        micropython.schedule(call, 3)
micropython.schedule(call, 1)
micropython.schedule(call, 2)
for i in range(3):
    pass
""")
    assert ran.lines == ["1", "2", "3"]


@pytest.mark.parametrize(("kind", "depth"), [("pico", 8), ("pyboard", 4)])
def test_the_schedule_queue_has_an_end(run, kind, depth):
    source = "import micropython\nf = len\n" + "micropython.schedule(f, ())\n" * (depth + 1)
    ran = run(source, kind=kind)
    assert ran.lines[-1] == "RuntimeError: schedule queue full"
    assert f"line {depth + 3}," in ran.text


def test_an_exception_in_a_scheduled_function_is_printed_and_the_program_goes_on(run):
    ran = run("import micropython\nmicropython.schedule(lambda n: 1 // n, 0)\nfor i in range(2): pass\nprint('on')")
    assert "ZeroDivisionError: integer division or modulo by zero" in ran.lines
    assert ran.lines[-1] == "on"


def test_the_rest(run):
    ran = run("""
import micropython
from micropython import const
X = const(3)
micropython.alloc_emergency_exception_buf(100)
micropython.heap_lock()
print(X, micropython.heap_lock(), micropython.heap_unlock(), micropython.heap_unlock())
try:
    micropython.heap_unlock()
except RuntimeError:
    print('none')
micropython.opt_level(2)
print(micropython.opt_level())
try:
    micropython.schedule(3, 4)
except TypeError as e:
    print(e)
micropython.mem_info()
""")
    assert ran.lines[:4] == ["3 2 1 0", "none", "2", "'int' object isn't callable"]
    assert "GC: total: 233024" in ran.text
