# What viper functions compute, where it does not fit a word of 32 bits, and handlers that print.
import micropython
from machine import Pin

# ruff: noqa: F821 - viper knows these names


@micropython.viper
def xorshift(x: uint) -> uint:
    x ^= x << 13
    x ^= x >> 17
    x ^= x << 5
    return x


@micropython.viper
def djb(data, n: int) -> int:
    p = ptr8(data)
    value = 5381
    for i in range(n):
        value = (value * 33) ^ p[i]
    return value


@micropython.viper
def fnv(data, n: int) -> uint:
    p = ptr8(data)
    value = uint(5381)
    i = 0
    while i < n:
        value = (value ^ uint(p[i])) * uint(16777619)
        i += 1
    return value


@micropython.viper
def first(words: ptr32) -> int:
    return words[0]


@micropython.viper
def store(small: ptr8, words: ptr32):
    small[0] = 0x1FF
    small[1] -= 1
    words[0] = -3
    words[1] = int(small[0]) << 24


@micropython.viper
def signed(x: uint) -> int:
    return int(x)


@micropython.viper
def there_and_back(x: int, n: int) -> int:
    return (x << n) >> n


@micropython.viper
def squares(n: int) -> int:
    total = 0
    for i in range(n):
        total += i * i
    return total


@micropython.viper
def inverted(x: int) -> int:
    return ~x


@micropython.viper
def negated(x: int) -> int:
    return -x


@micropython.viper
def least(x: int) -> int:
    return x


@micropython.viper
def further(buf) -> int:
    start = ptr8(buf)
    next_word = ptr16(int(start) + 2)
    last = ptr8(uint(start) + uint(5))
    return next_word[0] * 256 + last[0]


def handler(pin):
    print("edge", pin.value(), pin, text, numbers, half, None, sep="; ")


print(xorshift(0x12345678), djb(b"hello world, hello", 18), fnv(b"abc", 3))
print(first(b"\xff\xff\xff\xff"), signed(0xFFFFFFFF), there_and_back(0x12345, 20), there_and_back(-1, 4))
print(squares(3000), inverted(5), negated(7), least(0x80000000), least(1 << 33 | 5), type(fnv(b"", 0)))
small, words = bytearray(2), bytearray(8)
store(small, words)
print(small, words)
print(further(bytearray(b"\x01\x02\x03\x04\x05\x06")), further(memoryview(bytearray(range(9)))[2:]))

text, numbers, half = "text", [1, (2, 3)], 0.5
out = Pin(2, Pin.OUT, value=0)
Pin(3, Pin.IN).irq(handler, Pin.IRQ_RISING, hard=True)
out(1)
print("end")
