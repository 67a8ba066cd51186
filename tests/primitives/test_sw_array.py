"""SwArray: what switches in a matrix do is told once, in order, whatever other keys do."""

import pytest

from injection import nothing_is_left
from pins import run_virtual
from support import submodule

CLOSE, OPEN, LONG, DOUBLE, SUPPRESS = 1, 2, 4, 8, 16
ALL = CLOSE | OPEN | LONG | DOUBLE


class Keys:
    """Stands in for two rows of two keys that have diodes. `pressed` holds scan codes."""

    def __init__(self):
        self.pressed = set()
        self.low = None
        self.rows = [self.row(number) for number in range(2)]
        self.columns = [self.column(number) for number in range(2)]

    def row(self, number):
        def drive(level):
            self.low = None if level else number

        return drive

    def column(self, number):
        return lambda: 0 if self.low is not None and 3 - 2 * self.low - number in self.pressed else 1


async def play(core, keys, key, times):
    """Close the switch for the first time, in ms, open it for the second, and so on."""
    for ms in times:
        keys.pressed ^= {key}
        await core.sleep_ms(ms)


def told(array):
    """What is in the queue, as text: C, O, L, D behind the scan code."""
    names = {CLOSE: "C", OPEN: "O", LONG: "L", DOUBLE: "D"}
    return " ".join([str(key) + names[what] for key, what in [array.get_nowait() for _ in range(array.qsize())]])


def test_the_constants_are_upstreams(primitives):
    module = submodule(primitives, "sw_array")
    assert (module.CLOSE, module.OPEN, module.LONG, module.DOUBLE, module.SUPPRESS) == (1, 2, 4, 8, 16)


@pytest.mark.parametrize(
    "cfg, times, expected",
    [
        (CLOSE, (100, 900), "2C"),
        (OPEN, (100, 900), "2O"),
        (CLOSE | OPEN, (100, 900), "2C 2O"),
        (CLOSE | OPEN, (1300, 900), "2C 2O"),
        (CLOSE | OPEN, (100, 100, 100, 900), "2C 2O 2C 2O"),
        (LONG, (100, 900), ""),
        (LONG, (1300, 900), "2L"),
        (DOUBLE, (100, 100, 100, 900), "2D"),
        (ALL, (100, 900), "2C 2O"),  # upstream tells all of it twice
        (ALL, (700, 900), "2C 2O"),
        (ALL, (1300, 900), "2C 2L 2O"),
        (ALL, (100, 100, 100, 900), "2C 2O 2C 2D 2O"),
        (ALL | SUPPRESS, (100, 900), "2C 2O"),
        (ALL | SUPPRESS, (700, 900), "2C 2O"),
        (ALL | SUPPRESS, (1300, 900), "2L 2O"),
        (ALL | SUPPRESS, (100, 100, 100, 900), "2D 2O"),
        (LONG | CLOSE | SUPPRESS, (100, 900), "2C"),
        (LONG | CLOSE | SUPPRESS, (1300, 900), "2L"),
        (DOUBLE | CLOSE | SUPPRESS, (3000, 900), "2C"),
    ],
)
def test_each_event_is_told_once(core, primitives, cfg, times, expected):
    async def main():
        keys = Keys()
        array = primitives.SwArray(keys.rows, keys.columns, cfg)
        await play(core, keys, 2, times)
        assert told(array) == expected
        array.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


@pytest.mark.parametrize("suppress", [False, True])
def test_keys_do_not_disturb_each_other(core, primitives, suppress):
    async def main():
        keys = Keys()
        array = primitives.SwArray(keys.rows, keys.columns, ALL | (SUPPRESS if suppress else 0), bufsize=40)
        presses = {0: (100, 100, 100, 900), 1: (1300, 900), 2: (150, 900), 3: (700, 100, 120, 900)}
        tasks = []
        for key in sorted(presses):
            tasks.append(core.create_task(play(core, keys, key, presses[key])))
            await core.sleep_ms(15)
        await core.sleep_ms(95)
        assert array.keymap() == 0b1111 and all(array[key] for key in range(4))
        for task in tasks:
            await task
        await core.sleep_ms(900)
        assert array.keymap() == 0
        events = told(array).split()
        of_key = [" ".join([event[1] for event in events if event[0] == key]) for key in "0123"]
        if suppress:
            assert of_key == ["D O", "L O", "C O", "C O C O"]
        else:
            assert of_key == ["C O C D O", "C L O", "C O", "C O C O"]
        array.deinit()

    run_virtual(core, main)


def test_async_for_gives_code_and_event_and_the_times_are_its_own(core, primitives):
    log = []

    async def main():
        keys = Keys()
        array = primitives.SwArray(keys.rows, keys.columns, ALL | SUPPRESS)
        array.debounce_ms = 20
        array.double_click_ms = 100
        array.long_press_ms = 200

        async def consume():
            async for code, event in array:
                log.append((code, event))

        task = core.create_task(consume())
        await play(core, keys, 1, (50, 200, 300, 200, 40, 40, 40, 200))
        array.deinit()
        await task

    run_virtual(core, main)
    assert log == [(1, CLOSE), (1, OPEN), (1, LONG), (1, OPEN), (1, DOUBLE), (1, OPEN)]


def test_idle_it_has_the_timer_of_its_scans_only(core, primitives):
    async def main():
        keys = Keys()
        array = primitives.SwArray(keys.rows, keys.columns, ALL | SUPPRESS)
        for times in ((), (100, 900), (1300, 900), (100, 100, 100, 900)):
            await play(core, keys, 0, times)
            assert len(core.get_event_loop().timers) == 1
        array.deinit()

    run_virtual(core, main)


def test_deinit_in_the_middle_of_presses_leaves_nothing(core, primitives):
    async def main():
        keys = Keys()
        array = primitives.SwArray(keys.rows, keys.columns, ALL | SUPPRESS)
        keys.pressed |= {0, 3}
        await core.sleep_ms(100)
        keys.pressed.discard(3)
        await core.sleep_ms(20)
        array.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())
        array.deinit()
        with pytest.raises(RuntimeError, match="this SwArray was ended by deinit"):
            array[0]

    run_virtual(core, main)


def test_a_cfg_that_tells_nothing_is_refused(core, primitives):
    keys = Keys()
    for wrong in (0, SUPPRESS, 32, CLOSE | 64, None, "CLOSE"):
        with pytest.raises(ValueError, match="cfg is made of"):
            primitives.SwArray(keys.rows, keys.columns, wrong)
