"""LCD: what is put on the pins of a display, seen by one that the test plays; sizes, rows, texts."""

import pytest

from support import run


class Display:
    """Takes nibbles when E falls. `log` is what it was told after the initialisation: (rs, byte)."""

    def __init__(self):
        self.levels = [0] * 6
        self.nibbles = []
        self.pins = [self.pin(number) for number in range(6)]

    def pin(self, number):
        def put(level):
            if number == 1 and self.levels[1] and not level:
                bits = self.levels[2] | self.levels[3] << 1 | self.levels[4] << 2 | self.levels[5] << 3
                self.nibbles.append((self.levels[0], bits))
            self.levels[number] = level

        return put

    @property
    def log(self):
        rest = self.nibbles[4:]
        assert len(rest) % 2 == 0
        return [(rest[n][0], rest[n][1] << 4 | rest[n + 1][1]) for n in range(0, len(rest), 2)]

    def forget(self):
        self.nibbles[4:] = []


async def made(drivers, cols=16, rows=2):
    display = Display()
    lcd = drivers.LCD(display.pins, cols, rows)
    await lcd.flush()
    return display, lcd


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("rows,function", [(1, 0x20), (2, 0x28), (4, 0x28)])
def test_it_is_initialised_by_instruction(core, drivers, rows, function):
    async def main():
        display, lcd = await made(drivers, 16, rows)
        assert display.nibbles[:4] == [(0, 3), (0, 3), (0, 3), (0, 2)]
        assert display.log == [(0, function), (0, 0x08), (0, 0x01), (0, 0x06), (0, 0x0C)]
        lcd.deinit()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_only_what_changes_is_written(core, drivers):
    async def main():
        display, lcd = await made(drivers)
        display.forget()
        lcd[1] = "abc"
        await lcd.flush()
        assert display.log == [(0, 0xC0)] + [(1, ord(c)) for c in "abc"]
        display.forget()
        lcd[1] = "abx  y"
        await lcd.flush()
        assert display.log == [(0, 0xC2), (1, ord("x")), (0, 0xC5), (1, ord("y"))]
        display.forget()
        lcd[1] = "abx  y"
        lcd[0] = ""
        await lcd.flush()
        assert display.log == []
        lcd.deinit()

    run(core, main)


@pytest.mark.parametrize("cols,rows,starts", [
    (80, 1, (0x80,)), (40, 2, (0x80, 0xC0)), (16, 3, (0x80, 0xC0, 0x90)), (20, 4, (0x80, 0xC0, 0x94, 0xD4)),
])  # fmt: skip
def test_each_row_begins_where_the_display_has_it(core, drivers, cols, rows, starts):
    """Defect 70: upstream knows two rows."""

    async def main():
        display, lcd = await made(drivers, cols, rows)
        for row in range(rows):
            display.forget()
            lcd[row] = chr(65 + row)
            await lcd.flush()
            assert display.log == [(0, starts[row]), (1, 65 + row)]
        display.forget()
        for row in range(rows):
            lcd[row] = "z" * cols
        await lcd.flush()
        wanted = []
        for start in starts:
            wanted += [(0, start)] + [(1, ord("z"))] * cols
        assert display.log == wanted
        lcd.deinit()

    run(core, main)


def test_a_row_reads_as_it_is_to_be(core, drivers):
    async def main():
        _, lcd = await made(drivers, 8, 2)
        assert lcd[0] == " " * 8 and len(lcd) == 2
        lcd[0] = "much too long"
        lcd[1] = 12.5
        assert list(lcd) == ["much too", "12.5    "] and lcd[-1] == "12.5    "
        lcd[0] = "\u20ac\xdf\x03"
        assert lcd[0] == "?\xdf\x03     "
        for row in (2, -3, 100):
            with pytest.raises(IndexError, match="rows 0 to 1"):
                lcd[row] = ""
            with pytest.raises(IndexError, match="rows 0 to 1"):
                lcd[row]
        lcd.deinit()

    run(core, main)


def test_a_character_of_the_programs_own(core, drivers):
    async def main():
        display, lcd = await made(drivers)
        display.forget()
        dots = [0, 10, 31, 31, 14, 4, 0, 0]
        lcd.custom(3, dots)
        lcd[0] = chr(3)
        await lcd.flush()
        assert display.log == [(0, 0x58)] + [(1, row) for row in dots] + [(0, 0x80), (1, 3)]
        for number, dots in ((8, [0] * 8), (-1, [0] * 8)):
            with pytest.raises(ValueError, match="0 to 7"):
                lcd.custom(number, dots)
        for dots in ([0] * 7, [0] * 9, [0] * 7 + [32], []):
            with pytest.raises(ValueError, match="8 rows of 5 bits"):
                lcd.custom(0, dots)
        lcd.deinit()

    run(core, main)


def test_clear_takes_one_instruction_and_what_is_written_after_it_stays(core, drivers):
    async def main():
        display, lcd = await made(drivers)
        lcd[0] = "something"
        await lcd.flush()
        display.forget()
        lcd.clear()
        lcd[1] = "x"
        await lcd.flush()
        assert display.log == [(0, 0x01), (0, 0xC0), (1, ord("x"))]
        assert list(lcd) == [" " * 16, "x" + " " * 15]
        lcd.deinit()

    run(core, main)


def test_what_is_asked_for_while_it_writes_is_displayed_in_the_end(core, drivers):
    async def main():
        display, lcd = await made(drivers)
        memory = {}
        for n in range(40):
            lcd[n % 2] = "text " + str(n)
            if n % 7 == 3:
                lcd.clear()
            for _ in range(n % 5):
                await core.sleep_ms(0)
        await lcd.flush()
        at = 0
        for rs, byte in display.log:
            if rs:
                memory[at] = chr(byte)
                at += 1
            elif byte & 0x80:
                at = byte & 0x7F
            elif byte == 1:
                memory, at = {}, 0
        shown = ["".join([memory.get(64 * row + column, " ") for column in range(16)]) for row in range(2)]
        assert shown == list(lcd)
        lcd.deinit()

    run(core, main)


@pytest.mark.parametrize("cols,rows", [(16, 0), (16, 5), (0, 2), (41, 2), (81, 1), (21, 4)])
def test_sizes_that_no_display_has_are_refused(drivers, cols, rows):
    with pytest.raises(ValueError, match="rows|columns"):
        drivers.LCD([print] * 6, cols, rows)


def test_it_needs_six_pins(drivers):
    for count in (0, 5, 7):
        with pytest.raises(ValueError, match="6 pins"):
            drivers.LCD([print] * count, 16)


def test_it_ends_with_deinit_and_is_not_to_be_used_after(core, drivers):
    async def main():
        display, lcd = await made(drivers)
        lcd[0] = "never"
        waiting = core.create_task(lcd.flush())
        await core.sleep_ms(0)
        lcd.deinit()
        lcd.deinit()
        with pytest.raises(RuntimeError, match="ended by deinit"):
            await waiting
        with pytest.raises(RuntimeError, match="ended by deinit"):
            lcd[0] = "x"
        for use in (lcd.clear, lambda: lcd.custom(0, [0] * 8)):
            with pytest.raises(RuntimeError, match="ended by deinit"):
                use()
        written = len(display.nibbles)
        await core.sleep_ms(5)
        assert len(display.nibbles) == written

    run(core, main)
