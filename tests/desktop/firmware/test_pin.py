"""machine.Pin and Signal: levels, modes, interrupts, and what is wrong with arguments."""

import threading

import pytest

from twincore.desktop.board import ShortCircuit


@pytest.fixture
def machine(new_world):
    """A function that gives the `machine` of a new board, and that board."""

    def make(kind="pico", **options):
        world = new_world(kind, **options)
        return world.import_module("machine"), world.board

    return make


def test_an_output_drives_its_line(machine):
    m, board = machine()
    pin = m.Pin(2, m.Pin.OUT, value=1)
    assert board.line(2).level() == pin.value() == pin() == 1
    levels = []
    for change in (pin.off, pin.on, pin.low, pin.high, pin.toggle):
        change()
        levels.append(board.line(2).level())
    assert levels == [0, 1, 0, 1, 0]
    pin(1)
    assert pin.value() == 1


def test_an_input_is_as_it_is_pulled_until_it_is_driven(machine):
    m, board = machine()
    pin = m.Pin("GP3", m.Pin.IN, m.Pin.PULL_UP)
    assert pin() == 1
    board.line(3).drive(0)
    assert pin() == 0
    board.line(3).drive(None)
    assert pin() == 1
    pin.init(pin.IN, pin.PULL_DOWN)
    assert pin() == 0


def test_an_open_drain_output_only_pulls_down(machine):
    m, board = machine()
    pin = m.Pin(4, m.Pin.OPEN_DRAIN, m.Pin.PULL_UP, value=1)
    assert pin() == 1
    board.line(4).drive(0)  # no short circuit
    assert pin() == 0
    board.line(4).drive(None)
    pin(0)
    assert board.line(4).level() == 0


def test_a_value_given_to_an_input_is_there_when_it_becomes_an_output(machine):
    m, board = machine()
    pin = m.Pin(5, m.Pin.IN, m.Pin.PULL_DOWN)
    pin.value(1)
    assert pin() == 0
    pin.init(m.Pin.OUT)
    assert board.line(5).level() == 1


@pytest.mark.parametrize(("kind", "names"), [("pico", (25, "LED", "GP25", "GPIO25")), ("pyboard", ("SCL", "X9"))])
def test_all_names_of_a_pin_are_one_object(machine, kind, names):
    m, _ = machine(kind)
    pins = {id(m.Pin(name)) for name in names} | {id(m.Pin(m.Pin(names[0])))}
    assert len(pins) == 1
    assert m.Pin(names[0]) is getattr(m.Pin.board, names[1])


def test_pins_of_two_boards_are_apart(machine):
    (m, board), (other, other_board) = machine(), machine()
    assert m.Pin is not other.Pin
    m.Pin(0, m.Pin.OUT, value=1)
    assert (board.line(0).level(), other_board.line(0).level()) == (1, 0)


def test_a_hard_handler_has_run_when_the_edge_is_made(machine):
    m, board = machine()
    pin = m.Pin(6, m.Pin.IN)
    seen = [None]

    def handler(pin):
        seen[0] = pin

    pin.irq(handler, pin.IRQ_RISING, hard=True)
    with board.core(main=True):
        board.line(6).drive(1)
        assert seen[0] is pin


def test_only_the_triggers_asked_for_interrupt(machine):
    m, board = machine()
    counts = bytearray(2)

    def count(pin):
        counts[pin()] += 1

    pin = m.Pin(6, m.Pin.IN)
    with board.core(main=True):
        for trigger, expected in ((pin.IRQ_RISING, [0, 3]), (pin.IRQ_FALLING, [3, 0]), (None, [3, 3])):
            counts[:] = b"\0\0"
            pin.irq(count, trigger, hard=True) if trigger else pin.irq(count, hard=True)
            for level in (1, 0) * 3:
                board.line(6).drive(level)
            assert list(counts) == expected


def test_flags_tell_which_edge_it_was(machine):
    m, board = machine()
    pin = m.Pin(6, m.Pin.IN)
    flags = [0, 0]
    irq = pin.irq()

    def note(pin):
        flags[pin()] = irq.flags()

    pin.irq(note, hard=True)
    with board.core(main=True):
        board.line(6).drive(1)
        board.line(6).drive(0)
    assert flags == [pin.IRQ_FALLING, pin.IRQ_RISING]
    assert irq.trigger() == pin.IRQ_RISING | pin.IRQ_FALLING


def test_a_soft_handler_runs_in_the_main_program(run):
    ran = run("""
from machine import Pin
out = Pin(0, Pin.OUT)
def edge(pin):
    print("edge", pin is out, pin())
out.irq(edge, Pin.IRQ_RISING)
out(1)
for _ in range(1):
    pass
out.irq()()
""")
    assert ran.lines == ["edge True 1", "edge True 1"]


def test_without_its_handler_a_pin_leaves_no_thread_of_its_own(machine):
    before = threading.active_count()
    m, board = machine(virtual=False)
    count = [0]

    def handler(pin):
        count[0] += 1

    pin = m.Pin(7, m.Pin.IN)
    pin.irq(handler, hard=True)
    board.line(7).drive(1)
    pin.irq(None)
    board.line(7).drive(0)
    assert count == [1]
    board.close()
    assert threading.active_count() == before


def test_a_handler_that_raises_is_reported_and_off(new_world):
    world = new_world()
    m, board = world.import_module("machine"), world.board
    calls = [0]

    def bad(pin):
        calls[0] += 1
        raise ZeroDivisionError

    m.Pin(8, m.Pin.IN).irq(bad, hard=True)
    with board.core(main=True):
        board.line(8).drive(1)
        board.line(8).drive(0)
    assert calls == [1]
    assert "ZeroDivisionError" in "".join(world.printed)
    assert "GP8" in "".join(world.printed)


def test_an_edge_in_real_time_reaches_a_hard_handler_at_once(machine):
    m, board = machine(virtual=False)
    threads = [None]

    def handler(pin):
        threads[0] = threading.get_ident()

    m.Pin(9, m.Pin.IN).irq(handler, hard=True)
    board.line(9).drive(1)
    assert threads[0] not in (None, threading.get_ident())


def test_two_outputs_on_one_wire_are_named(machine):
    m, board = machine()
    board.line(10).link(board.line(11))
    first, second = m.Pin(10, m.Pin.OUT, value=0), m.Pin(11, m.Pin.IN)
    with pytest.raises(ShortCircuit, match=r"GP10.*GP11|GP11.*GP10"):
        second.init(m.Pin.OUT, value=1)
    assert repr(second) == "Pin(GPIO11, mode=IN)"
    first.init(m.Pin.IN)
    second.init(m.Pin.OUT, value=1)
    assert first() == 1


@pytest.mark.parametrize(
    ("kind", "make", "error", "text"),
    [
        ("pico", lambda m: m.Pin(77), ValueError, "no pin 77: .*GP0, GP1"),
        ("pico", lambda m: m.Pin("GPP1"), ValueError, "did you mean GP"),
        ("pico", lambda m: m.Pin(1.5), TypeError, "float"),
        ("pico", lambda m: m.Pin(1, 9), ValueError, r"mode 9: there is Pin.IN, Pin.OUT"),
        ("pico", lambda m: m.Pin(1, m.Pin.IN, 7), ValueError, "pull 7"),
        ("pico", lambda m: m.Pin(1).irq(lambda p: None, 1), ValueError, "trigger 1"),
        ("pico", lambda m: m.Pin(1).irq(3), TypeError, "callable, not int"),
        ("pico", lambda m: m.Pin.board.X1, AttributeError, "'X1': there is LED, GP0|'X1'"),
        ("esp32", lambda m: m.Pin(34, m.Pin.OUT), ValueError, "GPIO34 of an esp32 has no output"),
        ("esp32", lambda m: m.Pin(4).irq(print, hard=True), TypeError, "no hard pin interrupts"),
    ],
)
def test_what_is_wrong_is_said(machine, kind, make, error, text):
    m, _ = machine(kind)
    with pytest.raises(error, match=text):
        make(m)


def test_a_signal_may_be_inverted(machine):
    m, board = machine()
    led = m.Signal(m.Pin(12, m.Pin.OUT), invert=True)
    led.on()
    assert (board.line(12).level(), led.value(), led()) == (0, 1, 1)
    led.off()
    assert board.line(12).level() == 1
    off = m.Signal(14, m.Pin.OUT, value=0, invert=True)  # its own value, so the pin begins high
    assert (off.value(), m.Pin(14).value()) == (0, 1)
    plain = m.Signal(13, m.Pin.OUT, value=1)
    assert plain.value() == 1


def test_a_pin_shows_what_it_is(machine):
    m, _ = machine()
    assert repr(m.Pin(1, m.Pin.IN, m.Pin.PULL_UP)) == "Pin(GPIO1, mode=IN, pull=PULL_UP)"


@pytest.mark.parametrize("kind", ["pico", "esp32"])
def test_what_a_pyboards_pin_tells_of_itself_no_other_boards_does(machine, kind):
    m, _ = machine(kind)
    assert [name for name in ("mode", "pull", "drive", "name", "names") if hasattr(m.Pin, name)] == []


@pytest.mark.parametrize("extra", [{"priority": 1}, {"wake": None}])
def test_a_picos_interrupt_has_no_priority_and_wakes_nothing(machine, extra):
    m, _ = machine()
    with pytest.raises(TypeError, match="extra keyword arguments given"):
        m.Pin(2).irq(print, m.Pin.IRQ_RISING, **extra)


def test_a_class_made_from_it_is_one_of_its_own(machine):
    m, board = machine()

    class Relay(m.Pin):
        def __init__(self, id):
            super().__init__(id, m.Pin.OUT, value=1)
            self.switched = 0

        def toggle(self):
            self.switched += 1
            super().toggle()

    relay = Relay(14)
    relay.toggle()
    assert (relay.switched, board.line(14).level()) == (1, 0)
    assert isinstance(relay, m.Pin) and m.Pin(14) is not relay


def test_a_pin_of_another_board_is_refused(machine):
    (m, _), (other, _) = machine(), machine()
    with pytest.raises(ValueError, match="of another board"):
        m.Pin(other.Pin(1))


def test_a_pin_toggled_100_000_times_at_full_speed_from_a_thread_loses_no_edge(new_world, tmp_path):
    world = new_world(virtual=False)
    world.board.line(2).link(world.board.line(3))
    script = tmp_path / "main.py"
    script.write_text("""
import _thread, time
from machine import Pin
out, rising, falling, ended = Pin(2, Pin.OUT, value=0), 0, 0, False
def count(pin):
    global rising, falling
    if pin():
        rising += 1
    else:
        falling += 1
Pin(3, Pin.IN).irq(count, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
def core_1():
    global ended
    for _ in range(100_000):
        out.toggle()
    ended = True
_thread.start_new_thread(core_1, ())
while not ended:
    time.sleep_ms(10)
print(rising, falling, out())
""")
    assert world.run(script) == 0
    assert "".join(world.printed) == "50000 50000 0\n"
    assert world.board.line(3).edges == 100_000


def test_a_trigger_of_0_is_no_interrupt(run):
    ran = run("""
from machine import Pin
pin = Pin(2, Pin.OUT, value=0)
def edge(pin):
    print('edge')
pin.irq(edge, Pin.IRQ_RISING, hard=True)
pin(1)
pin.irq(edge, 0, hard=True)
pin(0)
pin(1)
print(pin.irq().trigger())
""")
    assert ran.lines == ["edge", "0"]


def test_a_soft_handler_that_is_due_at_the_end_of_the_program_runs(run):
    ran = run("""
import micropython
from machine import Pin
pin = Pin(2, Pin.OUT, value=0)
pin.irq(lambda pin: print('edge', pin.value()), Pin.IRQ_RISING)
micropython.schedule(print, 'scheduled')
pin(1)
print('end')
""")
    assert ran.lines == ["end", "scheduled", "edge 1"]
