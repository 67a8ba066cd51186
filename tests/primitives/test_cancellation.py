"""A task may be ended from outside at any wait of any primitive: no permit, item or notification is lost with it.

See `injection` for the points, and what holds after each; here is what must hold for each primitive besides.
"""

import pytest

from injection import HOWS, Program, inject
from pins import Pin

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


@case
def semaphore(core, primitives):
    """Never more than two hold it, each of the others gets it, and in the end all permits are back."""
    it, inside, log = primitives.BoundedSemaphore(2), [], []

    async def hold(name):
        async with it:
            inside.append(name)
            assert len(inside) <= 2
            try:
                await core.sleep_ms(1)
            finally:
                inside.remove(name)
        log.append(name)

    async def victim():
        await hold("victim")
        await hold("victim")

    def other(name):
        async def holds():
            await hold(name)

        return holds

    async def check(ended):
        assert [name for name in log if name != "victim"] == ["a", "b", "c"]
        await it.acquire()
        await it.acquire()
        assert it.locked()

    return Program(victim, [other("a"), other("b"), other("c")], check)


@case
def queue_get(core, primitives):
    """Each item is got once, by the victim or by another."""
    it, got = primitives.Queue(), []

    async def take(count):
        for _ in range(count):
            got.append(await it.get())

    async def victim():
        await take(2)

    async def other():
        while len(got) < 4:
            item = await it.get()
            got.append(item)

    async def putter():
        for n in range(4):
            await core.sleep_ms(1)
            await it.put(n)
        await core.sleep_ms(2)
        it.shutdown()

    async def patient():
        try:
            await other()
        except primitives.QueueShutDown:
            pass

    async def check(ended):
        assert sorted(got) == [0, 1, 2, 3] and it.empty()

    return Program(victim, [patient, putter], check)


@case
def queue_put(core, primitives):
    """The others' items all come, in order; the victim's come, or do not, in order."""
    it, got = primitives.Queue(1), []

    async def put(name):
        for n in range(2):
            await it.put((name, n))

    async def victim():
        await put("victim")

    async def other():
        await put("other")

    async def getter():
        await core.sleep_ms(1)
        while ("other", 1) not in got or not it.empty():
            got.append(await it.get())
            await core.sleep_ms(1)

    async def check(ended):
        while not it.empty():
            got.append(it.get_nowait())
        assert [item for item in got if item[0] == "other"] == [("other", 0), ("other", 1)]
        assert [n for name, n in got if name == "victim"] in ([], [0], [0, 1])
        await it.put(1)
        assert it.full()

    return Program(victim, [other, getter], check)


@case
def condition(core, primitives):
    """A victim that was notified passes it on: the other always hears, and the lock is free in the end."""
    it, heard = primitives.Condition(), []

    async def victim():
        async with it:
            await it.wait()

    async def other():
        async with it:
            await it.wait()
            heard.append(it.locked())

    async def notifier():
        while not heard:
            await core.sleep_ms(1)
            async with it:
                it.notify()

    async def check(ended):
        assert heard == [True] and not it.locked()

    return Program(victim, [other, notifier], check)


@case
def barrier(core, primitives):
    """Who was ended does not count."""
    it, log = primitives.Barrier(2), []

    async def victim():
        await it.wait()
        await core.sleep_ms(1)
        await it.wait()

    async def other():
        while len(log) < 2:
            await core.sleep_ms(1)
            task = core.create_task(it.wait())
            await core.sleep_ms(5)
            if not task.done():
                it.trigger()
            log.append(await task)

    async def check(ended):
        assert len(log) == 2 and not it.broken
        it.reset()

    return Program(victim, [other], check)


@case
def delay(core, primitives):
    it, log = primitives.Delay_ms(duration=2), []

    async def victim():
        it.trigger()
        await it.wait()
        it.clear()
        it.trigger(1)
        await it.wait()

    async def other():
        await it.wait()
        log.append("up")

    async def trigger():
        it.trigger()
        await core.sleep_ms(10)
        if not log:
            it.trigger()

    async def check(ended):
        assert log == ["up"]

    return Program(victim, [other, trigger], check, it.deinit)


@case
def the_first_of_several(core, primitives):
    """What the victim did not take is there for the next."""
    flag, event = core.ThreadSafeFlag(), core.Event()
    it, log = primitives.WaitAny((flag, event)), []

    async def victim():
        log.append(await it.wait())
        await core.sleep_ms(1)
        log.append(await it.wait())

    async def setter():
        await core.sleep_ms(2)
        flag.set()
        await core.sleep_ms(2)
        event.set()

    async def check(ended):
        if flag not in log:
            assert await it.wait() is flag
        assert await it.wait() is event

    return Program(victim, [setter], check)


@case
def all_of_several(core, primitives):
    events = [core.Event() for _ in range(2)]
    it = primitives.WaitAll(events)

    async def victim():
        await it.wait()

    async def setter():
        for event in events:
            await core.sleep_ms(1)
            event.set()

    async def check(ended):
        await it.wait()

    return Program(victim, [setter], check)


@case
def end_of_a_task(core, primitives):
    """Who waits for an ELO leaves its task alone."""
    log = []

    async def work():
        await core.sleep_ms(3)
        log.append("worked")

    elos = []

    async def victim():
        if not elos:
            elos.append(primitives.ELO(work))
        await elos[0].wait()

    async def other():
        if not elos:
            elos.append(primitives.ELO(work))
        await elos[0]()

    async def check(ended):
        assert log == ["worked"]

    return Program(victim, [other], check)


@case
def all_of_several_flags(core, primitives):
    """Flags clear themselves: those that a wait had that was given up are there for the next."""
    flags = [core.ThreadSafeFlag() for _ in range(3)]
    it, log = primitives.WaitAll((flags[0], primitives.WaitAny((flags[1],)), primitives.WaitAll((flags[2],)))), []

    async def victim():
        await it.wait()
        log.append("all")

    async def setter():
        for flag in flags:
            await core.sleep_ms(1)
            flag.set()

    async def check(ended):
        if not log:
            await it.wait()
        assert not any(flag.is_set() for flag in flags)

    return Program(victim, [setter], check)


@case
def all_of_several_within_the_first_of_several(core, primitives):
    flags, event, log = [core.ThreadSafeFlag() for _ in range(2)], core.Event(), []
    both = primitives.WaitAll(flags)
    it = primitives.WaitAny((event, both))

    async def victim():
        assert await it.wait() is event
        log.append("event")
        await both.wait()
        log.append("both")

    async def setter():
        flags[0].set()
        await core.sleep_ms(1)
        event.set()
        await core.sleep_ms(1)
        flags[1].set()

    async def check(ended):
        if "both" not in log:
            await both.wait()
        assert not any(flag.is_set() for flag in flags)

    return Program(victim, [setter], check)


@case
def timer(core, primitives):
    it, log = primitives.MillisecTimer(), []

    async def victim():
        await it(3)
        await it(2)

    async def other():
        await core.sleep_ms(1)
        if not it.running():
            it(3)
        await it
        log.append("over")

    async def check(ended):
        assert log == ["over"]

    return Program(victim, [other], check, it.deinit)


@case
def items_of_a_ring(core, primitives):
    """Each item is got once, and those that wait to put do."""
    it, got = primitives.RingbufQueue(1), []

    async def victim():
        async for item in it:
            got.append(item)
            await core.sleep(0)

    async def putter():
        for n in range(3):
            await it.put(n)
            await core.sleep_ms(1)
        it.shutdown()

    async def other():
        try:
            while True:
                got.append(await it.get())
        except primitives.QueueShutDown:
            pass

    async def guarded():
        try:
            await victim()
        except primitives.QueueShutDown:
            pass

    async def check(ended):
        assert sorted(got) == [0, 1, 2] and it.empty()

    return Program(guarded, [other, putter], check)


@case
def the_end_of_the_work(core, primitives):
    it, log = primitives.Queue(), []

    async def victim():
        await it.join()

    async def other():
        await it.join()
        log.append("joined")

    async def worker():
        for _ in range(2):
            await core.sleep_ms(1)
            await it.get()
            it.task_done()

    async def check(ended):
        assert log == ["joined"]
        await it.join()

    it.put_nowait(1)
    it.put_nowait(2)
    return Program(victim, [other, worker], check)


@case
def condition_until(core, primitives):
    it, stock, log = primitives.Condition(), [], []

    async def take(name):
        async with it:
            await it.wait_for(lambda: len(stock) > 0)
            log.append((name, stock.pop()))

    async def victim():
        await take("victim")

    async def other():
        await take("other")

    async def maker():
        while "other" not in [name for name, _ in log]:
            await core.sleep_ms(1)
            async with it:
                stock.append(1)
                it.notify()

    async def check(ended):
        assert not it.locked()
        assert len([name for name, _ in log if name == "other"]) == 1

    return Program(victim, [other, maker], check)


@case
def permit_of_a_with_statement(core, primitives):
    """Upstream's spelling of a condition, and a semaphore, around one wait."""
    lock, it, log = primitives.Condition(), primitives.Semaphore(1), []

    async def hold(name):
        with await lock:
            async with it:
                await core.sleep_ms(1)
                log.append(name)

    async def victim():
        await hold("victim")

    async def other():
        await hold("other")

    async def check(ended):
        assert "other" in log and not lock.locked() and not it.locked()

    return Program(victim, [other], check)


@case
def edge_of_a_pin(core, primitives):
    """Who waits for each of them hears of the edges that the victim did not hear of."""
    pin = Pin(0)
    it, counts = primitives.AsyncPin(pin), []

    async def victim():
        counts.append(await it.wait_edge())
        counts.append(await it.wait_edge())

    async def mover():
        for level in (1, 0, 1):
            await core.sleep_ms(1)
            pin.set(level)

    async def check(ended):
        if sum(counts) < 3:
            counts.append(await it.wait_edge())
        assert sum(counts) == 3

    return Program(victim, [mover], check, it.deinit)


@case
def level_of_a_pin_that_is_polled(core, primitives):
    level, log = [0], []
    it = primitives.AsyncPin(lambda: level[0], poll_ms=1)

    async def victim():
        await it.wait_level(1)
        await it.wait_level(0)

    async def other():
        log.append(await it.wait_level(1))

    async def mover():
        await core.sleep_ms(2)
        level[0] = 1
        await core.sleep_ms(3)
        level[0] = 0

    async def check(ended):
        assert log == [1]
        assert await it.wait_level(0) == 0

    return Program(victim, [other, mover], check, it.deinit)


@case
def value_of_a_knob(core, primitives):
    x, y, log = Pin(0), Pin(0), []
    it = primitives.Encoder(x, y, delay=1)

    async def victim():
        async for value in it:
            if value == 2:
                break

    async def other():
        async for value in it:
            log.append(value)

    async def mover():
        await core.sleep_ms(1)
        x.set(1)
        await core.sleep_ms(2)
        y.set(1)
        await core.sleep_ms(3)
        it.deinit()

    async def check(ended):
        assert log == [1, 2] and x.handler is None

    return Program(victim, [other, mover], check, it.deinit)


@case
def keys(core, primitives):
    """The presses that the victim did not take are the next one's."""
    pressed, got = [0], []
    it = primitives.Keyboard([lambda level: None], [lambda: 1 - pressed[0]], db_delay=1)
    it.scan_ms = 1

    async def victim():
        got.append(await it.get())
        async for key in it:
            got.append(key)
            break

    async def other():
        for level in (1, 0, 1, 0):
            pressed[0] = level
            await core.sleep_ms(5)

    async def check(ended):
        while len(got) < 2:
            got.append(await it.get())
        assert got == [0, 0] and it.empty()
        it.deinit()

    return Program(victim, [other], check, it.deinit)


@case
def voltage(core, primitives):
    adc, log = Voltage(), []
    it = primitives.AADC(adc, interval_ms=1)

    async def victim():
        await it(100)

    async def other():
        log.append(await it(100))

    async def changer():
        await core.sleep_ms(3)
        adc.value = 500

    async def check(ended):
        assert log == [500]

    return Program(victim, [other, changer], check)


@case
def call_later(core, primitives):
    queue, log = primitives.Queue(), []

    async def victim():
        await primitives.schedule(queue.put, 0.002, "late")
        log.append("done")

    async def other():
        await primitives.schedule(log.append, 0.001, "other")

    async def check(ended):
        assert "other" in log
        assert queue.qsize() == 1 or "done" not in log

    return Program(victim, [other], check)


@case
def gate(core, primitives):
    """The task that publishes for others may be ended, and another goes on: no message is published twice."""
    broker, got = primitives.Broker(), []
    it = primitives.Gate(broker, 4)
    broker.subscribe("topic", lambda topic, message: got.append(message))

    async def victim():
        await it.run()

    async def publisher():
        for n in range(3):
            await core.sleep_ms(1)
            it.publish("topic", n)
        await core.sleep_ms(1)
        it.close()

    async def check(ended):
        await it.run()
        assert got == [0, 1, 2] and it.lost == 0

    return Program(victim, [publisher], check)


class Voltage:
    value = 0

    def read_u16(self):
        return self.value


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_lost_at_any_point(core, primitives, name, how):
    inject(core, lambda core: CASES[name](core, primitives), how)
