"""Delay_ms: the last of trigger and stop counts; no task while nothing happens; from any context."""

import pytest

from pins import run_virtual
from support import CPYTHON, run, sleep_ms, start_thread


@pytest.mark.rp2040
def test_it_calls_when_it_was_not_triggered_for_so_long(core, primitives):
    log = []

    async def main():
        delay = primitives.Delay_ms(log.append, ("bark",), duration=30)
        assert not delay.running()
        delay.trigger()
        assert delay.running() and delay()
        for _ in range(4):
            await core.sleep_ms(15)
            assert log == []
            delay.trigger()
        await core.sleep_ms(80)
        assert log == ["bark"] and not delay.running()
        await core.sleep_ms(60)
        assert log == ["bark"]
        delay.deinit()

    run(core, main)


def test_a_trigger_may_shorten_it(core, primitives):
    async def main():
        delay = primitives.Delay_ms(duration=10_000)
        delay.trigger()
        await core.sleep(0)
        delay.trigger(5)
        await core.wait_for(delay.wait(), 5)
        assert delay.is_set()
        delay.clear()
        assert not delay.is_set()
        delay.deinit()

    run(core, main)


def test_stop_after_trigger_in_one_pass_stops_it(core, primitives):
    """Upstream's fires all the same."""
    log = []

    async def main():
        delay = primitives.Delay_ms(log.append, (1,), duration=5)
        delay.trigger()
        delay.stop()
        assert not delay.running()
        await core.sleep_ms(30)
        assert log == []
        delay.stop()
        delay.trigger()
        await core.sleep_ms(40)
        assert log == [1]
        delay.deinit()

    run(core, main)


@pytest.mark.parametrize("what", ["stop", "deinit", "stop, trigger"])
def test_a_callback_that_has_not_begun_when_it_is_stopped_is_not_called(core, primitives, what):
    """The time of both is up in one pass, and the task has its turn before that of the callback."""
    log = []

    async def main():
        delay = primitives.Delay_ms(log.append, ("called",), duration=20)
        delay.trigger()
        await core.sleep_ms(20)
        assert log == [] or not CPYTHON  # a board counts real time: there it may have been called
        log.clear()
        sleep_ms(2)  # in real time, of which boards are to see some between two triggers
        for name in what.split(", "):
            getattr(delay, name)()
        await core.sleep_ms(10)
        assert log == []
        await core.sleep_ms(30)
        delay.deinit()

    run_virtual(core, main)
    assert log == (["called"] if "trigger" in what else [])


@pytest.mark.parametrize("what", ["stop", "deinit", "trigger"])
def test_it_may_be_stopped_ended_and_triggered_in_its_own_callback(core, primitives, what):
    """Upstream's raises RuntimeError: can't cancel self."""
    log = []

    async def main():
        def callback():
            log.append(what)
            if len(log) < 3:
                getattr(delay, what)()

        delay = primitives.Delay_ms(callback, duration=5)
        delay.trigger()
        await core.sleep_ms(60)
        delay.deinit()
        delay.deinit()

    run(core, main)
    assert log == ["trigger"] * 3 if what == "trigger" else log == [what]


def test_a_coroutine_runs_as_a_task(core, primitives):
    async def main():
        async def work(n):
            await core.sleep(0)
            return n + 1

        delay = primitives.Delay_ms(work, (1,), duration=1)
        assert delay.rvalue() is None
        delay.trigger()
        await delay.wait()
        await core.sleep_ms(5)
        assert await delay.rvalue() == 2
        delay.callback(lambda: "other")
        delay.trigger()
        await core.sleep_ms(20)
        assert delay.rvalue() == "other"
        delay.deinit()
        with pytest.raises(RuntimeError, match="deinit"):
            delay.trigger()

    run(core, main)


def test_a_thread_may_trigger_and_stop_it(core, primitives):
    log = []

    async def main():
        delay = primitives.Delay_ms(log.append, (1,), duration=20)
        start_thread(delay.trigger)
        await core.wait_for(delay.wait(), 5)
        await core.sleep_ms(5)
        assert log == [1]
        delay.trigger(10_000)
        start_thread(delay.stop)
        while delay.running():
            await core.sleep_ms(1)
        delay.deinit()

    run(core, main)


def test_it_costs_no_task(core, primitives):
    async def main():
        before = len(core.listing().split("\n"))
        delay = primitives.Delay_ms(duration=1000)
        delay.trigger()
        await core.sleep_ms(5)
        assert len(core.listing().split("\n")) == before
        delay.deinit()

    run(core, main)


def test_a_callback_that_raises_is_reported(core, primitives):
    async def main():
        said = []
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))
        delay = primitives.Delay_ms(lambda: 1 // 0, duration=1)
        delay.trigger()
        await core.sleep_ms(30)
        assert [type(exc) for exc in said] == [ZeroDivisionError]
        delay.trigger()
        await core.sleep_ms(30)
        assert len(said) == 2
        delay.deinit()

    run(core, main)


def test_no_time_is_refused(core, primitives):
    async def main():
        for bad in (0, -1, 0.5, "100", None):
            with pytest.raises(ValueError, match="1 ms or more"):
                primitives.Delay_ms(duration=bad)

    run(core, main)


def test_what_cannot_be_called_is_refused_at_once(core, primitives):
    async def main():
        for make in (primitives.Delay_ms, primitives.Delay_ms().callback):
            with pytest.raises(TypeError, match="to be called is"):
                make(3)
            with pytest.raises(TypeError, match="are a tuple"):
                make(print, 3)

    run(core, main)


def test_parts_of_a_millisecond_are_left_out(core, primitives):
    async def main():
        delay = primitives.Delay_ms(duration=1.5)
        delay.trigger()
        await core.wait_for(delay.wait(), 5)
        delay.clear()
        delay.trigger(0.5)
        await core.wait_for(delay.wait(), 5)
        delay.deinit()

    run(core, main)


def test_who_waits_finds_what_the_callback_returned(core, primitives):
    async def main():
        delay = primitives.Delay_ms(lambda: "done", duration=1)
        delay.trigger()
        await delay.wait()
        assert delay.rvalue() == "done"
        delay.deinit()

    run(core, main)


def test_stop_clears_the_event_and_a_trigger_what_was_returned(core, primitives):
    """As upstream's, by its tutorial and its code."""

    async def main():
        delay = primitives.Delay_ms(lambda: "done", duration=2)
        delay.trigger()
        await delay.wait()
        assert delay.is_set() and delay.rvalue() == "done"
        start_thread(delay.stop).join()
        assert not delay.is_set() and delay.rvalue() == "done"
        delay.trigger(10_000)
        assert delay.rvalue() is None
        waits = core.create_task(core.wait_for_ms(delay.wait(), 20))
        with pytest.raises(core.TimeoutError):
            await waits
        delay.deinit()

    run(core, main)


def test_who_waits_when_it_is_ended_is_told(core, primitives):
    async def main():
        delay = primitives.Delay_ms(duration=10_000)
        delay.trigger()
        waiters = [core.create_task(wait(delay)) for _ in range(2)]
        waiters.append(core.create_task(wait(primitives.WaitAny((core.Event(), delay)))))
        await core.sleep(0)
        delay.deinit()
        for waiter in waiters:
            assert await waiter == "this Delay_ms was ended by deinit()"
        assert await wait(delay) == "this Delay_ms was ended by deinit()"
        delay.set()
        await delay.wait()

    async def wait(what):
        try:
            await what.wait()
        except RuntimeError as exc:
            return str(exc)

    run(core, main)


def test_one_that_is_ended_while_another_context_triggers_it_takes_that_for_nothing(core, primitives):
    log = []

    class Ended(primitives.Delay_ms):
        """Which its loop ends in the middle of a `trigger` of a thread, or of the other core."""

        ends = False

        @property
        def _value(self):
            return None

        @_value.setter
        def _value(self, value):
            if self.ends:
                self.deinit()

    async def main():
        delay = Ended(log.append, ("called",), 2)
        delay.ends = True
        delay.trigger()
        assert not delay.running()
        with pytest.raises(RuntimeError, match="was ended by deinit"):
            delay.trigger()
        await core.sleep_ms(10)

    run(core, main)
    assert log == []


def test_what_is_no_time_is_refused_by_trigger_and_ends_no_loop(core, primitives):
    async def main():
        with pytest.raises(ValueError, match="2.*40 ms or less"):
            primitives.Delay_ms(duration=float("inf"))
        delay = primitives.Delay_ms(duration=10)
        for bad in ("5", None, float("inf"), float("nan"), 1e30):
            with pytest.raises(ValueError, match="duration is .*a number"):
                delay.trigger(bad)
        assert not delay.running()
        delay.trigger(1 << 30)
        await core.sleep_ms(5)
        assert delay.running() and not delay.is_set()
        delay.trigger(-1)
        await core.wait_for(delay.wait(), 5)
        delay.deinit()

    run(core, main)


def test_one_that_is_triggered_while_it_is_late_begins_anew(core, primitives):
    """The loop is held up by a task, and its time is up when it is triggered by another context."""
    log = []

    async def main():
        delay = primitives.Delay_ms(log.append, (1,), duration=20)
        delay.trigger()
        await core.sleep(0)
        await core.sleep(0)
        command = delay._command
        bell, command.loop = command.loop, Mute(command.loop)  # the ring is on its way
        sleep_ms(30)
        delay.trigger(5000)
        command.loop = bell
        await core.sleep_ms(10)
        assert log == [] and not delay.is_set()
        delay.trigger(1)
        await core.wait_for(delay.wait(), 5)
        delay.deinit()

    run(core, main)
    assert log == [1]


class Mute:
    """A loop whose bell has not rung yet."""

    def __init__(self, loop):
        self.clock = loop.clock
        self.bell = self

    def ring(self, cell):
        pass


def test_parts_of_a_millisecond_again_and_again_in_its_callback(core, primitives):
    log = []

    async def main():
        def callback():
            log.append(1)
            if len(log) < 20:
                delay.trigger(0.5)

        delay = primitives.Delay_ms(callback)
        delay.trigger(0.5)
        while len(log) < 20:
            await core.sleep_ms(1)
        await core.sleep_ms(2)
        assert not delay.running()
        delay.deinit()

    run(core, main)
