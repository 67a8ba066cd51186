"""pyb: what a pyboard has, as its programs see it."""

import pytest


@pytest.fixture
def pyb(new_world):
    """`pyb` of a new pyboard, and its world."""
    world = new_world("pyboard")
    return world.import_module("pyb"), world


def test_leds_are_lines(pyb):
    p, world = pyb
    led, line = p.LED(1), world.board.line("LED1")
    levels = []
    for change in (led.on, led.off, led.toggle, led.toggle):
        change()
        levels.append(line.level())
    assert levels == [1, 0, 1, 0]
    with pytest.raises(ValueError, match=r"LED\(5\) doesn't exist: a pyboard has 1, 2, 3 and 4"):
        p.LED(5)


def test_leds_3_and_4_can_be_dimmed(pyb):
    p, world = pyb
    led = p.LED(4)
    led.intensity(51)
    assert led.intensity() == 51
    assert world.board.pwm["LED4"] == (1000, pytest.approx(0.2))
    led.on()
    assert (led.intensity(), world.board.pwm) == (255, {})
    p.LED(1).intensity(51)
    assert p.LED(1).intensity() == 255


def test_the_switch(pyb):
    p, world = pyb
    switch, line, count = p.Switch(), world.board.line("SW"), [0]

    def pressed():
        count[0] += 1

    switch.callback(pressed)
    with world.main_program():
        assert not switch()
        line.drive(0)
        assert switch() and switch.value()
        line.drive(None)
        line.drive(0)
        switch.callback(None)
        line.drive(None)
        line.drive(0)
    assert count == [2]


def test_the_switchs_callback_keeps_to_the_rules_of_handlers(pyb):
    p, world = pyb

    def pressed():
        [].append(world)

    p.Switch().callback(pressed)
    with world.main_program():
        world.board.line("SW").drive(0)
    assert "in line" in "".join(world.printed)
    assert "of pressed" in "".join(world.printed)


def test_an_external_interrupt_has_its_number(pyb):
    p, world = pyb
    numbers = [0, 0]

    def handler(number):
        numbers[0] += 1
        numbers[1] = number

    ext = p.ExtInt(p.Pin("Y4"), p.ExtInt.IRQ_FALLING, p.Pin.PULL_UP, handler)
    line = world.board.line("Y4")
    assert (ext.line(), line.level()) == (9, 1)
    with world.main_program():
        line.drive(0)
        ext.disable()
        line.drive(1)
        line.drive(0)
        ext.enable()
        ext.swint()
    assert numbers == [2, 9]


def test_pins_of_one_number_share_an_external_interrupt(pyb):
    p, _ = pyb
    p.ExtInt("X1", p.ExtInt.IRQ_RISING, p.Pin.PULL_NONE, print)
    with pytest.raises(ValueError, match="vector 0 of X19 is already in use by X1"):
        p.ExtInt("X19", p.ExtInt.IRQ_RISING, p.Pin.PULL_NONE, print)
    p.ExtInt("X1", p.ExtInt.IRQ_RISING, p.Pin.PULL_NONE, None)
    p.ExtInt("X19", p.ExtInt.IRQ_RISING, p.Pin.PULL_NONE, print)


def test_the_accelerometer_reads_what_it_is_given(pyb):
    p, world = pyb
    accel = p.Accel()
    assert (accel.x(), accel.y(), accel.z()) == (0, 0, 21)
    world.board.acceleration = lambda us: (us // 1000, -50, 50)
    with world.main_program():
        world.sleep(7000)
        assert (accel.x(), accel.y(), accel.z()) == (7, -32, 31)
        assert accel.filtered_xyz() == (28, -128, 124)


def test_the_time_since(run):
    ran = run("""
import pyb
start, begin = pyb.millis(), pyb.micros()
pyb.delay(50)
pyb.udelay(500)
print(pyb.elapsed_millis(start), 50_500 <= pyb.elapsed_micros(begin) < 50_600)
""", kind="pyboard")
    assert ran.text == "50 True\n"


def test_the_clock_has_weekdays_from_1_and_subseconds_that_count_down(pyb):
    p, world = pyb
    rtc = p.RTC()
    with world.main_program():
        rtc.datetime((2024, 2, 29, 4, 12, 0, 0, 255))
        assert rtc.datetime() == (2024, 2, 29, 4, 12, 0, 0, 255)
        world.sleep(world.time.now() + 250_000)
        assert rtc.datetime()[6:] == (0, 191)


def test_a_clock_that_goes_wrong_can_be_calibrated(pyb):
    p, world = pyb
    rtc = p.RTC()
    day = 86400 * 1_000_000
    with world.main_program():
        for ppm, cal, gained in ((0, 0, 0), (100, 0, 8_640_000), (100, -105, -11719)):
            world.calendar.crystal_ppm = ppm
            assert rtc.calibration(cal) == rtc.calibration() == cal
            before = world.calendar.now_us()
            world.sleep(world.time.now() + day)
            assert world.calendar.now_us() - before - day == pytest.approx(gained, abs=20)
        with pytest.raises(ValueError, match="-511 to 512"):
            rtc.calibration(513)


def test_the_clock_wakes(pyb):
    p, world = pyb
    seen = [0, 0]

    def wake(line):
        seen[0] += 1
        seen[1] = line

    rtc = p.RTC()
    with world.main_program():
        rtc.wakeup(100, wake)
        world.sleep(350_000)
        rtc.wakeup(None)
        world.sleep(1_000_000)
    assert seen == [3, 22]


def test_its_adc_has_12_bits(pyb):
    p, world = pyb
    adc = p.ADC(p.Pin("X19"))
    world.board.analog("X19").value = lambda us: min(1.0, us / 1000)
    buf = bytearray(4)
    with world.main_program():
        assert adc.read_timed(buf, 4000) == 4
        assert adc.read() == pytest.approx(4095 * 0.75, abs=1)
    assert list(buf) == pytest.approx([0, 64, 128, 192], abs=1)


def test_its_uart_is_looped_by_a_wire(run, new_world, tmp_path):
    world = new_world("pyboard")
    world.board.line("X1").link(world.board.line("X2"))
    (tmp_path / "main.py").write_text("""
from pyb import UART
uart = UART(4, 9600, timeout=100)
uart.write("hello")
print(uart.read(5), uart.any(), uart.readchar())
""")
    assert world.run(tmp_path / "main.py") == 0
    assert "".join(world.printed) == "b'hello' 0 -1\n"


class Echo:
    """Reads as what was written last."""

    def write(self, data, stop):
        if data:
            self.data = data

    def read(self, count, stop):
        return self.data[:count]


def test_its_i2c_is_a_master(pyb):
    p, world = pyb
    world.board.i2c(1).attach(0x20, Echo())
    i2c = p.I2C("X", p.I2C.MASTER, baudrate=100_000)
    assert i2c.scan() == [0x20]
    assert i2c.is_ready(0x20) and not i2c.is_ready(0x21)
    i2c.send("abc", 0x20)
    assert i2c.recv(3, 0x20) == b"abc"
    buf = bytearray(2)
    assert i2c.recv(buf, addr=0x20) is buf
    assert buf == b"ab"
    i2c.mem_write(7, 0x20, 5)
    assert i2c.recv(2, 0x20) == b"\x05\x07"
    assert i2c.mem_read(1, 0x20, 9) == b"\x09"
    with pytest.raises(OSError, match=r"nothing answers at 0x21 on I2C\(1\): there is 0x20"):
        i2c.send(1, 0x21)
    i2c.deinit()
    with pytest.raises(OSError, match="is off: call init"):
        i2c.scan()
    with pytest.raises(ValueError, match="I2C.MASTER or I2C.SLAVE, not 7"):
        i2c.init(7)


class Adder:
    """Answers each byte with one more."""

    def exchange(self, data):
        return bytes((byte + 1) & 0xFF for byte in data)


def test_its_spi_is_a_master(pyb):
    p, world = pyb
    select = p.Pin("X5", p.Pin.OUT_PP)
    world.board.spi(1).attach(Adder(), world.board.line("X5"))
    spi = p.SPI("X", p.SPI.MASTER, baudrate=1_000_000, polarity=0, phase=0)
    assert repr(spi) == "SPI(1, SPI.MASTER, baudrate=656250, prescaler=128, polarity=0, phase=0, bits=8)"
    select.low()
    spi.send(5)
    spi.send(b"abc")
    assert spi.recv(2) == b"\x01\x01"
    buf = bytearray(3)
    assert spi.recv(buf) is buf
    assert spi.send_recv(b"abc") == b"bcd" and spi.send_recv(7) == b"\x08"
    assert spi.send_recv(b"xyz", buf) is buf
    assert buf == b"yz{"
    spi.write_readinto(b"123", buf)
    assert (buf, spi.read(1)) == (b"234", b"\x01")
    with pytest.raises(ValueError, match="same length, not 2 and 3"):
        spi.send_recv(b"ab", buf)
    spi.deinit()
    for use in (lambda: spi.send(1), lambda: p.SPI(2).recv(1)):
        with pytest.raises(OSError, match=r"SPI\([12]\) is off: call init\(SPI.MASTER\) first"):
            use()


@pytest.mark.parametrize(
    ("bus", "settings", "baudrate"),
    [(1, {}, 328_125), (2, {}, 328_125), (2, {"baudrate": 42_000_000}, 21_000_000), (1, {"prescaler": 4}, 21_000_000),
     (2, {"baudrate": 1}, 164_062)],
)  # fmt: skip
def test_the_clock_of_its_spi_is_a_power_of_two_below_the_buss(pyb, bus, settings, baudrate):
    p, world = pyb
    spi = p.SPI(bus, p.SPI.MASTER, **settings)
    assert f"baudrate={baudrate}," in repr(spi)
    with world.main_program():
        start = world.time.now()
        spi.send(bytes(1000))
        assert world.time.now() - start == 8000 * 1_000_000 // baudrate


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda SPI: SPI(3), ValueError, "a pyboard has SPI 1 and 2"),
        (lambda SPI: SPI(1, 7), ValueError, "mode is SPI.MASTER, not 7"),
        (lambda SPI: SPI(1, SPI.SLAVE), NotImplementedError, "SPI.SLAVE is not simulated"),
        (lambda SPI: SPI(1, SPI.MASTER, prescaler=3), ValueError, "a power of two, 2 to 256, not 3"),
        (lambda SPI: SPI(1, SPI.MASTER, 0), ValueError, "baudrate is in Hz"),
        (lambda SPI: SPI(1, SPI.MASTER, firstbit=SPI.LSB), NotImplementedError, "LSB first"),
    ],
)
def test_what_is_wrong_with_an_spi_is_said(pyb, make, error, text):
    with pytest.raises(error, match=text):
        make(pyb[0].SPI)


def test_a_servo_goes_where_it_is_told(pyb):
    p, world = pyb
    servo, widths = p.Servo(1), []

    def edge(level, when):
        widths.append(when) if level else widths.append(when - widths.pop())

    assert (servo.angle(), servo.speed(), servo.pulse_width()) == (0, 0, 1500)
    assert servo.calibration() == (640, 2420, 1500, 970, 700)
    for act, pulse in (
        (lambda: servo.angle(45), 1980),
        (lambda: servo.angle(-45), 1020),
        (lambda: servo.angle(90), 2420),  # as far as it goes
        (lambda: servo.speed(50), 1850),
        (lambda: servo.pulse_width(1200), 1200),
    ):
        act()
        assert servo.pulse_width() == pulse
        assert world.board.pwm["X1"] == (50, pytest.approx(pulse / 20000))
    servo.calibration(700, 2300, 1400, 900, 800)
    servo.angle(90)
    assert (servo.pulse_width(), servo.angle(), p.Servo(1) is servo) == (2300, 90, True)
    with world.main_program():
        world.sleep(10_000)  # it is low
        world.board.line("X1").watch(edge)
        servo.angle(0, 100)
        world.sleep(190_000)
    assert widths[:6] == [2120, 1940, 1760, 1580, 1400, 1400]
    assert servo.angle() == 0
    with pytest.raises(ValueError, match=r"Servo\(5\) doesn't exist: a pyboard has 1 to 4"):
        p.Servo(5)
    with pytest.raises(TypeError, match="3 or 5 pulses, not 2"):
        servo.calibration(1, 2)


def test_all_channels_of_its_adc(pyb):
    p, world = pyb
    adc = p.ADCAll(10, 0x70000)
    world.board.analog("X22").value, world.board.analog("Y11").value = 0.5, 1.0
    assert [adc.read_channel(n) for n in (8, 13, 0)] == [1023, 512, 0]
    assert (adc.read_core_temp(), adc.read_vref(), adc.read_core_vbat()) == (25, 3.3, 3.0)
    assert adc.read_channel(17) == round(1.21 / 3.3 * 1023)
    assert p.ADC(p.Pin("Y11")).read() == 4095
    with pytest.raises(ValueError, match="channels 0 to 18, not 19"):
        adc.read_channel(19)
    with pytest.raises(ValueError, match="resolution 9 not supported"):
        p.ADCAll(9)


def test_pins_have_the_names_of_the_chip_too(pyb):
    p, world = pyb
    Pin = p.Pin
    assert Pin.cpu.A0 is Pin.board.X1 is Pin("A0") is Pin("X1")
    assert Pin("X17") is Pin("SW") is Pin.cpu.B3 and Pin("P5") is Pin.board.LED_RED
    pin = Pin("Y9", Pin.AF_OD, af=Pin.AF4_I2C2)
    assert (pin.name(), pin.names(), pin.port(), pin.pin(), pin.af()) == ("B10", ["B10", "Y9"], 1, 10, 4)
    assert pin.gpio() == 0x40020400
    assert (pin.mode(), Pin("X1", Pin.IN, Pin.PULL_UP).pull()) == (Pin.AF_OD, Pin.PULL_UP)
    assert "A0" not in dir(Pin.board) and "X1" not in dir(Pin.cpu)
    assert all(Pin(name).name() in Pin(name).names() for name in dir(Pin.board))
    p.Switch()
    world.board.line("X17").drive(0)
    assert p.Switch().value()


def test_pin_is_machines(pyb):
    p, world = pyb
    assert p.Pin is world.import_module("machine").Pin
    pin = p.Pin("X3", p.Pin.OUT_PP)
    pin.high()
    assert world.board.line("X3").level() == 1


def test_a_program_blinks_in_real_time(run):
    ran = run("""
import pyb
leds = [pyb.LED(n) for n in (1, 2)]
for led in leds:
    led.toggle()
    pyb.delay(2)
print([led.intensity() for led in leds])
""", kind="pyboard", virtual=False)
    assert ran.text == "[255, 255]\n"
