"""BottomHalf: after a ring of any context the loop calls its function, on its own thread, and nothing is missed."""

import pytest

from support import RP2, run, sleep_ms, start_thread, submodule


def half(threadsafe, run=None, loop=None):
    return submodule(threadsafe, "bottom_half").BottomHalf(run, loop)


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
def test_it_is_called_by_the_loop_once_for_several_rings_at_least(core, threadsafe):
    log = []

    async def main():
        one = half(threadsafe, lambda: log.append("called"))
        await settle(core)
        assert log == []
        for n in (1, 2, 3):
            log.clear()
            for _ in range(n):
                one.ring()
            assert log == []  # by the loop, not by who rings
            await settle(core)
            assert 1 <= len(log) <= n
        one.stop()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_several_and_what_rings_in_its_own_run(core, threadsafe):
    log = []

    async def main():
        def first():
            log.append("first")
            if log.count("first") == 1:
                a.ring()
                b.ring("what a pin hands over")

        a, b = half(threadsafe, first), half(threadsafe, lambda: log.append("second"))
        a.ring()
        await settle(core)
        await settle(core)
        a.stop()
        b.stop()

    run(core, main)
    assert sorted(log) == ["first", "first", "second"] and log[0] == "first"


@pytest.mark.rp2040(seeds=3)
def test_no_ring_of_a_thread_is_missed_and_all_that_was_stored_before_it_is_seen(core, threadsafe):
    """The loop has no timer meanwhile: what is missed makes it sleep for ever."""
    count = 40 if RP2 else 3000
    seen, rung, threads = [], [0], []
    done = threadsafe.ThreadSafeEvent()

    def look():
        seen.append((rung[0], core.get_event_loop().running, submodule(core, "native").ident()))
        if rung[0] == count:
            done.set()

    async def main():
        one = half(threadsafe, look)

        def other():
            for n in range(count):
                rung[0] = n + 1
                one.ring()
                if n % 100 == 0:
                    sleep_ms(1)

        threads.append(start_thread(other))
        await done.wait()
        one.stop()
        return submodule(core, "native").ident()

    mine = run(core, main, limit=None)
    threads[0].join()
    numbers = [n for n, _, _ in seen]
    assert numbers == sorted(numbers) and numbers[-1] == count
    assert all(running and ident == mine for _, running, ident in seen)


@pytest.mark.rp2040(seeds=1)
def test_who_derives_from_it_has_a_run_of_its_own(core, threadsafe):
    class Counter(submodule(threadsafe, "bottom_half").BottomHalf):
        def __init__(self):
            super().__init__()
            self.edges = self.shown = 0

        def edge(self, _):
            self.edges += 1
            self.ring()

        def run(self):
            self.shown = self.edges

    async def main():
        counter = Counter()
        counter.edge(None)
        counter.edge(None)
        assert counter.shown == 0
        await settle(core)
        assert counter.shown == 2
        counter.stop()
        counter.edge(None)
        await settle(core)
        assert (counter.edges, counter.shown) == (3, 2)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_once_it_was_stopped_nothing_is_called_not_for_earlier_rings_either(core, threadsafe):
    log = []

    async def main():
        one = half(threadsafe, lambda: log.append("one"))
        one.ring()
        one.stop()
        one.ring()
        await settle(core)
        one.stop()

        def last():
            log.append("last")
            two.ring()
            two.stop()

        two = half(threadsafe, last)
        two.ring()
        await settle(core)

        def third():
            log.append("third")
            four.stop()

        three = half(threadsafe, third)
        four = half(threadsafe, lambda: log.append("four"))
        three.ring()
        four.ring()
        await settle(core)
        three.stop()

    run(core, main)
    assert log == ["last", "third"]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("name", ["ValueError", "CancelledError"])
def test_what_it_raises_is_reported_and_it_goes_on(core, threadsafe, name):
    error, reported, log = {"ValueError": ValueError, "CancelledError": core.CancelledError}[name], [], []

    async def main():
        def fail():
            log.append(len(log))
            if len(log) < 3:
                raise error("no display")

        one = half(threadsafe, fail)
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context))
        for _ in range(3):
            one.ring()
            await settle(core)
        one.stop()
        return one

    one = run(core, main)
    assert log == [0, 1, 2]
    assert [type(context["exception"]) for context in reported] == [error] * 2
    assert reported[0]["future"] is one and "bottom half" in reported[0]["message"]


@pytest.mark.rp2040(seeds=1)
def test_ctrl_c_in_it_ends_the_run_and_the_next_run_finds_it_as_before(core, threadsafe):
    log = []

    def interrupted():
        log.append("run")
        if len(log) == 1:
            raise KeyboardInterrupt

    async def again():
        one.ring()
        await settle(core)
        one.stop()

    core.new_event_loop()
    one = half(threadsafe, interrupted)
    one.ring()
    with pytest.raises(KeyboardInterrupt):
        core.run(core.sleep(5))
    core.run(again())
    core.new_event_loop()
    assert log == ["run", "run"]


class CtrlC:
    """A loop, with a bell that is interrupted the first time that a cell is armed."""

    def __init__(self, loop):
        self._bell = loop.bell
        self._pressed = False

    @property
    def bell(self):
        return self._bell if self._pressed else self

    def arm(self, cell):
        self._pressed = True
        raise KeyboardInterrupt


@pytest.mark.micropython
@pytest.mark.parametrize("others", [0, 1])
def test_ctrl_c_while_it_is_armed_anew_leaves_it_armed(core, threadsafe, others):
    log = []

    async def again():
        one.ring()
        await settle(core)

    core.new_event_loop()
    loop = core.get_event_loop()
    one = half(threadsafe, lambda: log.append("one"))
    more = [half(threadsafe, print) for _ in range(others)]
    one.ring()
    one.loop = CtrlC(loop)
    with pytest.raises(KeyboardInterrupt):
        core.run(core.sleep(5))
    one.loop = loop
    core.run(again())
    one.stop()
    for other in more:
        other.stop()
    core.new_event_loop()
    assert log == ["one"]


@pytest.mark.micropython
def test_the_order_of_several_is_as_the_docstring_says(core, threadsafe):
    log = []

    async def main():
        halves = [half(threadsafe, lambda n=n: log.append(n)) for n in range(3)]
        for rung in ((2, 1, 0), (0,), (2, 1, 0), (1, 0, 2)):
            for n in rung:
                halves[n].ring()
            await settle(core)
            log.append("|")
        for it in halves:
            it.stop()

    run(core, main)
    assert "".join(map(str, log)) == "012|0|120|120|"


@pytest.mark.parametrize("wrong", [3, "print"])
def test_what_cant_be_called_is_refused(core, threadsafe, wrong):
    async def main():
        with pytest.raises(TypeError, match="run is what the loop is to call, not"):
            half(threadsafe, wrong)

    run(core, main)


@pytest.mark.cpython
def test_another_thread_neither_makes_nor_stops_one_of_a_loop_that_runs(core, threadsafe):
    async def main():
        loop = core.get_event_loop()
        one = half(threadsafe, lambda: None)

        def wrong():
            for refused in (one.stop, lambda: half(threadsafe, print, loop)):
                with pytest.raises(core.WrongContextError, match="BottomHalf"):
                    refused()

        start_thread(wrong).join()
        one.stop()

    run(core, main)


@pytest.mark.rp2040(seeds=3)
@pytest.mark.micropython
def test_a_hard_interrupt_rings_it_as_its_handler(core, threadsafe):
    if not RP2:
        pytest.skip("the unix port has no pins")
    import micropython
    from machine import Pin

    out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)  # a wire joins them
    log = []

    async def main():
        one = half(threadsafe, lambda: log.append(pin()))
        try:
            pin.irq(one.ring, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
            for level in (1, 0, 1):
                micropython.heap_lock()
                out(level)
                micropython.heap_unlock()
                await settle(core)
        finally:
            pin.irq(None)
            one.stop()

    run(core, main)
    assert log == [1, 0, 1]
