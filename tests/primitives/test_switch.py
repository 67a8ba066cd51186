"""Switch and ESwitch: what is told when the contact has settled."""

import pytest

from injection import nothing_is_left
from pins import Pin, bounce, run_virtual
from support import RP2, run


def test_a_switch_calls_functions_and_coroutines_once_for_each_change(core, primitives):
    log = []

    async def opened(what):
        await core.sleep_ms(1)
        log.append(what)

    async def main():
        pin = Pin()
        switch = primitives.Switch(pin)
        switch.close_func(log.append, ("closed",))
        switch.open_func(opened, ("opened",))
        assert switch() == 1
        for _ in range(2):
            await bounce(core, pin, 0)
            await core.sleep_ms(40)
            assert switch() == 1 and len(log) % 2 == 0
            await core.sleep_ms(20)
            assert switch() == 0
            await bounce(core, pin, 1)
            await core.sleep_ms(60)
        assert log == ["closed", "opened"] * 2
        switch.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


def test_a_switch_makes_events_where_it_is_told_to(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.Switch(pin)
        assert switch.close is None and switch.open is None
        switch.close_func(None)
        switch.open_func(None)
        pin.set(0)
        await switch.close.wait()
        assert not switch.open.is_set()
        pin.set(1)
        await switch.open.wait()
        switch.deinit()

    run_virtual(core, main)


@pytest.mark.parametrize("lopen", [0, 1])
def test_an_eswitch_sets_its_events(core, primitives, lopen):
    async def main():
        pin = Pin(lopen)
        switch = primitives.ESwitch(pin, lopen)
        assert switch() == 0
        await bounce(core, pin, 1 - lopen)
        assert not switch.close.is_set() and switch() == 0
        await core.sleep_ms(60)
        assert switch.close.is_set() and not switch.open.is_set() and switch() == 1
        await bounce(core, pin, lopen)
        await switch.open.wait()
        assert switch() == 0
        switch.deinit()
        assert not switch.open.is_set() and not switch.close.is_set()

    run_virtual(core, main)


def test_one_that_is_closed_to_begin_with_opens(core, primitives):
    async def main():
        pin = Pin(0)
        switch = primitives.ESwitch(pin)
        assert switch() == 1
        await core.sleep_ms(100)
        assert not switch.close.is_set()
        pin.set(1)
        await switch.open.wait()
        switch.deinit()

    run_virtual(core, main)


def test_a_callback_that_raises_is_reported_and_the_next_is_called(core, primitives):
    said, log = [], []

    def fails():
        log.append("called")
        raise ValueError("callback")

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))
        pin = Pin()
        switch = primitives.Switch(pin)
        switch.close_func(fails)
        for _ in range(3):
            for level in (0, 1):
                pin.set(level)
                await core.sleep_ms(100)
        switch.deinit()

    run_virtual(core, main)
    assert log == ["called"] * 3 and [str(exc) for exc in said] == ["callback"] * 3


def test_a_callback_may_end_its_switch(core, primitives):
    log = []

    async def main():
        pin = Pin()
        switch = primitives.Switch(pin)

        def end():
            log.append("end")
            switch.deinit()

        switch.close_func(end)
        pin.set(0)
        await core.sleep_ms(100)
        pin.set(1)
        await core.sleep_ms(100)
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)
    assert log == ["end"]


def test_what_cannot_be_called_is_refused(core, primitives):
    switch = primitives.Switch(Pin())
    with pytest.raises(TypeError, match="a function, None for an Event"):
        switch.close_func(7)
    with pytest.raises(TypeError, match="a tuple"):
        switch.close_func(print, 7)
    switch.deinit()


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
        switch = primitives.Switch(pin)
        switch.debounce_ms = 10
        switch.close_func(log.append, ("closed",))
        switch.open_func(log.append, ("opened",))
        for level in (0, 1, 0, 1):
            for _ in range(5):
                out(level)
                await core.sleep_ms(1)
                out(1 - level)
                await core.sleep_ms(2)
            out(level)
            await core.sleep_ms(30)
            assert switch() == level
        switch.deinit()
        out(0)
        await core.sleep_ms(30)
        nothing_is_left(core.get_event_loop(), core.current_task())

    run(core, main, limit=None)
    assert log == ["closed", "opened"] * 2
