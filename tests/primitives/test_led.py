"""LED_async: on, off, toggle, flash; no task but while it flashes."""

import pytest

from support import CPYTHON, RP2, run


class Lamp:
    """A Pin, as far as a lamp goes."""

    def __init__(self, level=0):
        self.log = [level]

    def on(self):
        self.log.append(1)

    def off(self):
        self.log.append(0)

    def __call__(self):
        return self.log[-1]


class PybLed:
    """A pyb.LED: it can't be asked."""

    def __init__(self):
        self.log = []

    def on(self):
        self.log.append(1)

    def off(self):
        self.log.append(0)


def tasks(core):
    return len(core.listing().split("\n"))


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("kind", ["pin", "pyb", "function"])
def test_on_off_and_toggle(core, primitives, kind):
    async def main():
        before = tasks(core)
        if kind == "function":
            log = []
            led = primitives.LED_async(log.append)
        else:
            lamp = Lamp() if kind == "pin" else PybLed()
            log = lamp.log
            led = primitives.LED_async(lamp)
        log.clear()
        led.on()
        led.on()
        led.toggle()
        led.toggle()
        led.off()
        led.toggle()
        assert log == [1, 1, 0, 1, 0, 1]
        assert tasks(core) == before

    run(core, main)


def test_it_begins_with_the_lamp_as_it_is(core, primitives):
    async def main():
        lamp = Lamp(1)
        led = primitives.LED_async(lamp)
        assert lamp.log == [1]
        led.toggle()
        assert lamp.log == [1, 0]

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_there_is_a_task_only_while_it_flashes(core, primitives):
    async def main():
        before = tasks(core)
        lamp = Lamp()
        led = primitives.LED_async(lamp)
        for stop in (led.on, led.off, led.toggle, lambda: led.flash(0), led.deinit):
            led.flash(100)
            led.flash(100)
            assert tasks(core) == before + 1
            count = len(lamp.log)
            while len(lamp.log) < count + 4:
                await core.sleep_ms(1)
            stop()
            await core.sleep(0)
            assert tasks(core) == before
            count = len(lamp.log)
            await core.sleep_ms(20)
            assert len(lamp.log) == count
        changes = [lamp.log[n] != lamp.log[n + 1] for n in range(4)]
        assert changes == [True] * 4

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("rate", [1, 2, 3, 7, 0.3, 499, 500])
def test_it_flashes_so_many_times_a_second_on_the_average(core, primitives, rate):
    assert CPYTHON
    core.new_event_loop(core.VirtualClock())

    async def main():
        lamp = Lamp()
        led = primitives.LED_async(lamp)
        led.flash(rate)
        await core.sleep(100)
        changes = len(lamp.log) - 1
        led.deinit()
        assert abs(changes - 200 * rate) <= 1

    try:
        core.run(main())
    finally:
        core.new_event_loop()


@pytest.mark.cpython
def test_another_rate_begins_at_once_and_the_same_one_changes_nothing(core, primitives):
    loop = core.new_event_loop(core.VirtualClock())
    log = []

    async def main():
        start = loop.clock.now()
        led = primitives.LED_async(lambda level: log.append((level, (loop.clock.now() - start) // 1000)))
        led.flash(1)
        await core.sleep_ms(100)
        led.flash(1)
        await core.sleep_ms(600)
        led.flash(5)
        await core.sleep_ms(250)
        led.off()

    try:
        core.run(main())
    finally:
        core.new_event_loop()
    assert log == [(1, 0), (0, 500), (1, 700), (0, 800), (1, 900), (0, 950)]


def test_a_lamp_that_fails_is_reported_and_may_be_tried_again(core, primitives):
    said, log = [], []

    async def main():
        def lamp(level):
            if not log:
                log.append("failed")
                raise OSError(5)
            log.append(level)

        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))
        led = primitives.LED_async(lamp)
        led.flash(100)
        await core.sleep_ms(5)
        assert log == ["failed"] and said == [OSError]
        led.flash(100)
        while len(log) < 3:
            await core.sleep_ms(1)
        led.deinit()

    run(core, main)


def test_after_deinit_nothing_works(core, primitives):
    async def main():
        led = primitives.LED_async(Lamp())
        led.deinit()
        led.deinit()
        for call in (led.on, led.off, led.toggle, lambda: led.flash(1)):
            with pytest.raises(RuntimeError, match="deinit"):
                call()

    run(core, main)


def test_what_makes_no_sense_is_refused(core, primitives):
    async def main():
        with pytest.raises(TypeError, match="a lamp is"):
            primitives.LED_async(25)
        led = primitives.LED_async(Lamp())
        for rate in (-1, 501, float("nan"), "2"):
            with pytest.raises(ValueError, match="0 to 500"):
                led.flash(rate)

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_real_pin(core, primitives):
    """GPIO 2 drives GPIO 3."""
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    async def main():
        pin, seen = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)
        led = primitives.LED_async(pin)
        levels = []
        for change in (led.on, led.toggle, led.toggle, led.off):
            change()
            levels.append(seen())
        led.flash(50)
        for _ in range(2):
            while not seen():
                await core.sleep_ms(1)
            while seen():
                await core.sleep_ms(1)
        led.deinit()
        return levels

    assert run(core, main) == [1, 0, 1, 0]


def test_a_lamp_that_is_a_function_may_end_its_flashing(core, primitives):
    async def main():
        for method in ("off", "deinit"):
            seen = []

            def lamp(lit):
                seen.append(lit)
                if lit:
                    getattr(led, method)()

            led = primitives.LED_async(lamp)
            led.flash(100)
            for _ in range(3):
                await core.sleep(0)
            assert seen == ([1, 0] if method == "off" else [1])
            assert len(core.listing().split("\n")) == 3  # the heading, this task, and the one with its time limit

    run(core, main)
