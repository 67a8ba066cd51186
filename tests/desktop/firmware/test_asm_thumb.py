"""@micropython.asm_thumb: what the comparison with a board in both_boards/asm_thumb.py has not."""

import threading

import pytest

HEAD = "import array, machine, micropython, time, uctypes\n\n@micropython.asm_thumb\n"


def function(body, parameters="r0, r1, r2, r3", result="int"):
    """The source of a function `f` of these instructions, one a line or between semicolons."""
    lines = [line.strip() for line in body.replace(";", "\n").splitlines() if line.strip()]
    return HEAD + f"def f({parameters}) -> {result}:\n    " + "\n    ".join(lines) + "\n\n"


MANUAL = {  # where the emulated RP2040 has it otherwise than ARM's manual
    "a sum with a carry that is too large": ("adc(r0, r1)", 0x7FFFFFFF, 0, 1, 0x80000000, "nv"),
    "a sum with a carry that is too small": ("adc(r0, r1)", 0x80000000, 0xFFFFFFFF, 0, 0x7FFFFFFF, "cv"),
    "a sum that only its carry lets fit": ("adc(r0, r1)", 0x80000000, 0xFFFFFFFF, 1, 0x80000000, "nc"),
    "a difference that just fits": ("sbc(r0, r1)", 0, 0x7FFFFFFF, 0, 0x80000000, "n"),
    "a difference that does not": ("sbc(r0, r1)", 0, 0x80000000, 1, 0x80000000, "nv"),
    "left by nothing leaves the carry": ("lsl(r0, r1)", 1, 0, 1, 1, "c"),
    "right by nothing leaves the carry": ("lsr(r0, r1)", 1, 256, 1, 1, "c"),
    "right by nothing leaves no carry": ("asr(r0, r1)", 0x80000000, 0, 0, 0x80000000, "n"),
    "around by nothing leaves the carry": ("ror(r0, r1)", 1, 0, 1, 1, "c"),
    "left by more than there is": ("lsl(r0, r1)", 3, 33, 1, 0, "z"),
    "right by more than there is": ("lsr(r0, r1)", 0xFFFFFFFF, 33, 1, 0, "z"),
    "right by much more keeps the sign": ("asr(r0, r1)", 0x80000000, 255, 0, 0xFFFFFFFF, "nc"),
    "around once": ("ror(r0, r1)", 0x80000001, 32, 0, 0x80000001, "nc"),
}


@pytest.mark.parametrize(("operation", "left", "right", "carry", "word", "flags"), MANUAL.values(), ids=MANUAL)
def test_it_computes_as_the_manual_says(run, operation, left, right, carry, word, flags):
    stores = "; ".join(
        f"b{condition}(not_{flag}); strb(r4, [r2, {place}]); label(not_{flag})"
        for place, (condition, flag) in enumerate(zip(("pl", "ne", "cc", "vc"), "nzcv", strict=True))
    )
    body = f"mov(r4, 1); cmp(r4, r4); lsr(r3, r3, 1); {operation}; {stores}"
    call = f"flags = bytearray(4)\nprint(f({left}, {right}, flags, {carry}), list(flags))\n"
    expected = f"{word} {[int(flag in flags) for flag in 'nzcv']}"
    assert run(function(body, result="uint") + call).lines == [expected]


OF_M4 = {
    "a word at once": ("movwt(r0, 0xFEDCBA98)", (), 0xFEDCBA98),
    "two halves": ("movw(r0, 0x4321); movt(r0, 0x8765)", (), 0x87654321),
    "movt keeps the lower half": ("movt(r0, 1)", (0x12345678,), 0x15678),
    "leading zeros": ("clz(r0, r0)", (0x00010000,), 15),
    "leading zeros of 0": ("clz(r0, r0)", (), 32),
    "bits turned around": ("rbit(r0, r0)", (0x80000005,), 0xA0000001),
    "divided towards 0": ("sdiv(r0, r0, r1)", (-7, 2), 0xFFFFFFFD),
    "the least by -1": ("sdiv(r0, r0, r1)", (0x80000000, -1), 0x80000000),
    "divided by 0": ("sdiv(r0, r0, r1)", (-7, 0), 0),
    "divided unsigned": ("udiv(r0, r0, r1)", (-7, 2), 0x7FFFFFFC),
    "a high register": ("mov(r8, r0); mov(r0, 0); movw(r9, 7); sdiv(r0, r8, r9)", (50,), 7),
    "high registers pushed": ("mov(r8, r0); push({r8, lr}); movw(r8, 1); pop({r3, r7}); mov(r0, r3)", (9,), 9),
    "if": ("cmp(r0, 3); it(eq); mov(r0, 100)", (3,), 100),
    "if not": ("cmp(r0, 3); it(eq); mov(r0, 100)", (4,), 4),
    "if or else": ("cmp(r0, 3); ite(gt); mov(r1, 1); mov(r1, 2); mov(r0, r1)", (3,), 2),
    "if keeps flags": ("cmp(r0, 3); itt(eq); mov(r0, 0); add(r0, 5)", (3,), 5),
    "a far branch": ("beq_w(end); " + "nop(); " * 200 + "cmp(r0, r0); bne_w(end); mov(r0, 1); label(end)", (0,), 1),
    "exclusive": ("push({r0}); mov(r1, sp); ldrex(r2, [r1, 0]); add(r2, 1); strex(r3, r2, [r1, 0]); pop({r0}); "
                  "orr(r0, r3)", (7,), 8),
    "to a float and back": ("vmov(s0, r0); vcvt_f32_s32(s1, s0); vadd(s1, s1, s1); vcvt_s32_f32(s2, s1); "
                            "vmov(r0, s2)", (-21,), 0xFFFFFFD6),
    "a float's bits": ("vmov(s31, r0); vcvt_f32_s32(s31, s31); vmov(r0, s31)", (-2,), 0xC0000000),
    "rounded to 24 bits": ("vmov(s0, r0); vcvt_f32_s32(s0, s0); vcvt_s32_f32(s0, s0); vmov(r0, s0)",
                           (16777217,), 16777216),
    "a quotient": ("vmov(s0, r0); vmov(s1, r1); vdiv(s2, s0, s1); vmov(r0, s2)", (0x3F800000, 0x40400000), 0x3EAAAAAB),
    "by zero": ("vmov(s0, r0); vmov(s1, r1); vdiv(s2, s0, s1); vmov(r0, s2)", (0x3F800000, 0x80000000), 0xFF800000),
    "zero by zero": ("vmov(s0, r0); vdiv(s2, s0, s0); vmov(r0, s2)", (0,), 0x7FC00000),
    "too large": ("vmov(s0, r0); vmul(s0, s0, s0); vmov(r0, s0)", (0x7F000000,), 0x7F800000),
    "a root": ("vmov(s0, r0); vsqrt(s0, s0); vmov(r0, s0)", (0x40000000,), 0x3FB504F3),
    "of less than zero": ("vmov(s0, r0); vsqrt(s0, s0); vmov(r0, s0)", (0xBF800000,), 0x7FC00000),
    "negated": ("vmov(s0, r0); vneg(s0, s0); vmov(r0, s0)", (0x3F800000,), 0xBF800000),
    "the largest integer": ("vmov(s0, r0); vcvt_s32_f32(s0, s0); vmov(r0, s0)", (0x7F800000,), 0x7FFFFFFF),
    "less": ("vmov(s0, r0); vmov(s1, r1); vcmp(s0, s1); vmrs(APSR_nzcv, FPSCR); bmi(end); mov(r0, 1); label(end)",
             (0, 0x3F800000), 0),
    "unordered": ("vmov(s0, r0); vcmp(s0, s0); vmrs(r0, FPSCR)", (0x7FC00000,), 0x30000000),
    "stored and loaded": ("sub(r0, r0, r0); push({r0, r1}); mov(r2, sp); vldr(s3, [r2, 4]); vstr(s3, [r2, 0]); "
                          "pop({r0, r1})", (1, 0x40000000), 0x40000000),
}  # fmt: skip


@pytest.mark.parametrize(("body", "arguments", "expected"), OF_M4.values(), ids=OF_M4)
def test_what_a_cortex_m4_has(run, body, arguments, expected):
    parameters = ", ".join(f"r{number}" for number in range(len(arguments)))
    ran = run(function(body, parameters, "uint") + f"print(f(*{arguments}))\n", kind="pyboard")
    assert (ran.code, ran.lines) == (0, [str(expected)])


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("pico", "movwt(r0, 1)", "unsupported Thumb instruction 'movwt' with 2 arguments: a Cortex-M3 or M4 has it"),
        ("pico2", "vadd(s0, s1, s2)", "unsupported Thumb instruction 'vadd' with 3 arguments"),
        ("pico", "push({r8})", "unsupported Thumb instruction 'push' with 1 arguments"),
        ("esp32", "nop()", "esp32 has no asm_thumb"),
    ],
)
def test_a_board_that_has_it_not_refuses_it(run, kind, body, said):
    ran = run(function(body), kind=kind)
    assert ran.code == 1
    assert said in ran.lines[-1] and ran.lines[-1].startswith("SyntaxError")
    assert kind == "esp32" or ran.lines[-3].strip() == body


REFUSED = {
    "mov(r0, 256)": "'mov' integer 0x100 doesn't fit in mask 0xff",
    "mov(r9, 1)": "'mov' expects at most r7",
    "mov(r0, somewhere)": "'mov' expects an integer: a number, or a name that is const",
    "mull(r0, r1)": "unsupported Thumb instruction 'mull' with 2 arguments",
    "mul(r0, r1, r2)": "unsupported Thumb instruction 'mul' with 3 arguments: it takes 2",
    "ldr(r0, r1)": "'ldr' expects an address of the form",
    "b(nowhere)": "label 'nowhere' not defined",
    "label(top)": "label redefined: 'top'",
    "align(3)": "'align' requires 1 argument, a power of two",
    "x = 1": "expecting an assembler instruction",
    "vadd(s0, s1, s32)": "'vadd' expects an FPU register",
    "vmrs(r0, IPSR)": "'vmrs' expects FPSCR",
    "it(xx)": "'it' expects a condition",
    "sdiv(r0, r1, pc)": "'sdiv' can't have sp or pc",
    "push(r0)": "'push' expects {r0, r1, ...}",
    "nop(); nop()": "expecting an assembler instruction on a line of its own",
}


@pytest.mark.parametrize(("wrong", "said"), REFUSED.items())
def test_what_is_wrong_is_refused_at_its_line_before_anything_runs(run, wrong, said):
    ran = run("print('ran')\n" + HEAD + "def f(r0):\n    label(top)\n    nop()\n    " + wrong + "\n")
    assert ran.code == 1
    assert "line 8" in ran.lines[0] and ran.lines[1].strip() == wrong
    assert ran.lines[-1].startswith("SyntaxError: " + said)


FAULTS = {
    "a word from between two": ("ldr(r0, [r1, 0])", "2, uctypes.addressof(bytearray(8)) + 2", "ValueError", "aligned"),
    "behind a buffer": ("ldr(r0, [r1, 4])", "2, bytearray(6)", "ValueError", "behind the end of a buffer of 6 bytes"),
    "where nothing is": ("strb(r0, [r1, 4])", "2, 0x100", "NotImplementedError", "0x104"),
    "a register that is not simulated": ("ldr(r0, [r1, 0])", "2, 0x40014000", "NotImplementedError", "0x40014000"),
    "into bytes": ("strb(r0, [r1, 0])", "2, b'abc'", "TypeError", "can't be changed"),
    "push without pop": ("push({r0})", "2, 3", "RuntimeError", "jump"),
    "pop without push": ("pop({r0})", "2, 3", "RuntimeError", "push and pop in pairs"),
    "back to the caller": ("bx(lr)", "2, 3", "RuntimeError", "not with the stack as it was"),
    "to ARM's instructions": ("bx(r0)", "2, 3", "RuntimeError", "lowest bit is not set"),
    "to no instruction": ("bx(r0)", "3, 3", "RuntimeError", "no instruction"),
    "through data": ("data(2, 0xBF00)", "3, 3", "NotImplementedError", "data can't be run"),
    "too deep": ("label(deeper); push({r0}); b(deeper)", "3, 3", "RuntimeError", "stack of 2048 bytes"),
}


@pytest.mark.parametrize(("body", "arguments", "kind", "said"), FAULTS.values(), ids=FAULTS)
def test_what_stops_a_board_raises_and_tells_the_line(run, body, arguments, kind, said):
    ran = run(function(body, "r0, r1") + f"f({arguments})\n")
    assert ran.code == 1
    assert ran.lines[-1].startswith(f"{kind}: f(), line ")
    assert said in ran.lines[-1]


def test_between_two_words_is_no_trouble_for_a_cortex_m4(run):
    source = function("ldr(r0, [r0, 0])", "r0") + "print(f(uctypes.addressof(b'abcdef') + 1) == 0x65646362)\n"
    assert run(source, kind="pyboard").lines == ["True"]


@pytest.mark.parametrize("virtual", [True, False])
def test_ctrl_c_ends_a_loop_that_has_no_end(new_world, tmp_path, virtual):
    script = tmp_path / "main.py"
    script.write_text(
        function("label(forever); b(forever)", "")
        + "try:\n    machine.Timer(period=20, mode=machine.Timer.ONE_SHOT, hard=True, callback=ctrl_c)\n    f()\n"
        + "finally:\n    print('ended')\n"
    )
    world = new_world(virtual=virtual)
    world.builtins["ctrl_c"] = lambda timer: world.interrupt()
    codes = []
    thread = threading.Thread(target=lambda: codes.append(world.run(script)))
    thread.start()
    thread.join(20)
    assert codes == [130]
    assert world.printed[0] == "ended\n"


def test_time_passes_in_a_loop_and_what_is_soft_waits_for_its_end(run):
    ran = run(
        function("label(again); ldrb(r2, [r0, 0]); ldr(r3, [r1, 0]); cmp(r3, 0); beq(again); mov(r0, r2)", "r0, r1")
        + """
soft, hard = bytearray(1), array.array("i", (0,))
def soft_one(timer): soft[0] = 1
def hard_one(timer): hard[0] = 1
machine.Timer(period=2, mode=machine.Timer.ONE_SHOT, callback=soft_one)
machine.Timer(period=5, mode=machine.Timer.ONE_SHOT, hard=True, callback=hard_one)
print(f(soft, hard), time.ticks_ms() // 5)
time.sleep_ms(1)
print(soft[0])
"""
    )
    assert ran.lines == ["0 1", "1"]


def test_wfi_waits_for_an_interrupt(run):
    ran = run(function("wfi()", "") + "before = time.ticks_us()\nf()\nprint(time.ticks_us() - before >= 900)\n")
    assert ran.lines == ["True"]


def test_a_hard_handler_may_call_it(run):
    ran = run(
        function("ldrb(r1, [r0, 0]); add(r1, 5); strb(r1, [r0, 0])", "r0")
        + "seen = bytearray(1)\n"
        + "machine.Timer(period=1, mode=machine.Timer.ONE_SHOT, hard=True, callback=lambda timer: f(seen))\n"
        + "time.sleep_ms(3)\nprint(seen[0])\n"
    )
    assert ran.lines == ["5"]


def test_a_buffer_is_free_again_when_it_returns(new_world, tmp_path):
    script = tmp_path / "main.py"
    script.write_text(
        function("ldrb(r0, [r0, 0])", "r0") + "buf = bytearray(b'a')\nprint(f(buf))\nbuf.extend(b'more')\n"
    )
    world = new_world()
    assert (world.run(script), world.printed[0]) == (0, "97\n")
    assert world.memory.known(vars(world.modules["__main__"])["buf"]) is None


def test_addresses_of_buffers_and_of_parts_of_them(run):
    ran = run(
        function("sub(r0, r1, r0)", "r0, r1")
        + "buf = bytearray(32)\nview = memoryview(buf)\nprint(f(buf, view), f(view[3:], view[10:]))\n"
        + "at = uctypes.addressof(buf)\nprint(f(at, buf), f(at, view[5:]))\n"
        + "print(f(at, uctypes.struct(at + 4, {'x': uctypes.UINT8})))\n"
    )
    assert ran.lines == ["0 7", "0 5", "4"]


def test_a_method_gets_its_object_and_other_decorators_are_kept(run):
    ran = run("""
import micropython

def logged(function):
    def call(*arguments):
        print("called with", len(arguments))
        return function(*arguments)
    return call

class Chip:
    @logged
    @micropython.asm_thumb
    def plus_one(r0, r1):
        add(r0, r1, 1)

    @micropython.asm_thumb
    def me(r0) -> object:
        nop()

chip = Chip()
print(chip.plus_one(4), chip.me() is chip, Chip.me.__name__)
""")
    assert ran.lines == ["called with 2", "5 True me"]


def test_data_that_it_changes_stays_changed(run):
    body = "nop(); mov(r0, pc); ldr(r1, [r0, 8]); add(r1, 1); str(r1, [r0, 8]); b(end); align(4); "
    ran = run(function(body + "data(2, 7); data(2, 0); label(end); mov(r0, r1)", "") + "print(f(), f(), f())\n")
    assert ran.lines == ["8 9 10"]


def test_what_a_board_could_not_make_an_object_of_is_refused(run):
    ran = run(
        function("nop()", "r0", "object")
        + "print(f(5))\ntry:\n    f(4)\nexcept TypeError as error:\n    print(error)\n"
    )
    assert ran.lines[0] == "2"
    assert ran.lines[1].startswith("no object is at 0x4")


def test_a_list_is_refused(run):
    ran = run(function("nop()", "r0") + "f([1, 2])\n")
    assert ran.lines[-1] == "TypeError: machine code can't look into a list here: give it an array"
