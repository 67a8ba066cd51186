"""rp2.StateMachine: what blocks and who ends it, buffers, and the clock."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names

ECHO = """
import rp2, time
@rp2.asm_pio()
def echo():
    pull()
    mov(x, osr)
    label("wait")
    jmp(x_dec, "wait")
    mov(isr, osr)
    push()
sm = rp2.StateMachine(0, echo, freq=1_000_000)
"""


def test_get_waits_until_there_is_a_word_and_put_until_there_is_room(run):
    ran = run(ECHO + """
sm.active(1)
start = time.ticks_us()
sm.put(1000)
print(sm.get(), time.ticks_diff(time.ticks_us(), start) // 10)
start = time.ticks_us()
for n in range(6):
    sm.put(100)
print(time.ticks_diff(time.ticks_us(), start) // 100, sm.tx_fifo(), sm.rx_fifo())
print([sm.get() for _ in range(6)])
""")
    assert (ran.code, ran.lines) == (0, ["1000 100", "1 4 1", str([100] * 6)])


@pytest.mark.parametrize("call", ["sm.get()", "[sm.put(1) for _ in range(5)]"])
@pytest.mark.parametrize("virtual", [True, False])
def test_ctrl_c_ends_what_waits(new_world, tmp_path, call, virtual):
    world = new_world(virtual=virtual)
    script = tmp_path / "main.py"
    script.write_text(ECHO + call + "\n")
    world.board.at(50_000, world.interrupt)
    assert world.run(script) == 130
    assert "KeyboardInterrupt" in "".join(world.printed)


def test_soft_interrupts_run_while_it_waits(run):
    ran = run(ECHO + """
from machine import Timer
Timer(period=10, mode=Timer.ONE_SHOT, callback=lambda timer: sm.put(5))
sm.active(1)
print(sm.get())
""")
    assert ran.lines == ["5"]


def test_a_thread_waits_for_what_another_puts(run):
    ran = run(ECHO + """
import _thread
got = []
_thread.start_new_thread(lambda: got.append(sm.get()), ())
sm.active(1)
time.sleep_ms(5)
sm.put(7)
time.sleep_ms(5)
print(got)
""")
    assert ran.lines == ["[7]"]


@pytest.fixture
def machine(new_world):
    world = new_world()
    with world.board.core("test"):
        rp2 = world.import_module("rp2")
        program = rp2.asm_pio(autopush=True, autopull=True)(lambda: (out(x, 32), in_(x, 32)))
        machine = rp2.StateMachine(1, program)
        machine.active(1)
        yield machine


def test_buffers_are_filled_item_by_item_with_what_fits(machine, new_world):
    array = new_world().import_module("array").array
    for buffer, found in (
        (bytearray(2), bytearray(b"\x98\x99")),
        (array("H", [0, 0]), array("H", [0xBA98, 0xBA99])),
        (array("b", [0, 0]), array("b", [-104, -103])),
        (array("i", [0, 0]), array("i", [-19088744, -19088743])),
    ):
        machine.put(array("I", [0xFEDCBA98, 0xFEDCBA99]))
        assert machine.get(buffer) is buffer and buffer == found
    assert machine.get(bytearray(0)) == bytearray(0)


def test_buffers_of_other_types_are_refused(machine, new_world):
    array = new_world().import_module("array").array
    for wrong in (array("f", [1]), array("q", [1]), array("h", [1])):
        with pytest.raises(ValueError, match="unsupported buffer type '.': there is B, H, I, L"):
            machine.put(wrong)
    machine.put(1)
    with pytest.raises(ValueError, match="unsupported buffer type: there is"):
        machine.get(array("f", [0]))
    with pytest.raises(TypeError, match="can be written to, not bytes"):
        machine.get(b"xy")
    with pytest.raises(TypeError, match="can't convert float to int: put takes a number or a buffer"):
        machine.put(2.5)


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"freq": 1907}, ValueError, "freq out of range: 1907, .* 1908 to 125000000 Hz, or 0"),
        ({"freq": 2000.5}, TypeError, "can't convert float to int"),
        ({"set_base": 30}, ValueError, "a pico has no pin 30"),
        ({"in_base": 1.5}, ValueError, "invalid pin 1.5"),
        ({"autopush": True}, TypeError, "autopush"),
    ],
)
def test_what_makes_no_sense_is_refused(machine, options, error, text):
    program = [[0xA042], -1, -1, 0, 0, None, None, None]
    with pytest.raises(error, match=text):
        machine.init(program, **options)
    with pytest.raises(TypeError, match="'prog' argument required"):
        machine.init(freq=2000)
    with pytest.raises(ValueError, match="invalid StateMachine 8: there is 0 to 7"):
        type(machine)(8)


def test_its_arguments_have_the_last_word_on_thresholds_and_directions(machine):
    machine.active(0)
    program = [[0x4021, 0x8020], -1, -1, 1 << 12, 0, None, None, None]
    machine.init(program, in_shiftdir=1, push_thresh=5, pull_thresh=32, out_shiftdir=1)
    assert machine._machine.settings.shiftctrl == 1 << 18 | 1 << 19 | 5 << 20
    assert (machine._machine.push_at, machine._machine.pull_at) == (5, 32)


def test_the_clock_is_the_systems_when_it_is_initialised(new_world):
    world = new_world()
    with world.board.core("test"):
        rp2, hardware = world.import_module("rp2"), world.import_module("machine")
        hardware.freq(250_000_000)
        machine = rp2.StateMachine(0, rp2.asm_pio()(lambda: (nop()[31], push())), freq=-1)
        assert machine._machine.clock.time_of(1) == 4000
        machine.init(rp2.asm_pio()(lambda: nop()), freq=0)
        assert machine._machine.clock.time_of(1) == 65536 * 4000
