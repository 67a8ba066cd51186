"""launch, schedule, set_global_exception."""

import pytest

from pins import Pin
from support import run


async def double(n):
    return 2 * n


def test_launch_calls_a_function_and_starts_a_coroutine(core, primitives):
    async def main():
        assert primitives.launch(lambda a, b: a + b, (1, 2)) == 3
        assert await primitives.launch(double, (4,)) == 8
        event = core.Event()
        assert primitives.launch(lambda: event) is event

    run(core, main)


def test_schedule_waits_then_calls(core, primitives):
    async def main():
        log = []
        task = core.create_task(primitives.schedule(log.append, 0.01, "later"))
        assert log == []
        await task
        assert log == ["later"]
        assert await primitives.schedule(double, 0, 5) == 10

    run(core, main)


def test_a_global_exception_ends_the_program(core, primitives):
    async def fail():
        raise KeyError("nobody sees it")

    async def main():
        primitives.set_global_exception()
        core.create_task(fail())
        await core.sleep(1)

    with pytest.raises(SystemExit) as info:
        run(core, main)
    assert info.value.args[0] == 1


def test_what_a_queue_gives_to_be_awaited_is_started_wherever_a_coroutine_would_be(core, primitives):
    """In upstream's `Queue.put` is a coroutine function, which may be called by whatever calls functions."""

    async def main():
        queue = primitives.Queue()
        primitives.launch(queue.put, ("launch",))
        await primitives.schedule(queue.put, 0.001, "schedule")
        await primitives.Barrier(1, queue.put, ("barrier",))
        delay = primitives.Delay_ms(queue.put, ("delay",), duration=1)
        delay.trigger()
        await delay.wait()
        await core.sleep_ms(1)
        delay.deinit()
        broker = primitives.Broker()
        broker.subscribe("topic", Pairs(queue).put)
        broker.publish("topic", "broker")
        await core.sleep(0)
        switch_pin = Pin()
        switch = primitives.Switch(switch_pin)
        switch.debounce_ms = 1
        switch.close_func(queue.put, ("switch",))
        switch_pin.set(0)
        x, y = Pin(0), Pin(0)
        encoder = primitives.Encoder(x, y, callback=lambda value, delta: queue.put("encoder"), delay=0)
        x.set(1)
        pin = Pin(0)
        call = primitives.PinCall(pin, cb_rise=queue.put, cbr_args=("pin",))
        await core.sleep(0)
        pin.set(1)
        await core.sleep_ms(20)
        got = []
        while not queue.empty():
            got.append(queue.get_nowait())
        assert got[:5] == ["launch", "schedule", "barrier", "delay", "broker"]
        assert sorted(got[5:]) == ["encoder", "pin", "switch"]
        for one in (switch, encoder, call):
            one.deinit()
        timer = primitives.MillisecTimer()
        assert primitives.launch(timer, (5,)) is timer  # it is set, and nobody need wait

    run(core, main)


class Pairs:
    def __init__(self, queue):
        self.queue = queue

    def put(self, topic, message):
        return self.queue.put(message)


def test_schedule_refuses_what_cannot_be(core, primitives):
    async def main():
        with pytest.raises(TypeError, match="to be called is"):
            await primitives.schedule(3, 0.001)
        with pytest.raises((TypeError, ValueError)):
            await primitives.schedule(print, "soon")

    run(core, main)
