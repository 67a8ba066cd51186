"""The same program on a simulated board and on MicroPython's unix port: the same output, line by line."""

import pytest

from twincore.desktop.targets import unix_port

PROGRAMS = {
    "the dialect": """
import asyncio
class Sleeps:
    def __iter__(self):
        yield from asyncio.sleep_ms(1)
        return 1
class Awaits:
    def __iter__(self):
        await asyncio.sleep_ms(1)
        return 2
class Within:
    def __iter__(self):
        return self.go()
    async def go(self):
        return 3
def plain(n):
    await asyncio.sleep_ms(n)
    return (yield from Awaits())
async def yields():
    yield from asyncio.sleep_ms(0)
    return 4
class Manager:
    def __aenter__(self):
        yield from asyncio.sleep_ms(1)
        return self
    async def __aexit__(self, *args):
        print('exit', args[0])
        return True
    def __aiter__(self):
        self.n = 0
        return self
    def __anext__(self):
        self.n += 1
        if self.n > 3:
            raise StopAsyncIteration
        await asyncio.sleep_ms(1)
        return self.n
def in_plain():
    yield from asyncio.sleep_ms(0)
    async with Manager() as m:
        async for i in m:
            if i == 2:
                continue
            print('item', i)
        else:
            print('else')
        raise ValueError
    async for i in m:
        break
    return i
async def main():
    print(await Sleeps(), await Awaits(), await Within(), await plain(1), await yields(), await in_plain())
    async with Manager() as m:
        async for i in m:
            print(i)
    t = asyncio.create_task(plain(2))
    print(await t)
    print(await asyncio.gather(plain(1), yields()))
    try:
        await 5
    except TypeError:
        print('type')
asyncio.run(main())
""",
    "a generator driven by hand": """
async def f():
    a = yield 1
    print('got', a)
    b = yield from g()
    return b
def g():
    x = yield 2
    return x
it = f()
print(it.send(None), it.send('a'))
try:
    it.send('b')
except StopIteration as e:
    print(e.value)
it = f()
it.send(None)
it.close()
""",
    "native and viper": """
import micropython
from micropython import const
_X = const(3)
@micropython.native
def a(n):
    return n * _X
@micropython.viper
def b(buf: ptr8, n: int) -> int:
    total = 0
    for i in range(n):
        total += buf[i]
    return total
@micropython.viper
def c(buf, n: int):
    p = ptr16(buf)
    p[n] = 0x1234
buf = bytearray(range(8))
c(buf, 1)
print(a(4), b(buf, 8), buf, const(5))
""",
    "errors": """
import errno, struct, json
def show(f):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, isinstance(e, OSError) and (e.errno, e.args, str(e)))
def raises(e):
    raise e
show(lambda: raises(OSError(5)))
show(lambda: raises(OSError(errno.ETIMEDOUT)))
show(lambda: open('/nothing/there'))
show(lambda: __import__('nothing'))
show(lambda: struct.unpack('<I', b'a'))
show(lambda: json.loads('nope'))
show(lambda: raises(OSError))
show(lambda: bytearray(2)[3])
try:
    from time import nothing
except ImportError:
    print('import')
""",
    "ticks": """
import time
P = time.ticks_add(0, -1) + 1
print(time.ticks_diff(time.ticks_add(7, 12), 7), time.ticks_diff(7, time.ticks_add(7, 12)))
print(time.ticks_diff(3, time.ticks_add(0, -3)), time.ticks_diff(P // 2, 0) < 0)
try:
    time.ticks_add(0, P // 2)
except OverflowError:
    print('overflow')
""",
    "small modules": """
import binascii, hashlib, json, struct, heapq, math, re, io, array, errno
from collections import deque, namedtuple, OrderedDict
print(binascii.hexlify('abc', ':'), binascii.crc32(b'abc'), binascii.b2a_base64(b'abc'), binascii.unhexlify('6162'))
print(binascii.hexlify(hashlib.sha256('abc').digest()))
print(json.loads(b'{"a": [1, 2.5, null, true]}')['a'], json.dumps([1, None, 'x', True]), json.dumps({'a': b'x'}))
print(struct.pack('>HbI', 1, -2, 3), struct.unpack_from('<H', b'abcd', 2), struct.calcsize('<BI'))
heap = [3, 1, 2]
heapq.heapify(heap)
print(heapq.heappop(heap), math.isclose(1, 1 + 1e-12), re.match('a(b+)', 'abbc').group(1), re.sub('b', 'x', 'abb'))
for pattern in ('b$', '[b$]$', 'b[$]', '^(ab)$'):
    print([bool(re.compile(pattern).search(text)) for text in ('ab', 'ab\\n', 'ab$', 'ab$\\n')])
print(bool(re.search('b$', 'ab\\n')), bool(re.match('ab$', 'ab\\n')), re.sub('b$', 'x', 'ab'))
d = deque((1, 2, 3), 2)
d.append(4)
print(len(d), d.popleft(), d.pop())
full = deque((), 1, 1)
full.append(1)
try:
    full.append(2)
except IndexError:
    print('full')
print(namedtuple('P', ('x', 'y'))(1, 2), array.array('H', [1, 2]), io.BytesIO(b'abc').read(2), errno.errorcode[2])
""",
    "uctypes": """
import uctypes as u
buf = bytearray(range(40))
layout = {
    'a': u.UINT8 | 0, 'w': u.UINT16 | 2, 'q': u.INT64 | 8, 'f': u.FLOAT32 | 16, 'raw': (u.ARRAY | 4, u.UINT8 | 4),
    'words': (u.ARRAY | 2, u.INT16 | 3), 'parts': (u.ARRAY | 8, 2, {'x': u.UINT16 | 0, 'y': u.UINT8 | 2}),
    'inner': (20, {'q': u.INT32 | 0}), 'bits': u.BFUINT16 | 24 | 3 << u.BF_POS | 9 << u.BF_LEN,
    'signed': u.BFINT8 | 26 | 2 << u.BF_POS | 3 << u.BF_LEN, 'word': u.BFUINT32 | 28 | 0 << u.BF_POS | 31 << u.BF_LEN,
}
for order in (u.LITTLE_ENDIAN, u.BIG_ENDIAN, u.NATIVE):
    s = u.struct(u.addressof(buf), layout, order)
    print(s.a, s.w, s.q, bytes(s.raw), s.words[2], s.parts[1].x, s.parts[1].y, s.inner.q, s.bits, s.signed, s.word)
    s.a = 300
    s.w = 70000
    s.words[1] = -2
    s.parts[0].y = 7
    s.inner.q = -5
    s.bits = 1000
    s.signed = -2
    s.f = 1.5
    print(buf, s.f, u.sizeof(s), u.sizeof(layout), u.sizeof(layout, order))
for wrong in (lambda: s.none, lambda: s.words[3], lambda: u.struct(buf, layout)):
    try:
        wrong()
    except Exception as e:
        print(type(e).__name__)
""",
    "RingIO": """
import micropython
r = micropython.RingIO(8)
print(r.write(b'ab\\ncdefghij'), r.any(), r.read(1), r.readline(), r.readline(), r.any())
b = bytearray(3)
print(r.write(b'1234'), r.readinto(b), b, r.readinto(b, 1), b, r.read(), r.read(5))
small = micropython.RingIO(bytearray(4))
print(small.write(b'xyzw'), small.read())
""",
    "deflate": """
import deflate, io
data = b'x\\x9c\\xcb\\xc9\\xccK\\xe5\\xca\\xa1-\\x01\\x00\\xc0\\xa2!\\xe9'  # 20 times line\\n
for data, format in ((data, deflate.ZLIB), (data[2:-4], deflate.RAW), (data, deflate.AUTO)):
    d = deflate.DeflateIO(io.BytesIO(data), format)
    room = bytearray(4)
    print(d.readline(), d.read(3), d.readinto(room), room, len(d.read()), d.read(3))
""",
    "locks and threads": """
import _thread, time
lock = _thread.allocate_lock()
print(lock.acquire(), lock.locked(), lock.acquire(0))
lock.release()
with lock:
    print(lock.locked())
try:
    lock.release()
except RuntimeError:
    print('runtime')
done = []
def job(n, *, k):
    time.sleep_ms(1)
    done.append((n, k))
_thread.start_new_thread(job, (1,), {'k': 2})
while not done:
    time.sleep_ms(1)
print(done)
""",
    "stores of numbers that are too large": """
import array, micropython
class Frame:
    def __init__(self):
        self.data = bytearray(4)
        self.parts = [bytearray(2), array.array('b', [0, 0])]
frame = Frame()
b, h = bytearray(6), array.array('H', [0, 0])
view = memoryview(b)[2:]
value = 0x1234
b[0] = value
b[1] = value >> 4
b[-1] = -2
view[0] = 0x3ff
h[0] = value << 8
h[1] = -1
frame.data[0] = value + 1
frame.data[1], frame.data[2] = value >> 8, value
frame.data[3] = frame.parts[0][1] = 0x1ff
frame.parts[1][0] = 200
frame.parts[1][1] -= 129
frame.parts[0][0] += 300
b[0] += 250
b[1] |= 0x100
b[1] ^= 0x1ff
b[2] <<= 4
b[3] = ~0
for b[4] in range(3):
    pass
print(b, h, view[0], frame.data, frame.parts)
c = bytearray()
c.append(300)
h.append(70000)
print(c, h[-1], array.array('B', [300, -1]), array.array('i', [1 << 33]))
counts, words, names = [1, 2], {'a': 500}, {}
counts[0] += 400
counts[1] = 70000
words['a'] += 1
names[3] = words['b'] = 256
first = words
words['c'] = []
words['c'] += [300]
(counts[0], [words['d'], other]) = 1000, (2000, 3000)
print(counts, sorted(words), words['a'], words['c'], words['d'], other, names, first is words)
class Own:
    def __setitem__(self, key, value):
        print('set', key, value)
    def __getitem__(self, key):
        return key
own = Own()
own[300] = 400
own['x'] += 'y'
own[1, 2] = 1000
own[5] *= 1000
order = []
def note(what, value):
    order.append(what)
    return value
note('owner', b)[note('key', 0)] = note('value', 5)
note('owner', b)[note('key', 1)] += note('value', 5)
print(order)
class Counted:
    reads = 0
    @property
    def data(self):
        self.reads += 1
        return b
counted = Counted()
counted.data[0] = value
counted.data[1] += value
print(counted.reads, b[:2])
data = bytearray(4)
data[1:3] = b'xy'
for wrong in ('data[9] = 1', 'data[0] = 1.5', 'data[0] = None', 'data["a"] = 1'):
    try:
        exec(wrong)
    except Exception as e:
        print(type(e).__name__)
@micropython.viper
def fill(buf, n: int):
    p = ptr8(buf)
    for i in range(n):
        p[i] = i * 100
fill(data, 4)
print(data)
""",
    "generators among arguments": """
from array import array
def f(a, g, b=1):
    return a, list(g), b
x = 3
print(array('H', i * 2 for i in range(3)), f(1, (x + '€') == 'a€' for x in 'ab', b=2), sum(i for i in range(3)))
print(len('é'), f(1, f(1, y for y in [x], b=3) for x in 'ab' if x), f(((1)), (i) for i in (1, 2)))
print(f(1,
    x  # for
    for x in 'ab'
    ), f(1, a + b for a, b in ((1, 2), (3, 4)) if a, b=[2]), f(2, (lambda a, b: a)(i, 1) for i in (1, 2)))
""",
    "negative numbers as bytes": """
for number, *rest in ((-1, 2, 'little'), (-300, 2, 'big'), (-1, 4), (-128, 1), (-129, 1), (5, 2), (-0x8001, 2, 'big')):
    try:
        print(number.to_bytes(*rest))
    except OverflowError:
        print('overflow')
""",
    "struct is lenient": """
import struct
for act in (
    lambda: struct.unpack('<H', b'abc'), lambda: struct.unpack('<H', 'ab'), lambda: struct.unpack_from('<H', 'abc', 1),
    lambda: struct.unpack('<H', b'a'), lambda: struct.pack('4s', 'abc'), lambda: struct.pack('<H', 70000),
    lambda: struct.pack('b', 200), lambda: struct.pack('<I', -1), lambda: struct.pack('>q', 1 << 63),
    lambda: struct.pack('<H', 1.0), lambda: struct.pack('<HH', 1), lambda: struct.pack('<H', 1, 2),
    lambda: struct.pack('3B', 1, 2, 300), lambda: struct.pack('<B3xH', 1, 258),
    lambda: struct.pack('<2s3H', b'a', 1, 2, 3),
    lambda: struct.pack('>f', 1), lambda: struct.unpack('>Bh', b'abcd'), lambda: struct.pack('<Hh', True, -1),
):
    try:
        print(act())
    except Exception as e:
        print(type(e).__name__)
room = bytearray(6)
struct.pack_into('<HB', room, 1, 0x12345, 0x1ff)
print(room)
""",
    "text and bytes in streams": """
import io, json, os
b, s = io.BytesIO(), io.StringIO()
print(b.write('abc'), s.write(b'abc'), b.getvalue(), s.getvalue())
print(io.BytesIO(20).getvalue(), io.StringIO(20).getvalue())
s = io.StringIO()
s.write('a\\r\\nb')
print(repr(s.getvalue()))
b = io.BytesIO()
print(b.write(b'abcdef', 2), b.write('abcdef', 1, 3), b.getvalue(), b.write(b'abc', 9), b.write(b'abc', 5, 2))
b.seek(0)
room = bytearray(4)
print(b.readinto(room, 3), room)
for mode in ('wb', 'w'):
    with open('main.tmp', mode) as f:
        print(f.write(b'abcdef', 2), f.write('abcdef', 3, 2))
    with open('main.tmp', mode.replace('w', 'r')) as f:
        print(f.readinto(room, 2), room, f.read())
with open('main.tmp', 'w') as f:
    print(f.write(b'bytes'), f.write('text\\n'), f.write('\xe9'))
with open('main.tmp', 'ab') as f:
    print(f.write('more'))
with open('main.tmp', 'r+b') as f:
    print(f.read(5), f.write('TEXT'), f.seek(0), f.readline())
with open('main.tmp') as f:
    print(f.seek(-4, 2), f.read(), f.seek(2), f.seek(3, 1), f.read(2))
with open('main.tmp') as f:
    room = bytearray(3)
    print(f.read(2), f.readinto(room), room, f.read(2), f.tell(), next(f), f.tell())
    try:
        f.write('x')
    except OSError as e:
        print(e.errno)
with open('main.tmp', 'w') as f:
    try:
        f.read()
    except OSError as e:
        print(e.errno)
class Stream(io.IOBase):
    def __init__(self):
        self.data = bytearray()
    def write(self, data):
        self.data.extend(data)
        return len(data)
    def readinto(self, room):
        part = self.data[:len(room)]
        self.data = self.data[len(part):]
        room[:len(part)] = part
        return len(part)
stream = Stream()
print('text', 3, file=stream)
print(stream.data)
stream = Stream()
json.dump({'a': [1, 'b']}, stream)
print(stream.data, json.load(stream))
os.remove('main.tmp')
for act in (
    lambda: 'b' in b'abc', lambda: 'x' not in bytearray(b'abc'), lambda: 'GET' in b'GET / HTTP', lambda: 'a' in 'abc',
    lambda: 'a' in ['a'], lambda: 'a' in {'b': 1}, lambda: OSError('no card').errno, lambda: OSError(5).errno,
):
    print(act())
""",
    "patterns and compressed data that are none, and a dot": r"""
import deflate, io, re
print(re.match('a.b', 'a\nb').group(0) == 'a\nb', re.sub('<.*>', '', 'x<1\n2>y'), re.search(r'[.]', 'a') is None)
print(re.compile('^(.*)$').match(b'1\n2').group(1), re.match(r'\.', 'x'), re.compile('a.').search('a\n') is not None)
for wrong in ('(', ')', '*', '[a'):
    try:
        print(re.compile(wrong))
    except ValueError:
        print('no pattern')
try:
    deflate.DeflateIO(io.BytesIO(b'abcdefgh'), deflate.ZLIB).read()
except OSError as e:
    print(e.errno)
""",
    "text that is added to bytes": r"""
path, count = '/x', 3
print(b'GET ' + path + '\r\n', b'n=' + str(count) + b';' + 'end', b'a' + b'b' + bytes(1), len(b'a' * 3 + 'b'))
for wrong in (lambda: 'a' + b'b', lambda: b'a' + count):
    try:
        print(wrong())
    except TypeError:
        print('not added')
""",
    "JSON that is cut off, or no JSON": r"""
import json
for text in (
    '[1,2', '{"a":1', '{"a":', '{"a"', '{', '[', '[1,[2', '[1,[2]', '{"a":[1]', '[1 2]', '[1,,2]', '{"a" 1}',
    '{"a":1,}', '{,}', '"abc', 'tru', 'true', 'nul', '-', '1.5.5', '1-2', '[1}', '{1:2}', '{"a":1]', '[]]',
    '  7  ', '1 2', '{"a":{"b":2', '{"a":{"b":2}', '+1', '01', '.5', '1e5', '-3', '1E3', '[:1]', '{"a"::1}', '""x',
    'NaN', '{null:1}', '{[]:1}', '', '   ', '[true,false,null]', '[1]x', "['a']", '{"a":1,"a":2}', '[1e]', '[--1]',
    '{"a":"b"', '{"a":"b', ',1', ':[1]', '1,', ']', '[],',
    r'"a\u00e9\q\n"', r'"\u12"', '"abc\\', '\n[\r1\t]', b'{"a": 2',
):
    try:
        found = json.loads(text)
        print(text, sorted(found.items()) if isinstance(found, dict) and None not in found else found)
    except ValueError:
        print(text, 'no JSON')
""",
    "poll": """
import select, io
class S(io.IOBase):
    n = 0
    def ioctl(self, request, flags):
        if request != 3:
            return -1
        self.n += 1
        return flags & select.POLLIN if self.n > 3 else 0
p = select.poll()
s = S()
p.register(s, select.POLLIN)
print(p.poll(0), len(p.poll(2000)), [(o is s, e) for o, e in p.ipoll(0)])
p.modify(s, select.POLLOUT)
print(p.poll(0))
p.unregister(s)
p.unregister(s)
for wrong in (lambda: p.modify(s, 1),):
    try:
        wrong()
    except OSError as e:
        print(e)
""",
    "text with bytes": """
b = bytearray(b"ab")
print("ab" == b, b == "ab", "ab" != b, b != "ab", memoryview(b) == "ab", "ab" == memoryview(b))
print(bytearray(b"\\xc3\\xa9") == "\\xe9", b[:1] == "a")
print(b in ("x", "ab"), b[:1] in ["x", "b"], b not in (b"ab", 1), "ab" in ("ab", b))
x = "b"
print(x in b, x not in b, "é" in b"\\xc3\\xa9", x in memoryview(b), "" in b)
class A:
    def __add__(self, o): return ("add", o)
    def __iadd__(self, o): raise TypeError("mine")
    def startswith(self, *a, **k): return a, k
    def __contains__(self, o): return o
    def __eq__(self, o): return o == "ab"
a = A()
print(a + "x", a.startswith("x", k=1), a.startswith(*[1, 2]), a.startswith("q"), "x" in a, a == "ab")
try: a += "x"
except TypeError as e: print(e)
s = "abc"
print(s.startswith(b"ab"), s.endswith(b"bc"), b"abc".startswith("ab"), b"abc".endswith("bc"), b"abc".startswith("b", 1))
print(bytearray(b"abc").startswith("ab"), b"abc".startswith(("x", "a")), "abc".startswith((b"x", b"a")))
line = b"$GP" + s
line += "\\r\\n"
print(line)
line = line + s + "!"
print(line)
d = {"q": b""}
d["q"] += "xyz"
d["q"] += s
print(d)
class C: buf = bytearray()
C.buf += "abc"
C.buf += s
C.buf.extend("def"); C.buf.extend(s); C.buf.extend(b"1")
print(C.buf)
keep = C.buf; C.buf += s; print(keep is C.buf)
print(b"AT+{}={:03d}\\r\\n".format("X", 7))
l = [1]; l += "ab"; l.extend("cd"); print(l)
t = (1,); t += (2,); print(t)
n = 5; n += 3; n += n; print(n + n, n + 1)
def f(a, b): return a + b
print(f(1, 2), f("a", "b"), f(b"a", "b"), f(bytearray(b"a"), "b"), f([1], [2]))
for bad in ((b"a", None), ("a", b"b"), (b"a", 3)):
    try: f(*bad)
    except TypeError: print("type")
""",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_the_same_output(run, source, tmp_path, target_is_here):
    target_is_here("micropython")
    ran = run(source, kind="esp32")
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    assert ran.lines == expected.stdout.splitlines()
