"""A task may be ended from outside at any wait of any primitive: no permit, item or notification is lost with it.

See `injection` for the points, and what holds after each; here is what must hold for each primitive besides.
"""

import pytest

from injection import HOWS, Program, inject

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


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_is_lost_at_any_point(core, primitives, name, how):
    inject(core, lambda core: CASES[name](core, primitives), how)
