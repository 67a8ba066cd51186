"""Hard interrupt handlers get the errors of a board: each rule with a handler that breaks it, and many that break none.

Each of the handlers runs on MicroPython too, with its heap locked, as it is in a hard interrupt, and must fare alike.
"""

import sys
import threading
import traceback
from types import ModuleType

import pytest

from twincore import threadsafe
from twincore.core import ThreadSafeFlag
from twincore.core.errors import WrongContextError
from twincore.desktop.board import Board, isr_rules
from twincore.desktop.targets import unix_port

pytestmark = pytest.mark.cpython

WORLD = '''\
import micropython
from array import array

class Counter:
    def __init__(self):
        self.n = 0
        self.rate = 1.5
        self.buf = bytearray(8)
        self.list = [1, 2, 3, 4]
        self.tick_ref = self.tick

    def tick(self, step=1, more=0):
        self.n = (self.n + step) & 255
        return self.n

    def twice(self):
        self.tick()
        return self.tick()

    @classmethod
    def of_class(cls, x=0):
        return x

    @staticmethod
    def plain(x=0):
        return x

    @property
    def level(self):
        return self.n & 1

class Child(Counter):
    def tick(self, step=1, more=0):
        return super().tick(step)

class Failure(Exception):
    pass

class Called:
    def __call__(self, x):
        return x + 1

counter = Counter()
child = Child()
called = Called()
known = {"a": 1, 5: 2}
some = {1, 2}
pair = (1, 2)
text = "abc"
raw = b"abc"
view = memoryview(bytearray(8))
words = array("H", [0] * 4)
floats = array("f", [1.0] * 4)
big = array("I", [0xFFFFFFFF])
huge = 1 << 40
small = array("I", [1])
total = 0
half = 0.5
unseen = iter(range(1000000))

def add(a, b=0):
    return a + b

def any_number(*values):
    return 0

def named(**values):
    return 0

def generator():
    yield 1

def half_of(x):
    return x * half

def makes_text():
    return str(total)

def with_inner(x):
    if x:
        return lambda: x
    return 0

def outer(n):
    def closure(a, b=0, c=0, d=0, e=0):
        return n + a
    return closure

closure = outer(3)
'''

# What the handler does, and the words for it. MicroPython does not mind, "64": where small integers have 62 bits;
# "room": while a list or a dict has room, if a text or a module is known.
BREAKS = [
    ("x = [pin]", "builds a list"),
    ("x = [0] * 4", "builds a list"),
    ("x = {}", "builds a dict"),
    ("x = {'a': pin}", "builds a dict"),
    ("x = {pin}", "builds a set"),
    ("x = (pin, 1)", "builds a tuple"),
    ("return pin, 1", "builds a tuple"),
    ("a, *b = pair", "builds a list"),
    ("x = f'{pin}'", "formats a string"),
    ("x = 'pin %d' % pin", "builds a str"),
    ("x = text + 'd'", "builds a str"),
    ("x = text * 2", "builds a str"),
    ("x = raw + raw", "builds a bytes"),
    ("x = pair + pair", "builds a tuple"),
    ("x = counter.list + counter.list", "builds a list"),
    ("x = 'pin {}'.format(pin)", "calls str.format, which makes a new object"),
    ("x = text.upper()", "calls str.upper"),
    ("x = text.encode()", "calls str.encode"),
    ("x = raw.decode()", "calls bytes.decode", "room"),
    ("x = str(pin)", "calls str(), which makes a new object"),
    ("x = hex(pin)", "calls hex(), which makes a string"),
    ("x = repr(pin)", "calls repr(), which makes a string"),
    ("counter.list.append(1)", "calls list.append, for which a list may have to grow", "room"),
    ("counter.list.extend(pair)", "calls list.extend"),
    ("counter.list.insert(0, 1)", "calls list.insert", "room"),
    ("counter.list.clear()", "calls list.clear, which takes new memory"),
    ("counter.buf.append(1)", "calls bytearray.append", "room"),
    ("counter.buf.extend(raw)", "calls bytearray.extend", "room"),
    ("x = counter.list[0:2]", "makes a slice"),
    ("x = view[0:2]", "makes a slice"),
    ("counter.buf[0:2] = raw", "makes a slice"),
    ("x = known.items()", "calls dict.items, which makes a new object"),
    ("for k, v in known.items():\n    pass", "calls dict.items"),
    ("known['b'] = 1", "adds the key 'b' to a dict"),
    ("known.setdefault('c', 1)", "adds the key 'c' to a dict"),
    ("some.add(7)", "adds to a set", "room"),
    ("x = lambda: 0", "makes a lambda"),
    ("def inner():\n    pass", "makes the function inner"),
    ("class Inner:\n    pass", "makes a class"),
    ("x = [i for i in pair]", "builds a list"),
    ("x = sum(i for i in pair)", "makes a generator"),
    ("x = counter.tick", "makes a bound method, .tick"),
    ("micropython.schedule(counter.tick, 0)", "makes a bound method, .tick"),
    ("x = counter.list.append", "makes a bound method, .append"),
    ("x = Counter.of_class", "makes a bound method, .of_class"),
    ("x = getattr(counter, 'tick')", "makes a bound method, .tick"),
    ("any_number(1)", "calls any_number, whose * argument is a new tuple"),
    ("add(*pair)", "calls with * or **"),
    ("named()", "calls named, whose ** argument is a new dict"),
    ("x = generator()", "calls generator, which makes a generator"),
    ("with_inner(0)", "calls with_inner, which allocates when it is called"),
    ("closure(1, 2, 3, 4, 5)", "calls closure, a closure, with more values"),
    ("x = pin / 2", "computes a float"),
    ("x = counter.rate * 2", "computes a float"),
    ("counter.rate += 1", "computes a float"),
    ("x = -counter.rate", "computes a float"),
    ("x = add(1) * half", "computes a float"),
    ("if half * 2 > 1:\n    pass", "computes a float"),
    ("x = float(pin)", "calls float(), which makes a new object"),
    ("x = add(half) + add(half)", "computes a float"),
    ("half_of(2)", "computes a float, in line"),
    ("x = floats[0]", "reads a float from an array"),
    ("floats[0] += 1", "reads a float from an array"),
    ("x = big[0]", "reads an integer beyond 30 bits", "64"),
    ("x = (1 << 29) * (pin + 2)", "computes an integer beyond 30 bits", "64"),
    ("counter.n = pin + (1 << 30)", "computes an integer beyond 30 bits", "64"),
    ("x = add(1 << 29) + add(1 << 29)\ncounter.n = 0", "computes an integer beyond 30 bits", "64"),
    ("x = ~(pin + 0x3FFFFFFF) - 1", "computes an integer beyond 30 bits", "64"),
    ("x = Counter()", "makes an instance of Counter"),
    ("raise Failure('no')", "makes an instance of Failure"),
    ("x = object()", "calls object(), which makes an object"),
    ("x = bytearray(4)", "makes a bytearray"),
    ("x = bytes(4)", "calls bytes(), which makes a new object"),
    ("x = list(pair)", "makes a list"),
    ("x = tuple(counter.list)", "calls tuple(), which makes a new object"),
    ("x = memoryview(raw)", "calls memoryview()"),
    ("x = range(3)", "makes a range"),
    ("for i in range(0, 9, counter.n + 1):\n    pass", "makes a range"),
    ("for i, v in enumerate(pair):\n    pass", "calls enumerate(), which makes an iterator"),
    ("x = zip(pair, pair)", "calls zip()"),
    ("x = sorted(pair)", "calls sorted(), which makes a list"),
    ("x = divmod(pin, 7)", "calls divmod(), which makes a tuple"),
    ("x = (3).to_bytes(2, 'little')", "calls int.to_bytes"),
    ("print(huge)", "prints an integer beyond 30 bits", "64"),
    ("import sys", "imports a module", "room"),
    ("from sys import path", "imports a module"),
    ("global fresh\nfresh = 1", "adds the global fresh", "room"),
    ("counter.fresh = 1", "adds the attribute fresh", "room"),
    ("makes_text()", "calls str(), which makes a new object, in line"),
    ("while counter.n < 300:\n    counter.n += 1\n    if counter.n == 2:\n        x = [pin]", "builds a list"),
    ("try:\n    x = 1 // pin\nexcept ZeroDivisionError:\n    x = [pin]", "builds a list"),
]

PASSES = [
    "counter.n += 1",
    "counter.n = (counter.n * 3 - 1) % 100 // 2 & 0xFF | 1 ^ 2 << 1 >> 1",
    "x = ~pin\ny = -x\nx = not y",
    "counter.tick()",
    "counter.tick(2, more=3)",
    "counter.twice()",
    "child.tick()",
    "counter.tick_ref()",
    "x = counter.tick_ref",
    "x = counter.level",
    "Counter.of_class(1)",
    "Counter.plain(1)",
    "x = Counter.plain",
    "x = Counter.tick",
    "Counter.tick(counter, 1)",
    "called(1)",
    "x = getattr(counter, 'n')",
    "setattr(counter, 'n', 1)",
    "micropython.schedule(counter.tick_ref, 0)",
    "micropython.schedule(add, 0)",
    "x = micropython.schedule",
    "add(1)\nadd(1, b=2)",
    "any_number()",
    "closure(1)\nclosure(1, 2, 3, 4)",
    "global total\ntotal = total + 1",
    "global total\ntotal += 1",
    "counter.buf[0] = pin + 1\nx = counter.buf[0]",
    "counter.buf[counter.n & 7] += 1",
    "words[1] = words[0] + 1",
    "x = small[0]",
    "floats[1] = counter.rate",
    "floats[1] = add(1) + add(1)",
    "counter.list[0] = pair\ncounter.list[1] = None",
    "x = counter.list[-1]",
    "x = view[0]\nview[0] = 1",
    "x = raw[0]\ny = text[0]",
    "x = ()\nx = (1, 2)\nx = 1.5",
    "x = counter.rate",
    "x = counter.rate > 1.0 or half < 1",
    "x = half if pin else counter.rate",
    "x = int(counter.rate)",
    "x = abs(half)",
    "known['a'] = 2\nknown['a'] += 1",
    "x = known.get('a')\ny = 'a' in known\nx = known[5]",
    "known.setdefault('a', 1)",
    "some.add(1)\nx = 1 in some",
    "a, b = pair",
    "a, b = counter.n, pin\na, b = b, a",
    "a, b, c = counter.n, pin, 1",
    "x = len(pair) + min(1, 2) + max(pair) + sum(pair) + ord('a') + int('12') + hash(3)",
    "x = isinstance(pin, int) and callable(add) and any(pair) and all(pair)",
    "x = bool(pin)\nx = type(pin) is int\nx = id(counter)",
    "x = tuple(pair)\nx = bytes(raw)\nx = str()",
    "x = text.find('b')\ny = text.startswith('a') or text == 'abd' or text.isdigit()",
    "x = int.from_bytes(counter.buf, 'little')",
    "x = chr(65)",
    "x = pow(2, 3) + 2 ** 3 + counter.n ** 2",
    "for i in range(5):\n    counter.n = i",
    "for i in range(pin, 10, 2):\n    counter.n += i",
    "for v in counter.list:\n    counter.n = v",
    "for k in known:\n    counter.n = 1",
    "for c in raw:\n    counter.n = c",
    "x = next(unseen)",
    "while counter.n < 5:\n    counter.n += 1",
    "x = 0\nwhile True:\n    x += 1\n    if x & 1:\n        continue\n    if x > 5:\n        break",
    "try:\n    x = 1 // pin\nexcept ZeroDivisionError:\n    counter.n = 0\nfinally:\n    counter.n = 1",
    "try:\n    counter.list[99] = 1\nexcept IndexError as e:\n    counter.n = 0",
    "try:\n    raise ValueError('no')\nexcept ValueError:\n    pass",
    "x = ValueError('no')",
    "assert counter.n < 1 << 20, 'too many'",
    "x = 0x3FFFFFFF\ny = -0x40000000\nx = pin + 0x3FFFFFFF",
    "x = 1 << pin\nx = pin << 20",
    "if pin:\n    x = [1, pin]",
    "if pin and counter.tick():\n    x = {}\nelse:\n    x = 1",
    "print('press!')",
    "print('line =', pin, counter.list, known, half, pair, None, sep='; ', end='.\\n')",
    "return counter.n",
    "pass",
]


def handler_text(body):
    return "def handler(pin):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def application(text, path="/nowhere/app.py"):
    """What `text` defines, as an application that stands in a file of its own."""
    micropython = ModuleType("micropython")
    micropython.schedule = lambda fn, arg: None
    sys.modules["micropython"] = micropython
    try:
        names = {"__name__": "app"}
        exec(compile(text, path, "exec"), names)
        return names
    finally:
        del sys.modules["micropython"]


def interrupt(body, arg=0, bits=30, **also):
    """Run a hard handler that does that, in the world above; returns its names."""
    names = application(WORLD + handler_text(body))
    names.update(also)
    isr_rules.run(names["handler"], arg, bits)
    return names


def line_of(body, part):
    return (WORLD + handler_text(body)).split("\n").index(f"    {part}") + 1


@pytest.mark.parametrize("body, what", [case[:2] for case in BREAKS], ids=[case[0] for case in BREAKS])
def test_a_handler_that_allocates_gets_the_error_of_a_board_which_says_what_it_did(body, what):
    with pytest.raises(MemoryError) as caught:
        interrupt(body)
    text = str(caught.value)
    assert text.startswith(f"memory allocation failed, heap is locked: a hard interrupt handler {what}")
    reason, _, instead = text.partition("; ")
    assert ", in line " in reason and len(instead) > 10


@pytest.mark.parametrize("body", PASSES)
def test_a_handler_that_a_board_runs_runs_here(body):
    interrupt(body)


def test_micropython_judges_each_of_these_handlers_alike(target_is_here, tmp_path):
    target_is_here("micropython")
    script = ["import micropython", f"WORLD = {WORLD!r}"]
    bodies = [body for body, *_ in BREAKS] + PASSES
    for number, body in enumerate(bodies):
        script += [
            "names = {}",
            f"exec(WORLD + {handler_text(body)!r}, names)",
            "handler = names['handler']",
            "result = 'ran'",
            "micropython.heap_lock()",
            "try:",
            "    handler(0)",
            "except MemoryError:",
            "    result = 'refused'",
            "micropython.heap_unlock()",
            f"print('handler', {number}, result)",
        ]
    file = tmp_path / "handlers.py"
    file.write_text("\n".join(script))
    output = unix_port.run(file).stdout
    results = dict(line.split()[1:] for line in output.splitlines() if line.startswith("handler"))
    expected = ["refused" if len(case) == 2 else None for case in BREAKS] + ["ran"] * len(PASSES)
    assert len(results) == len(bodies), output
    differ = {
        body: results[str(number)]
        for number, (body, result) in enumerate(zip(bodies, expected, strict=True))
        if result is not None and results[str(number)] != result
    }
    assert differ == {}


def test_the_message_names_the_line_and_the_function_and_the_way_out():
    body = "counter.n = 1\nhalf_of(2)"
    with pytest.raises(MemoryError) as caught:
        interrupt(body)
    assert str(caught.value) == (
        "memory allocation failed, heap is locked: a hard interrupt handler computes a float, in line "
        f"{line_of(body, 'return x * half')} of half_of; "
        "compute in integers here, or micropython.schedule a function that computes it"
    )


def test_the_error_is_raised_at_the_line_that_allocates_and_what_comes_before_has_happened():
    body = "counter.n = 7\nx = [pin]\ncounter.n = 8"
    names = application(WORLD + handler_text(body))
    with pytest.raises(MemoryError) as caught:
        isr_rules.run(names["handler"], 0, 30)
    assert names["counter"].n == 7
    lines = [entry.lineno for entry in traceback.extract_tb(caught.value.__traceback__) if entry.name == "handler"]
    line = line_of(body, "x = [pin]")
    assert set(lines) == {line} and f"in line {line} of handler" in str(caught.value)


def test_a_handler_may_catch_the_error_as_on_a_board():
    names = interrupt("try:\n    x = [pin]\nexcept MemoryError:\n    counter.n = 99")
    assert names["counter"].n == 99


def test_a_method_of_an_application_can_be_the_handler():
    names = application(WORLD + "class Driver:\n    def on_edge(self, pin):\n        self.last = [pin]\n")
    with pytest.raises(MemoryError, match="builds a list, in line .* of on_edge"):
        isr_rules.run(names["Driver"]().on_edge, 0, 30)


@pytest.mark.parametrize(
    "text, what",
    [
        ("async def handler(pin):\n    pass\n", "calls handler, which makes a generator"),
        ("def handler(pin):\n    yield\n", "calls handler, which makes a generator"),
        ("def handler(*pins):\n    pass\n", "calls handler, whose . argument is a new tuple"),
        ("def handler(pin):\n    if pin:\n        return lambda: pin\n", "calls handler, which allocates when it .*"),
    ],
)
def test_a_handler_that_allocates_when_it_is_called(text, what):
    with pytest.raises(MemoryError, match=f"{what}, in line 1 of handler"):
        isr_rules.run(application(text)["handler"], 0, 30)


def test_a_board_with_larger_small_integers_has_room_for_more():
    interrupt("x = (1 << 29) * (pin + 2)", bits=62)
    with pytest.raises(MemoryError, match="beyond 62 bits"):
        interrupt("x = (1 << 61) * (pin + 2)", bits=62)


def test_a_function_for_viper_computes_with_machine_words():
    interrupt("x = ptr16(raw)\nx = (1 << 29) * (pin + 4)", ptr16=memoryview)


def test_an_enormous_shift_or_power_is_not_computed_to_find_out():
    for body in ("x = (pin + 1) << 10 ** 9", "x = (pin + 3) ** 10 ** 9"):
        with pytest.raises(MemoryError, match="beyond 30 bits"):
            interrupt(body)


def test_a_property_is_not_read_to_find_out_what_it_is():
    names = application(
        "class Sensor:\n    reads = 0\n    @property\n    def raw(self):\n        self.reads += 1\n        return 5\n"
        "sensor = Sensor()\nsensor.reads = 0\ndef handler(pin):\n    x = sensor.raw + 1\n"
    )
    isr_rules.run(names["handler"], 0, 30)
    assert names["sensor"].reads == 1


@pytest.mark.parametrize("kind", [threadsafe.SPSCQueue, threadsafe.ThreadSafeQueue])
def test_what_is_made_for_interrupts_may_be_used_in_them(kind):
    flag, queue, message = ThreadSafeFlag(), kind(4), threadsafe.Message()
    interrupt(
        "flag.set()\nif not queue.full():\n    queue.put_sync(pin)\nqueue.put_nowait(2)\nmessage.set(3)\nqueue.qsize()",
        arg=1, flag=flag, queue=queue, message=message,
    )  # fmt: skip
    assert flag.is_set() and queue.get_sync() == 1 and queue.get_sync() == 2


def test_queue_full_is_an_error_that_a_handler_may_meet_and_catch():
    queue = threadsafe.ThreadSafeQueue(1)
    names = interrupt(
        "try:\n    queue.put_sync(1)\n    queue.put_sync(2)\nexcept QueueFull:\n    counter.n = 5",
        queue=queue, QueueFull=threadsafe.QueueFull,
    )  # fmt: skip
    assert names["counter"].n == 5 and queue.qsize() == 1


@pytest.mark.parametrize(
    "body",
    ["queue.get_sync(block=True)", "queue.get_sync(timeout=1)", "lock.acquire_sync()", "event.wait_sync()"],
)
def test_a_handler_that_waits_is_refused(body):
    lock = threadsafe.ThreadSafeLock()
    lock.acquire_nowait()
    with pytest.raises(WrongContextError, match="a blocking call was made in a hard interrupt handler"):
        interrupt(body, queue=threadsafe.ThreadSafeQueue(4), lock=lock, event=threadsafe.ThreadSafeEvent())


def test_outside_of_a_handler_a_thread_may_wait():
    queue = threadsafe.ThreadSafeQueue(1)
    interrupt("pass")
    thread = threading.Thread(target=queue.put_sync, args=(5,))
    thread.start()
    assert queue.get_sync(block=True, timeout=10) == 5
    thread.join()


def test_an_object_of_the_library_is_not_made_in_a_handler():
    with pytest.raises(MemoryError, match="makes an instance of ThreadSafeFlag"):
        interrupt("x = ThreadSafeFlag()", ThreadSafeFlag=ThreadSafeFlag)


def test_the_same_functions_may_allocate_in_the_main_program():
    names = application(WORLD + handler_text("return [makes_text()]"))
    with pytest.raises(MemoryError):
        isr_rules.run(names["handler"], 0, 30)
    assert names["handler"](0) == ["0"]


def test_while_a_handler_runs_other_threads_may_allocate():
    names = application(WORLD + handler_text("at_work.set()\ngo_on.wait(30)"))
    names.update(at_work=threading.Event(), go_on=threading.Event())
    text = application(WORLD)["makes_text"]
    results = []

    def meanwhile():
        names["at_work"].wait(30)
        results.append((names["makes_text"](), text()))
        names["go_on"].set()

    thread = threading.Thread(target=meanwhile)
    thread.start()
    isr_rules.run(names["handler"], 0, 30)
    thread.join()
    assert results == [("0", "0")]


def test_unchecked_a_handler_may_do_anything():
    names = interrupt("counter.list.append([f'{pin}'])", bits=None)
    assert names["counter"].list[-1] == ["0"]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="handlers are watched by tracing up to CPython 3.11")
@pytest.mark.parametrize("body, error", [("x = 1\nadd(1)", None), ("x = 1\nx = [pin]", MemoryError)])
def test_a_debugger_still_sees_the_lines_of_a_handler(body, error):
    seen = []

    def tracer(frame, event, arg):
        if frame.f_code.co_name == "handler":
            seen.append(event)
        return tracer

    names = application(WORLD + handler_text(body))
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        isr_rules.run(names["handler"], 0, 30)
        assert error is None
    except MemoryError:
        assert error is MemoryError
    finally:
        still = sys.gettrace()
        sys.settrace(before)
    assert seen[:3] == ["call", "line", "line"] and still is tracer


# On a board


@pytest.fixture
def printed():
    return []


@pytest.fixture
def board(printed):
    with Board(output=printed.append) as board:
        yield board


def test_the_handler_of_a_pin_is_checked_and_off_after_its_first_error(board, printed):
    names = application(WORLD + handler_text("counter.n += 1\ncounter.last = [pin]"))
    line = board.line(3)
    line.irq(names["handler"], rising=True, falling=False, hard=True)
    for level in (1, 0, 1):
        line.drive(level)
    assert names["counter"].n == 1
    text = "".join(printed)
    assert "Uncaught exception in IRQ callback handler of GP3, which is off now:" in text
    assert "MemoryError: memory allocation failed, heap is locked: a hard interrupt handler builds a list" in text


def test_a_soft_handler_may_allocate(board, printed):
    names = application(WORLD + handler_text("counter.list.append(pin)"))
    with board.core("core 0", main=True):
        board.line(3).irq(names["handler"], hard=False, arg=5)
        board.line(3).drive(1)
        board.interrupts.checkpoint()
    assert names["counter"].list[-1] == 5 and printed == []


def test_a_board_may_be_told_not_to_check(printed):
    names = application(WORLD + handler_text("counter.list.append(pin)"))
    with Board(output=printed.append, check_interrupts=False) as board:
        board.line(3).irq(names["handler"], hard=True, arg=5)
        board.line(3).drive(1)
    assert names["counter"].list[-1] == 5 and printed == []


def test_what_a_device_does_when_a_handler_drives_its_pin_is_not_the_boards_memory(board, printed):
    edges = []

    def device(level, when):
        edges.append([level])

    names = application(WORLD + handler_text("out(1)\ncounter.n = 1"))
    names["out"] = board.line(4).output
    board.line(4).watch(device)
    board.line(3).irq(names["handler"], hard=True)
    board.line(3).drive(1)
    assert names["counter"].n == 1 and edges == [[1]] and printed == []


def test_a_handler_with_something_of_the_simulator_in_front_is_checked(board, printed):
    names = application(WORLD + handler_text("counter.n = 1\nmakes_text()"))
    in_front = {"fn": names["handler"]}
    exec(compile("def front(arg):\n    fn(arg)\n", unix_port.__file__, "exec"), in_front)
    board.line(3).irq(in_front["front"], hard=True)
    board.line(3).drive(1)
    assert names["counter"].n == 1
    assert "calls str(), which makes a new object, in line" in "".join(printed)


@pytest.mark.parametrize("size, advised", [(0, True), (100, False)])
def test_the_report_of_an_exception_says_that_a_board_needs_a_buffer_for_it(board, printed, size, advised):
    board.interrupts.emergency_buffer = size
    board.line(3).irq(application("def handler(pin):\n    raise ValueError('bad edge')\n")["handler"], hard=True)
    board.line(3).drive(1)
    text = "".join(printed)
    assert "ValueError: bad edge" in text
    assert ("micropython.alloc_emergency_exception_buf(100)" in text) == advised


def test_a_closure_prebound_before_the_interrupt_counts_its_edges(board, printed):
    names = application(WORLD)
    line = board.line(3)
    line.irq(names["counter"].tick_ref, rising=True, falling=False, hard=True, arg=1)
    for _ in range(50):
        line.drive(1)
        line.drive(0)
    assert names["counter"].n == 50 and printed == []
