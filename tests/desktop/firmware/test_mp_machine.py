"""What `machine` says and does of the board as a whole: interrupts off, sleep, resets, pulses, registers."""

import threading

import pytest


@pytest.mark.parametrize(("call", "code"), [("reset", 0), ("soft_reset", 0), ("bootloader", 0)])
def test_a_reset_ends_the_application_and_says_so(run, call, code):
    ran = run(f"""
import machine
try:
    machine.{call}()
except Exception:
    print("caught")
finally:
    print("cleaned up")
print("not here")
""")
    assert ran.code == code
    assert ran.lines[0].startswith(f"machine.{call}(): the ")
    assert ran.lines[1:] == ["cleaned up"]


def test_a_reset_in_a_hard_handler_ends_the_main_program(run):
    ran = run("""
import machine, time
def handler(timer):
    machine.reset()
machine.Timer(period=5, callback=handler, hard=True)
time.sleep(10)
print("not here")
""")
    assert ran.text == "machine.reset(): the board resets, and the application ends\n"


def test_a_reset_in_a_thread_ends_the_main_program(run):
    ran = run("""
import machine, time, _thread
_thread.start_new_thread(machine.reset, ())
while True:
    time.sleep_ms(1)
""", virtual=False)
    assert ran.text == "machine.reset(): the board resets, and the application ends\n"


def test_deepsleep_sleeps_and_resets(run, new_world, tmp_path):
    world = new_world("esp32")
    (tmp_path / "main.py").write_text("""
import machine, time
print(machine.reset_cause() == machine.DEEPSLEEP_RESET)
machine.deepsleep(5000)
""")
    assert world.run(tmp_path / "main.py") == 0
    assert world.time.now() >= 5_000_000
    world.run(tmp_path / "main.py")
    assert [line for line in "".join(world.printed).splitlines() if line in ("True", "False")] == ["False", "True"]


def test_while_interrupts_are_off_handlers_wait(new_world):
    world = new_world("pico")
    m, line = world.import_module("machine"), world.board.line(2)
    count = [0]

    def handler(pin):
        count[0] += 1

    m.Pin(2).irq(handler, hard=True)
    with world.main_program():
        outer = m.disable_irq()
        inner = m.disable_irq()
        line.drive(1)
        m.enable_irq(inner)
        assert count == [0]
        m.enable_irq(outer)
        assert count == [1]


@pytest.mark.parametrize("virtual", [True, False])
def test_lightsleep_ends_with_an_interrupt_or_in_time(new_world, virtual):
    world = new_world("pico", virtual=virtual)
    m = world.import_module("machine")

    def handler(timer):
        pass

    with world.main_program():
        start = world.time.now()
        timer = m.Timer(period=30, callback=handler, hard=True)
        m.lightsleep(10_000_000)
        assert 30_000 <= world.time.now() - start < 10_000_000_000
        timer.deinit()
        start = world.time.now()
        m.lightsleep(20)
        assert world.time.now() - start >= 20_000


def test_idle_lets_little_time_pass(run):
    ran = run("""
import machine, time
start = time.ticks_us()
machine.idle()
print(time.ticks_diff(time.ticks_us(), start) <= 1100)
""")
    assert ran.text == "True\n"


def test_a_pulse_is_measured_whichever_way_it_begins(new_world):
    world = new_world("pico")
    m, board = world.import_module("machine"), world.board
    line, pin = board.line(3), m.Pin(3, m.Pin.IN)
    for when, level in ((100, 1), (350, 0), (1000, 1)):
        board.at(when, line.drive, level)
    with world.main_program():
        assert m.time_pulse_us(pin, 1) == 250  # the next one
        assert m.time_pulse_us(pin, 0) == 650  # the one that is there
        assert m.time_pulse_us(pin, 0, 500) == -2
        assert world.time.now() == 1500
        assert m.time_pulse_us(pin, 1, 500) == -1


def test_a_pulse_is_measured_in_real_time(new_world):
    world = new_world("pico", virtual=False)
    m, line = world.import_module("machine"), world.board.line(3)
    line.link(world.board.line(2))
    m.PWM(m.Pin(2), freq=20, duty_u16=32768)
    assert m.time_pulse_us(m.Pin(3, m.Pin.IN), 1, 20_000_000) > 0
    assert not line.listened()


def test_registers_are_refused_with_a_reason(new_world):
    m = new_world().import_module("machine")
    with pytest.raises(NotImplementedError, match=r"mem32\[0xd0000000\]: of registers a simulated board has those"):
        m.mem32[0xD0000000]
    with pytest.raises(NotImplementedError, match="mem8"):
        m.mem8[0] = 1


def test_registers_are_those_of_an_rp2040_only(new_world):
    world = new_world("esp32")
    m = world.import_module("machine")
    for address in (0xD0000004, 0x40054028):
        with pytest.raises(NotImplementedError, match=rf"machine.mem32\[{address:#x}\]: of registers .* has none; use"):
            m.mem32[address]
    m.mem32[world.import_module("uctypes").addressof(buf := bytearray(4))] = -2
    assert buf == b"\xfe\xff\xff\xff"
    with pytest.raises(TypeError, match="an address is a number, not a str"):
        m.mem8["PORTA"]


def test_ids_and_speeds(new_world):
    first, again, other = (new_world("pico", name=name).import_module("machine") for name in ("a", "a", "b"))
    assert len(first.unique_id()) == 8
    assert first.unique_id() == again.unique_id() != other.unique_id()
    assert first.freq() == 125_000_000
    first.freq(250_000_000)
    assert (first.freq(), again.freq()) == (250_000_000, 125_000_000)
    assert len(new_world("pyboard").import_module("machine").freq()) == 4


@pytest.mark.parametrize("hz", [1, 1_000_000, 12_345_678, 133_123_456])
def test_a_clock_that_a_pico_cannot_make_is_refused(new_world, hz):
    machine = new_world("pico").import_module("machine")
    with pytest.raises(ValueError, match=f"cannot change frequency: the PLL of a Pico can't make {hz} Hz"):
        machine.freq(hz)
    for fits in (48_000_000, 125_000_000, 133_000_000, 200_000_000, 500_000_000):
        machine.freq(fits)
        assert machine.freq() == fits


def test_fifty_boards_do_not_disturb_each_other(new_world):
    before = threading.active_count()
    worlds = [new_world("pico", name=f"b{n}") for n in range(50)]
    counts = [[0] for _ in worlds]
    for n, (world, count) in enumerate(zip(worlds, counts, strict=True)):

        def tick(timer, count=count):
            count[0] += 1

        m = world.import_module("machine")
        m.Pin(n % 30, m.Pin.OUT, value=1)
        with world.main_program():
            timer = m.Timer(period=n + 1, callback=tick)
            world.sleep(1_000_500)
            timer.deinit()
    assert [count[0] for count in counts] == [1000 // (n + 1) for n in range(50)]
    assert all(world.board.line(pin).level() == (pin == n % 30) for n, world in enumerate(worlds) for pin in range(30))
    for world in worlds:
        world.board.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("kind", ["pico", "pico2", "pyboard", "esp32"])
def test_each_kind_of_board_has_it_all(new_world, kind):
    m = new_world(kind).import_module("machine")
    names = "Pin Signal Timer UART I2C SoftI2C SPI SoftSPI ADC PWM RTC WDT disable_irq enable_irq idle lightsleep"
    names += " deepsleep reset soft_reset unique_id freq mem8 mem16 mem32 time_pulse_us bitstream reset_cause"
    names += " bootloader"
    assert [name for name in names.split() if not hasattr(m, name)] == []
    assert hasattr(m, "TouchPad") == (kind == "esp32")
