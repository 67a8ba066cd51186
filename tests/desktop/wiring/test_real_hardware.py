"""GPIO lines and I2C adapters of this machine at a simulated board.

What is told when one can't be had is tested with the kernel's own errors. What they do then is tested with a stand-in
for the kernel's side only, since few machines have lines to play with: libgpiod's settings and smbus2's messages are
the real ones.
"""

import contextlib
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
GPIO = '[gpio]\nGP2 = {chip = "%s", line = 17}'
I2C = '[i2c.0]\ndevice = "%s"'


@pytest.fixture
def wire(tmp_path):
    """A function that gives a board in real time that is wired as this text says."""
    with contextlib.ExitStack() as stack:

        def make(text, virtual=False, paced=False):
            file = tmp_path / "board.toml"
            file.write_text(text)
            board = stack.enter_context(Board(virtual=virtual, root=tmp_path))
            Wiring.load(file).apply(board, paced=paced)
            return board

        yield make


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gpio]\nGP2 = 17", "gpio.GP2: it is a table as {chip = "),
        ("[gpio]\nGP99 = {}", "gpio.GP99: a pico has no pin 'GP99'"),
        ('[gpio]\nGP2 = {chip = "/dev/gpiochip0"}', "gpio.GP2: line is missing"),
        ('[gpio]\nGP2 = {chip = "x", line = -1}', "gpio.GP2.line: it is 0 or more, not -1"),
        ('[gpio]\nGP2 = {chip = "x", line = 1, pull = 1}', "gpio.GP2: no 'pull': "),
        ("[levels]\nGP2 = 1\n" + GPIO % "x", "gpio.GP2: pin GP2 is used by levels.GP2 already"),
        ("[i2c.0]", "i2c.0: device is missing"),
    ],
)
def test_settings_that_make_no_sense(wire, text, says):
    with pytest.raises(BadSetting) as error:
        wire(text)
    assert says in str(error.value)


@pytest.mark.parametrize("text", [GPIO % "/dev/gpiochip0", I2C % "/dev/i2c-1"])
def test_it_is_of_real_time_and_of_the_simulated_board(wire, text):
    with pytest.raises(BadSetting, match="what is outside lives in real time: leave --virtual out"):
        wire(text, virtual=True)
    with pytest.raises(BadSetting, match="real hardware is for the simulated board: leave --on rp2040 out"):
        wire(text, paced=True)


@pytest.mark.parametrize(("text", "module"), [(GPIO % "x", "gpiod"), (I2C % "x", "smbus2")])
def test_a_missing_library_is_told_with_how_to_get_it(wire, monkeypatch, text, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadSetting, match=rf"it needs {module}: pip install 'twincore\[hardware\]'"):
        wire(text)


class TestGPIO:
    @pytest.fixture(autouse=True)
    def gpiod(self):
        return pytest.importorskip("gpiod", reason="the extra `hardware` is not installed")

    def test_what_is_no_gpio_chip_is_told(self, wire, tmp_path):
        with pytest.raises(BadSetting, match="gpio.GP2: there is no /dev/gpiochip999: of GPIO chips there is "):
            wire(GPIO % "/dev/gpiochip999")
        with pytest.raises(BadSetting, match="gpio.GP2: /dev/null is no GPIO chip"):
            wire(GPIO % "/dev/null")

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (PermissionError(13, "Permission denied"), "no permission for /dev/gpiochip0: be in the group that has it"),
            (OSError(16, "Device or resource busy"), "line 17 of /dev/gpiochip0 is in use: gpioinfo shows by whom"),
            (OSError(22, "Invalid argument"), "/dev/gpiochip0 has no line 17: gpioinfo shows its lines"),
        ],
    )
    def test_what_the_kernel_refuses_is_explained(self, wire, gpiod, monkeypatch, error, says):
        def refuse(*args, **named):
            raise error

        monkeypatch.setattr(gpiod, "request_lines", refuse)
        with pytest.raises(BadSetting, match=f"gpio.GP2: {says}"):
            wire(GPIO % "/dev/gpiochip0")

    def test_the_pin_is_the_line_in_both_directions(self, wire, gpiod, monkeypatch):
        kernel = Kernel(gpiod)
        monkeypatch.setattr(gpiod, "request_lines", kernel.request_lines)
        kernel.level = 1
        board = wire(GPIO % "/dev/gpiochip0")
        line = board.line("GP2")
        assert line.level() == 1 and kernel.settings.direction.name == "INPUT"
        line.pull(0)
        line.output(None)  # as Pin(2, Pin.IN, Pin.PULL_DOWN) does
        assert kernel.settings.bias.name == "PULL_DOWN"
        edges = Edges(line)
        kernel.edge(0)
        kernel.edge(1)
        kernel.edge(0)
        edges.wait([0, 1, 0])
        line.output(1)  # against the level that the line had as an input
        assert (kernel.settings.direction.name, kernel.level) == ("OUTPUT", 1)
        line.output(0)
        assert kernel.level == 0
        kernel.level = 1
        line.output(None)
        assert kernel.settings.direction.name == "INPUT" and line.level() == 1
        board.close()
        assert kernel.released

    def test_pwm_goes_out(self, wire, gpiod, monkeypatch, tmp_path):
        kernel = Kernel(gpiod)
        monkeypatch.setattr(gpiod, "request_lines", kernel.request_lines)
        board = wire(GPIO % "/dev/gpiochip0")
        script = tmp_path / "main.py"
        script.write_text(
            "from machine import Pin, PWM\nimport time\nPWM(Pin(2), freq=100, duty_u16=32768)\ntime.sleep(0.1)\n"
        )
        assert World(board).run(script) == 0
        assert kernel.sets >= 4

    def test_a_line_that_fails_later_is_told_once(self, wire, gpiod, monkeypatch):
        kernel = Kernel(gpiod)
        monkeypatch.setattr(gpiod, "request_lines", kernel.request_lines)
        board = wire(GPIO % "/dev/gpiochip0")
        said = []
        board.output = said.append
        kernel.broken = True
        board.line("GP2").output(1)
        board.line("GP2").output(0)
        assert said == ["GP2: line 17 of /dev/gpiochip0 failed: [Errno 5] gone\n"]


class Edges:
    """The levels of a line, to wait for."""

    def __init__(self, line):
        self.levels, self.changed = [], threading.Condition()
        line.watch(self.tell)

    def tell(self, level, when):
        with self.changed:
            self.levels.append(level)
            self.changed.notify_all()

    def wait(self, levels):
        with self.changed:
            assert self.changed.wait_for(lambda: self.levels == levels, 10)


class Kernel:
    """The side of a GPIO line that a program does not see, with gpiod's settings: one line, and what drives it."""

    def __init__(self, gpiod):
        self.words = gpiod.line
        self.level = 0
        self.sets = 0
        self.broken = self.released = False
        self.events = []
        self.fd, self.ring = os.pipe()

    def request_lines(self, chip, consumer, config):
        ((self.number, self.settings),) = config.items()
        return self

    def reconfigure_lines(self, config):
        if self.broken:
            raise OSError(5, "gone")
        self.settings = config[self.number]
        if self.settings.direction == self.words.Direction.OUTPUT:
            self.set_value(self.number, self.settings.output_value)

    def get_value(self, number):
        return self.words.Value.ACTIVE if self.level else self.words.Value.INACTIVE

    def set_value(self, number, value):
        self.level = 1 if value == self.words.Value.ACTIVE else 0
        self.sets += 1

    def edge(self, level):
        self.level = level
        kinds = SimpleNamespace(RISING_EDGE=1, FALLING_EDGE=0)
        self.events.append(SimpleNamespace(Type=kinds, event_type=level))
        os.write(self.ring, b"e")

    def read_edge_events(self):
        os.read(self.fd, 1)
        return [self.events.pop(0)]

    def release(self):
        self.released = True
        os.close(self.fd)
        os.close(self.ring)


class TestI2C:
    @pytest.fixture(autouse=True)
    def smbus2(self):
        return pytest.importorskip("smbus2", reason="the extra `hardware` is not installed")

    def test_what_is_no_adapter_is_told(self, wire):
        with pytest.raises(BadSetting, match="i2c.0.device: there is no /dev/i2c-999: of I2C adapters there is "):
            wire(I2C % "/dev/i2c-999")
        with pytest.raises(BadSetting, match="i2c.0.device: /dev/null is no I2C adapter"):
            wire(I2C % "/dev/null")

    def test_an_application_talks_to_what_is_on_it_and_to_simulated_chips(self, wire, smbus2, monkeypatch, tmp_path):
        adapter = Memory(smbus2)
        monkeypatch.setattr(smbus2, "SMBus", adapter.open)
        board = wire(I2C % "/dev/i2c-1" + '\n[chip.climate]\nkind = "htu21d"')
        printed = []
        board.output = printed.append
        script = tmp_path / "main.py"
        script.write_text("""
from machine import I2C, Pin
i2c = I2C(0, scl=Pin(5), sda=Pin(4))
print(i2c.scan())
print(i2c.writeto(0x50, b'\\x05abc'), i2c.readfrom_mem(0x50, 5, 3))
i2c.writeto_mem(0x50, 6, b'X')
print(i2c.readfrom_mem(0x50, 5, 3))
for wrong in (lambda: i2c.writeto(0x20, b'1'), lambda: i2c.readfrom_mem(0x20, 0, 1)):
    try:
        wrong()
    except OSError as e:
        print(e)
""")
        assert World(board).run(script) == 0
        assert "".join(printed).splitlines() == [
            "[64, 80]",
            "4 b'abc'",
            "b'aXc'",
            "[Errno 5] nothing acknowledges at 0x20 on /dev/i2c-1",
            "[Errno 5] nothing acknowledges at 0x20 on /dev/i2c-1",
        ]
        assert adapter.transfers[1] == ["write", "read"]  # with a repeated start between them
        board.close()
        assert adapter.closed


class Memory:
    """An adapter with a memory of 256 bytes at 0x50, by smbus2's messages."""

    def __init__(self, smbus2):
        self.funcs = smbus2.I2cFunc.I2C
        self.data, self.at = bytearray(256), 0
        self.transfers = []
        self.closed = False

    def open(self, device):
        assert device == "/dev/i2c-1"
        return self

    def i2c_rdwr(self, *messages):
        if any(message.addr != 0x50 for message in messages):
            raise OSError(121, "Remote I/O error")
        self.transfers.append(["read" if message.flags & 1 else "write" for message in messages])
        for message in messages:
            if message.flags & 1:
                for number in range(message.len):
                    message.buf[number] = bytes([self.data[self.at + number]])
            else:
                self.at, *written = list(message)
                self.data[self.at : self.at + len(written)] = bytes(written)

    def write_quick(self, address):
        raise OSError(121, "Remote I/O error")

    def read_byte(self, address):
        if address != 0x50:
            raise OSError(6, "No such device or address")
        return 0

    def close(self):
        self.closed = True
