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


@pytest.mark.parametrize("kind", ["WaitAny", "WaitAll"])
def test_a_wait_may_be_given_up_and_awaited_again(core, primitives, kind):
    """Twice, after its end too: the second time was for ever."""

    async def main():
        event, other = core.Event(), core.Event()
        elos = (event, other) if kind == "WaitAny" else (event,)
        wait = getattr(primitives, kind)(elos).wait()
        for _ in range(2):
            with pytest.raises(core.TimeoutError):
                await core.wait_for_ms(wait, 2)
            event.set()
            assert await wait is (event if kind == "WaitAny" else None)
            event.clear()

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
            with pytest.raises(TypeError, match="takes a tuple or a list"):
                kind(3)
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


@pytest.mark.parametrize("kind", ["ThreadSafeFlag", "Coroutines"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("how", ["late", "cancelled", "fails", "loses"])
def test_a_wait_for_all_that_is_given_up_takes_nothing(core, primitives, threadsafe, kind, how, nested):
    """What happened before that is there for the next wait."""

    async def main():
        make = maker(kind, core, threadsafe)
        first, second, other = make(), make(), core.Event()
        members = (first, second)
        if nested:
            members = (primitives.WaitAll((primitives.WaitAny((first,)),)), second)
        everything = primitives.WaitAll(members)
        if how == "loses":
            wait = primitives.WaitAny((other, everything)).wait()
        elif how == "fails":
            wait = primitives.WaitAll((everything, FailsWhen(other))).wait()
        else:
            wait = everything.wait()
        task = core.create_task(core.wait_for_ms(wait, 20 if how == "late" else 5000))
        await settle(core)
        first.set()
        await settle(core)
        if how == "cancelled":
            task.cancel()
        elif how != "late":
            other.set()
        try:
            assert await task is other
        except (core.CancelledError, core.TimeoutError, OSError):
            assert how != "loses"
        if kind == "Coroutines":
            first.clear()  # that it was set counts all the same
        second.set()
        await core.wait_for_ms(everything.wait(), 5000)
        if kind == "ThreadSafeFlag":
            assert not first.is_set() and not second.is_set()
        else:
            second.clear()
            await settle(core)
            assert first.waiting == second.waiting == 0
        again = core.create_task(everything.wait())  # and counts once
        await settle(core)
        assert not again.done()
        again.cancel()

    run(core, main)


class FailsWhen:
    def __init__(self, event):
        self.event = event

    async def wait(self):
        await self.event.wait()
        raise OSError(5)


def test_who_was_waited_for_in_vain_is_free_at_once(core, primitives):
    """The flag that a WaitAll inside still waited for is another's in the same turn."""

    async def main():
        event, flag, other = core.Event(), core.ThreadSafeFlag(), core.ThreadSafeFlag()
        which = core.create_task(primitives.WaitAny((event, primitives.WaitAll((flag, other)))).wait())
        await settle(core)
        event.set()
        assert await which is event
        next_one = core.create_task(flag_of(flag))
        await core.sleep(0)
        flag.set()
        await next_one

    async def flag_of(flag):
        await flag.wait()

    run(core, main)


def test_a_second_task_at_a_flag_is_told_who_waits(core, primitives):
    async def main():
        flag = core.ThreadSafeFlag()
        first = core.create_task(primitives.WaitAny((flag,)).wait())
        await settle(core)
        with pytest.raises(RuntimeError, match="WaitAny"):
            await primitives.WaitAny((flag,)).wait()
        flag.set()
        assert await first is flag

    run(core, main)


def test_an_elo_of_what_queues_and_delays_have_to_await(core, primitives):
    """In upstream's these are coroutine functions."""

    async def main():
        queue, delay = primitives.Queue(), primitives.Delay_ms(duration=5)
        elo = primitives.ELO(queue.get)
        late = primitives.ELO(delay.wait)
        queue.put_nowait("item")
        assert await primitives.WaitAny((late, elo)).wait() is elo
        assert await elo() == "item"
        delay.trigger()
        await core.wait_for(late.wait(), 5)
        delay.deinit()

    run(core, main)


def tree(random, leaves, depth, primitives):
    """WaitAny and WaitAll of each other and of `leaves`, each of which is used once; None if there are no more."""
    if not leaves or not depth or random.random() < 0.3:
        return leaves.pop() if leaves else None
    members = [tree(random, leaves, depth - 1, primitives) for _ in range(random.randint(1, 3))]
    members = [member for member in members if member is not None]
    return random.choice((primitives.WaitAny, primitives.WaitAll))(members) if members else None


def leaves_of(it):
    return [leaf for member in it.elos for leaf in leaves_of(member)] if hasattr(it, "elos") else [it]


def happened(it, done, primitives):
    """Whether `it` should have, after what is in `done` did."""
    if not hasattr(it, "elos"):
        return it in done
    return (any if isinstance(it, primitives.WaitAny) else all)(happened(each, done, primitives) for each in it.elos)


@pytest.mark.cpython
@pytest.mark.parametrize("first", range(0, 2000, 400))
def test_whatever_is_nested_and_whenever_it_is_given_up_no_flag_is_lost(core, primitives, first):
    """Leaves happen one by one, and the wait is cancelled after each: until it is over each flag is as it was set."""
    from random import Random

    async def main(random):
        make = random.choice((core.ThreadSafeFlag, core.ThreadSafeFlag, lambda: Coroutines(core)))
        it = None
        while not hasattr(it, "elos"):
            it = tree(random, [make() for _ in range(random.randint(2, 5))], 3, primitives)
        leaves, done = leaves_of(it), []
        random.shuffle(leaves)
        for leaf in leaves:
            task = core.create_task(it.wait())
            await settle(core, random.randint(0, 4))
            assert not task.done()
            leaf.set()
            done.append(leaf)
            await settle(core, random.randint(0, 6))
            task.cancel()
            try:
                await task
                break
            except core.CancelledError:
                await settle(core, 3)
            if happened(it, done, primitives):
                await core.wait_for(it.wait(), 5)
                break
            for each in leaves:
                assert isinstance(each, Coroutines) or each.is_set() == (each in done)
        assert happened(it, done, primitives)
        await settle(core)
        assert all(leaf.waiting == 0 for leaf in leaves if isinstance(leaf, Coroutines))

    for seed in range(first, first + 400):
        run(core, main, Random(seed))
