# PIO programs: the words and settings that they are assembled to, what is refused, and what they compute.
import time

import rp2

# ruff: noqa: F821 - asm_pio knows these names

PIO = rp2.PIO


def plain():
    nop()


def everything():
    label("top")
    nop().side(1)[3]
    wrap_target()
    jmp(x_not_y, "top").side(2)
    wait(1, irq, rel(3)).side(0)
    wrap()
    irq(block, rel(4)).side(0)
    irq(clear, 5).side(0)
    mov(x, invert(y)).side(0)
    mov(pins, reverse(osr)).side(0)
    in_(null, 32).side(0)
    out(exec, 16).side(3)


def optional_side():
    nop().side(1)[3]
    nop()
    push(iffull, noblock)
    push()
    push(noblock)
    pull(ifempty)
    pull(ifempty, block)
    pull(noblock)
    wait(0, pin, 3)
    wait(1, gpio, 31)
    set(pindirs, 31)
    word(0x1234)
    word(0xE000, "q")
    label("q")
    out(pc, 5)
    mov(exec, x)
    mov(pc, y)
    mov(y, status)
    irq(3)
    irq(block, 7)
    jmp("q")
    jmp(not_osre, "q")
    jmp(pin, "q")
    jmp("q").side(0)


def ws2812():
    wrap_target()
    label("bitloop")
    out(x, 1).side(0)[2]
    jmp(not_x, "do_zero").side(1)[1]
    jmp("bitloop").side(1)[4]
    label("do_zero")
    nop().side(0)[4]
    wrap()


def uart_rx():
    label("start")
    wait(0, pin, 0)
    set(x, 7)[10]
    label("bitloop")
    in_(pins, 1)
    jmp(x_dec, "bitloop")[6]
    jmp(pin, "good_stop")
    irq(block, 4)
    wait(1, pin, 0)
    jmp("start")
    label("good_stop")
    push(block)


def uart_tx():
    pull()
    set(x, 7).side(0)[7]
    label("bitloop")
    out(pins, 1)[6]
    jmp(x_dec, "bitloop")
    nop().side(1)[6]


def spi():
    out(pins, 1).side(0x0)[1]
    in_(pins, 1).side(0x1)


def pwm():
    pull(noblock).side(0)
    mov(x, osr)
    mov(y, isr)
    label("pwmloop")
    jmp(x_not_y, "skip")
    nop().side(1)
    label("skip")
    jmp(y_dec, "pwmloop")


def encoder():
    in_(pins, 2)
    mov(x, isr)
    jmp(x_not_y, "changed")
    mov(isr, null)
    jmp("end")
    label("changed")
    mov(y, x)
    push(noblock)
    label("end")
    mov(isr, null)


def manchester():
    wrap_target()
    label("one")
    nop().side(0)[5]
    jmp("get").side(1)[3]
    label("zero")
    nop().side(1)[5]
    nop().side(0)[3]
    wrap()
    label("get")
    out(x, 1)
    jmp(not_x, "zero")


def twice_wrapped():
    nop()
    wrap_target()
    nop()
    wrap()
    nop()
    wrap_target()
    nop()
    wrap()


def pulses():
    mov(osr, invert(null))
    mov(x, reverse(x))
    label("count")
    jmp(pin, "still")
    in_(x, 32)
    word(0x8020)
    label("still")
    jmp(x_dec, "count")


programs = (
    (plain, {}),
    (plain, {"push_thresh": 33, "pull_thresh": 0, "in_shiftdir": 1}),
    (plain, {"fifo_join": PIO.JOIN_RX, "autopush": True}),
    (
        everything,
        {
            "out_init": (PIO.OUT_LOW, PIO.OUT_HIGH), "set_init": PIO.IN_LOW, "sideset_init": (PIO.OUT_LOW,) * 2,
            "in_shiftdir": 1, "out_shiftdir": PIO.SHIFT_RIGHT, "autopush": True, "autopull": True, "push_thresh": 8,
            "pull_thresh": 32, "fifo_join": PIO.JOIN_TX,
        },
    ),
    (optional_side, {"sideset_init": PIO.OUT_LOW}),
    (ws2812, {"sideset_init": PIO.OUT_LOW, "out_shiftdir": 0, "autopull": True, "pull_thresh": 24}),
    (uart_rx, {"in_shiftdir": PIO.SHIFT_RIGHT}),
    (uart_tx, {"sideset_init": PIO.OUT_HIGH, "out_init": PIO.OUT_HIGH, "out_shiftdir": PIO.SHIFT_RIGHT}),
    (spi, {"out_shiftdir": 0, "autopull": True, "pull_thresh": 8, "autopush": True, "push_thresh": 8,
           "sideset_init": (PIO.OUT_LOW, PIO.OUT_HIGH), "out_init": PIO.OUT_LOW}),
    (pwm, {"sideset_init": PIO.OUT_LOW}),
    (encoder, {"fifo_join": PIO.JOIN_RX}),
    (manchester, {"sideset_init": PIO.OUT_LOW, "autopull": True}),
    (pwm, {"sideset_init": PIO.OUT_LOW, "side_pindir": True}),
    (twice_wrapped, {}),
    (pulses, {"set_init": [PIO.IN_HIGH, PIO.OUT_LOW]}),
)  # fmt: skip
for program, settings in programs:
    print(rp2.asm_pio(**settings)(program))

for text, count, optional in (
    ("nop()", 0, False), ("nop()[31]", 0, False), ("set(x, 33)", 0, False), ("nop().side(1)", 1, False),
    ("nop().side(1)[7]", 2, True), ("nop()[15]", 2, False), ("out(exec, 16)", 0, False), ("mov(exec, x)", 0, False),
    ("irq(clear, rel(2))", 0, False), ("wait(1, irq, 9)", 0, False), ("wait(1, pin, 3)", 0, False),
    ("in_(x, 0)", 0, False), ("out(x, 33)", 0, False), ("nop()[32]", 0, False), ("nop().side(2)", 1, False),
    ("nop().side(1)", 0, False),
    ("wrong()", 0, False), ("nop(), nop()", 0, False), ("5", 0, False), ("push(1, 2, 3)", 0, False), ("nop(", 0, False),
    ('jmp("there")', 0, False), ("word(-1)", 0, False), ("set(pins, -1)", 0, False),
):  # fmt: skip
    try:
        print(text, hex(rp2.asm_pio_encode(text, count, optional)))
    except Exception as error:
        print(text, type(error).__name__)

for wrong in (
    'jmp("nowhere")', '(label("a"), label("a"))', "(wrap(), nop())", "nop().side(0)", "nop()[32]", "rp2", 'word("q")',
    'label("a")[2]',
):  # fmt: skip
    try:  # in other globals, as MicroPython leaves those of a wrong program empty
        print(eval("rp2.asm_pio()(lambda: " + wrong + ")", {"rp2": rp2}))
    except Exception as error:
        print(wrong, type(error).__name__)


def machine(program, settings, number=0, **options):
    rp2.PIO(number // 4).remove_program()
    return rp2.StateMachine(number, rp2.asm_pio(**settings)(program), freq=1_000_000, **options)


def taken(sm):
    found = []
    while sm.rx_fifo() and len(found) < 8:
        found.append(sm.get())
    return found


def run(what, program, puts=(), execs=(), **settings):
    sm = machine(program, settings)
    for instruction in execs:
        sm.exec(instruction)
    sm.active(1)
    for word in puts:
        sm.put(word)
    time.sleep_ms(1)
    waiting = sm.tx_fifo(), sm.rx_fifo()
    found = taken(sm)
    time.sleep_ms(1)
    print(what, waiting, [hex(word) for word in found + taken(sm)])
    sm.active(0)


WORD = 0x12345678
run(
    "mov",
    lambda: (pull(), mov(x, osr), mov(y, invert(x)), mov(isr, y), push(), mov(isr, reverse(x)), push()),
    [1, WORD],
)
for way in (0, 1):
    run("in", lambda: (pull(), in_(osr, 4), in_(osr, 8), push(), in_(osr, 32), push()), [WORD], in_shiftdir=way)
    run(
        "out",
        lambda: (pull(), out(x, 4), in_(x, 32), push(), out(x, 12), in_(x, 32), push(), out(y, 32), in_(y, 32), push()),
        [WORD],
        out_shiftdir=way,
    )
both = {"autopush": True, "autopull": True}
run(
    "autopush",
    lambda: (out(isr, 12), in_(null, 4)),
    [WORD, 5],
    (),
    out_shiftdir=1,
    in_shiftdir=1,
    push_thresh=16,
    **both,
)
run("autopull", lambda: (out(x, 8), in_(x, 8)), [WORD, 0xABCDEF01], pull_thresh=16, push_thresh=8, **both)
run("pull is a barrier", lambda: (out(x, 8), pull(), in_(x, 8), push()), [WORD, 0xABCDEF01, 1], autopull=True)
run("ifempty", lambda: (pull(ifempty), out(x, 8), in_(x, 32), push()), [0x01020304, 2], pull_thresh=16, autopull=True)


def jumps():
    set(x, 3)
    set(y, 1)
    label("loop")
    jmp(x_not_y, "next")
    mov(isr, x)
    push()
    pull()
    label("next")
    jmp(x_dec, "loop")


run("jumps", jumps)
run("not x", lambda: (set(x, 0), jmp(not_x, "t"), pull(), label("t"), set(x, 9), mov(isr, x), push(), pull()))
run("osre", lambda: (pull(), label("l"), out(x, 8), jmp(not_osre, "l"), in_(x, 8), push()), [WORD], pull_thresh=24)
run("mov exec", lambda: (pull(), mov(exec, osr), mov(isr, x), push(), pull()), [0xE02B])
run("status", lambda: (mov(isr, status), push(), pull()))
run("join rx", lambda: (set(x, 9), label("l"), mov(isr, x), push(), jmp(x_dec, "l"), pull()), fifo_join=2)
run("stalls", lambda: (set(x, 5), label("l"), in_(x, 8), jmp(x_dec, "l"), pull()), autopush=True, push_thresh=8)
run("exec", lambda: (mov(isr, x), push(), pull()), (), ["set(x, 11)", "push()", "set(x, 12)[5]", "in_(x, 4)"])

for number in (0, 5):
    sm = machine(lambda: (out(x, 32), in_(x, 32)), {"autopush": True, "autopull": True}, number)
    sm.active(1)
    for value in (-1, 1 << 33 | 5, b"abc", "hi", True, bytearray(b"\xff"), 2.5, None):
        try:
            sm.put(value)
            time.sleep_ms(1)
            print(repr(value), taken(sm))
        except TypeError:
            print(repr(value), "TypeError")
    for _ in range(3):
        sm.put(WORD, 4)
    print(sm.get(None, 8), sm.get(bytearray(1)), sm.get(bytearray(1), 24))
    sm.active(0)

full = rp2.asm_pio()(lambda: [nop() for _ in range(30)])
more = rp2.asm_pio()(lambda: [nop() for _ in range(3)])
rp2.PIO(0).remove_program()
rp2.PIO(0).add_program(full)
for wrong in (
    lambda: rp2.PIO(0).add_program(more), lambda: rp2.StateMachine(0, more), lambda: rp2.StateMachine(8),
    lambda: rp2.PIO(9), lambda: rp2.StateMachine(0, 5), lambda: rp2.StateMachine(0, []),
    lambda: rp2.StateMachine(0, freq=2000), lambda: rp2.StateMachine(0, full, freq=1907),
    lambda: rp2.StateMachine(0, full, freq=125_000_001), lambda: rp2.StateMachine(0, full, freq=2000.5),
    lambda: rp2.StateMachine(0, full, in_base=40), lambda: rp2.StateMachine(0, full, set_base="x"),
    lambda: rp2.StateMachine(0, full, wrong=1), lambda: rp2.StateMachine(0).get(5),
    lambda: rp2.StateMachine(0).exec(None), lambda: rp2.PIO(0).state_machine(4), lambda: rp2.PIO(0).remove_program(5),
):  # fmt: skip
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error.args[0] if isinstance(error, OSError) else "")
rp2.PIO(0).remove_program(full)
rp2.PIO(0).add_program(more)
print(full[1:3], more[1:3], rp2.PIO(1).state_machine(2), rp2.StateMachine(3) is rp2.PIO(0).state_machine(3))
