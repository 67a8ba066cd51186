"""RingbufQueue: N means N; put_nowait overwrites the oldest and says so."""

from array import array

import pytest

from support import RP2, run

BUFFERS = {
    "number": lambda: 3,
    "list": lambda: [0] * 3,
    "bytearray": lambda: bytearray(3),
    "array": lambda: array("H", [0] * 3),
}


@pytest.mark.rp2040
@pytest.mark.parametrize("kind", ["number", "list", "bytearray", "array"])
def test_n_means_n_and_the_newest_are_kept(core, primitives, kind):
    """Upstream's holds one less."""

    async def main():
        queue = primitives.RingbufQueue(BUFFERS[kind]())
        assert queue.empty()
        for n in range(3):
            queue.put_nowait(n)
        assert queue.full() and queue.qsize() == 3 and queue.peek() == 0
        with pytest.raises(IndexError):
            queue.put_nowait(3)
        assert [queue.get_nowait() for _ in range(3)] == [1, 2, 3]
        for call in (queue.get_nowait, queue.peek):
            with pytest.raises(IndexError):
                call()

    run(core, main)


def test_await_put_waits_and_iteration_gives_each_item_once(core, primitives):
    log = []

    async def main():
        queue = primitives.RingbufQueue(2)

        async def consume(name):
            async for item in queue:
                log.append(item)
                await core.sleep(0)

        tasks = [core.create_task(consume(name)) for name in "ab"]
        for n in range(20):
            await queue.put(n)
        await core.sleep_ms(1)
        for task in tasks:
            task.cancel()

    run(core, main)
    assert log == list(range(20))


def test_what_the_buffer_cannot_hold_changes_nothing(core, primitives):
    async def main():
        queue = primitives.RingbufQueue(bytearray(2))
        for value in (1, 2):
            queue.put_nowait(value)
        with pytest.raises((TypeError, ValueError)):
            queue.put_nowait("a")
        assert queue.qsize() == 2 and queue.peek() == 1
        with pytest.raises(IndexError):
            queue.put_nowait(3)
        assert [queue.get_nowait(), queue.get_nowait()] == [2, 3]

    run(core, main)


def test_what_is_no_buffer_is_refused(primitives):
    for bad in (0, -1, [], "abc", b"abc", None):
        with pytest.raises(ValueError):
            primitives.RingbufQueue(bad)


@pytest.mark.parametrize("size, kept", [(1, ["newer"]), (2, ["now", "newer"]), (3, [2, "now", "newer"])])
def test_a_place_that_a_task_waits_for_may_be_taken_by_put_nowait_and_nothing_is_lost(core, primitives, size, kept):
    async def main():
        queue = primitives.RingbufQueue(size)
        for n in range(size):
            queue.put_nowait(n)
        putters = [core.create_task(queue.put(name)) for name in ("a", "b", "c")]
        await core.sleep_ms(1)
        got = [queue.get_nowait()]  # its place is promised to the first
        queue.put_nowait("now")
        assert queue.full() and queue.qsize() == size
        with pytest.raises(IndexError):
            queue.put_nowait("newer")  # in place of the oldest
        await core.sleep_ms(1)
        assert queue.qsize() == size and not putters[0].done()
        while not queue.empty():
            got.append(queue.get_nowait())
            await core.sleep_ms(1)
        assert got[0] == 0 and got[1:-3] == kept and got[-3:] == ["a", "b", "c"]
        for putter in putters:
            await putter

    run(core, main)


@pytest.mark.parametrize("how", ["cancel", "shutdown"])
def test_who_was_promised_a_place_and_leaves_passes_it_on(core, primitives, how):
    async def main():
        queue = primitives.RingbufQueue(1)
        queue.put_nowait(0)
        putters = [core.create_task(queue.put(name)) for name in ("a", "b")]
        await core.sleep_ms(1)
        assert queue.get_nowait() == 0
        if how == "cancel":
            putters[0].cancel()
            await core.sleep_ms(1)
            assert queue.get_nowait() == "b" and putters[1].done()
        else:
            queue.shutdown()
            for putter in putters:
                with pytest.raises(primitives.QueueShutDown):
                    await putter
            assert queue.empty()

    run(core, main)


def test_whatever_puts_gets_and_is_cancelled_nothing_is_lost_and_nothing_doubled(core, primitives):
    random = Random()

    async def main():
        for _ in range(30 if RP2 else 200):
            await some(random.below(3) + 1)

    async def some(size):
        queue = primitives.RingbufQueue(size)
        put, got, tasks = [], [], []
        overwritten = count = 0

        async def putting(n):
            await queue.put(n)
            put.append(n)

        async def getting():
            got.append(await queue.get())

        for _ in range(40):
            what = random.below(7)
            count += 1
            if what < 2:
                put.append(count)
                try:
                    queue.put_nowait(count)
                except IndexError:
                    overwritten += 1
            elif what == 2 and not queue.empty():
                got.append(queue.get_nowait())
            elif what == 3:
                tasks.append(core.create_task(putting(count)))
            elif what == 4:
                tasks.append(core.create_task(getting()))
            elif what == 5 and tasks:
                tasks[random.below(len(tasks))].cancel()
            else:
                await core.sleep(0)
            assert 0 <= queue.qsize() <= size and len(queue._items) <= size
        for _ in range(40 + size):  # until nobody has anything to put
            for _ in range(3):
                await core.sleep(0)
            if not queue.empty():
                got.append(queue.get_nowait())
        for task in tasks:
            task.cancel()
        assert len(set(got)) == len(got) and set(got) <= set(put)
        assert len(got) + overwritten == len(put)

    run(core, main)


class Random:
    """The same on each machine."""

    def __init__(self):
        self._state = 1

    def below(self, limit):
        self._state = (self._state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self._state >> 16) % limit
