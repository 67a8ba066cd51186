"""Contact: a pin that interrupts or is polled, debounced; idle it costs nothing, after deinit nothing is left."""

import pytest

from injection import nothing_is_left
from pins import bounce, run_virtual
from support import MICROPYTHON, run, start_thread

if MICROPYTHON:
    import micropython


class Pin:
    """Stands in for a machine.Pin that interrupts, hard where `hard` is known."""

    IRQ_FALLING = 1
    IRQ_RISING = 2

    def __init__(self, level=1, hard=True):
        self.level = level
        self.handler = None
        self.takes_hard = hard
        self.looks = 0

    def __call__(self):
        self.looks += 1
        return self.level

    def irq(self, handler=None, trigger=3, **options):
        if options and not self.takes_hard:
            raise TypeError("unexpected keyword argument")
        assert handler is None or trigger == 3
        self.handler = handler

    def set(self, level):
        if level != self.level:
            self.level = level
            if self.handler is not None:
                self.handler(self)


def test_a_disturbance_is_no_change(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin)
        for _ in range(20):
            pin.set(0)
            pin.set(1)
            await core.sleep_ms(30)
        await core.sleep_ms(100)
        assert not switch.close.is_set() and not switch.open.is_set()
        switch.deinit()

    run_virtual(core, main)


def test_idle_it_has_no_task_and_no_timer_and_nobody_looks_at_the_pin(core, primitives):
    async def main():
        loop = core.get_event_loop()
        pin = Pin()
        switch = primitives.ESwitch(pin)
        for _ in range(2):
            nothing_is_left(loop, core.current_task())
            looks = pin.looks
            await core.sleep_ms(10_000)
            assert pin.looks == looks
            pin.set(0)
            await core.sleep_ms(1)
            assert len(loop.timers) == 1
            pin.set(1)
            await core.sleep_ms(60)
        switch.deinit()

    run_virtual(core, main)


@pytest.mark.parametrize("poll_ms", [None, 3])
def test_what_cannot_interrupt_is_looked_at(core, primitives, poll_ms):
    async def main():
        pin = Pin()
        looks = []

        def level():
            looks.append(1)
            return pin.level

        switch = primitives.ESwitch(level, poll_ms=poll_ms)
        await core.sleep_ms(300)
        assert 300 // (poll_ms or 10) - 2 <= len(looks) <= 300 // (poll_ms or 10) + 4
        for _ in range(2):
            await bounce(core, pin, 0)
            await switch.close.wait()
            switch.close.clear()
            await bounce(core, pin, 1)
            await switch.open.wait()
            switch.open.clear()
        switch.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


def test_a_pin_that_interrupts_is_polled_if_that_is_asked_for(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin, poll_ms=5)
        assert pin.handler is None
        pin.set(0)
        await switch.close.wait()
        switch.deinit()

    run_virtual(core, main)


def test_an_instance_may_have_its_own_debounce_time(core, primitives):
    async def main():
        pins = [Pin(), Pin()]
        switches = [primitives.ESwitch(pin) for pin in pins]
        switches[0].debounce_ms = 200
        for pin in pins:
            pin.set(0)
        await core.sleep_ms(100)
        assert [switch() for switch in switches] == [0, 1]
        await core.sleep_ms(150)
        assert [switch() for switch in switches] == [1, 1]
        for switch in switches:
            switch.deinit()

    run_virtual(core, main)


def test_a_pin_that_raises_is_reported_and_the_switch_goes_on(core, primitives):
    said, broken = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))
        pin = Pin()

        def level():
            if broken:
                raise OSError("no such wire")
            return pin.level

        switch = primitives.ESwitch(level)
        broken.append(True)
        await core.sleep_ms(35)
        broken.clear()
        assert len(said) == 3
        pin.set(0)
        await switch.close.wait()
        switch.deinit()

    run_virtual(core, main)
    assert [type(exc) for exc in said] == [OSError] * 3


def test_one_that_cannot_be_made_leaves_no_interrupt(core, primitives):
    class Broken(Pin):
        def __call__(self):
            raise OSError

    async def main():
        pin = Broken()
        with pytest.raises(OSError):
            primitives.Switch(pin)
        assert pin.handler is None
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


def test_looks_are_a_unit_of_the_clock_apart_at_least(core, primitives):
    """Half a millisecond is none on a board: with no time between them the loop would do nothing else."""

    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin, poll_ms=0.5)
        pin.set(0)
        await switch.close.wait()
        switch.deinit()

    run(core, main)


@pytest.mark.parametrize("kind", ["Switch", "ESwitch", "Pushbutton", "EButton"])
def test_after_deinit_nothing_is_left_and_use_is_an_error(core, primitives, kind):
    async def main():
        pin = Pin()
        device = getattr(primitives, kind)(pin)
        pin.set(0)
        await core.sleep_ms(20)
        pin.set(1)
        await core.sleep_ms(1)
        assert len(core.get_event_loop().timers) > 0
        device.deinit()
        assert pin.handler is None
        nothing_is_left(core.get_event_loop(), core.current_task())
        device.deinit()
        with pytest.raises(RuntimeError, match="this " + kind + " was ended by deinit"):
            device()
        with pytest.raises(RuntimeError, match="deinit"):
            device.rawstate()
        for name in ("close_func", "open_func", "press_func", "release_func", "double_func", "long_func"):
            if hasattr(device, name):
                with pytest.raises(RuntimeError, match="deinit"):
                    getattr(device, name)(print)
        pin.set(0)
        await core.sleep_ms(100)

    run_virtual(core, main)


def test_an_interrupt_that_meets_deinit_does_nothing(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin)
        handler = pin.handler
        pin.set(0)  # rung, and not answered yet
        switch.deinit()
        handler(pin)  # came just before it
        await core.sleep_ms(100)
        assert not switch.close.is_set()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)


@pytest.mark.parametrize("kind", ["Switch", "ESwitch", "Pushbutton", "EButton"])
def test_what_is_no_pin_is_refused(core, primitives, kind):
    for wrong in (7, None, "GP2"):
        with pytest.raises(TypeError, match="a pin is a machine.Pin"):
            getattr(primitives, kind)(wrong)
    for wrong in (-1, "x", float("nan"), float("inf")):
        with pytest.raises(ValueError, match="poll_ms, .* a number, not"):
            getattr(primitives, kind)(lambda: 1, poll_ms=wrong)


def test_a_port_without_hard_interrupts_has_others(core, primitives):
    async def main():
        pin = Pin(hard=False)
        switch = primitives.ESwitch(pin)
        pin.set(0)
        await switch.close.wait()
        switch.deinit()

    run_virtual(core, main)


def test_another_thread_may_move_the_contact_of_an_idle_loop(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin)
        switch.debounce_ms = 5
        thread = start_thread(pin.set, 0)
        await switch.close.wait()
        thread.join()
        switch.deinit()

    run(core, main, limit=None)


@pytest.mark.micropython
def test_the_interrupt_allocates_nothing(core, primitives):
    async def main():
        pin = Pin()
        switch = primitives.ESwitch(pin)
        micropython.heap_lock()
        pin.set(0)
        micropython.heap_unlock()
        await switch.close.wait()
        switch.deinit()

    run(core, main)
