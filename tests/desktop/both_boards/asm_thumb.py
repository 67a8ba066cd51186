# What each instruction of a Cortex-M0+ does, with the flags after it, and what a board's assembler refuses. Not here is
# what the emulator has otherwise than ARM's manual: V of adc and sbc, C of shifts by a register that is 0 or beyond 32.
from array import array

import micropython
import uctypes
from machine import Pin
from micropython import const

# ruff: noqa: B905, F821, UP031 - the assembler knows these names

HEAD = "@micropython.asm_thumb\n"
ONE_ARITHMETIC = """
def f(r0, r1, r2, r3):
    mov(r4, 1)
    cmp(r4, r4)
    lsr(r3, r3, 1)
    {}
    str(r0, [r2, 0])
    bpl(not_n)
    strb(r4, [r2, 4])
    label(not_n)
    bne(not_z)
    strb(r4, [r2, 5])
    label(not_z)
    bcc(not_c)
    strb(r4, [r2, 6])
    label(not_c)
    bvc(not_v)
    strb(r4, [r2, 7])
    label(not_v)
"""
OPERATIONS = """add(r0, r0, r1); add(r0, r1, 7); add(r0, 255); sub(r0, r0, r1); sub(r0, r1, 7); sub(r0, 1); adc(r0, r1)
sbc(r0, r1); neg(r0, r1); mul(r0, r1); cmp(r0, r1); cmp(r0, 255); cmn(r0, r1); tst(r0, r1); and_(r0, r1); orr(r0, r1)
eor(r0, r1); bic(r0, r1); mvn(r0, r1); mov(r0, 0); mov(r0, 255); mov(r0, r1); lsl(r0, r1, 0); lsl(r0, r1, 1)
lsl(r0, r1, 31); lsr(r0, r1, 0); lsr(r0, r1, 1); lsr(r0, r1, 31); asr(r0, r1, 0); asr(r0, r1, 1); asr(r0, r1, 31)"""
WORDS = (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000)
COUNTS = (0, 31, 32, 33, 64, 255, 256, 0x80000001)
CONDITIONS = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le")


def assembled(text):
    names = {"micropython": micropython}
    exec(HEAD + text.strip(), names)
    return names["f"]


def tell(operation, lefts, rights, flags="nzcv"):
    function = assembled(ONE_ARITHMETIC.format(operation))
    found = []
    for left in lefts:
        for right in rights:
            for carry in (0, 1):
                to = bytearray(8)
                function(left, right, to, carry)
                word = int.from_bytes(to[:4], "little")
                set_flags = "".join(name for name, flag in zip("nzcv", to[4:]) if flag and name in flags)
                found.append("%x%s" % (word, set_flags))
    print(operation, *found)


for operation in OPERATIONS.replace("\n", ";").split(";"):
    tell(operation.strip(), WORDS, WORDS, "nzc" if operation.strip()[1:3] in ("dc", "bc") else "nzcv")
for operation in ("lsl", "lsr", "asr", "ror"):
    tell(operation + "(r0, r1)", (1, 0x80000001, 0x7FFFFFFE), (1, 31, 32))
    tell(operation + "(r0, r1)", (1, 0x80000001, 0x7FFFFFFE), COUNTS, "nz")

BRANCH = """
def f(r0, r1):
    cmp(r0, r1)
    {}(taken)
    mov(r0, 0)
    b(end)
    label(taken)
    mov(r0, 1)
    label(end)
"""
for name in CONDITIONS:
    for wide in ("", "_n"):
        branch = assembled(BRANCH.format("b" + name + wide))
        print(name + wide, *[branch(left, right) for left in WORDS for right in WORDS])


@micropython.asm_thumb
def loads(r0, r1):  # words, halves and bytes, each from its own place
    ldr(r2, [r0, 4])
    str(r2, [r1, 0])
    ldrh(r2, [r0, 6])
    str(r2, [r1, 4])
    ldrb(r2, [r0, 7])
    str(r2, [r1, 8])
    ldr(r2, [r0, 124])
    strh(r2, [r1, 12])
    strb(r2, [r1, 17])
    ldrb(r2, [r0, 31])
    strb(r2, [r1, 19])


@micropython.asm_thumb
def stack(r0, r1, r2, r3):  # the lowest register has the lowest address
    push({r3, r0, r2, r1})
    mov(r4, sp)
    ldr(r0, [r4, 8])
    pop({r4, r5, r6, r7})
    push({r7})
    pop({r1})
    lsl(r0, r0, 8)
    orr(r0, r1)


@micropython.asm_thumb
def factorial(r0):  # by calling itself
    bl(START)
    b(END)
    label(START)
    push({r0, lr})
    cmp(r0, 2)
    blt(ONE)
    sub(r0, r0, 1)
    bl(START)
    mov(r1, r0)
    pop({r0})
    mul(r0, r1)
    pop({pc})
    label(ONE)
    mov(r0, 1)
    pop({r1, pc})
    label(END)


@micropython.asm_thumb
def twice_and_one(r0):
    mov(r7, lr)
    bl(TWICE)
    add(r0, r0, 1)
    mov(lr, r7)
    b(END)
    label(TWICE)
    add(r0, r0, r0)
    bx(lr)
    label(END)


@micropython.asm_thumb
def early(r0):  # as the function's own end does
    cmp(r0, 0)
    bne(MORE)
    mov(r0, 77)
    pop({r1, r4, r5, r6, r7, pc})
    label(MORE)
    mov(r8, r8)
    nop()


@micropython.asm_thumb
def total(r0, r1) -> uint:
    mov(r2, 0)
    b(CHECK)
    label(LOOP)
    ldr(r3, [r0, 0])
    add(r2, r2, r3)
    add(r0, 4)
    sub(r1, 1)
    label(CHECK)
    cmp(r1, 0)
    bgt(LOOP)
    mov(r0, r2)


@micropython.asm_thumb
def crc16(r0, r1):
    mov(r2, 0xFF)
    lsl(r3, r2, 8)
    orr(r2, r3)  # the sum
    mov(r4, 0xA0)
    lsl(r4, r4, 8)
    add(r4, 1)  # the polynomial
    label(BYTE)
    cmp(r1, 0)
    beq(END)
    ldrb(r3, [r0, 0])
    eor(r2, r3)
    mov(r5, 8)
    label(BIT)
    lsr(r2, r2, 1)
    bcc(EVEN)
    eor(r2, r4)
    label(EVEN)
    sub(r5, 1)
    bne(BIT)
    add(r0, 1)
    sub(r1, 1)
    b(BYTE)
    label(END)
    mov(r0, r2)


TABLE = const(12)


@micropython.asm_thumb
def table(r0) -> uint:
    lsl(r0, r0, 2)
    mov(r1, pc)
    add(r0, r0, r1)
    ldr(r0, [r0, TABLE - 8])
    b(END)
    align(4)
    data(4, 0x12345678, 1 << 31, -1)
    data(2, 0x4321, 0x18765)
    data(1, 9)
    align(2)
    label(END)


@micropython.asm_thumb
def fill(r0, r1):  # the rest of a page, by addresses
    mov(r2, 7)
    label(LOOP)
    strb(r2, [r0, 0])
    add(r0, 1)
    cmp(r0, r1)
    bcc(LOOP)


@micropython.asm_thumb
def pulses(r0, r1):  # of pin r0, and what pin r1 has at each
    mov(r2, 0xD0)
    lsl(r2, r2, 24)
    mov(r3, 1)
    mov(r4, r3)
    lsl(r3, r0)
    lsl(r4, r1)
    mov(r0, 0)
    str(r3, [r2, 0x14])
    bl(LOOK)
    str(r3, [r2, 0x1C])
    bl(LOOK)
    str(r3, [r2, 0x1C])
    bl(LOOK)
    str(r3, [r2, 0x18])
    bl(LOOK)
    b(END)
    label(LOOK)
    nop()
    nop()
    nop()
    nop()
    ldr(r5, [r2, 4])
    lsl(r0, r0, 1)
    tst(r5, r4)
    beq(LOW)
    add(r0, 1)
    label(LOW)
    bx(lr)
    label(END)


@micropython.asm_thumb
def masked(r0, r1):  # an edge of pin r1's line, whose handler writes to r0, with interrupts off and then on
    mov(r2, 0xD0)
    lsl(r2, r2, 24)
    mov(r3, 1)
    lsl(r3, r1)
    cpsid(i)
    str(r3, [r2, 0x14])
    mov(r4, 100)
    label(WAIT)
    sub(r4, 1)
    bne(WAIT)
    ldrb(r5, [r0, 0])
    cpsie(i)
    label(HANDLED)
    ldrb(r4, [r0, 0])
    cmp(r4, 0)
    beq(HANDLED)
    mov(r0, 10)
    mul(r0, r5)
    add(r0, r0, r4)


source, to = bytearray(i + 200 & 0xFF for i in range(128)), bytearray(20)
loads(source, to)
print(to)
print(hex(stack(1, 2, 3, 4)), factorial(1), factorial(12), twice_and_one(20), early(0), early(5))
print(total(array("I", (0xFFFFFFFF, 5, 1 << 30)), 3), total(array("i", (-1, -2)), 2), total(b"\1\2\3\4", 1))
print(hex(crc16(b"123456789", 9)), hex(crc16("123456789", 9)), hex(crc16(memoryview(bytearray(b"__123456789"))[2:], 9)))
print([hex(table(i)) for i in range(4)])
at = uctypes.addressof(to)
fill(at + 3, at + 9)
fill(to, at + 2)
print(to)

out, joined = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)
print(bin(pulses(2, 3)), out.value())
seen = bytearray(1)


def handler(pin):
    seen[0] = 1 + pin.value()


joined.irq(handler, Pin.IRQ_RISING, hard=True)
print(masked(seen, 2), out.value())

NOTHING = "def f(r0){}:\n    nop()"
for annotation in ("", " -> int", " -> uint", " -> bool", " -> object"):
    same = assembled(NOTHING.format(annotation))
    values = (3, 0x80000001, -1) if "object" in annotation else (0, 3, -1, 1 << 31, 1 << 32, None, True, 2.9, -2.9)
    print(annotation, *[same(value) for value in (values if "object" not in annotation else (3, -1))])
print(assembled(NOTHING.format(" -> object"))(handler) is handler)
for wrong in ((), (1, 2)):
    try:
        same(*wrong)
    except TypeError:
        print("not with", len(wrong))

REFUSED = """movw(r0, 1); clz(r0, r1); vadd(s0, s1, s2); it(eq); beq_w(f); mov(r0, 256); mov(r8, 1); mov(r0, -1)
add(r0, r1); add(r0, r0, 8); lsr(r0, r0, 32); b(nowhere); ldr(r0, [r1, 3]); ldr(r0, [r1])
ldrh(r0, [r1, 64]); ldrb(r0, [r1, 32]); ldr(r0, [r8, 0]); push({r8}); push({pc}); pop({lr}); push(r0)
x = 1; pass; return; bgg(f); blo(f); b_n(f); data(1); data(1, r0); align(); label("f"); nop(1)
cpsid(); mul(r0, r0, r1); mov(r99, 1); mov(r0, later); mov(r0, 1 << 7); mov(r0, TABLE); mov(r0, sp)
str(r0, [sp, 0]); and_(r0, 1); bx(f); ror(r0, r0, 1); mov(r0, r1, r2); mov(r0, x=1)"""
for each in REFUSED.replace("\n", ";").split(";"):
    try:
        assembled("def f(r0):\n    nop()\n    " + each.strip())
    except SyntaxError:
        print(each.strip(), "is refused")
    else:
        print(each.strip(), "is not")
for parameters in ("", "r0, r1, r2, r3", "r1", "r0, r2", "a", "r0, r1, r2, r3, r4", "r0=1", "r0: int", "*r0"):
    try:
        assembled("def f(" + parameters + "):\n    nop()")
        print(parameters, "may be")
    except SyntaxError:
        print(parameters, "may not be")
for result in ("str", "None", "'int'", "uint"):
    try:
        assembled("def f() -> " + result + ":\n    nop()")
        print(result, "may be")
    except SyntaxError:
        print(result, "may not be")
for branch, least in (("beq", 126), ("bl", 129), ("b", 1022)):
    for away in range(least, least + 4):
        for text in ("label(f)\n{}{}(f)", "{1}(f)\n{0}label(f)"):
            body = text.format("nop()\n" * away, branch).replace("\n", "\n    ")
            try:
                assembled("def f():\n    " + body)
                print(branch, away, text[0], "is near enough")
            except SyntaxError:
                print(branch, away, text[0], "is too far")
print("end")
