"""Plugging what a `board.toml` lists into a simulated board: resistors, levels, voltages, serial ports, chips.

Each table is read key by key, so that what is wrong is told with its key; `wiring` is what to call. The keys of a
chip's table are the arguments of its class in `twincore.desktop.chips`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .settings import BadSetting, Settings

if TYPE_CHECKING:
    from ..board import Board, Line

CHIPS = {  # kind -> its class in twincore.desktop.chips
    "button": "Button",
    "dht11": "DHT11",
    "dht22": "DHT22",
    "ds18b20": "DS18B20",
    "encoder": "Encoder",
    "gps": "GPS",
    "hd44780": "HD44780",
    "hd44780_i2c": "HD44780Backpack",
    "htu21d": "HTU21D",
    "keypad": "Keypad",
    "nec_remote": "NECRemote",
    "neopixel": "NeoPixel",
    "sd_card": "SDCard",
    "touch_pad": "TouchPad",
}
BUSES = {"sd_card": "SPI", "gps": "UART"}  # kind -> what its `bus` or `uart` is a number of; I2C of all others
FAR_ENDS = ("pty", "port", "to")  # of a UART, one of them
VOLTAGES = ("value", "sine", "ramp", "samples")
WAVES = ("square", "steps")


class Plugging:
    """One pass over the tables, in which each pin is given to one user only. BadSetting for what does not fit."""

    def __init__(self, board: Board, settings: Settings, notes: list[str], paced: bool = False) -> None:
        self._board = board
        self._paced = paced
        self.real = False  # something that was plugged in lives in real time
        self._settings = settings
        self._notes = notes
        self.wanted_keys: dict[str, str] = {}  # chip -> the key of the keyboard that presses it
        self._users: dict[str, str] = {}  # pin -> the key that has it
        self._shared: set[str] = set()  # pins with a bus, at which there may be more

    def levels(self) -> None:
        """`[levels]`: what is driven from outside, from the start on."""
        table = self._settings.table("levels")
        for pin in table.names():
            line = self._pin(table, pin, pin)
            value = table.take(pin)
            if isinstance(value, dict):
                self._wave(line, table.within(pin, value))
            elif value in (0, 1) and not isinstance(value, bool):
                line.drive(value, by=f"levels.{pin} of {self._settings.file}")
            else:
                table.fail(pin, f"it is 0, 1, or a table as {{square = 10}}, not {value!r}")

    def _wave(self, line: Line, settings: Settings) -> None:
        from ..chips import waveform

        start = settings.whole("start", None, 0)
        if _one_of(settings, WAVES) == "square":
            hz = settings.number("square")
            duty = settings.number("duty", 0.5)
            _of_chip(settings, lambda: waveform.square(self._board, line, hz, duty=duty, start=start))
        else:
            steps = settings.items("steps")
            if not all(isinstance(step, list) and len(step) == 2 for step in steps):
                settings.fail("steps", f"it is a list of [microseconds, level], not {steps!r}")
            steps = [tuple(step) for step in steps]
            if settings.flag("again", False):
                if not any(us for us, _ in steps):
                    settings.fail("steps", "again and again, they have to take some time")
                endless = (step for again in iter(int, 1) for step in steps)
                _of_chip(settings, lambda: waveform.play(self._board, line, endless, start=start))
            else:
                _of_chip(settings, lambda: waveform.play(self._board, line, steps, start=start))
        settings.finish()

    def pulls(self) -> None:
        """`[pulls]`: resistors to the supply (up) or to ground (down), beside those that the pins have inside."""
        from ..board import Line

        table = self._settings.table("pulls")
        for pin in table.names():
            line = self._pin(table, pin, pin, claim=False)
            way = table.choice(pin, ("up", "down"))
            resistor = Line(f"a pull-{way}", self._board.time, self._board.interrupts)
            resistor.pull(1 if way == "up" else 0)
            line.link(resistor)

    def voltages(self) -> None:
        """`[adc]`: the voltage at a pin, in parts of the reference."""
        from ..firmware.adc import adc_pin

        table = self._settings.table("adc")
        for pin in table.names():
            try:
                analog = self._board.analog(adc_pin(self._board, pin) or pin)
            except ValueError as error:
                table.fail(pin, str(error))
            value = table.take(pin)
            if isinstance(value, dict):
                analog.value = self._voltage(table.within(pin, value))
            elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                table.fail(pin, f"it is 0.0 to 1.0 of the reference, or a table as {{sine = 2}}, not {value!r}")
            else:
                analog.value = float(value)

    def _voltage(self, settings: Settings) -> float | Callable[[int], float]:
        from ..chips import waveform

        kind = _one_of(settings, VOLTAGES)
        voltage: float | Callable[[int], float]
        if kind == "value":
            voltage = settings.number("value", low=0, high=1)
        elif kind == "samples":
            values, every = settings.items("samples"), settings.whole("every_us")
            again = settings.flag("again", False)
            voltage = _of_chip(settings, lambda: waveform.samples(values, every, again=again))
        else:
            hz = settings.number(kind, low=1e-6, high=1e6)
            low, high = settings.number("low", 0.0), settings.number("high", 1.0)
            make = waveform.sine if kind == "sine" else lambda hz, low, high: waveform.ramp(1e6 / hz, low, high)
            voltage = _of_chip(settings, lambda: make(hz, low, high))
        if "noise" in settings:
            amplitude, seed = settings.number("noise"), settings.whole("seed", 0)
            of = voltage
            voltage = _of_chip(settings, lambda: waveform.noise(of, amplitude, seed=seed))
        settings.finish()
        return voltage

    def uarts(self) -> None:
        """`[uart.N]`: what is at its other end."""
        for number, settings in self._settings.tables("uart"):
            port = self._uart(settings, "", number)
            kind = _one_of(settings, FAR_ENDS)
            if kind != "to" and self._board.time.virtual and not self._paced:
                settings.fail(kind, "what is outside lives in real time: leave --virtual out")
            if kind == "to":
                port.cross(self._uart(settings, "to", settings.whole("to", low=0)))
            else:
                self._far_end(settings, port, kind)
                self.real = True
            settings.finish()

    def _uart(self, settings: Settings, key: str, number: Any) -> Any:
        number = self._number(settings, key, "UART", number)
        return _of_chip(settings, lambda: self._board.uart(number))

    def _far_end(self, settings: Settings, port: Any, kind: str) -> None:
        from . import serial_links

        try:
            if kind == "pty":
                name = settings.take("pty")
                if not isinstance(name, str) and name is not True:
                    settings.fail("pty", f"it is true, or the name of a link to it, not {name!r}")
                link = serial_links.PtyLink(port, None if name is True else settings.folder / name)
                self._board.devices.append(link)
                self._notes.append(f"{port.name} is at {link.path}")
            else:
                url, baudrate = settings.text("port"), settings.whole("baudrate", 115_200, 1)
                self._board.devices.append(serial_links.RealPort(port, url, baudrate, self._board.print))
        except ImportError as error:
            settings.fail(kind, f"it needs {error.name}: pip install 'twincore[serial]'")
        except (OSError, ValueError) as error:
            if isinstance(error, BadSetting):
                raise
            settings.fail(kind, str(error))

    def sound(self) -> None:
        """`[i2s.N]`: the WAV files that it plays to and hears."""
        from . import sound_files

        for number, settings in self._settings.tables("i2s"):
            if self._board.emulated:
                settings.fail("", "sound is for the simulated board: leave --on rp2040 out")
            bus = self._board.i2s(self._number(settings, "", "I2S", number))
            plays, hears = settings.text("plays", None), settings.path("hears", None)
            again = settings.flag("again", False)
            settings.finish()
            if plays is None and hears is None:
                settings.fail("", "it has none of plays, hears: give one of them, or both")
            try:
                if hears is not None:
                    bus.sound = sound_files.heard(hears, again)
            except (OSError, ValueError) as error:
                settings.fail("hears", str(error))
            if plays is not None:
                file = settings.folder / plays
                if not file.parent.is_dir():
                    settings.fail("plays", f"there is no folder {file.parent}")
                self._board.devices.append(sound_files.Recording(bus, file, self._board.print))

    def gpio(self) -> None:
        """`[gpio]`: pins that are wired to GPIO lines of this machine."""
        from . import gpio_lines

        table = self._settings.table("gpio")
        for pin in table.names():
            line = self._pin(table, pin, pin)
            value = table.take(pin)
            if not isinstance(value, dict):
                table.fail(pin, f"it is a table as {{chip = \"/dev/gpiochip0\", line = 17}}, not {value!r}")
            settings = table.within(pin, value)
            chip, number = settings.text("chip"), settings.whole("line", low=0)
            settings.finish()
            self._check_real(settings)
            try:
                self._board.devices.append(gpio_lines.RealLine(self._board, line, chip, number, self._board.print))
            except ImportError:
                settings.fail("", "it needs gpiod: pip install 'twincore[hardware]'")
            except OSError as error:
                settings.fail("", gpio_lines.explained(error, chip, number))

    def i2c(self) -> None:
        """`[i2c.N]`: an I2C adapter of this machine, whose devices are on that bus too."""
        from . import i2c_adapter

        for number, settings in self._settings.tables("i2c"):
            device = settings.text("device")
            settings.finish()
            self._check_real(settings)
            bus = self._board.i2c(self._number(settings, "", "I2C", number))
            try:
                self._board.devices.append(i2c_adapter.Adapter(bus, device))
            except ImportError:
                settings.fail("", "it needs smbus2: pip install 'twincore[hardware]'")
            except OSError as error:
                settings.fail("device", i2c_adapter.explained(error, device))

    def _check_real(self, settings: Settings) -> None:
        if self._paced:
            settings.fail("", "real hardware is for the simulated board: leave --on rp2040 out")
        if self._board.time.virtual:
            settings.fail("", "what is outside lives in real time: leave --virtual out")
        self.real = True

    def chips(self) -> dict[str, Any]:
        """`[chip.NAME]`: each by its name, in the order of the file."""
        tables = list(self._settings.tables("chip"))
        if not tables:
            return {}
        from .. import chips

        plugged = {}
        for name, settings in tables:
            kind = settings.choice("kind", CHIPS)
            make: Any = getattr(chips, CHIPS[kind])
            arguments: dict[str, Any] = {}
            for parameter in list(inspect.signature(make).parameters.values())[1:]:
                needed = parameter.default is inspect.Parameter.empty
                if needed or parameter.name in settings:
                    arguments[parameter.name] = self._argument(settings, parameter.name, str(parameter.annotation))
                else:
                    settings.take(parameter.name, None)  # so that it is known
                number = arguments.get(parameter.name, parameter.default)
                if parameter.name in ("bus", "uart") and not isinstance(number, tuple):
                    arguments[parameter.name] = self._number(settings, parameter.name, BUSES.get(kind, "I2C"), number)
            key = settings.text("key", None)
            settings.finish()
            if key:
                self.wanted_keys[name] = key
            chip = _of_chip(settings, functools.partial(make, self._board, **arguments))
            chip.name = name
            plugged[name] = chip
        return plugged

    def _argument(self, settings: Settings, name: str, kind: str) -> Any:
        """The value of that key, for a parameter with that annotation."""
        if name not in settings:
            settings.take(name)  # it is missing
        if kind.startswith(("Pin", "SharedPin")):
            return self._pin(settings, name, settings.take(name), shared=kind.startswith("Shared"))
        if kind.startswith("Sequence[Pin]"):
            return [self._pin(settings, name, pin) for pin in settings.items(name)]
        if "Path" in kind:
            return settings.path(name)
        if kind == "Any":  # a bus: its number, its name, or its pins
            bus = settings.take(name)
            return tuple(bus) if isinstance(bus, list) else bus
        readers: dict[str, Callable[[str], Any]] = {
            "bool": settings.flag,
            "int": settings.whole,
            "float": settings.number,
            "Measured": settings.number,
            "str": settings.text,
        }
        return readers.get(kind, settings.take)(name)

    def _number(self, settings: Settings, key: str, what: str, given: Any) -> Any:
        """The number of that UART, I2C or SPI, which the board has to have; an emulated one says so itself."""
        number = int(given) if isinstance(given, str) and given.isdigit() else given
        if self._board.emulated:
            return number
        from ..firmware.pins_of import number_of

        try:
            return number_of(self._board, what, number)
        except ValueError as error:
            settings.fail(key, str(error))

    def _pin(self, settings: Settings, key: str, pin: Any, claim: bool = True, shared: bool = False) -> Line:
        if isinstance(pin, bool) or not isinstance(pin, str | int):
            settings.fail(key, f"it is the name or number of a pin, not {pin!r}")
        try:
            line = self._board.line(pin)
        except ValueError as error:
            settings.fail(key, str(error))
        if claim:
            user = self._users.setdefault(line.name, settings.key(key))
            if user != settings.key(key) and not (shared and line.name in self._shared):
                settings.fail(key, f"pin {pin} is used by {user} already")
            if shared:
                self._shared.add(line.name)
        return line


def _one_of(settings: Settings, keys: Iterable[str]) -> str:
    """Which of the keys is there: one has to be, and no more."""
    keys = list(keys)
    there = [key for key in keys if key in settings]
    for key in keys:
        if key not in there:
            settings.take(key, None)
    if len(there) != 1:
        settings.fail("", f"it has {' and '.join(there) or 'none'} of {', '.join(keys)}: give one of them")
    return there[0]


def _of_chip(settings: Settings, make: Callable[[], Any]) -> Any:
    """What `make` makes; if it finds its values wrong they are those of this table."""
    from ..board import ShortCircuit

    try:
        return make()
    except ShortCircuit as error:
        settings.fail("", f"a short circuit: {error}")
    except (TypeError, ValueError) as error:
        settings.fail("", str(error))
