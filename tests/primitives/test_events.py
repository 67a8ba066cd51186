"""WaitAny, WaitAll, ELO: the first is returned, the others lose nothing, and a failure reaches who waits."""

import pytest

from support import CPYTHON, run, start_thread


async def settle(core, turns=6):
    for _ in range(turns):
        await core.sleep(0)


class Coroutines:
    """An event-like object of a user's own, whose wait is a coroutine."""

    def __init__(self, core):
        self.event = core.Event()
        self.waiting = 0

    async def wait(self):
        self.waiting += 1
        try:
            await self.event.wait()
        finally:
            self.waiting -= 1

    def set(self):
        self.event.set()

    def clear(self):
        self.event.clear()


each_kind = pytest.mark.parametrize("kind", ["Event", "ThreadSafeFlag", "ThreadSafeEvent", "Coroutines"])


def maker(kind, core, threadsafe):
    if kind == "Coroutines":
        return lambda: Coroutines(core)
    return getattr(threadsafe if kind == "ThreadSafeEvent" else core, kind)


@each_kind
def test_the_first_that_happens_is_returned(core, primitives, threadsafe, kind):
    async def main():
        make = maker(kind, core, threadsafe)
        a, b = make(), make()
        both = primitives.WaitAny((a, b))
        task = core.create_task(both.wait())
        await settle(core)
        assert not task.done()
        b.set()
        assert await task is b and both.event() is b
        b.clear()
        a.set()
        assert await both.wait() is a
        both.clear()

    run(core, main)


@each_kind
def test_of_two_at_once_the_first_is_returned_and_the_other_is_still_there(core, primitives, threadsafe, kind):
    """Upstream's returns the last, and flags that clear themselves lose the other."""

    async def main():
        make = maker(kind, core, threadsafe)
        a, b = make(), make()
        both = primitives.WaitAny((a, b))
        task = core.create_task(both.wait())
        await settle(core)
        b.set()
        a.set()
        first = await task
        assert first is b or (not CPYTHON and kind.startswith("ThreadSafe"))  # its bell does not say which was first
        first.clear()
        assert await core.wait_for(both.wait(), 5) is (a if first is b else b)

    run(core, main)


@each_kind
def test_one_that_is_set_already_is_returned_at_once(core, primitives, threadsafe, kind):
    async def main():
        make = maker(kind, core, threadsafe)
        a, b = make(), make()
        b.set()
        assert await core.wait_for(primitives.WaitAny((a, b)).wait(), 5) is b

    run(core, main)


@each_kind
def test_they_nest(core, primitives, threadsafe, kind):
    async def main():
        make = maker(kind, core, threadsafe)
        a, b, c = make(), make(), make()
        inner = primitives.WaitAny((a, b))
        outer = primitives.WaitAny((inner, c))
        for event, which in ((b, inner), (c, outer)):
            task = core.create_task(outer.wait())
            await settle(core)
            event.set()
            assert await core.wait_for(task, 5) is (inner if which is inner else c)
            if which is inner:
                assert inner.event() is b
            outer.clear()
            event.clear()
        everything = primitives.WaitAll((inner, c))
        task = core.create_task(everything.wait())
        await settle(core)
        c.set()
        await settle(core)
        assert not task.done()
        a.set()
        await core.wait_for(task, 5)

    run(core, main)


@each_kind
def test_a_wait_that_is_cancelled_or_late_takes_nothing(core, primitives, threadsafe, kind):
    async def main():
        make = maker(kind, core, threadsafe)
        a, b = make(), make()
        both = primitives.WaitAny((a, b))
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(both.wait(), 5)
        task = core.create_task(both.wait())
        await settle(core)
        a.set()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert await core.wait_for(both.wait(), 5) is a
        if isinstance(a, Coroutines):
            await settle(core)
            assert a.waiting == b.waiting == 0

    run(core, main)


@pytest.mark.rp2040
def test_threads_may_set_them(core, primitives, threadsafe):
    async def main():
        flag, event = core.ThreadSafeFlag(), threadsafe.ThreadSafeEvent()
        both = primitives.WaitAny((flag, event))
        for member in (flag, event, flag):
            start_thread(member.set)
            assert await core.wait_for(both.wait(), 5) is member
            event.clear()

    run(core, main)


def test_two_tasks_may_wait_at_a_time(core, primitives):
    async def main():
        a, b = core.Event(), core.Event()
        both = primitives.WaitAny((a, b))
        tasks = [core.create_task(both.wait()) for _ in range(2)]
        await settle(core)
        a.set()
        assert await tasks[0] is a and await tasks[1] is a

    run(core, main)


class Fails:
    def __init__(self, core):
        self.core = core

    async def wait(self):
        await self.core.sleep(0)
        raise OSError(5)


def test_a_member_that_fails_reaches_who_waits(core, primitives):
    """With upstream's WaitAny hangs, and WaitAll leaves the others running."""

    async def main():
        other = Coroutines(core)
        for kind in (primitives.WaitAny, primitives.WaitAll):
            with pytest.raises(OSError):
                await core.wait_for(kind((other, Fails(core))).wait(), 5)
            await settle(core)
            assert other.waiting == 0

    run(core, main)


@each_kind
def test_wait_all_waits_for_each_once(core, primitives, threadsafe, kind):
    async def main():
        make = maker(kind, core, threadsafe)
        members = [make() for _ in range(3)]
        task = core.create_task(primitives.WaitAll(members).wait())
        await settle(core)
        for member in members:
            assert not task.done()
            member.set()
            await settle(core)
            member.clear()
        assert await task is None

    run(core, main)


def test_an_elo_of_a_task(core, primitives):
    async def main():
        async def work(n, up=1):
            await core.sleep_ms(5)
            return n + up

        elo = primitives.ELO(work, 1, up=2)
        event = core.Event()
        event.set()
        assert await primitives.WaitAny((elo, event)).wait() is event
        await settle(core)
        assert await elo() == 3  # the loser was not cancelled
        assert await primitives.WaitAny((core.Event(), elo)).wait() is elo

        elo = primitives.ELO(work, 1)
        elo().cancel()
        await elo.wait()
        assert isinstance(elo(), core.CancelledError)

        elo = primitives.ELO(core.create_task(Fails(core).wait()))
        with pytest.raises(OSError):
            await elo.wait()

    run(core, main)


def test_nothing_to_wait_for_is_refused(primitives):
    for kind in (primitives.WaitAny, primitives.WaitAll):
        with pytest.raises(ValueError, match="of nothing"):
            kind(())


def test_what_cannot_be_waited_for_is_refused(core, primitives):
    async def main():
        before = len(core.listing().split("\n"))
        for kind in (primitives.WaitAny, primitives.WaitAll):
            with pytest.raises(TypeError, match="has a wait"):
                kind((core.Event(), 5))
        for bad in (5, None, str):
            with pytest.raises(TypeError, match="an ELO is of"):
                primitives.ELO(bad)
        assert len(core.listing().split("\n")) == before

    run(core, main)


def test_a_member_that_cannot_be_waited_for_leaves_no_other_waiting(core, primitives):
    async def main():
        other = Coroutines(core)

        class Broken:
            def wait(self):
                raise OSError

        with pytest.raises(OSError):
            await primitives.WaitAny((other, Broken())).wait()
        await settle(core)
        assert other.waiting == 0

    run(core, main)
