"""`--panel` on a real pseudo terminal: what is drawn, keys that press buttons, and the terminal as it was before.

Of the simulated board, and at the end of the emulated one.
"""

import os
import pty
import re
import selectors
import signal
import sys
import termios
import time

import pytest

pytest.importorskip("rich", reason="the extra `cli` is not installed")
pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
BUTTON = '[chip.start]\nkind = "button"\npin = 10\n'


class Terminal:
    """The `twincore` command with a terminal of its own."""

    def __init__(self, folder, *arguments):
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            environment = {**os.environ, "TERM": "xterm", "LINES": "40", "COLUMNS": "100"}
            os.execve(sys.executable, [sys.executable, "-m", "twincore.desktop", *arguments], environment)
        self.before = termios.tcgetattr(self.file)
        self.seen, self.raw, self.code = "", "", None

    def wait(self, text, seconds=20):
        """Read until the text has been printed since the last wait."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.file, selectors.EVENT_READ)
            while text not in self.seen:
                assert selector.select(max(0, deadline - time.monotonic())), f"no {text!r} in {self.seen!r}"
                self.read()
        self.seen = self.seen.partition(text)[2]

    def read(self):
        piece = os.read(self.file, 65536).decode(errors="replace")
        self.raw += piece
        self.seen = CONTROLS.sub("", self.seen + piece)

    def type(self, keys):
        os.write(self.file, keys)

    def settings(self):
        return termios.tcgetattr(self.file)

    def end(self):
        """The exit code, minus the signal that killed it; and all that was printed since the last wait."""
        if self.code is None:
            try:
                while True:
                    self.read()
            except OSError:  # its end of the terminal is closed
                pass
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code, self.seen

    def close(self):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.end()
        os.close(self.file)


@pytest.fixture
def terminal(tmp_path):
    """A function that starts `twincore run app.py --panel` on a terminal, with this application and board.toml."""
    terminals = []

    def start(script, wiring="", *arguments):
        (tmp_path / "app.py").write_text(script)
        (tmp_path / "board.toml").write_text(wiring)
        terminals.append(Terminal(tmp_path, "run", "app.py", "--panel", *arguments))
        return terminals[-1]

    yield start
    for each in terminals:
        each.close()


def test_what_is_printed_scrolls_above_pins_and_leds(terminal):
    it = terminal(
        "from machine import Pin\nimport sys\nled = Pin('LED', Pin.OUT)\nled(1)\nprint('[b]one')\nPin(2, Pin.OUT)(1)\n"
        "print('two', end=' ')\nprint('halves')\nsys.exit(3)\n"
    )
    code, seen = it.end()
    assert code == 3
    assert "[b]one\r\n" in seen and "two halves\r\n" in seen
    last = seen.rpartition("╭─ pico, ")[2]
    assert "● LED1" in last and re.search(r"GP2 +▔ 1 +out +1", last)
    assert it.raw.rstrip().endswith("\x1b[?25h")  # the cursor is there again


def test_a_key_presses_a_button(terminal):
    it = terminal(
        "from machine import Pin\nimport time\nbutton = Pin(10, Pin.IN, Pin.PULL_UP)\nprint('ready')\n"
        "while button(): time.sleep_ms(1)\nprint('pressed')\nwhile not button(): time.sleep_ms(1)\nprint('released')\n",
        BUTTON,
    )
    it.wait("ready")
    it.wait("s  start (S holds it)")
    it.type(b"q")  # no key of this board's
    it.type(b"s")
    it.wait("pressed\r\n")
    it.wait("released\r\n")
    assert it.end()[0] == 0


def test_tasks_of_the_application_are_listed_with_what_they_wait_for(terminal):
    it = terminal(
        "import asyncio\nasync def blink():\n    await asyncio.sleep(100)\n"
        "async def main():\n    asyncio.create_task(blink())\n    await asyncio.Event().wait()\nasyncio.run(main())\n"
    )
    it.wait("blink")
    it.wait("app.py:3")
    it.wait("app.py:6")


def test_keys_are_not_echoed_meanwhile_and_the_terminal_is_as_it_was_after(terminal):
    it = terminal("import time\nprint('ready')\ntime.sleep(100)\n", BUTTON)
    it.wait("ready")
    it.wait("start")
    assert not it.settings()[3] & (termios.ECHO | termios.ICANON)
    it.type(b"\x03")
    code, seen = it.end()
    assert code == 130 and "KeyboardInterrupt" in seen and 'app.py", line' in seen
    assert it.settings() == it.before


STUBBORN = (
    "import time\nwhile True:\n    try:\n        print('ready')\n        while True: time.sleep_ms(5)\n"
    "    except KeyboardInterrupt:\n        print('no')\n"
)


def test_a_second_ctrl_c_kills_and_leaves_the_terminal_as_it_was(terminal):
    it = terminal(STUBBORN, BUTTON)
    it.wait("ready")
    it.wait("start")
    it.type(b"\x03")
    it.wait("no\r\n")
    it.type(b"\x03")
    assert it.end()[0] == 130
    assert it.settings() == it.before and it.raw.rstrip().endswith("\x1b[?25h")


def test_so_does_a_signal_that_ends_it(terminal):
    it = terminal(STUBBORN, BUTTON)
    it.wait("ready")
    it.wait("start")
    os.kill(it.pid, signal.SIGTERM)
    assert it.end()[0] == -signal.SIGTERM
    assert it.settings() == it.before


def test_without_buttons_the_input_is_the_applications(terminal):
    it = terminal("print('<' + input('name? ') + '>')\n")
    it.wait("name?")
    it.type(b"board\n")
    code, seen = it.end()
    assert code == 0 and "<board>\r\n" in seen


def test_an_error_is_shown_below_the_panel(terminal):
    code, seen = terminal("print('ran')\nraise ValueError('why')\n").end()
    assert code == 1
    assert seen.rpartition("╯")[2].split("\r\n")[1:] == [
        "Traceback (most recent call last):",
        '  File "app.py", line 2, in <module>',
        "    raise ValueError('why')",
        "ValueError: why",
        "",
    ]


@pytest.fixture
def emulated(terminal, target_is_here):
    """As `terminal`, for the emulated board."""
    target_is_here("rp2040")
    return lambda script, wiring="", *arguments: terminal(script, wiring, "--on", "rp2040", *arguments)


def test_the_emulated_boards_pins_and_led_are_shown_and_what_it_prints_scrolls(emulated):
    it = emulated(
        "from machine import PWM, UART, Pin\nimport sys, time\nPin(25, Pin.OUT)(1)\nprint('[b]one')\n"
        "PWM(Pin(6), freq=50, duty_u16=16384)\nUART(1, tx=Pin(8), rx=Pin(9))\n"
        "time.sleep(0.5)\nprint('two', end=' ')\nprint('h\\u00e4lves')\n"
        "Pin(2, Pin.OUT)(1)\nsys.exit(3)\n"
    )
    code, seen = it.end()
    assert code == 3
    assert "[b]one\r\n" in seen and "two h\u00e4lves\r\n" in seen
    last = seen.rpartition("╭─ emulated pico, ")[2]
    assert "● LED1" in last and re.search(r"GP2 +▔ 1 +out +1", last)
    assert re.search(r"GP6 +. [01] +PWM 50 Hz, 25% +\d\d", last) and re.search(r"GP8 +. [01] +UART\(1\)", last)
    assert it.raw.rstrip().endswith("\x1b[?25h")


PRESSED = (
    "import machine\nfrom machine import Pin\nbutton = Pin(10, Pin.IN, Pin.PULL_UP)\nprint('ready')\n"
    "done = []\nbutton.irq(lambda pin: done.append(pin()), Pin.IRQ_FALLING)\n"
    "while not done: machine.idle()\nprint('pressed')\n"
)


def test_a_key_presses_a_button_of_an_emulated_board_that_sleeps(emulated):
    it = emulated(PRESSED, BUTTON)
    it.wait("ready")
    it.wait("s  start (S holds it)")
    it.wait("start  GP10 released")
    it.type(b"S")
    it.wait("pressed\r\n")
    assert "start  GP10 pressed" in it.end()[1]
    assert it.code == 0 and it.settings() == it.before


def test_ctrl_c_is_the_emulated_applications_and_its_error_is_below_the_panel(emulated):
    it = emulated("import time\nprint('ready')\ntime.sleep(1000)\n", BUTTON)
    it.wait("ready")
    it.wait("start")
    assert not it.settings()[3] & (termios.ECHO | termios.ICANON)
    it.type(b"\x03")
    code, seen = it.end()
    assert code == 130
    assert seen.rpartition("╯")[2].split("\r\n")[1:] == [
        "Traceback (most recent call last):",
        '  File "app.py", line 3, in <module>',
        "KeyboardInterrupt: ",
        "",
    ]
    assert it.settings() == it.before


def test_the_emulated_boards_second_is_a_second_and_a_strip_has_its_colours(emulated):
    it = emulated(
        "import time\nfrom machine import Pin\nfrom neopixel import NeoPixel\n"
        "strip = NeoPixel(Pin(22), 3)\nstrip[1] = (1, 2, 3)\nstrip.write()\nprint('ready')\ntime.sleep(2)\n",
        '[chip.lights]\nkind = "neopixel"\npin = 22\ncount = 3\n',
    )
    it.wait("ready\r\n")
    start = time.monotonic()
    it.wait("●●●  lights")
    code, seen = it.end()
    assert (code, time.monotonic() - start > 1.5) == (0, True)
    assert "lights  GP22 3 LEDs, times shown 1" in seen


def test_a_short_circuit_by_a_key_ends_it(emulated):
    it = emulated("from machine import Pin\nPin(10, Pin.OUT)(1)\nprint('ready')\nwhile True: pass\n", BUTTON)
    it.wait("ready")
    it.wait("start")
    it.type(b"s")
    code, seen = it.end()
    assert code == 74 and "the output GP10 drives high" in seen


def test_a_signal_that_ends_it_leaves_the_terminal_as_it_was_here_too(emulated):
    it = emulated(STUBBORN, BUTTON)
    it.wait("ready")
    it.wait("start")
    os.kill(it.pid, signal.SIGTERM)
    assert it.end()[0] == 128 + signal.SIGTERM
    assert it.settings() == it.before


def test_nothing_to_do_is_no_deadlock_of_a_board_that_people_see_and_until_ends_it(emulated):
    it = emulated(
        "import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n", "", "--until", "1.5"
    )
    code, seen = it.end()
    assert code == 0
    assert "emulated pico, 1." in seen
    below = seen.rpartition("╯")[2].split("\r\n")[1:]
    assert below[0] == "stopped after 1.5 s of emulated time, as asked"
    assert "    app.py:4, in <module>" in below
