"""MicroPython's modules that are like Python's: the names that a board has, its errors, its differences."""

import pytest


@pytest.mark.parametrize(
    ("module", "has", "has_not"),
    [
        ("math", "isclose", "prod"),
        ("cmath", "phase", "tan"),
        ("re", "sub", "findall"),
        ("heapq", "heappush", "nlargest"),
        ("errno", "ETIMEDOUT", "E2BIG"),
        ("array", "array", "typecodes"),
        ("random", "randrange", "shuffle"),
        ("json", "dump", "JSONEncoder"),
        ("struct", "unpack_from", "Struct"),
        ("binascii", "crc32", "crc_hqx"),
        ("hashlib", "sha256", "sha512"),
        ("collections", "deque", "Counter"),
        ("io", "IOBase", "TextIOWrapper"),
        ("gc", "mem_free", "get_objects"),
        ("platform", "platform", "node"),
        ("os", "ilistdir", "path"),
        ("sys", "print_exception", "getrefcount"),
        ("time", "ticks_cpu", "strftime"),
        ("_thread", "allocate_lock", "interrupt_main"),
    ],
)
def test_it_has_what_a_board_has(run, module, has, has_not):
    assert run(f"import {module} as m\nprint(hasattr(m, {has!r}), hasattr(m, {has_not!r}))").text == "True False\n"


def test_struct_raises_value_error(run):
    ran = run("""
import struct
print(struct.pack('<HB', 1, 2), struct.calcsize('<HB'))
for act in (lambda: struct.unpack('<H', b'a'), lambda: struct.pack('?!', 1)):
    try:
        act()
    except ValueError as e:
        print('value')
""")
    assert ran.lines == ["b'\\x01\\x00\\x02' 3", "value", "value"]


def test_a_long_has_a_boards_size(run):
    ran = run("""
import struct, array
print([struct.calcsize(form) for form in ('L', '@lB', 'P', '<Lq', b'BQ')])
a = array.array('L', [1, 0xFFFFFFFF])
a.append(3)
a.extend(array.array('L', [4]))
print(len(memoryview(a).cast('B')), a[1], list(a))
print(array.array('B', b'ab')[1], array.array('l', [-1])[0], len(array.array('b')))
""")
    assert ran.lines == ["[4, 5, 4, 12, 16]", "16 4294967295 [1, 4294967295, 3, 4]", "98 -1 0"]


def test_text_where_bytes_are_meant(run):
    ran = run("""
import binascii, hashlib
print(binascii.hexlify('abc', ':'), binascii.crc32('abc') == binascii.crc32(b'abc'))
print(binascii.b2a_base64('a', newline=False))
h = hashlib.sha256('a')
h.update('bc')
print(binascii.hexlify(h.digest())[:8])
try:
    h.digest()
except ValueError as e:
    print(e)
""")
    assert ran.lines == [
        "b'61:62:63' True", "b'YQ=='", "b'ba7816bf'", "hash is final: on a board nothing goes with it after digest()",
    ]


def test_json_writes_bytes_as_text(run):
    ran = run("""
import json, io
print(json.dumps({'a': b'x', 'n': [1, None]}), json.dumps([1, 2], separators=(',', ':')), json.loads(b'[1]'))
out = io.StringIO()
json.dump('\\u00e4', out)
print(out.getvalue())
for act in (lambda: json.loads('[{'), lambda: json.dumps(object())):
    try:
        act()
    except (ValueError, TypeError) as e:
        print(type(e).__name__ != 'TypeError')
""")
    assert ran.lines == ['{"a": "x", "n": [1, null]} [1,2] [1]', '"\u00e4"', "True", "False"]


def test_random_is_each_boards_own_and_repeats_in_virtual_time(run):
    source = "import random\nprint(random.getrandbits(30), random.randint(0, 9), random.choice([1]))"
    assert run(source).text == run(source).text
    assert run("import random\nrandom.seed(5)\nprint(random.random())").text != run(source).text


def test_a_deque_has_a_length(run):
    ran = run("""
from collections import deque, namedtuple, OrderedDict
d = deque((1, 2, 3), 2)
d.append(4)
d.appendleft(0)
print(list(d), len(d), d.popleft(), d.pop())
full = deque((), 1, 1)
full.append(1)
for act in (lambda: full.append(2), lambda: full.appendleft(2), lambda: deque(()), lambda: deque((), -1)):
    try:
        act()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__)
print(namedtuple('P', ('x', 'y'))(1, 2).y, OrderedDict([(1, 2)]))
""")
    assert ran.lines[:5] == ["[0, 3] 2 0 3", "IndexError", "IndexError", "TypeError", "ValueError"]
    assert ran.lines[5].startswith("2 OrderedDict(")


def test_gc_has_figures_and_takes_time(run):
    ran = run("""
import gc, time
start = time.ticks_us()
gc.collect()
print(time.ticks_diff(time.ticks_us(), start) > 1000, gc.mem_free() > 0, gc.mem_alloc() > 0)
gc.threshold(100)
print(gc.threshold(), gc.isenabled())
gc.disable()
print(gc.isenabled())
""")
    assert ran.lines == ["True True True", "100 True", "False"]


def test_deflate_both_ways(run):
    ran = run("""
import deflate, io
for format in (deflate.RAW, deflate.ZLIB, deflate.GZIP):
    out = io.BytesIO()
    with deflate.DeflateIO(out, format) as d:
        d.write('line\\n' * 100)
        d.write(b'end')
    data = out.getvalue()
    d = deflate.DeflateIO(io.BytesIO(data), format)
    room = bytearray(3)
    print(len(data) < 60, d.readline(), d.read(2), d.readinto(room), bytes(room), len(d.read()), d.read(5))
d = deflate.DeflateIO(io.BytesIO(data))
print(len(d.read()))
for data, format in ((data[:9], deflate.AUTO), (b'abc', deflate.ZLIB)):
    try:
        deflate.DeflateIO(io.BytesIO(data), format).read()
    except (EOFError, OSError) as e:
        print(type(e).__name__, e.args[:1])
""")
    ends = ["503", "EOFError ('the stream ended before the compressed data did',)", "OSError (22,)"]
    assert ran.lines == [*["True b'line\\n' b'li' 3 b'ne\\n' 493 b''"] * 3, *ends]


def test_streams_written_in_python_derive_from_iobase(run):
    ran = run("""
import io
class S(io.IOBase):
    def __init__(self):
        super().__init__()
    def close(self):
        print('closed')
S()
print(io.BytesIO(b'abc').read(2), io.StringIO('x').read(), 'on')
""")
    assert ran.lines == ["b'ab' x on"]
