"""`uctypes`: layouts over buffers. The expected values are MicroPython's own, of its unix port."""

PREPARE = """
import uctypes as u
buf = bytearray(range(40))
A = u.addressof(buf)
"""


def test_scalars_arrays_structures_and_bit_fields(run):
    ran = run(PREPARE + """
layout = {
    'a': u.UINT8 | 0, 'w': u.UINT16 | 2, 'i': u.INT32 | 4, 'q': u.UINT64 | 8, 'f': u.FLOAT32 | 16,
    'raw': (u.ARRAY | 4, u.UINT8 | 4), 'words': (u.ARRAY | 2, u.INT16 | 3),
    'parts': (u.ARRAY | 8, 2, {'x': u.UINT16 | 0}),
    'inner': (16, {'q': u.INT32 | 0}), 'bits': u.BFUINT8 | 20 | 2 << u.BF_POS | 3 << u.BF_LEN,
    'signed': u.BFINT8 | 20 | 2 << u.BF_POS | 3 << u.BF_LEN,
}
s = u.struct(A, layout, u.LITTLE_ENDIAN)
print(s.a, s.w, s.i, s.q == 0x0f0e0d0c0b0a0908, bytes(s.raw), s.words[2])
print(s.parts[1].x, s.inner.q == 0x13121110, s.bits, s.signed)
s.a = 300
s.w = 70000
s.raw[1] = 99
s.words[2] = -2
s.inner.q = -1
s.signed = -2
s.f = 1.5
print(buf[0], s.w, buf[5], s.words[2], bytes(buf[16:20]) == b'\\x00\\x00\\xc0?', s.bits, s.signed, buf[20], s.f)
b = u.struct(A, {'w': u.UINT16 | 2}, u.BIG_ENDIAN)
print(hex(b.w), bytes(b)[2:] == bytes(buf[2:4]))
""")
    assert ran.lines == [
        "0 770 117835012 True b'\\x04\\x05\\x06\\x07' 1798",
        "2826 True 5 5",
        "44 4464 99 -2 True 6 6 24 1.5",
        "0x7011 True",
    ]


def test_sizes(run):
    ran = run(PREPARE + """
e = {'a': u.UINT8 | 0, 'b': u.UINT32 | 1}
print(u.sizeof(e), u.sizeof(e, u.LITTLE_ENDIAN), u.sizeof(u.struct(A, e, u.LITTLE_ENDIAN)))
print(u.sizeof({'a': u.UINT8 | 0, 's': (4, {'x': u.UINT64 | 0})}))
print(u.sizeof({'a': (u.ARRAY | 0, 3, {'x': u.UINT16 | 0, 'y': u.UINT8 | 2})}))
print(u.sizeof({'a': u.INT16 | 0, 'arr': (u.ARRAY | 2, u.INT16 | 3)}))
""")
    assert ran.lines == ["8 5 5", "16", "12", "8"]


def test_pointers_and_addresses(run):
    ran = run(PREPARE + """
head = bytearray(8)
s = u.struct(u.addressof(head), {'p': (u.PTR | 0, u.UINT8), 's': (u.PTR | 4, {'x': u.UINT16 | 0})}, u.NATIVE)
raw = u.struct(u.addressof(head), {'p': u.UINT32 | 0, 's': u.UINT32 | 4}, u.NATIVE)
raw.p = A + 3
raw.s = A
print(s.p[0], s.p[4], hex(s.s[1].x), u.addressof(buf) == A, u.bytes_at(A + 1, 3), u.addressof(memoryview(buf)) == A)
u.bytearray_at(A, 4)[0] = 77
print(buf[0])
words = u.struct(A, {'a': (u.ARRAY | 0, u.INT16 | 2)}).a
for act in (lambda: u.struct(buf, {}), lambda: u.bytes_at(5, 1), lambda: s.none, lambda: words[2]):
    try:
        act()
    except (TypeError, ValueError, KeyError, IndexError) as e:
        print(type(e).__name__, e)
""")
    assert ran.lines == [
        "3 7 0x302 True b'\\x01\\x02\\x03' True",
        "77",
        "TypeError can't convert bytearray to int: uctypes.addressof() gives its address",
        "ValueError no memory at 0x5 of the simulated board: addressof() gives a buffer's",
        "KeyError \"the layout has no 'none': it has p, s\"",
        "IndexError struct: index 2 out of range of 2 items",
    ]
