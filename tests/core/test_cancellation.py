"""A task may be ended from outside at any of its waits, at any moment of it: each wait of core, at each point.

See `injection` for the points, and what holds after each. Here: what must hold for each kind of wait besides. What
waits for several tasks, or not longer than so long, is in `test_cancellation_of_several`.
"""

import pytest

from injection import HOWS, Program, children, inject, turns

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


@case
def sleep(core):
    log = []

    async def victim():
        await core.sleep_ms(2)
        await core.sleep(0)
        await core.sleep_ms(1)

    async def other():
        await core.sleep_ms(2)
        log.append(1)
        await core.sleep_ms(1)
        log.append(2)

    async def check(ended):
        assert log == [1, 1, 2, 2]

    return Program(victim, [other, other], check)


@case
def event(core):
    """The others are woken, in order, and the event stays set."""
    it, log = core.Event(), []

    async def victim():
        await it.wait()
        await core.sleep_ms(1)
        await it.wait()

    def other(name):
        async def wait():
            await it.wait()
            log.append(name)

        return wait

    async def setter():
        await core.sleep_ms(1)
        it.set()

    async def check(ended):
        assert log == ["a", "b"] and it.is_set() and not it.waiters

    return Program(victim, [other("a"), setter, other("b")], check)


@case
def event_set_then_cleared(core):
    """Those who waited then go on, and nobody is woken in the victim's place by a later set."""
    it, log = core.Event(), []

    async def victim():
        await it.wait()

    async def other():
        await it.wait()
        log.append(it.is_set())

    async def setter():
        await turns(core, 2)
        it.set()
        it.clear()

    async def check(ended):
        assert log == [False, False] and not it.waiters

    return Program(victim, [other, other, setter], check)


@case
def lock(core):
    """One holds it at a time, each of the others gets it, and in the end it is free."""
    it, inside, log = core.Lock(), [], []

    async def hold(name):
        async with it:
            assert not inside
            inside.append(name)
            try:
                await core.sleep(0)
                await core.sleep_ms(1)
            finally:
                inside.pop()
        log.append(name)

    async def victim():
        await hold("victim")
        await hold("victim")

    async def check(ended):
        assert [name for name in log if name != "victim"] == ["a", "b"]
        assert ended != "done" or log.count("victim") == 2
        assert not it.locked() and not it.waiters
        await core.wait_for_ms(it.acquire(), 1)

    return Program(victim, [lambda: hold("a"), lambda: hold("b")], check)


@case
def lock_acquire(core):
    """Whoever got True from acquire has it, and nobody else."""
    it, held = core.Lock(), []

    async def victim():
        for _ in range(2):
            await it.acquire()
            held.append("victim")
            it.release()
            held.pop()
            await core.sleep(0)

    async def other():
        await it.acquire()
        assert not held
        await turns(core, 2)
        it.release()

    async def check(ended):
        assert not it.locked() and not it.waiters

    return Program(victim, [other, other, other], check)


@case
def flag(core):
    """A set that the victim did not take is kept; the flag goes on working."""
    it = core.ThreadSafeFlag()
    taken = []

    async def victim():
        for _ in range(2):
            await it.wait()
            taken.append(1)
            await core.sleep(0)

    async def setter():
        await core.sleep_ms(1)
        for n in range(2):
            it.set()
            await turns(core, 3)
            assert len(taken) == n + 1 or it.is_set()

    async def check(ended):
        assert it.is_set() == (len(taken) < 2)
        it.clear()
        task = core.create_task(it.wait())
        await turns(core, 2)
        it.set()
        await task

    return Program(victim, [setter], check)


@case
def task(core):
    """The cancel goes to the task awaited, whose `finally` runs to its end; its other waiters see how it ended."""
    log, seen = [], []

    async def shared():
        try:
            await core.sleep_ms(2)
            return "result"
        finally:
            try:
                await core.sleep_ms(1)
            finally:
                log.append("cleaned up")

    it = core.create_task(shared())

    async def victim():
        assert await it == "result"

    async def other():
        try:
            seen.append(await it)
        except core.CancelledError:
            seen.append("cancelled")

    async def check(ended):
        assert seen in (["result"] * 2, ["cancelled"] * 2)
        assert ended != "done" or seen[0] == "result"
        assert log in (["cleaned up"], []) and it.done()
        assert log or seen[0] == "cancelled"  # it never ran

    return Program(victim, [other, other], check)


@case
def shield(core):
    """What is shielded runs on and gives the others its result."""
    seen = []

    async def shared():
        await core.sleep_ms(2)
        return "result"

    it = core.create_task(shared())

    async def victim():
        assert await core.shield(it) == "result"

    async def other():
        seen.append(await it)

    async def check(ended):
        assert seen == ["result"] * 2 and await it == "result"

    return Program(victim, [other, other], check)


@case
def wait(core):
    """The tasks are nobody's business: they run on, whatever happens to who waits for them."""
    log = []
    tasks = [core.create_task(each) for each in children(core, [], log)]

    async def victim():
        for when in (core.FIRST_COMPLETED, core.FIRST_EXCEPTION, core.ALL_COMPLETED):
            done, pending = await core.wait(tasks, return_when=when, timeout=1)
            assert done and len(done) + len(pending) == 3

    async def check(ended):
        assert await core.gather(*tasks) == [2, 1, 3]
        assert sorted(log) == [1, 2, 3]

    return Program(victim, [], check)


@case
def as_completed(core):
    got = []
    tasks = [core.create_task(each) for each in children(core, [], [])]

    async def victim():
        for following in core.as_completed(tasks):
            got.append(await following)

    async def check(ended):
        assert await core.gather(*tasks) == [2, 1, 3]
        assert got == [1, 2, 3][: len(got)] and (ended != "done" or len(got) == 3)

    return Program(victim, [], check)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, name, how):
    inject(core, CASES[name], how)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("name, how", [("lock", "cancel"), ("task", "cancel"), ("task", "timeout")])
def test_a_few_of_them_on_a_board(core, name, how):
    inject(core, CASES[name], how)
