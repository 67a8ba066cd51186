"""Encoder: every edge counts, in either direction; what bounces adds nothing; even detents, limits, several readers."""

import pytest

from pins import run_virtual
from support import RP2, run, sleep_ms, start_thread, submodule

CYCLE = ((0, 0), (1, 0), (1, 1), (0, 1))  # x and y; it counts up when x leads


class StandIn:
    """A pin at which the test makes the edges."""

    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self):
        self.level = 0
        self.handler = None

    def __call__(self):
        return self.level

    def irq(self, handler=None, trigger=3, hard=False):
        self.handler = handler

    def put(self, level):
        if level != self.level:
            self.level = level
            if self.handler is not None:
                self.handler(self)


class Knob:
    """What turns two pins."""

    def __init__(self):
        self.x, self.y = StandIn(), StandIn()
        self.at = 0

    def turn(self, edges):
        step = 1 if edges > 0 else -1
        while edges:
            edges -= step
            self.at += step
            levels = CYCLE[self.at % 4]
            self.x.put(levels[0])
            self.y.put(levels[1])


def tasks(core):
    return len(core.listing().split("\n"))


async def turns(core, count=10):
    for _ in range(count):
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
def test_it_counts_each_edge_in_both_directions(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        assert encoder.value() == 0
        at = 0
        for edges in (1, 1, 1, 1, 1, -1, -1, 3, -17, 2, 40, -1):
            knob.turn(edges)
            at += edges
            assert encoder.value() == at
        assert encoder.skipped == 0
        encoder.deinit()

    run(core, main)


@pytest.mark.parametrize("levels", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_it_begins_with_contacts_as_they_are(core, primitives, levels):
    async def main():
        knob = Knob()
        knob.at = CYCLE.index(levels)
        knob.x.level, knob.y.level = levels
        encoder = primitives.Encoder(knob.x, knob.y, v=7)
        assert encoder.value() == 7
        knob.turn(3)
        assert encoder.value() == 10 and encoder.skipped == 0
        encoder.deinit()

    run(core, main)


def test_a_contact_that_moves_while_it_is_made_is_not_seen_as_a_jump(core, primitives):
    """An edge between the first look at the contacts and the moment from which interrupts count."""

    async def main():
        knob = Knob()
        looks = []

        class Moving(StandIn):
            def __call__(self):
                looks.append(1)
                level = self.level
                if len(looks) == 1:
                    self.put(1)
                return level

        knob.x = Moving()
        encoder = primitives.Encoder(knob.x, knob.y)
        knob.at = 1
        assert encoder.value() == 0
        knob.turn(2)
        assert encoder.value() == 2 and encoder.skipped == 0
        encoder.deinit()

    run(core, main)


def test_a_contact_that_bounces_adds_nothing(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        at = 0
        for n, edges in enumerate((1, 2, -1, -4, 3, 1, 1, -2, 5)):
            knob.turn(edges)
            at += edges
            for pin in (knob.x, knob.y):
                for _ in range(n):
                    pin.put(1 - pin.level)
                    pin.put(1 - pin.level)
            assert encoder.value() == at
        assert encoder.skipped == 0
        encoder.deinit()

    run(core, main)


def test_interrupts_of_an_edge_that_is_seen_already_add_nothing(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        knob.turn(1)
        for pin in (knob.x, knob.y, knob.x):
            pin.handler(pin)
        assert encoder.value() == 1
        encoder.deinit()

    run(core, main)


def test_an_interrupt_that_comes_too_late_is_counted_as_skipped_and_taken_for_the_same_direction(core, primitives):
    async def main():
        for way in (1, -1):
            knob = Knob()
            encoder = primitives.Encoder(knob.x, knob.y)
            knob.turn(way)
            knob.at += 2 * way
            knob.x.level, knob.y.level = CYCLE[knob.at % 4]
            knob.y.handler(knob.y)
            assert encoder.value() == 3 * way and encoder.skipped == 1
            knob.turn(-5 * way)
            assert encoder.value() == -2 * way and encoder.skipped == 1
            encoder.deinit()

    run(core, main)


def test_edges_that_come_while_it_looks_are_in_the_next_call(core, primitives):
    """Defect 50: upstream loses those between its look at the count and its clearing of the flag."""
    log = []

    async def main():
        knob = Knob()

        def callback(value, delta):
            log.append((value, delta))
            if len(log) < 4:
                knob.turn(len(log))

        encoder = primitives.Encoder(knob.x, knob.y, callback=callback, delay=0)
        knob.turn(2)
        await turns(core, 20)
        encoder.deinit()

    run(core, main)
    assert log == [(2, 2), (3, 1), (5, 2), (8, 3)]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_edge_between_the_clearing_of_the_flag_and_the_next_wait_is_not_lost(core, primitives, when):
    log = []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, callback=lambda *a: log.append(a), delay=0)
        await turns(core)
        look, looks = encoder._look, []

        def look_and_edge():
            looks.append(1)
            if len(looks) == 1 and when == "before":
                knob.turn(1)
            look()
            if len(looks) == 1 and when == "after":
                knob.turn(1)

        encoder._look = look_and_edge
        knob.turn(1)
        await turns(core)
        encoder.deinit()

    run(core, main)
    assert log == ([(2, 2)] if when == "before" else [(1, 1), (2, 1)])


# What is made of the count


@pytest.mark.parametrize("div", [1, 2, 3, 4])
def test_each_step_of_the_value_takes_as_many_edges(core, primitives, div):
    """Defect 50: upstream's steps are of 1 and 3 edges with a div of 2."""

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, div=div)
        for way in (1, -1, -1, 1):
            start = encoder.value()
            got = []
            for _ in range(5 * div):
                knob.turn(way)
                got.append(encoder.value() - start)
            assert got == [way * (n // div) for n in range(1, 5 * div + 1)]
        assert encoder.value() == 0
        encoder.deinit()

    run(core, main)


def test_a_value_does_not_flicker_where_it_changes(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, div=4)
        knob.turn(4)
        assert encoder.value() == 1
        for _ in range(3):
            for edges in (-1, 1, 1, -1, -3, 3, 3, -3):
                knob.turn(edges)
                assert encoder.value() == 1
        encoder.deinit()

    run(core, main)


def test_limits_stop_it_and_back_from_them_it_moves_at_once(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, v=2, vmin=-1, vmax=3)
        got = []
        for edges in (1, 1, 5, -1, -1, -10, -1, 1):
            knob.turn(edges)
            got.append(encoder.value())
        assert got == [3, 3, 3, 2, 1, -1, -1, 0]
        encoder.deinit()

    run(core, main)


def test_modulo(core, primitives):
    log = []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, v=3, mod=5, callback=lambda *a: log.append(a), delay=0)
        for edges in (1, 1, -1, -6, 5):
            knob.turn(edges)
            await turns(core)
        encoder.deinit()

    run(core, main)
    assert log == [(4, 1), (0, -4), (4, 4), (3, -1)]


def test_the_count_of_the_interrupts_stays_a_small_integer(core, primitives):
    wrap = submodule(primitives, "encoder").WRAP

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        encoder._contacts.count = encoder._seen = wrap - 1
        for edges in (5, -9, 20, -20):
            before = encoder.value()
            knob.turn(edges)
            assert 0 <= encoder._contacts.count <= wrap
            assert encoder.value() == before + edges
        encoder.deinit()

    run(core, main)


# Who is told


@pytest.mark.rp2040(seeds=1)
def test_one_call_tells_of_all_that_came_in_the_delay(core, primitives):
    log = []

    async def main():
        knob = Knob()
        called = core.Event()
        time = core.get_event_loop().time

        def callback(*args):
            log.append((args, round((time() - begun) * 1000)))
            called.set()

        encoder = primitives.Encoder(knob.x, knob.y, callback=callback, args=("volume", 1), delay=20)
        for _ in range(2):
            called.clear()
            begun = time()
            knob.turn(3)
            await core.sleep_ms(1)
            knob.turn(-1)
            await called.wait()
        encoder.deinit()

    run_virtual(core, main)
    assert log == [((2, 2, "volume", 1), 20), ((4, 2, "volume", 1), 20)]


def test_a_look_that_ctrl_c_took_the_place_of_keeps_no_edge_back(core, primitives):
    log = []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, callback=lambda *a: log.append(a), delay=5)
        knob.turn(1)
        await core.sleep_ms(1)
        core.get_event_loop().timers.remove(encoder)  # as it is when that comes before a timer's first line
        await core.sleep_ms(10)
        assert log == []
        knob.turn(2)
        await core.sleep_ms(10)
        encoder.deinit()

    run_virtual(core, main)
    assert log == [(3, 3)]


def test_edges_in_the_delay_do_not_wake_the_loop(core, primitives):
    log, woken = [], []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, callback=lambda *a: log.append(a), delay=20)
        came = encoder.edges_came

        def counted():
            woken.append(1)
            came()

        encoder.edges_came = counted
        for _ in range(2):
            for _ in range(8):
                knob.turn(1)
                await core.sleep(0)
            while len(log) < len(woken):
                await core.sleep_ms(1)
        encoder.deinit()

    run_virtual(core, main)
    assert log == [(8, 8), (16, 8)] and len(woken) == 2


def test_what_is_undone_in_the_delay_is_no_change(core, primitives):
    log = []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, callback=lambda *a: log.append(a), delay=5)
        knob.turn(3)
        knob.turn(-3)
        await core.sleep_ms(20)
        knob.turn(1)
        await core.sleep_ms(40)
        encoder.deinit()

    run(core, main)
    assert log == [(1, 1)]


def test_a_look_at_the_value_keeps_nothing_from_the_callback(core, primitives):
    log = []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, callback=lambda *a: log.append(a), delay=0)
        knob.turn(3)
        assert encoder.value() == 3
        await turns(core)
        encoder.deinit()

    run(core, main)
    assert log == [(3, 3)]


@pytest.mark.rp2040(seeds=1)
def test_several_tasks_iterate_and_each_gets_the_latest_value_that_it_has_not_seen(core, primitives):
    """Defect 50: upstream's readers share one event, and take it from each other."""
    logs = [], [], []

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y, delay=0)

        async def read(log, pause):
            async for value in encoder:
                log.append(value)
                if pause is not None and len(log) == 1:
                    await pause.wait()

        pause = core.Event()
        readers = [core.create_task(read(log, pause if n == 2 else None)) for n, log in enumerate(logs)]
        await turns(core)
        for _ in range(4):
            knob.turn(1)
            await turns(core)
        pause.set()
        await turns(core)
        knob.turn(-1)
        await turns(core)
        encoder.deinit()
        for reader in readers:
            await reader

    run(core, main)
    assert logs == ([1, 2, 3, 4, 3], [1, 2, 3, 4, 3], [1, 4, 3])


def test_a_coroutine_function_runs_as_a_task(core, primitives):
    log = []

    async def main():
        knob = Knob()

        async def callback(value, delta):
            await core.sleep(0)
            log.append((value, delta))

        encoder = primitives.Encoder(knob.x, knob.y, callback=callback, delay=0)
        knob.turn(-2)
        await turns(core)
        encoder.deinit()

    run(core, main)
    assert log == [(-2, -2)]


def test_a_callback_that_raises_is_reported_and_it_goes_on(core, primitives):
    log, said = [], []

    async def main():
        knob = Knob()

        def callback(value, delta):
            log.append(value)
            if value == 1:
                raise ZeroDivisionError

        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))
        encoder = primitives.Encoder(knob.x, knob.y, callback=callback, delay=0)
        for _ in range(2):
            knob.turn(1)
            await turns(core)
        encoder.deinit()

    run(core, main)
    assert log == [1, 2] and said == [ZeroDivisionError]


# Its end, and what is wrong


@pytest.mark.rp2040(seeds=1)
def test_after_deinit_nothing_is_left_and_nothing_works(core, primitives):
    async def main():
        await turns(core)
        timers = core.get_event_loop().timers
        before, armed = tasks(core), len(timers)
        for _ in range(2):
            knob = Knob()
            encoder = primitives.Encoder(knob.x, knob.y, callback=print, delay=5000)
            await turns(core)
            assert tasks(core) == before and len(timers) == armed  # while nobody turns it
            knob.turn(1)
            await turns(core)
            assert tasks(core) == before and len(timers) == armed + 1
            encoder.deinit()
            encoder.deinit()
            assert len(timers) == armed
            assert knob.x.handler is None and knob.y.handler is None
            assert tasks(core) == before
            for call in (encoder.value, encoder.__aiter__):
                with pytest.raises(RuntimeError, match="deinit"):
                    call()

    run(core, main)


def test_it_may_be_ended_in_its_callback_and_ends_who_iterates(core, primitives):
    log = []

    async def main():
        knob = Knob()
        before = tasks(core)

        def callback(value, delta):
            log.append(value)
            encoder.deinit()

        async def read():
            async for value in encoder:
                log.append(("read", value))

        encoder = primitives.Encoder(knob.x, knob.y, callback=callback, delay=0)
        reader = core.create_task(read())
        await turns(core)
        knob.turn(1)
        await reader
        knob.turn(1)
        await turns(core)
        assert tasks(core) == before

    run(core, main)
    assert log == [1, ("read", 1)]


def test_another_thread_can_not_end_it(core, primitives):
    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        thread = start_thread(encoder.deinit)
        with pytest.raises(core.WrongContextError):
            thread.join()
        knob.turn(1)
        assert encoder.value() == 1
        encoder.deinit()
        assert knob.x.handler is None

    run(core, main)


@pytest.mark.parametrize("which", ["both", "one"])
def test_pins_that_do_not_interrupt_are_looked_at_now_and_then(core, primitives, which):
    async def main():
        knob = Knob()
        before = tasks(core)
        y = (lambda: knob.y.level) if which == "both" else knob.y
        encoder = primitives.Encoder(lambda: knob.x.level, y, poll_ms=1, delay=0)
        assert knob.y.handler is None
        values = []

        async def read():
            async for value in encoder:
                values.append(value)

        reader = core.create_task(read())
        await turns(core)
        for way in (1, 1, -1, 1):
            knob.turn(way)
            count = len(values)
            while len(values) == count:
                await core.sleep_ms(1)
        assert values == [1, 2, 1, 2]
        encoder.deinit()
        await reader
        await turns(core)
        assert tasks(core) == before

    run(core, main)


def test_what_makes_no_sense_is_refused_and_leaves_nothing(core, primitives):
    async def main():
        before = tasks(core)
        knob = Knob()
        for bad, text in (
            ({"div": 0}, "div is 1"),
            ({"div": -4}, "div is 1"),
            ({"div": 2.5}, "div is 1"),
            ({"delay": -1}, "delay is 0"),
            ({"delay": "5"}, "delay is 0"),
            ({"delay": float("inf")}, "delay is 2"),
            ({"poll_ms": 0}, "poll_ms is 1"),
            ({"poll_ms": None}, "poll_ms is 1"),
            ({"vmin": "0"}, "vmin is a whole number"),
            ({"vmax": 9.5}, "vmax is a whole number"),
            ({"vmin": 3, "vmax": 2, "v": 3}, "vmin is above vmax"),
            ({"vmin": 1}, "v is outside"),
            ({"vmax": -1}, "v is outside"),
            ({"vmin": 0, "vmax": 9, "v": 10}, "v is outside"),
            ({"v": "1"}, "v is a whole number"),
            ({"mod": 0}, "mod is 1"),
            ({"mod": 2.5}, "mod is 1"),
            ({"mod": 3, "v": 3}, "0 to mod"),
            ({"mod": 3, "v": -1}, "0 to mod"),
        ):
            with pytest.raises(ValueError, match=text):
                primitives.Encoder(knob.x, knob.y, **bad)
        for pins in ((2, knob.y), (knob.x, None)):
            with pytest.raises(TypeError, match="a pin is"):
                primitives.Encoder(*pins)
        with pytest.raises(ValueError, match="a pin each"):
            primitives.Encoder(knob.x, knob.x)
        with pytest.raises(TypeError, match="to be called is"):
            primitives.Encoder(knob.x, knob.y, callback=3)
        with pytest.raises(TypeError, match="are a tuple"):
            primitives.Encoder(knob.x, knob.y, callback=print, args=3)
        assert tasks(core) == before
        assert knob.x.handler is None and knob.y.handler is None

    run(core, main)


def test_a_pin_that_raises_is_reported_and_it_goes_on(core, primitives):
    said, values = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))
        knob, broken = Knob(), []

        def y():
            if broken:
                raise OSError
            return knob.y.level

        encoder = primitives.Encoder(knob.x, y, callback=lambda *a: values.append(a), delay=0)
        broken.append(True)
        while len(said) < 2:
            await core.sleep_ms(1)
        broken.clear()
        knob.turn(1)
        while not values:
            await core.sleep_ms(1)
        encoder.deinit()

    run(core, main)
    assert set(said) == {OSError} and values == [(1, 1)]


@pytest.mark.parametrize("broken", ["irq", "level"])
def test_one_that_cannot_be_made_leaves_no_interrupt(core, primitives, broken):
    class Broken(StandIn):
        def irq(self, handler=None, trigger=3, hard=False):
            if handler is not None and broken == "irq":
                raise OSError

        def __call__(self):
            raise OSError

    async def main():
        before = tasks(core)
        x = StandIn()
        with pytest.raises(OSError):
            primitives.Encoder(x, Broken())
        assert x.handler is None and tasks(core) == before

    run(core, main)


# Interrupts


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_an_interrupt_allocates_nothing(core, primitives):
    import micropython

    async def main():
        knob = Knob()
        encoder = primitives.Encoder(knob.x, knob.y)
        encoder._contacts.count = encoder._seen = submodule(primitives, "encoder").WRAP
        await turns(core)
        micropython.heap_lock()
        try:
            knob.turn(3)
            knob.turn(-7)
            knob.x.level = 1 - knob.x.level  # and both at once
            knob.y.level = 1 - knob.y.level
            knob.y.handler(knob.y)
        finally:
            micropython.heap_unlock()
        assert encoder.value() == -6 and encoder.skipped == 1
        encoder.deinit()

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
@pytest.mark.timeout(60)
def test_hard_interrupts_of_a_real_pin_are_counted_exactly(core, primitives):
    """GPIO 2 drives GPIO 3, contact x. There is no second wire: y is a stand-in, whose handler the test calls."""
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin, disable_irq, enable_irq

    out, x, y = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN), StandIn()
    log = []

    def to(levels):
        out(levels[0])  # its interrupt comes before the next bytecode but one
        if y.level != levels[1]:
            state = disable_irq()  # as an interrupt, y's is not cut into by x's
            y.put(levels[1])
            enable_irq(state)

    async def main():
        encoder = primitives.Encoder(x, y, callback=lambda *a: log.append(a), delay=5)
        at = 0
        for edges in (1, 3, -2, 40, -61, 5):
            for _ in range(abs(edges)):
                at += 1 if edges > 0 else -1
                to(CYCLE[at % 4])
            sleep_ms(0)
            assert encoder.value() == at, (encoder.value(), at)
            await core.sleep_ms(12)
        assert encoder.skipped == 0 and y.handler is not None
        encoder.deinit()
        assert y.handler is None
        out(1 - out())
        await core.sleep_ms(12)

    run(core, main)
    assert log[-1][0] == -14 and sum(delta for _, delta in log) == -14


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
@pytest.mark.timeout(60)
def test_a_real_contact_that_bounces_for_long_does_not_drift(core, primitives):
    """PWM at GPIO 2, wired to GPIO 3, is contact x, 500 times a second to and fro; y stays as it is."""
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import PWM, Pin

    x, y = Pin(3, Pin.IN), StandIn()
    seen = []

    async def main():
        encoder = primitives.Encoder(x, y, delay=0)
        start = x()
        pwm = PWM(Pin(2), freq=500, duty_u16=32768)
        try:
            for _ in range(30):
                await core.sleep_ms(3)
                seen.append(encoder.value())
        finally:
            pwm.deinit()
        out = Pin(2, Pin.OUT, value=start)
        out(start)
        await core.sleep_ms(5)
        assert encoder.value() == 0 and encoder.skipped == 0
        encoder.deinit()

    run(core, main)
    assert set(seen) <= {0, 1} or set(seen) <= {0, -1}
