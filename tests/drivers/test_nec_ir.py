"""NEC_IR: edges in, codes out, whatever the callback does. With a pin at which the test makes the edges."""

import pytest

from support import MICROPYTHON, RP2, run, sleep_ms, submodule

REPEAT, BADSTART, OVERRUN = -1, -2, -5


class StandIn:
    """A pin at which the test makes the edges."""

    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self):
        self.handler = None

    def __call__(self):
        return 0

    def irq(self, handler=None, trigger=3, hard=False):
        self.handler = handler


class Receiver:
    """What an infrared receiver sends. It turns the clock of the interrupt: the machine may be as slow as it likes."""

    def __init__(self, drivers, callback, extended=False, *args):
        self.times = submodule(drivers, "nec_times")
        self.pin = StandIn()
        self.us = 1000
        self.ir = drivers.NEC_IR(self.pin, callback, extended, *args)
        if MICROPYTHON:
            self.module = submodule(drivers, "nec_ir")
            self.ticks_us, self.module.ticks_us = self.module.ticks_us, self.now
        else:
            self.ir._clock = self

    def close(self):
        self.ir.deinit()
        if MICROPYTHON:
            self.module.ticks_us = self.ticks_us

    def now(self):
        return self.us

    def play(self, widths):
        self.pin.handler(self.pin)
        for us in widths:
            self.us += us
            self.pin.handler(self.pin)

    def send(self, address, data, extended=False):
        self.play(self.times.encode(address, data, extended))

    async def silence(self, core):
        """Until the task has seen that no more comes."""
        self.us += 20000
        while self.ir._ended != self.ir._edges:
            await core.sleep_ms(1)


def test_codes_and_repeats_come_with_their_address_and_the_arguments(core, drivers):
    log = []

    async def main():
        receiver = Receiver(drivers, lambda *a: log.append(a), False, "arg", 7)
        receiver.send(0x59, 0x16)
        await receiver.silence(core)
        receiver.play(receiver.times.repeat())
        await receiver.silence(core)
        receiver.play([9000])
        await receiver.silence(core)
        assert receiver.ir.errors == 1 and receiver.ir.address == 0x59
        receiver.close()

    run(core, main)
    assert log == [(0x16, 0x59, "arg", 7), (REPEAT, 0x59, "arg", 7), (BADSTART, 0, "arg", 7)]


def test_the_class_has_the_names_of_what_is_no_code(core, drivers):
    times = submodule(drivers, "nec_times")
    for number, name in enumerate("REPEAT BADSTART BADBLOCK BADREP OVERRUN BADDATA BADADDR".split(), 1):
        assert getattr(drivers.NEC_IR, name) == getattr(times, name) == -number


def test_codes_that_the_loop_was_late_for_are_all_there(core, drivers):
    """The interrupt marks silences: upstream decodes by the task's own time."""
    log = []

    async def main():
        receiver = Receiver(drivers, lambda data, addr: log.append((data, addr)))
        for n in range(3):
            receiver.send(n, n + 1)
            receiver.us += 40000
        await receiver.silence(core)
        receiver.close()

    run(core, main)
    assert log == [(1, 0), (2, 1), (3, 2)]


def test_edges_that_there_was_no_room_for_are_an_overrun_and_the_next_code_is_good(core, drivers):
    log = []

    async def main():
        receiver = Receiver(drivers, lambda data, addr: log.append((data, addr)))
        receiver.play([100] * 300)
        await receiver.silence(core)
        receiver.send(1, 2)
        await receiver.silence(core)
        receiver.close()

    run(core, main)
    assert log == [(OVERRUN, 0), (2, 1)]


def test_noise_without_end_is_reported_and_does_not_grow(core, drivers):
    log = []

    async def main():
        receiver = Receiver(drivers, lambda data, addr: log.append(data))
        for _ in range(12):
            receiver.play([100] * 99)
            receiver.us += 100
            while receiver.ir._taken != receiver.ir._edges:
                await core.sleep_ms(1)
        assert log[0] == OVERRUN
        receiver.close()

    run(core, main)


def test_a_callback_that_raises_is_reported_and_the_next_code_decoded(core, drivers):
    """Defect 69: upstream's task ends."""
    log, reported = [], []

    async def main():
        def callback(data, addr):
            log.append(data)
            raise ValueError("in the callback")

        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context))
        receiver = Receiver(drivers, callback)
        for data in (5, 6):
            receiver.send(1, data)
            await receiver.silence(core)
        receiver.close()

    run(core, main)
    assert log == [5, 6]
    assert [str(context["exception"]) for context in reported] == ["in the callback"] * 2


def test_a_callback_may_be_a_coroutine_function_and_may_end_it(core, drivers):
    log = []

    async def main():
        async def callback(data, addr):
            await core.sleep_ms(1)
            log.append(data)

        receiver = Receiver(drivers, callback)
        receiver.send(1, 2)
        await receiver.silence(core)
        receiver.close()

        def last(data, addr):
            log.append(data)
            other.ir.deinit()

        other = Receiver(drivers, last)
        other.send(3, 4)
        other.us += 40000
        other.send(5, 6)
        other.us += 20000
        while other.pin.handler is not None:
            await core.sleep_ms(1)
        await core.sleep_ms(10)
        other.close()

    run(core, main)
    assert log == [2, 4]


def test_deinit_leaves_no_task(core, drivers):
    async def main():
        before = len(core.listing().split("\n"))
        receiver = Receiver(drivers, print)
        await core.sleep_ms(1)
        receiver.ir.deinit()
        receiver.close()
        await core.sleep_ms(1)
        assert len(core.listing().split("\n")) == before

    run(core, main)


def test_what_can_not_be_listened_to_or_called_is_refused(core, drivers):
    async def main():
        with pytest.raises(TypeError, match="that interrupts"):
            drivers.NEC_IR(lambda: 0, print)
        with pytest.raises(TypeError, match="callback"):
            drivers.NEC_IR(StandIn(), None)

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_its_interrupt_allocates_nothing(core, drivers):
    import gc

    import micropython

    async def main():
        receiver = Receiver(drivers, print)
        handler, pin = receiver.pin.handler, receiver.pin
        await core.sleep_ms(1)
        handler(pin)
        gc.collect()
        micropython.heap_lock()
        try:
            for n in range(300):
                if n % 70 == 0:
                    receiver.ir._ended = receiver.ir._edges  # the next is the first after a silence
                handler(pin)
        finally:
            micropython.heap_unlock()
        receiver.close()

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=2)
def test_from_the_transmitter_on_core_1_to_the_receiver_through_a_wire(core, drivers):
    """Pin 2 drives pin 3."""
    if not RP2:
        pytest.skip("needs pins")
    from machine import Pin

    from twincore.offload import Worker

    log = []

    async def main():
        worker = Worker()
        transmitter = drivers.NECTransmitter(Pin(2, Pin.OUT), worker)  # first: an edge may come of it
        ir = drivers.NEC_IR(Pin(3, Pin.IN), lambda data, addr: log.append((data, addr)), True)
        await core.sleep_ms(20)
        await transmitter.hold(0x59, 0x16, 110, True)
        await transmitter.send(0xFFFF, 0xA5)
        await core.sleep_ms(40)
        ir.deinit()
        await worker.close()

    run(core, main)
    sleep_ms(2)
    assert log == [(0x16, 0x59), (REPEAT, 0x59), (0xA5, 0xFFFF)]
