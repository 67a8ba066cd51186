"""What is around a board, from --link and board.toml: what it does, and what is said when it makes no sense."""

import contextlib

import pytest

from twincore.desktop.board import Board
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


@pytest.fixture
def wire(tmp_path):
    """A function that wires a board up as a board.toml with this text says; gives the board and the wiring.

    Its time stands still unless the test sleeps in it.
    """
    with contextlib.ExitStack() as stack:

        def make(text, links=()):
            file = tmp_path / "board.toml"
            file.write_text(text)
            wiring = Wiring.load(file).add_links(links)
            board = stack.enter_context(Board(wiring.kind or "pico", virtual=True))
            stack.enter_context(board.core("test", main=True))
            wiring.apply(board)
            return board, wiring

        yield make


def sleep_until(board, ms):
    board.time.sleep(ms * 1000)


def test_links_of_the_file_and_of_the_command_are_wires(wire):
    board, _ = wire('board = "pyboard"\nlinks = ["X1:X2", ["X3", "X4"]]', links=["X2:X5"])
    assert board.kind.name == "pyboard"
    board.line("X1").output(1)
    board.line("X4").drive(1)
    assert [board.line(f"X{n}").level() for n in range(1, 7)] == [1, 1, 1, 1, 1, 0]


def test_a_resistor_pulls_until_somebody_drives_whatever_the_pin_itself_pulls(wire):
    board, _ = wire('[pulls]\n2 = "up"\nGP3 = "down"')
    line = board.line(2)
    line.pull(None)  # as Pin(2, Pin.IN) does
    assert (line.level(), board.line(3).level()) == (1, 0)
    line.drive(0)
    assert line.level() == 0
    line.drive(None)
    assert line.level() == 1


def test_levels_are_driven_from_the_start_on(wire):
    board, _ = wire("[levels]\n2 = 1\n3 = 0")
    assert (board.line(2).level(), board.line(3).level()) == (1, 0)
    with pytest.raises(RuntimeError, match=r"the output GP2 drives low and levels\.2 of .* at GP2 drives high"):
        board.line(2).output(0)


def edges(board, pin, ms):
    """(microseconds, level) of each edge from now until then."""
    seen = []
    board.line(pin).watch(lambda level, when: seen.append((when, level)))
    sleep_until(board, ms)
    return seen


def test_a_square_wave_and_steps_have_their_times(wire):
    board, _ = wire(
        "[levels]\n2 = {square = 100, duty = 0.25, start = 1000}\n3 = {steps = [[500, 1], [500, 0]], start = 2000}"
    )
    two, three = [], []
    board.line(2).watch(lambda level, when: two.append((when, level)))
    board.line(3).watch(lambda level, when: three.append((when, level)))
    sleep_until(board, 12)
    assert two == [(1000, 1), (3500, 0), (11000, 1)]
    assert three == [(2000, 1), (2500, 0)]


def test_steps_begin_again_if_asked(wire):
    board, _ = wire("[levels]\n2 = {steps = [[1000, 1], [2000, 0]], again = true, start = 1000}")
    assert edges(board, 2, 6) == [(1000, 1), (2000, 0), (4000, 1), (5000, 0)]


def test_voltages_are_values_or_functions_of_time(wire):
    board, _ = wire(
        "[adc]\nGP26 = 0.25\nGP27 = {sine = 1, low = 0.2, high = 0.4}\nGP28 = {ramp = 0.5}\n"
        "GP29 = {samples = [0.1, 0.2, 0.3], every_us = 1000, again = true}"
    )
    sleep_until(board, 1250)
    values = [board.analog(f"GP{n}").read() for n in range(26, 30)]
    assert values == pytest.approx([0.25, 0.4, 0.625, 0.3])


def test_noise_stays_within_its_amplitude(wire):
    board, _ = wire("[adc]\nGP26 = {value = 0.5, noise = 0.1, seed = 3}")
    seen = []
    for ms in range(1, 30):
        sleep_until(board, ms)
        seen.append(board.analog("GP26").read())
    assert len(set(seen)) > 20 and 0.4 <= min(seen) < max(seen) <= 0.6


def test_a_uart_is_wired_to_itself_or_to_another(wire):
    board, _ = wire('board = "esp32"\n[uart.0]\nto = 0\n[uart.1]\nto = 2')
    board.uart(0).transmit(b"ab")
    board.uart(2).transmit(b"c")
    sleep_until(board, 10)
    assert bytes(board.uart(0).received) == b"ab"
    assert bytes(board.uart(1).received) == b"c"


CHIPS = """
[chip.climate]
kind = "htu21d"
bus = 1
temperature = 30.5

[chip.start]
kind = "button"
pin = 10
key = "x"

[chip.knob]
kind = "encoder"
a = 11
b = "GP12"

[chip.display]
kind = "hd44780"
rs = 16
e = 17
data = [18, 19, 20, 21]
rows = 4
columns = 20

[chip.small]
kind = "hd44780_i2c"
bus = [5, 4]
address = 0x3f

[chip.remote]
kind = "nec_remote"
pin = 13

[chip.keys]
kind = "keypad"
rows = [0, 1]
columns = [2, 3]
labels = "12*#"

[chip.where]
kind = "gps"
log = "walk.nmea"
uart = 1
pps = 22
"""
NMEA = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\n"


def test_each_kind_of_chip_is_plugged_in_with_its_settings(wire, tmp_path):
    (tmp_path / "walk.nmea").write_text(NMEA)
    board, wiring = wire(CHIPS)
    assert list(wiring.chips) == ["climate", "start", "knob", "display", "small", "remote", "keys", "where"]
    assert all(chip.name == name and chip in board.devices for name, chip in wiring.chips.items())
    assert board.i2c(1).scan() == [0x40] and board.i2c(("GP5", "GP4")).scan() == [0x3F]
    assert (wiring.chips["climate"].temperature, len(wiring.chips["display"].text())) == (30.5, 4)
    sleep_until(board, 2000)
    assert bytes(board.uart(1).received).startswith(b"$GPRMC")


def test_keys_of_the_keyboard_work_the_chips(wire, tmp_path):
    (tmp_path / "walk.nmea").write_text(NMEA)
    board, wiring = wire(CHIPS)
    keys = wiring.keys()
    assert set(keys) == {"1", "2", "*", "#", "<", ">", "x", "X"}
    button, knob, pad = (wiring.chips[name] for name in ("start", "knob", "keys"))
    keys["x"].press()
    assert button.pressed
    sleep_until(board, 500)
    assert not button.pressed
    keys["X"].press()
    sleep_until(board, 1000)
    assert button.pressed
    keys["X"].press()
    assert not button.pressed
    keys[">"].press()
    keys["*"].press()
    assert pad.pressed() == ["*"]
    sleep_until(board, 2000)
    assert (knob.position, pad.pressed()) == (1, [])


def test_buttons_get_the_first_letter_that_is_free(wire):
    names = ("stop", "start", "s", "SW")
    text = "\n".join(f'[chip.{name}]\nkind = "button"\npin = {n}' for n, name in enumerate(names))
    _, wiring = wire(text)
    assert [key for key in wiring.keys() if key.islower()] == ["s", "t", "a", "w"]


def bad(wire, text, **options):
    with pytest.raises(BadSetting) as raised:
        wire(text, **options)
    assert "\n" not in str(raised.value)
    return str(raised.value)


BUTTON = '[chip.b]\nkind = "button"\npin = {}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "board.toml: this is no TOML: "),
        ('board = "pyborad"', "board.toml: board: no board is called 'pyborad': did you mean pyboard? there is pico, "),
        ("board = 3", "board.toml: board: it is a text in quotes, not 3"),
        ("lniks = []", "board.toml: no 'lniks': did you mean links? there is board, links, events, pulls, "),
        ('links = "2:3"', "board.toml: links: it is a list in [ ], not '2:3'"),
        ('links = ["2:3", "4"]', "board.toml: links, number 2: a link is between two pins, as in X1:X2, not '4'"),
        ('links = ["2:"]', "board.toml: links, number 1: a link is between two pins"),
        ("links = [[2, 3, 4]]", "board.toml: links, number 1: a link is between two pins, as in X1:X2, not [2, 3, 4]"),
        ("links = [2]", "board.toml: links, number 1: a link is between two pins, as in X1:X2, not 2"),
        ('links = ["2:GP99"]', "board.toml: links, number 1: a pico has no pin 'GP99': did you mean GP9? it has GP0"),
        ('links = ["2:GP2"]', "board.toml: links, number 1: 2 and GP2 are the same pin"),
        ('links = ["other.2:GP2"]', "number 1: other.2 is pin 2 of another board, other: there is one board only"),
        ('links = ["2:3"]\n[levels]\n2 = 0\n3 = 1', "board.toml: links, number 1: a short circuit: levels.2 of "),
        ("[pulls]\n2 = 1", "board.toml: pulls.2: it is a text in quotes, not 1"),
        ('[pulls]\n2 = "high"', "board.toml: pulls.2: no 'high': there is up, down"),
        ('[pulls]\nX1 = "up"', "board.toml: pulls.X1: a pico has no pin 'X1'"),
        ("[levels]\n2 = true", "board.toml: levels.2: it is 0, 1, or a table as {square = 10}, not True"),
        ("[levels]\n2 = {}", "board.toml: levels.2: it has none of square, steps: give one of them"),
        ("[levels]\n2 = {square = 1, steps = []}", "levels.2: it has square and steps of square, steps: give one"),
        ("[levels]\n2 = {square = 0}", "board.toml: levels.2: hz is above 0"),
        ("[levels]\n2 = {steps = [1, 2]}", "levels.2.steps: it is a list of [microseconds, level], not [1, 2]"),
        ("[levels]\n2 = {square = 10, dtuy = 1}", "board.toml: levels.2: no 'dtuy': did you mean duty?"),
        ("[levels]\n2 = 1\nGP2 = 1", "board.toml: levels.GP2: pin GP2 is used by levels.2 already"),
        ("[adc]\nGP26 = 3.3", "board.toml: adc.GP26: it is 0.0 to 1.0 of the reference, or a table"),
        ("[adc]\nX3 = 0.5", "board.toml: adc.X3: a pico has no pin 'X3'"),
        ("[adc]\nGP26 = {sine = 1, low = 3}", "board.toml: adc.GP26: low and high are from 0.0 to 1.0"),
        ("[adc]\nGP26 = {sine = -1}", "board.toml: adc.GP26.sine: it is 1e-06 to 1000000.0, not -1"),
        ("[adc]\nGP26 = {samples = [], every_us = 1}", "board.toml: adc.GP26: there are no samples"),
        ("[adc]\nGP2 = 0.5", "board.toml: adc.GP2: Pin GP2 doesn't have ADC capabilities: GP26, GP27, "),
        ("[levels]\n2 = {steps = [[0, 1]], again = true}", "levels.2.steps: again and again, they have to take"),
        ("[uart.7]\nto = 0", "board.toml: uart.7: UART(7) doesn't exist: a pico has UART 0 and 1"),
        ("[uart.0]\nto = 9", "board.toml: uart.0.to: UART(9) doesn't exist: a pico has UART 0 and 1"),
        ('[i2c.7]\ndevice = "/dev/i2c-1"', "board.toml: i2c.7: "),
        ('[chip.a]\nkind = "htu21d"\nbus = 7', "chip.a.bus: I2C(7) doesn't exist: a pico has I2C 0 and 1"),
        ('board = "pyboard"\n[chip.a]\nkind = "htu21d"', "chip.a.bus: I2C(0) doesn't exist: a pyboard has I2C 1 and 2"),
        ('[chip.a]\nkind = "sd_card"\nbus = 5\nselect = 2\nsize = 4_194_304', "chip.a.bus: SPI(5) doesn't exist"),
        ("uart = 3", "board.toml: uart: it is a table, not 3"),
        ("[uart]\n0 = 3", "board.toml: uart.0: it is a table, not 3"),
        ("[uart.0]", "board.toml: uart.0: it has none of pty, port, to: give one of them"),
        ("[uart.0]\npty = true", "board.toml: uart.0.pty: what is outside lives in real time: leave --virtual out"),
        ('[chip.a]\nkind = "htu21"', "board.toml: chip.a.kind: no 'htu21': did you mean htu21d? there is button, "),
        ("[chip.a]", "board.toml: chip.a: kind is missing"),
        ('[chip.a]\nkind = "button"', "board.toml: chip.a: pin is missing"),
        ('[chip.a]\nkind = "hd44780"\nrs = 1\ne = 2', "board.toml: chip.a: data is missing"),
        ('[chip.a]\nkind = "hd44780"\nrs = 1\ne = 2\ndata = [3]', "board.toml: chip.a: there are 4 data lines"),
        (BUTTON.format(99), "board.toml: chip.b.pin: a pico has no pin 99"),
        (BUTTON.format("1.5"), "board.toml: chip.b.pin: it is the name or number of a pin, not 1.5"),
        (BUTTON.format("3\npni = 4"), "board.toml: chip.b: no 'pni': did you mean pin? there is "),
        (BUTTON.format('3\nto = "gruond"'), "board.toml: chip.b: a button connects its pin to"),
        (BUTTON.format('3\nbounce_us = "long"'), "board.toml: chip.b.bounce_us: it is a number, not 'long'"),
        (
            BUTTON.format(3) + '[chip.knob]\nkind = "encoder"\na = "GP3"\nb = 4',
            "board.toml: chip.knob.a: pin GP3 is used by chip.b.pin already",
        ),
        ("[levels]\n3 = 1\n" + BUTTON.format(3), "board.toml: chip.b.pin: pin 3 is used by levels.3 already"),
        (
            '[chip.one]\nkind = "htu21d"\n[chip.two]\nkind = "htu21d"',
            "board.toml: chip.two: I2C(0) has a device at 0x40 already",
        ),
        ('[chip.a]\nkind = "gps"\nlog = "walk.nmea"', "board.toml: chip.a.log: there is no file walk.nmea in "),
    ],
)
def test_what_makes_no_sense_is_told_with_file_key_and_what_there_is(wire, text, message):
    assert message in bad(wire, text)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("2", "--link 2: a link is between two pins, as in X1:X2, not '2'"),
        ("2:3:4", "--link 2:3:4: a link is between two pins"),
        ("2:X9", "--link 2:X9: a pico has no pin 'X9'"),
        ("board2.X1:X2", "--link board2.X1:X2: board2.X1 is pin X1 of another board, board2: there is one board only"),
    ],
)
def test_a_link_of_the_command_is_told_as_it_was_typed(wire, link, message):
    assert bad(wire, "", links=[link]).startswith(message)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path):
    with pytest.raises(BadSetting, match=r"there is no file .*none\.toml"):
        Wiring.load(tmp_path / "none.toml")
    with pytest.raises(BadSetting, match=r"cannot read .*: Is a directory"):
        Wiring.load(tmp_path)
    (tmp_path / "board.toml").write_bytes(b"board = '\xff'")
    with pytest.raises(BadSetting, match=r"this is no TOML: it is not in UTF-8, at byte 9"):
        Wiring.load(tmp_path / "board.toml")
