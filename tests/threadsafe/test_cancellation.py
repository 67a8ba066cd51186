"""What tasks wait for in `threadsafe`, ended at every point: each item is delivered once, each signal reaches the rest.

See `injection` for the points, and what holds after each. A put rings the bell, and the loop answers it a little later:
among the points are those between the two.
"""

import pytest

from injection import HOWS, Program, inject, turns
from support import start_thread

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


async def take(queue, got):
    async for item in queue:
        got.append(item)


def getting(core, threadsafe, victim):
    """What the victim did not take another getter takes; in order, as far as it is one's own."""
    queue, mine, others = threadsafe.ThreadSafeQueue(2), [], []
    taking = core.create_task(take(queue, others))

    async def putter():
        for item in (0, 2, 4):
            await queue.put(item)
            await core.sleep_ms(1)
            while queue.full():
                await core.sleep(0)
            queue.put_sync(item + 1)

    async def check(ended):
        queue.close()
        await taking
        assert sorted(mine + others) == [0, 1, 2, 3, 4, 5]
        assert mine == sorted(mine) and others == sorted(others)

    return Program(lambda: victim(queue, mine), [putter], check)


@case
def get(core, threadsafe):
    async def victim(queue, got):
        for _ in range(3):
            got.append(await queue.get())

    return getting(core, threadsafe, victim)


@case
def get_with_a_timeout(core, threadsafe):
    async def victim(queue, got):
        for _ in range(3):
            got.append(await queue.get(timeout=5))

    return getting(core, threadsafe, victim)


@case
def get_with_wait_for(core, threadsafe):
    async def victim(queue, got):
        for _ in range(3):
            got.append(await core.wait_for_ms(queue.get(), 5))

    return getting(core, threadsafe, victim)


@case
def get_in_a_loop(core, threadsafe):
    async def victim(queue, got):
        async for item in queue:
            got.append(item)
            if len(got) == 3:
                break

    return getting(core, threadsafe, victim)


@case
def get_the_last_item(core, threadsafe):
    """The victim was notified of it, and nothing follows that would wake the other getter."""
    queue, got, over = threadsafe.ThreadSafeQueue(2), [], []
    taking = core.create_task(take(queue, got))

    async def victim():
        try:
            got.append(await queue.get())
        finally:
            over.append(1)

    async def putter():
        for item in range(4):
            await core.sleep_ms(1)
            if not over:
                queue.put_sync(item)

    async def check(ended):
        await turns(core, 4)
        assert queue.empty() and got == list(range(len(got)))
        queue.close()
        await taking

    return Program(victim, [putter], check)


@case
def put(core, threadsafe):
    """What was put comes out, once and in order; what was not put does not."""
    queue, got, done = threadsafe.ThreadSafeQueue(1), [], []
    taking = core.create_task(take(queue, got))

    async def putting(names, timeout):
        for name in names:
            await queue.put(name, timeout)
            done.append(name)
            await core.sleep(0)

    async def victim():
        await putting("xy", None)
        await putting("z", 5)

    async def check(ended):
        queue.close()
        await taking
        assert sorted(got) == sorted(done)
        assert "".join([name for name in got if name in "ab"]) == "ab"
        assert "xyz".startswith("".join([name for name in got if name in "xyz"]))

    return Program(victim, [lambda: putting("ab", 5), lambda: putting("c", None)], check)


@case
def event(core, threadsafe):
    """The others go on when it is set, those who waited also if it is cleared at once."""
    it, log = threadsafe.ThreadSafeEvent(), []

    async def victim():
        await it.wait()
        await core.sleep_ms(2)
        await it.wait()

    async def other():
        await it.wait()
        log.append(1)

    async def setter():
        await core.sleep_ms(1)
        it.set()
        it.clear()
        await core.sleep_ms(2)
        it.set()

    async def check(ended):
        assert log == [1, 1] and it.is_set()

    return Program(victim, [other, setter, other], check)


@case
def message(core, threadsafe):
    """Whoever waits gets the value; one that reads in a loop gets the last."""
    it, read = threadsafe.Message(), []

    async def victim():
        assert await it in (1, 2)
        async for value in it:
            if value == 3:
                break

    async def other():
        assert await it.wait() in (1, 2)

    async def reader():
        async for value in it:
            read.append(value)
            if value == 3:
                break

    async def setter():
        for value in (1, 2, 3):
            await core.sleep_ms(1)
            it.set(value)
            if value == 1:
                it.clear()

    async def check(ended):
        assert it.value() == 3 and it.is_set()
        assert read == [1, 2, 3]

    return Program(victim, [other, reader, setter], check)


@case
def get_from_a_thread(core, threadsafe):
    """Of what a thread puts, too, each item is delivered once."""
    queue, got = threadsafe.ThreadSafeQueue(2), []
    clock = core.get_event_loop().clock
    clock.hold()  # the thread needs real time
    threads = []

    def produce():
        try:
            for item in range(8):
                queue.put_sync(item, block=True)
        except threadsafe.QueueClosed:
            pass

    async def victim():
        for _ in range(3):
            got.append(await queue.get())

    async def start():
        await turns(core, 2)
        threads.append(start_thread(produce))

    async def check(ended):
        while len(got) < 8:
            got.append(await queue.get())
        assert sorted(got) == list(range(8))
        clock.release()

    def clean():
        queue.close()
        for thread in threads:
            thread.join()

    return Program(victim, [start], check, clean)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, threadsafe, name, how):
    inject(core, lambda core: CASES[name](core, threadsafe), how)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("name, how", [("get", "cancel"), ("get_from_a_thread", "timeout")])
def test_a_few_of_them_on_a_board(core, threadsafe, name, how):
    inject(core, lambda core: CASES[name](core, threadsafe), how)
