"""RingbufQueue: N means N; put_nowait overwrites the oldest and says so."""

from array import array

import pytest

from support import run

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
