"""Keyboard: each press of a key gives its scan code once; scans come by the clock."""

import pytest

from injection import nothing_is_left
from pins import run_virtual
from support import run


class Matrix:
    """Stands in for keys between rows, open drain, and columns with a pull-up. A key is (row, column)."""

    def __init__(self, rows, columns, diodes=False):
        self.levels = [1] * rows
        self.pressed = set()
        self.diodes = diodes
        self.scans = 0
        self.rows = [self.row(number) for number in range(rows)]
        self.columns = [self.column(number) for number in range(columns)]

    def row(self, number):
        def drive(level):
            self.scans += number == 0 and level == 0
            self.levels[number] = level

        return drive

    def column(self, number):
        return lambda: 0 if self.reaches(number) else 1

    def reaches(self, column):
        """Whether a row at 0 is joined to that column; without diodes by way of other rows and columns, too."""
        low = {row for row in range(len(self.levels)) if not self.levels[row]}
        while True:
            columns = {c for r, c in self.pressed if r in low}
            if column in columns:
                return True
            more = low | {r for r, c in self.pressed if c in columns}
            if self.diodes or more == low:
                return False
            low = more


def got(queue):
    """What is in it."""
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_each_key_has_its_scan_code_and_is_told_once(core, primitives):
    async def main():
        matrix = Matrix(2, 3)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        codes = []
        for row in range(2):
            for column in range(3):
                matrix.pressed.add((row, column))
                await core.sleep_ms(100)
                codes += got(keyboard)
                assert [keyboard[code] for code in range(6)] == [code == codes[-1] for code in range(6)]
                assert keyboard.keymap() == 1 << codes[-1]
                await core.sleep_ms(1000)
                matrix.pressed.clear()
                await core.sleep_ms(100)
                assert got(keyboard) == [] and keyboard.keymap() == 0
        assert codes == [5, 4, 3, 2, 1, 0]
        keyboard.deinit()

    run_virtual(core, main)


def test_bounces_are_told_once(core, primitives):
    async def main():
        matrix = Matrix(1, 2)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        for _ in range(7):
            matrix.pressed ^= {(0, 1)}
            await core.sleep_ms(13)
        await core.sleep_ms(30)
        assert got(keyboard) == []
        await core.sleep_ms(30)
        assert got(keyboard) == [0]
        for _ in range(7):
            matrix.pressed ^= {(0, 1)}
            await core.sleep_ms(13)
        await core.sleep_ms(60)
        assert got(keyboard) == [] and not keyboard[0]
        keyboard.deinit()

    run_virtual(core, main)


def test_keys_are_debounced_each_by_itself_and_roll_over(core, primitives):
    async def main():
        matrix = Matrix(2, 2)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        matrix.pressed.add((0, 0))
        await core.sleep_ms(30)
        matrix.pressed.add((1, 1))
        await core.sleep_ms(35)
        assert got(keyboard) == [3]
        await core.sleep_ms(30)
        assert got(keyboard) == [0]
        matrix.pressed.discard((0, 0))
        await core.sleep_ms(70)
        matrix.pressed.add((0, 1))
        await core.sleep_ms(70)
        assert got(keyboard) == [2] and keyboard.keymap() == 0b101
        keyboard.deinit()

    run_virtual(core, main)


@pytest.mark.parametrize("diodes", [False, True])
def test_rollover_is_as_the_docstring_says(core, primitives, diodes):
    async def main():
        matrix = Matrix(2, 2, diodes)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        matrix.pressed |= {(0, 0), (0, 1), (1, 0)}
        await core.sleep_ms(100)
        assert got(keyboard) == ([1, 2, 3] if diodes else [0, 1, 2, 3])
        keyboard.deinit()

    run_virtual(core, main)


def test_scans_come_at_their_interval_and_others_run_between(core, primitives):
    async def main():
        matrix = Matrix(4, 4)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        await core.sleep_ms(1000)
        assert 99 <= matrix.scans <= 102
        keyboard.scan_ms = 100
        matrix.scans = 0
        await core.sleep_ms(1000)
        assert 9 <= matrix.scans <= 11
        core.get_event_loop().clock.advance(1)  # what was missed is not made up for
        matrix.scans = 0
        await core.sleep_ms(1000)
        assert 9 <= matrix.scans <= 12
        keyboard.deinit()

    run_virtual(core, main)


def test_what_is_not_fetched_makes_way_and_is_counted(core, primitives):
    async def main():
        matrix = Matrix(1, 8)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns, bufsize=3, db_delay=20)
        for column in range(8):
            matrix.pressed = {(0, column)}
            await core.sleep_ms(60)
        assert got(keyboard) == [2, 1, 0] and keyboard.lost == 5
        keyboard.deinit()
        other = primitives.Keyboard(matrix.rows, matrix.columns, buffer=bytearray(4))
        assert other.maxsize == 4
        other.deinit()

    run_virtual(core, main)


def test_async_for_ends_with_deinit(core, primitives):
    log = []

    async def main():
        matrix = Matrix(2, 2)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)

        async def consume():
            async for code in keyboard:
                log.append(code)
            log.append("end")

        task = core.create_task(consume())
        matrix.pressed.add((1, 0))
        await core.sleep_ms(100)
        keyboard.deinit()
        keyboard.deinit()
        await task
        nothing_is_left(core.get_event_loop(), core.current_task())
        assert matrix.levels == [1, 1]
        for use in (lambda: keyboard[0], keyboard.keymap):
            with pytest.raises(RuntimeError, match="this Keyboard was ended by deinit"):
                use()
        with pytest.raises(primitives.QueueShutDown):
            await keyboard.get()

    run_virtual(core, main)
    assert log == [1, "end"]


def test_deinit_while_a_key_bounces_leaves_nothing(core, primitives):
    async def main():
        matrix = Matrix(2, 2)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        matrix.pressed |= {(0, 0), (1, 1)}
        await core.sleep_ms(20)
        assert len(core.get_event_loop().timers) == 3
        keyboard.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


def test_a_pin_that_raises_is_reported_and_the_scans_go_on(core, primitives):
    said, broken = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))
        matrix = Matrix(1, 1)

        def column():
            if broken:
                raise OSError("no such wire")
            return matrix.columns[0]()

        keyboard = primitives.Keyboard(matrix.rows, [column])
        broken.append(True)
        await core.sleep_ms(25)
        broken.clear()
        assert matrix.levels == [1]
        matrix.pressed.add((0, 0))
        assert await keyboard.get() == 0
        keyboard.deinit()

    run_virtual(core, main)
    assert said and all(isinstance(exc, OSError) for exc in said)


def test_scans_are_a_unit_of_the_clock_apart_at_least(core, primitives):
    """With no time between them the loop would do nothing else."""

    async def main():
        matrix = Matrix(1, 1)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns)
        keyboard.scan_ms = 0
        matrix.pressed.add((0, 0))
        assert await keyboard.get() == 0
        keyboard.deinit()

    run(core, main)


def test_bad_pins_and_codes_are_refused(core, primitives):
    async def main():
        matrix = Matrix(2, 2)
        rows, columns = matrix.rows, matrix.columns
        for wrong in (([], columns), (rows, []), (rows, [columns[0]] * 2), (rows, rows)):
            with pytest.raises(ValueError):
                primitives.Keyboard(*wrong)
        with pytest.raises(TypeError, match="rowpins are machine.Pin"):
            primitives.Keyboard([1, 2], columns)
        with pytest.raises(TypeError, match="colpins is a list"):
            primitives.Keyboard(rows, 3)
        with pytest.raises(ValueError, match="1 item or more"):
            primitives.Keyboard(rows, columns, bufsize=0)
        for wrong in (-1, "50"):
            with pytest.raises(ValueError, match="db_delay is 0 ms or more"):
                primitives.Keyboard(rows, columns, db_delay=wrong)
        nothing_is_left(core.get_event_loop(), core.current_task())
        keyboard = primitives.Keyboard(rows, columns)
        for wrong in (-1, 4):
            with pytest.raises(IndexError, match="the keys 0 to 3"):
                keyboard[wrong]
        keyboard.deinit()

    run_virtual(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.timeout(30)
def test_it_runs_in_real_time(core, primitives):
    async def main():
        matrix = Matrix(2, 2)
        keyboard = primitives.Keyboard(matrix.rows, matrix.columns, db_delay=20)
        for key, code in (((0, 0), 3), ((1, 1), 0)):
            matrix.pressed = {key}
            assert await keyboard.get() == code
        keyboard.deinit()

    run(core, main, limit=20)
