"""gc_task, ready and asyncio_running."""

import gc

import pytest

from support import CPYTHON, RP2, run, start_thread


@pytest.mark.rp2040(seeds=1)
def test_gc_task_collects_at_intervals_until_it_is_cancelled(core, primitives):
    async def main():
        if CPYTHON:
            collected = []
            gc.callbacks.append(lambda phase, info: collected.append(info["generation"] if phase == "start" else None))
        threshold = None if CPYTHON else gc.threshold()
        task = core.create_task(primitives.gc_task(3))
        try:
            for _ in range(2):
                if CPYTHON:
                    collected.clear()
                    await core.sleep_ms(30)
                    assert 2 in collected
                else:
                    before = gc.mem_alloc()
                    for _ in range(20):
                        bytearray(100)
                    await core.sleep_ms(30)
                    assert gc.mem_alloc() < before + 20 * 100
                    assert gc.threshold() > 0
        finally:
            task.cancel()
            if CPYTHON:
                gc.callbacks.pop()
            else:
                gc.threshold(threshold)
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)


def test_an_interval_of_nothing_is_refused_at_once(primitives):
    for bad in (0, -1, "x", None):
        with pytest.raises(ValueError, match="interval_ms is 1"):
            primitives.gc_task(bad)


@pytest.mark.rp2040(seeds=1)
def test_ready_asks_a_flag_and_leaves_it_as_it_is(core, primitives):
    async def main():
        flag = core.ThreadSafeFlag()
        is_ready = primitives.ready(flag)
        for _ in range(2):
            assert not primitives.ready(flag) and not is_ready() and not is_ready
            flag.set()
            for _ in range(2):
                assert primitives.ready(flag) and is_ready() is True and is_ready
            await flag.wait()

    run(core, main)


def test_ready_takes_upstreams_poller_and_needs_none(core, primitives):
    import select

    flag = core.ThreadSafeFlag()
    is_ready = primitives.ready(flag, select.poll())
    assert is_ready() is False
    flag.set()
    assert is_ready() is True


def test_ready_refuses_what_has_no_state(primitives):
    with pytest.raises(TypeError, match="is_set"):
        primitives.ready(5)


@pytest.mark.rp2040(seeds=1)
def test_asyncio_running(core, primitives):
    found = []

    async def main():
        found.append(primitives.asyncio_running())
        thread = start_thread(primitives.asyncio_running)
        await core.sleep_ms(20)
        found.append(thread.join())

    if RP2:
        primitives.asyncio_running  # loaded before the other core looks for it  # noqa: B018
    assert primitives.asyncio_running() is False
    run(core, main)
    assert primitives.asyncio_running() is False
    assert found == [True, False]
