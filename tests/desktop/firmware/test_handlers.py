"""Hard handlers of whole programs, which went through the dialect: what they may do, and what is said if not."""

import pytest

pytestmark = pytest.mark.timeout(60)

START = """
import asyncio, micropython
from machine import Pin
micropython.alloc_emergency_exception_buf(100)
out = Pin(2, Pin.OUT, value=0)
n, buf, numbers, counts = 70000, bytearray(4), [0], {1: 0}
note, word = b"note", "word"
class Own:
    kept = None
    def __setitem__(self, key, value):
        self.kept = [key, value]
class Parts:
    data = [bytearray(2)]
own, parts = Own(), Parts()
made = None
"""
END = """
out.irq(handler, Pin.IRQ_RISING, hard=True)
out(1)
print(list(buf), numbers, counts, list(parts.data[0]))
"""


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("buf[0] = n", "[112, 0, 0, 0] [0] {1: 0} [0, 0]"),
        ("buf[1] -= 1; buf[2] |= 0x180", "[0, 255, 128, 0] [0] {1: 0} [0, 0]"),
        ("buf[0], buf[1] = n >> 8, n", "[17, 112, 0, 0] [0] {1: 0} [0, 0]"),
        ("parts.data[0][1] = n", "[0, 0, 0, 0] [0] {1: 0} [0, 112]"),
        ("numbers[0] += n; counts[1] = n", "[0, 0, 0, 0] [70000] {1: 70000} [0, 0]"),
        ("numbers[0] = n + counts[1]; counts[1] += numbers[0]", "[0, 0, 0, 0] [70000] {1: 70000} [0, 0]"),
        ("if word not in buf and not note.startswith(word): buf[0] = 1", "[1, 0, 0, 0] [0] {1: 0} [0, 0]"),
    ],
)
def test_it_stores_by_index(run, body, printed):
    assert run(f"{START}\ndef handler(pin):\n    {body}\n{END}").lines == [printed]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("counts[5] = n", "adds the key 5 to a dict"),
        ("numbers[0] = n * n * n", "computes an integer beyond 30 bits"),
        ("numbers[0] += n * n * n", "computes an integer beyond 30 bits"),
        ("numbers[0] = (1 << n // 2400) + numbers[0] + (1 << 29)", "computes an integer beyond 30 bits"),
        ("half = 1 << 29; half += half", "computes an integer beyond 30 bits"),
        ("numbers[0] = note + word", "builds a bytes"),
        ("parts.data[0] += word", "builds a bytearray"),
        ("numbers.append(n)", "calls list.append"),
        ("own[0] = n", "builds a list"),
        ("asyncio.run(made)", "makes a loop for tasks"),
        ("asyncio.new_event_loop()", "makes a loop for tasks"),
    ],
)
def test_what_it_may_not_do_is_said_with_its_line(run, body, what):
    ran = run(f"{START}\ndef handler(pin):\n    {body}\n{END}")
    report = "\n".join(ran.lines[:-1])
    assert f"a hard interrupt handler {what}" in report
    assert f"\n    {body}\n" in report and "desktop" not in report


def test_a_handler_of_any_number_of_arguments_is_refused_without_the_simulators_lines(run):
    ran = run(f"{START}\ndef handler(*arguments):\n    pass\n{END}")
    assert ran.lines[0].startswith("Uncaught exception in IRQ callback handler of GP2, which is off now")
    assert ran.lines[1].startswith("MemoryError: memory allocation failed, heap is locked: a hard interrupt handler")
    assert "whose * argument is a new tuple, in line" in ran.lines[1] and len(ran.lines) == 3
