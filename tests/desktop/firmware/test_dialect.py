"""What MicroPython accepts and CPython does not runs; what it refuses is refused, at the application's own line."""

import builtins
import traceback

import pytest

from twincore import core
from twincore.desktop.firmware import dialect, runtime
from twincore.desktop.firmware.memory import Memory

FILE = "app.py"


@pytest.fixture
def run():
    """A function that runs an application's source and returns its names. `points`: its checkpoints so far."""

    def run(source, **names):
        points = []
        own = {**vars(builtins), **runtime.NAMES, **runtime.pointers(Memory())}
        own["__checkpoint__"] = lambda: points.append(None)
        space = {"__builtins__": own, "__name__": "app", "asyncio": core, "points": points, **names}
        exec(dialect.compile_source(source, FILE), space)
        return space

    return run


@pytest.fixture(autouse=True)
def fresh_loop():
    core.new_event_loop(core.VirtualClock())
    yield
    core.new_event_loop()


AWAITED = {
    "an object with __iter__ that sleeps": "class A:\n def __iter__(self):\n  yield from asyncio.sleep(1)\n  return 7",
    "await in a plain __iter__": "class A:\n def __iter__(self):\n  await asyncio.sleep(1)\n  return 7",
    "an __iter__ that is async": "class A:\n async def __iter__(self):\n  await asyncio.sleep(1)\n  return 7",
    "__iter__ of a coroutine": "async def w(): return 7\nclass A:\n def __iter__(self): return w()",
    "a generator": "def A():\n yield from asyncio.sleep_ms(1)\n return 7",
    "a generator that yields": "def A():\n yield\n yield\n return 7",
    "a coroutine": "async def A(): return 7",
    "an object with __await__": "class A:\n def __await__(self):\n  yield from asyncio.sleep(1)\n  return 7",
    "an async function that yields": "async def A():\n yield\n return 7",
    "yield from in an async function": "async def w(): return 7\nasync def A():\n return (yield from w())",
    "a task": "async def w(): return 7\ndef A(): return asyncio.create_task(w())",
    "yield from a task": "async def w(): return 7\ndef A():\n return (yield from asyncio.create_task(w()))",
    "yield from an object with __iter__": (
        "class W:\n def __iter__(self):\n  await asyncio.sleep(0)\n  return 7\ndef A():\n return (yield from W())"
    ),
    "a lambda that awaits": "async def w(): return 7\nA = lambda: await w()",
    "a plain function that awaits": "async def w(): return 7\ndef A():\n r = await w()\n return r",
}


@pytest.mark.parametrize("source", AWAITED.values(), ids=AWAITED)
def test_awaited_it_gives_its_value(run, source):
    space = run(f"{source}\nasync def main():\n return await A()\n")
    assert core.run(space["main"]()) == 7


def test_a_plain_generator_is_a_task(run):
    space = run("def job():\n yield from asyncio.sleep(1)\n return 3\nasync def main():\n return await job()\n")
    assert core.run(space["main"]()) == 3


def test_cancelling_reaches_the_generator_that_is_awaited(run):
    source = """
class Slow:
    def __iter__(self):
        try:
            yield from asyncio.sleep(10)
        finally:
            ended.append(True)
ended = []
async def wait():
    await Slow()
async def main():
    task = asyncio.create_task(wait())
    await asyncio.sleep(1)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return ended
"""
    assert core.run(run(source)["main"]()) == [True]


def test_what_cannot_be_awaited_is_named(run):
    space = run("async def main():\n await 3\n")
    with pytest.raises(TypeError, match="'int' object isn't iterable, and can't be awaited"):
        core.run(space["main"]())


MANAGER = """
class M:
    def __init__(self, swallow=False): self.swallow = swallow
    def __aenter__(self):
        yield from asyncio.sleep(1)
        log.append('in')
        return 7
    def __aexit__(self, kind, error, trace):
        await asyncio.sleep(1)
        log.append(error)
        return self.swallow
log = []
"""


@pytest.mark.parametrize("head", ["async def f():", "def f():\n yield"])
def test_async_with_a_manager_of_generators(run, head):
    space = run(f"{MANAGER}{head}\n async with M() as a, M() as b:\n  return a + b\nasync def main(): return await f()")
    assert core.run(space["main"]()) == 14
    assert space["log"] == ["in", "in", None, None]


@pytest.mark.parametrize("head", ["async def f():", "def f():\n yield"])
def test_async_with_sees_the_error_and_may_swallow_it(run, head):
    body = " async with M(True):\n  raise ValueError('v')\n return 'on'\n"
    space = run(f"{MANAGER}{head}\n{body}async def main(): return await f()")
    assert core.run(space["main"]()) == "on"
    assert str(space["log"][1]) == "v"


@pytest.mark.parametrize("head", ["async def f():", "def f():\n yield"])
def test_async_with_passes_the_error_on(run, head):
    space = run(f"{MANAGER}{head}\n async with M():\n  raise ValueError('v')\nasync def main(): return await f()")
    with pytest.raises(ValueError, match="v"):
        core.run(space["main"]())
    assert len(space["log"]) == 2


ITERATOR = """
class It:
    def __init__(self): self.n = 0
    def __aiter__(self): return self
    def __anext__(self):
        await asyncio.sleep(1)
        self.n += 1
        if self.n > 4: raise StopAsyncIteration
        return self.n
"""


@pytest.mark.parametrize("head", ["async def f(last):", "def f(last):\n yield"])
@pytest.mark.parametrize(("last", "seen"), [(9, [1, 3, 4, "end"]), (3, [1, 3])])
def test_async_for_with_continue_break_and_else(run, head, last, seen):
    source = f"""{ITERATOR}
{head}
 seen = []
 async for i in It():
  if i == 2: continue
  seen.append(i)
  if i == last: break
 else:
  seen.append('end')
 return seen
async def main(last): return await f(last)
"""
    assert core.run(run(source)["main"](last)) == seen


def test_native_and_viper_need_no_import_and_viper_has_pointers(run):
    source = """
@micropython.native
def a(): return 1
@micropython.viper
def b(buf: ptr16, n: int) -> int:
    "Text."
    return uint(-1) + buf[n]
@micropython.viper
def c(buf):
    p = ptr8(buf)
    p[1] = 9
buf = bytearray(4)
c(buf)
result = a(), b(b'\\1\\2\\3\\4', 1), bytes(buf), b.__doc__
"""
    assert run(source)["result"] == (1, 0x0402, b"\0\x09\0\0", "Text.")


def test_slots_keep_no_attribute_out(run):
    source = "class A:\n __slots__ = ('a',)\n a = 1\nclass B:\n __slots__ = ()\nb = B()\nb.x = 2\nresult = A.a, b.x"
    assert run(source)["result"] == (1, 2)


def test_what_comes_before_a_sum_in_place_is_read_before_what_is_added(run):
    source = """
data = bytearray(b"a")
class Own:
    seen = data
own = Own()
def other():
    own.seen, numbers[0] = b"lost", 9
    return "b"
numbers = [1]
own.seen += other()
parts = {"x": b"1"}
parts["x"] += "2"
result = bytes(own.seen), own.seen is data, parts
"""
    assert run(source)["result"] == (b"ab", True, {"x": b"12"})


def test_a_pointer_to_an_address_says_what_to_use(run):
    with pytest.raises(ValueError, match="0x40014000: the simulated board has no memory there; give viper a buffer"):
        run("p = ptr32(0x40014000)")


def test_os_error_has_its_number(run):
    source = """
def number(make):
    try:
        raise make()
    except OSError as e:
        return e.errno, e.args, str(e)
class Mine(OSError): pass
result = number(lambda: OSError(5)), OSError('a').args, OSError().args, OSError(5, 'x').errno, OSError(99999)
mine = isinstance(Mine(5), OSError)
"""
    space = run(source)
    assert space["result"][:4] == ((5, (5,), "[Errno 5] EIO"), ("a",), (), 5)
    assert str(space["result"][4]) == "99999"
    assert type(space["result"][4]) is OSError
    assert space["mine"]


def test_a_name_os_error_of_the_applications_own_is_its_own(run):
    assert run("class OSError:\n def __init__(self, n): self.n = n\nr = OSError(5).n")["r"] == 5


def test_each_function_and_each_turn_of_a_loop_has_a_checkpoint(run):
    space = run("def f():\n 'Doc.'\n for i in range(3): pass\n while i < 5: i += 1\nf()\nlist(i for i in range(9))")
    assert len(space["points"]) == 1 + 3 + 3
    assert space["f"].__doc__ == "Doc."


def test_an_error_is_at_the_applications_line(run):
    source = "def f():\n    for i in range(2):\n        x = [1]\n        x[5]\n\n\nf()\n"
    with pytest.raises(IndexError) as caught:
        run(source)
    lines = [(e.lineno, e.name) for e in traceback.extract_tb(caught.value.__traceback__) if e.filename == FILE]
    assert lines == [(7, "<module>"), (4, "f")]


def test_annotations_are_not_evaluated(run):
    assert run("x: nonsense = 3\ndef f(a: foo) -> bar: pass\n")["x"] == 3


REFUSED = {
    "async with in a function that is no generator": ("def f():\n  async with x: pass", 2, "outside async function"),
    "await outside": ("x = 1\nawait x", 2, "'await' outside function"),
    "await in a class": ("class A:\n await x", 2, "'await' outside function"),
    "await in a comprehension": ("async def f():\n x = 1\n return [await y for y in x]", 3, "inside a comprehension"),
    "an asynchronous comprehension": ("async def f():\n return [y async for y in x]", 2, "no asynchronous compr"),
    "positional-only arguments": ("def f(a, /): pass", 1, "positional-only"),
    "match": ("x = 1\nmatch x:\n case 1: pass", 2, "match statement"),
    "machine code": ("@micropython.asm_xtensa\ndef f(a2): addi(a2, a2, 1)", 1, "asm_xtensa is machine code.*in Python"),
    "what neither has": ("def f(:\n pass", 1, "invalid syntax"),
    "what CPython's compiler refuses": ("x = 1\nreturn 5", 2, "'return' outside function"),
}


@pytest.mark.parametrize(("source", "line", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_at_its_line(source, line, message):
    with pytest.raises(SyntaxError, match=message) as caught:
        dialect.compile_source(source, FILE)
    assert (caught.value.filename, caught.value.lineno) == (FILE, line)
    assert caught.value.text.strip() == source.splitlines()[line - 1].strip()


def test_the_iterable_of_a_comprehension_may_be_awaited(run):
    space = run("async def w(): return [1, 2]\nasync def main():\n return [x * 2 for x in await w()]\n")
    assert core.run(space["main"]()) == [2, 4]
