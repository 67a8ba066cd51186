"""Pushbutton and EButton: their functions, events and sense; nothing while idle, nothing after deinit."""

import pytest

from injection import nothing_is_left
from pins import Pin, follow, play, run_virtual
from support import RP2, run


def test_functions_may_be_taken_away_and_events_made(core, primitives):
    log = []

    async def main():
        pin = Pin()
        button = primitives.Pushbutton(pin)
        assert button.press is None and button.long is None
        button.press_func(log.append, ("press",))
        button.long_func(log.append, ("long",))
        button.double_func(None)
        await play(core, pin, (1300, 500))
        assert log == ["press", "long"] and not button.double.is_set()
        button.press_func()
        button.long_func(False)
        await play(core, pin, (1300, 500))
        await play(core, pin, (100, 100, 100, 500))
        assert log == ["press", "long"] and button.double.is_set()
        for name in ("press", "release", "long"):
            getattr(button, name + "_func")(None)
        await play(core, pin, (1300, 500))
        assert button.press.is_set() and button.release.is_set() and button.long.is_set()
        button.deinit()

    run_virtual(core, main)


@pytest.mark.parametrize(
    "what, times, when, told",
    [
        ("double", (100, 100, 100, 900), 70, "press release press release"),  # pressed still
        ("double", (100, 100, 100, 900), 200, "press release press release"),  # open again, and waiting for a second
        ("double", (100, 900), 200, "press release"),
        ("long", (1500, 500), 200, "press release"),
    ],
)
def test_a_function_that_is_taken_away_meanwhile_takes_no_release_along(core, primitives, what, times, when, told):
    log = []

    async def main():
        pin = Pin()
        button = primitives.Pushbutton(pin, suppress=True)
        for name in ("press", "release", what):
            getattr(button, name + "_func")(log.append, (name,))
        playing = core.create_task(play(core, pin, times))
        await core.sleep_ms(when)
        getattr(button, what + "_func")()
        await playing
        button.deinit()

    run_virtual(core, main)
    assert " ".join(log) == told


@pytest.mark.parametrize("sense", [None, 0, 1])
@pytest.mark.parametrize("rest", [0, 1])
def test_the_sense_says_which_level_is_pressed(core, primitives, sense, rest):
    log = []

    async def main():
        pin = Pin(rest)
        button = primitives.EButton(pin, sense=sense)
        tasks = follow(core, button, log)
        inverted = sense is not None and sense != rest
        assert button() is button.rawstate() is inverted
        await play(core, pin, (100,))
        assert button() is button.rawstate() is not inverted
        await play(core, pin, (500,))
        assert button() is inverted
        for task in tasks:
            task.cancel()
        button.deinit()
        assert log == (["release", "press"] if inverted else ["press", "release"])

    run_virtual(core, main)


def test_idle_a_button_has_no_task_and_no_timer(core, primitives):
    async def main():
        loop = core.get_event_loop()
        pin = Pin()
        buttons = [primitives.EButton(pin, True)]
        nothing_is_left(loop, core.current_task())
        for times in ((100, 900), (1300, 900), (100, 100, 100, 900)):
            await play(core, pin, times)
            nothing_is_left(loop, core.current_task())
        buttons[0].deinit()

    run_virtual(core, main)


@pytest.mark.parametrize("moment", [20, 100, 300, 1100])
def test_deinit_at_any_moment_leaves_nothing(core, primitives, moment):
    log = []

    async def main():
        pin = Pin()
        button = primitives.Pushbutton(pin, True)
        for name in ("press", "release", "double", "long"):
            getattr(button, name + "_func")(log.append, (name,))
        pin.set(0)
        await core.sleep_ms(moment if moment != 300 else 100)
        if moment == 300:
            pin.set(1)
            await core.sleep_ms(200)
        before = len(log)
        button.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())
        pin.set(1)
        await core.sleep_ms(3000)
        assert len(log) == before

    run_virtual(core, main)


def test_waitany_takes_the_events_of_a_button(core, primitives):
    async def main():
        pin = Pin()
        button = primitives.EButton(pin, suppress=True)
        any_of = primitives.WaitAny((button.press, button.double, button.long))
        for times, which in (((100, 1), button.press), ((100, 100, 100, 1), button.double), ((1100, 1), button.long)):
            player = core.create_task(play(core, pin, times))
            assert await core.wait_for(any_of.wait(), 5) is which
            any_of.clear()
            await player
            await core.sleep_ms(900)
            assert not button.press.is_set()
        button.deinit()

    run_virtual(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040
@pytest.mark.timeout(30)
def test_on_real_pins_with_hard_interrupts(core, primitives):
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin as RealPin

    out, pin = RealPin(2, RealPin.OUT, value=1), RealPin(3, RealPin.IN)  # a wire joins them
    log = []

    async def main():
        button = primitives.EButton(pin, suppress=True)
        button.debounce_ms = 10
        button.double_click_ms = 100
        button.long_press_ms = 200
        tasks = follow(core, button, log)
        for times in ((30, 200), (300, 100), (30, 30, 30, 200), (150, 200)):
            level = 1
            for ms in times:
                for _ in range(3):
                    out(1 - level)
                    out(level)
                level = 1 - level
                out(level)
                await core.sleep_ms(ms)
        for task in tasks:
            task.cancel()
        button.deinit()
        await core.sleep(0)
        nothing_is_left(core.get_event_loop(), core.current_task())

    run(core, main, limit=None)
    assert " ".join(log) == "press release long release double release press release"
