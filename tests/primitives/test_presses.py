"""Presses: which presses are short, long and double, as Pushbutton and EButton tell them."""

import pytest

from injection import nothing_is_left
from pins import Pin, follow, play, run_virtual

# How long it is held, let go, held ... in ms -> what an EButton tells; with suppress; a Pushbutton with suppress
CASES = {
    "short": ((100, 1500), "press release", "press release", "press release"),
    "between double and long": ((700, 900), "press release", "press release", "press release"),
    "long": ((1300, 900), "press long release", "long release", "press long"),
    "double": (
        (100, 150, 100, 1500),
        "press release press double release",
        "double release",
        "press press double",
    ),
    "double, the second held": (
        (100, 150, 3000, 900),
        "press release press double release",
        "double release",
        "press press double",
    ),
    "two that are too far apart": (
        (100, 500, 100, 900),
        "press release press release",
        "press release press release",
        "press release press release",
    ),
    "three": (
        (80, 80, 80, 80, 80, 900),
        "press release press double release press release",
        "double release press release",
        "press press double press release",
    ),
    "four": (
        (80, 80, 80, 80, 80, 80, 80, 900),
        "press release press double release press release press double release",
        "double release double release",
        "press press double press press double",
    ),
    "long, then short": (
        (1300, 100, 100, 900),
        "press long release press release",
        "long release press release",
        "press long press release",
    ),
    "short, then long": (
        (100, 500, 1300, 900),
        "press release press long release",
        "press release long release",
        "press release press long",
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("suppress", [False, True])
def test_an_ebutton_sets_its_events_in_order(core, primitives, case, suppress):
    times, plain, suppressed, _ = CASES[case]
    log = []

    async def main():
        pin = Pin()
        button = primitives.EButton(pin, suppress)
        tasks = follow(core, button, log)
        await play(core, pin, times)
        for task in tasks:
            task.cancel()
        button.deinit()

    run_virtual(core, main)
    assert " ".join(log) == (suppressed if suppress else plain)


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("suppress", [False, True])
def test_a_pushbutton_calls_its_functions_in_order(core, primitives, case, suppress):
    times, plain, _, suppressed = CASES[case]
    log = []

    async def double(what):
        log.append(what)

    async def main():
        pin = Pin()
        button = primitives.Pushbutton(pin, suppress)
        button.press_func(log.append, ("press",))
        button.release_func(log.append, ("release",))
        button.double_func(double, ("double",))
        button.long_func(log.append, ("long",))
        await play(core, pin, times)
        button.deinit()
        await core.sleep(0)
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)
    assert " ".join(log) == (suppressed if suppress else plain)


@pytest.mark.parametrize(
    "functions, times, told",
    [
        ("release", (100, 900), "release@150"),  # at once: there is nothing that it could be else
        ("release", (3000, 900), "release@3050"),
        ("release long", (100, 900), "release@150"),
        ("release long", (1300, 900), "long@1050"),
        ("release double", (100, 900), "release@450"),  # a second press might have come
        ("release double", (600, 900), "release@650"),
        ("release double", (3000, 900), "release@3050"),
        ("release double", (100, 100, 100, 900), "double@250"),
        ("release double long", (100, 900), "release@450"),
        ("release double long", (600, 900), "release@650"),
    ],
)
def test_suppress_waits_for_what_there_are_functions_for_and_no_longer(core, primitives, functions, times, told):
    log = []

    async def main():
        pin = Pin()
        button = primitives.Pushbutton(pin, suppress=True)
        begin = core.get_event_loop().time()

        def tell(what):
            ms = (core.get_event_loop().time() - begin) * 1000
            log.append(what + "@" + str(int((ms + 5) / 10) * 10))  # boards count whole ms

        for name in functions.split():
            getattr(button, name + "_func")(tell, (name,))
        await play(core, pin, times)
        button.deinit()

    run_virtual(core, main)
    assert " ".join(log) == told


@pytest.mark.parametrize("kind", ["EButton", "Pushbutton"])
def test_the_release_of_a_press_that_nobody_saw_is_no_press(core, primitives, kind):
    """With suppress a press is told as a whole, and here it is not known what it was."""
    log = []

    async def main():
        pin = Pin(0)
        button = getattr(primitives, kind)(pin, True, 1)
        assert button()
        if kind == "EButton":
            tasks = follow(core, button, log)
        else:
            tasks = []
            for name in ("release", "double", "long"):
                getattr(button, name + "_func")(log.append, (name,))
        await play(core, pin, (900,))
        assert log == []
        await play(core, pin, (100, 900))
        for task in tasks:
            task.cancel()
        button.deinit()

    run_virtual(core, main)
    assert log == (["press", "release"] if kind == "EButton" else ["release"])


def test_an_instance_may_have_its_own_times(core, primitives):
    logs = [[], []]

    async def main():
        pins = [Pin(), Pin()]
        buttons = [primitives.EButton(pin) for pin in pins]
        buttons[1].debounce_ms = 5
        buttons[1].long_press_ms = 60
        buttons[1].double_click_ms = 40
        tasks = []
        for number in range(2):
            tasks += follow(core, buttons[number], logs[number])
        for ms in (90, 60, 90, 2000):
            for pin in pins:
                pin.set(1 - pin.level)
            await core.sleep_ms(ms)
        for task in tasks:
            task.cancel()
        for button in buttons:
            button.deinit()

    run_virtual(core, main)
    assert logs[0] == ["press", "release", "press", "double", "release"]
    assert logs[1] == ["press", "long", "release"] * 2


def test_a_long_press_is_never_the_first_of_two(core, primitives):
    """Upstream needs double_click_ms to be the shorter time."""
    log = []

    async def main():
        pin = Pin()
        button = primitives.EButton(pin, suppress=True)
        button.long_press_ms = 300
        button.double_click_ms = 800
        tasks = follow(core, button, log)
        await play(core, pin, (400, 100, 100, 100, 100, 900))
        for task in tasks:
            task.cancel()
        button.deinit()

    run_virtual(core, main)
    assert log == ["long", "release", "double", "release"]


def test_bounces_and_a_late_loop_change_nothing(core, primitives):
    """What is due while the loop is late is looked at in the order in which it was due."""
    log = []

    async def main():
        clock = core.get_event_loop().clock
        pin = Pin()
        button = primitives.EButton(pin)
        tasks = follow(core, button, log)
        for level in (0, 1, 0):
            pin.set(level)
            await core.sleep_ms(2)
        await core.sleep_ms(60)
        pin.set(1)
        await core.sleep_ms(5)
        clock.advance(0.3)  # the release has settled meanwhile
        await core.sleep_ms(1)
        pin.set(0)  # 370 ms after the press: it is a second one
        await core.sleep_ms(40)
        clock.advance(0.1)  # now the time for a second press has run out, too, but after it
        await core.sleep_ms(1)
        pin.set(1)
        await core.sleep_ms(900)
        for task in tasks:
            task.cancel()
        button.deinit()

    run_virtual(core, main)
    assert log == ["press", "release", "press", "double", "release"]
