"""AsyncPin and PinCall: no edge is lost, several may wait, callbacks in order, nothing is left."""

import pytest

from support import RP2, run, start_thread


class StandIn:
    """A pin at which the test makes the edges."""

    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, level=0):
        self.level = level
        self.handler = None
        self.trigger = 0

    def __call__(self):
        return self.level

    def irq(self, handler=None, trigger=3, hard=False):
        self.handler = handler
        self.trigger = trigger

    def put(self, *levels):
        for level in levels:
            if level != self.level:
                self.level = level
                if self.handler is not None and self.trigger & (1 if level else 2):
                    self.handler(self)


def tasks(core):
    return len(core.listing().split("\n"))


async def turns(core, count=6):
    for _ in range(count):
        await core.sleep(0)


def waiting(core, coro, log):
    """A task that logs what `coro` gives."""

    async def wait():
        log.append(await coro)

    return core.create_task(wait())


# AsyncPin


@pytest.mark.rp2040(seeds=1)
def test_wait_edge_waits_for_an_edge_and_keeps_those_that_came_before(core, primitives):
    log = []

    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin)
        task = waiting(core, it.wait_edge(), log)
        await turns(core)
        assert log == []
        pin.put(1)
        await task
        pin.put(0, 1, 0)
        log.append(await it.wait_edge())
        task = waiting(core, it.wait_edge(), log)
        await turns(core)
        assert log == [1, 3]
        pin.put(1)
        await task
        it.deinit()

    run(core, main)
    assert log == [1, 3, 1]


def test_all_who_wait_go_on_at_the_same_edge(core, primitives):
    log = []

    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin)
        pin.put(1)
        await it.wait_edge()
        for _ in range(2):
            pairs = [waiting(core, it.wait_edge(), log) for _ in range(3)]
            await turns(core)
            pin.put(1 - pin.level)
            for task in pairs:
                await task
        it.deinit()

    run(core, main)
    assert log == [1] * 6


def test_a_trigger_says_which_edges_count(core, primitives):
    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin, pin.IRQ_RISING)
        pin.put(1, 0, 1, 0)
        assert await it.wait_edge() == 2
        pin.put(1)
        assert await it.wait_level(1) == 1
        with pytest.raises(ValueError, match="edges to 0"):
            await it.wait_level(0)
        it.deinit()

    run(core, main)


def test_wait_level_returns_at_once_or_when_it_is_there(core, primitives):
    log = []

    async def main():
        pin = StandIn(1)
        it = primitives.AsyncPin(pin)
        assert await it.wait_level(True) == 1
        both = [waiting(core, it.wait_level(0), log) for _ in range(2)]
        await turns(core)
        pin.put(0, 1)  # over before they have their turn
        await turns(core)
        assert log == []
        pin.put(0)
        for task in both:
            await task
        assert await it.wait_edge() == 3  # what waited for levels took none
        it.deinit()

    run(core, main)
    assert log == [0, 0]


def test_an_edge_between_the_look_and_the_wait_ends_it(core, primitives):
    class Moving(StandIn):
        def __call__(self):
            level = self.level
            if len(looks) == 1:
                self.put(1)
            looks.append(1)
            return level

    looks = []

    async def main():
        it = primitives.AsyncPin(Moving())  # the first look
        assert await it.wait_level(1) == 1  # the second says 0, and right after it the level changes
        it.deinit()

    run(core, main)
    assert len(looks) == 3


def test_a_cancelled_wait_takes_nothing(core, primitives):
    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin)
        for wait in (it.wait_edge, lambda: it.wait_level(1)):
            with pytest.raises(core.TimeoutError):
                await core.wait_for_ms(wait(), 2)
        task = core.create_task(it.wait_edge())
        await turns(core)
        pin.put(1)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert await core.wait_for_ms(it.wait_edge(), 1000) == 1
        it.deinit()

    run(core, main)


def test_a_thread_may_make_the_edges(core, primitives):
    rounds = 20

    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin)
        edges = 0
        thread = start_thread(pin.put, *([1, 0] * rounds))
        while edges < 2 * rounds:
            edges += await it.wait_edge()
        thread.join()
        assert edges == 2 * rounds
        it.deinit()

    run(core, main)


def test_a_pin_that_does_not_interrupt_is_looked_at_while_somebody_waits(core, primitives):
    log = []

    async def main():
        level = [0]
        it = primitives.AsyncPin(lambda: level[0], poll_ms=1)
        pair = [waiting(core, it.wait_edge(), log), waiting(core, it.wait_level(1), log)]
        await core.sleep_ms(5)
        assert log == []
        level[0] = 1
        for task in pair:
            await task
        level[0] = 0
        assert await it.wait_edge() == 1
        with pytest.raises(ValueError, match="leave trigger out"):
            primitives.AsyncPin(lambda: 0, 1)
        it.deinit()

    run(core, main)
    assert log == [1, 1]


def test_after_deinit_all_waits_fail_and_no_interrupt_is_left(core, primitives):
    async def main():
        for pin in (StandIn(), lambda: 0):
            before = tasks(core)
            it = primitives.AsyncPin(pin, poll_ms=1)
            waits = [core.create_task(it.wait_edge()), core.create_task(it.wait_level(1))]
            await turns(core)
            it.deinit()
            it.deinit()
            for wait in waits + [it.wait_edge(), it.wait_level(0), it.wait_level(1)]:  # noqa: RUF005
                with pytest.raises(RuntimeError, match="deinit"):
                    await wait
            if isinstance(pin, StandIn):
                assert pin.handler is None
            assert tasks(core) == before

    run(core, main)


# PinCall


@pytest.mark.rp2040(seeds=1)
def test_each_change_of_the_level_is_called(core, primitives):
    log = []

    async def main():
        pin = StandIn()
        call = primitives.PinCall(pin, cb_rise=log.append, cbr_args=("up",), cb_fall=log.append, cbf_args=("down",))
        await turns(core)
        for level in (1, 0, 1):
            pin.put(level)
            await turns(core)
        call.deinit()

    run(core, main)
    assert log == ["up", "down", "up"]


def test_a_pulse_that_is_over_gives_both_calls(core, primitives):
    log = []

    async def main():
        pin = StandIn()
        call = primitives.PinCall(pin, cb_rise=log.append, cbr_args=(1,), cb_fall=log.append, cbf_args=(0,))
        await turns(core)
        pin.put(1, 0)
        await turns(core)
        assert log == [1, 0]
        pin.put(1, 0, 1, 0, 1)  # several count as one
        await turns(core)
        assert log == [1, 0, 1]
        pin.put(0, 1)
        await turns(core)
        call.deinit()

    run(core, main)
    assert log == [1, 0, 1, 0, 1]


def test_edges_in_a_callback_are_called_after_it(core, primitives):
    log = []

    async def main():
        pin = StandIn()

        def rise():
            log.append(1)
            if len(log) < 5:
                pin.put(0)

        def fall():
            log.append(0)
            pin.put(1)

        call = primitives.PinCall(pin, cb_rise=rise, cb_fall=fall)
        pin.put(1)
        await turns(core, 20)
        call.deinit()

    run(core, main)
    assert log == [1, 0, 1, 0, 1]


def test_one_callback_is_enough_and_may_be_a_coroutine_function(core, primitives):
    log = []

    async def main():
        pin = StandIn(1)

        async def fall(n):
            await core.sleep(0)
            log.append(n)

        call = primitives.PinCall(pin, cb_fall=fall, cbf_args=(5,))
        for level in (0, 1, 0):
            pin.put(level)
            await turns(core)
        call.deinit()

    run(core, main)
    assert log == [5, 5]


def test_a_callback_that_raises_is_reported_and_the_next_is_called(core, primitives):
    log, said = [], []

    async def main():
        pin = StandIn()
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))
        call = primitives.PinCall(pin, cb_rise=lambda: 1 // 0, cb_fall=log.append, cbf_args=(0,))
        for level in (1, 0, 1):
            pin.put(level)
            await turns(core)
        call.deinit()

    run(core, main)
    assert log == [0] and said == [ZeroDivisionError] * 2


def test_a_callback_that_finds_another_task_cancelled_ends_no_pincall(core, primitives):
    log, said = [], []

    async def main():
        pin = StandIn()
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))

        def finds():
            raise core.CancelledError

        call = primitives.PinCall(pin, cb_rise=finds, cb_fall=log.append, cbf_args=(0,))
        for level in (1, 0, 1, 0):
            pin.put(level)
            await turns(core)
        call.deinit()

    run(core, main)
    assert log == [0, 0] and said == [core.CancelledError] * 2


@pytest.mark.rp2040(seeds=1)
def test_a_pincall_ends_from_outside_and_in_its_callback(core, primitives):
    log = []

    async def main():
        before = tasks(core)
        for inside in (False, True):
            pin = StandIn()

            def rise():
                log.append(inside)
                if inside:
                    call.deinit()

            call = primitives.PinCall(pin, cb_rise=rise, cb_fall=rise)
            await turns(core)
            pin.put(1, 0)  # both calls are due, but for an end in between
            await turns(core)
            call.deinit()
            call.deinit()
            pin.put(1)
            await turns(core)
            assert pin.handler is None and tasks(core) == before

    run(core, main)
    assert log == [False, False, True]


def test_a_polled_pin_is_called_too(core, primitives):
    log = []

    async def main():
        level = [1]
        before = tasks(core)
        call = primitives.PinCall(
            lambda: level[0], cb_rise=log.append, cbr_args=(1,), cb_fall=log.append, cbf_args=(0,), poll_ms=1
        )
        for value in (0, 1):
            level[0] = value
            count = len(log)
            while len(log) == count:
                await core.sleep_ms(1)
        call.deinit()
        await turns(core)
        assert tasks(core) == before

    run(core, main)
    assert log == [0, 1]


@pytest.mark.parametrize("polled", [False, True])
def test_a_pin_that_raises_is_reported_and_the_pincall_goes_on(core, primitives, polled):
    said, log = [], []

    class Broken(StandIn):
        def __call__(self):
            if broken:
                raise OSError
            return self.level

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(type(context["exception"])))
        pin = Broken()
        given = (lambda: pin()) if polled else pin
        call = primitives.PinCall(given, cb_rise=log.append, cbr_args=("rise",), poll_ms=1)
        broken.append(True)
        pin.put(1)
        while len(said) < 2:
            await core.sleep_ms(1)
        broken.clear()
        while not log:
            await core.sleep_ms(1)
        call.deinit()
        await turns(core)

    broken = []
    run(core, main)
    assert set(said) == {OSError} and log == ["rise"]


def test_one_that_cannot_be_made_leaves_no_interrupt(core, primitives):
    class Broken(StandIn):
        def __call__(self):
            if self.handler is not None:
                raise OSError
            return 0

    async def main():
        before = tasks(core)
        pin = Broken()
        with pytest.raises(OSError):
            primitives.PinCall(pin)
        assert pin.handler is None and tasks(core) == before

    run(core, main)


def test_what_makes_no_sense_is_refused(core, primitives):
    async def main():
        before = tasks(core)
        for make in (primitives.AsyncPin, primitives.PinCall):
            with pytest.raises(TypeError, match="a pin is"):
                make(3)
            for wrong in (0, "x", None):
                with pytest.raises(ValueError, match="poll_ms is 1"):
                    make(StandIn(), poll_ms=wrong)
        with pytest.raises(TypeError, match="to be called is"):
            primitives.PinCall(StandIn(), cb_rise=3)
        with pytest.raises(TypeError, match="are a tuple"):
            primitives.PinCall(StandIn(), cb_fall=print, cbf_args=3)
        assert tasks(core) == before

    run(core, main)


# Interrupts


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_an_interrupt_allocates_nothing(core, primitives):
    import micropython

    log = []

    async def main():
        pin = StandIn()
        it = primitives.AsyncPin(pin)
        task = waiting(core, it.wait_edge(), log)
        await turns(core)
        micropython.heap_lock()
        try:
            pin.handler(pin)
            pin.handler(pin)
        finally:
            micropython.heap_unlock()
        await task
        it.deinit()

    run(core, main)
    assert log == [2]


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
@pytest.mark.timeout(60)
def test_the_hard_interrupts_of_a_real_pin(core, primitives):
    """GPIO 2 drives GPIO 3."""
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    log = []

    async def main():
        out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)
        it = primitives.AsyncPin(pin)

        async def drive():
            for level in (1, 0, 1):
                await core.sleep_ms(3)
                out(level)

        task = core.create_task(drive())
        for _ in range(3):
            assert await it.wait_edge() == 1
        await task
        task = core.create_task(drive())
        assert await it.wait_level(0) == 0
        assert await it.wait_level(1) == 1
        await task
        it.deinit()
        call = primitives.PinCall(pin, cb_rise=log.append, cbr_args=(1,), cb_fall=log.append, cbf_args=(0,))
        await core.sleep_ms(1)
        for level in (0, 1, 0):
            out(level)
            await core.sleep_ms(2)
        out(1)
        out(0)
        await core.sleep_ms(2)
        call.deinit()
        out(1)
        await core.sleep_ms(2)

    run(core, main, limit=None)
    assert log == [0, 1, 0, 1, 0]
