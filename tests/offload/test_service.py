"""Service: started, told to stop, started again; what its function raises; and the second core under strain.

On the board none may hang, lose an item, or leave core 1 unusable; where it is a matter of who is first, in several
interleavings.
"""

import gc
import os
import time

import pytest

from support import RP2, run, sleep_ms, ticks_ms

on_the_board = pytest.mark.rp2040(seeds=1, jitter=40)
in_any_order = pytest.mark.rp2040(seeds=4, jitter=40)
board_only = pytest.mark.micropython  # and there only RP2


def until_stopped(offload, turns):
    while not offload.cancelled():
        turns.append(len(turns))
        if len(turns) > 50:
            turns.clear()
        sleep_ms(1)
    return len(turns) <= 51


def failing(error):
    raise error


def recursive(n):
    return 1 + recursive(n + 1)


def reported(core):
    """A list of what the exception handler of the current loop is given."""
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
    return contexts


async def core_1_works(offload):
    """Whether a worker can be made, works, and ends."""
    worker = offload.Worker()
    result = await worker.assign(max, 3, 4)
    await worker.close(timeout=5)
    return result == 4


# Start and stop


@in_any_order
def test_a_service_runs_until_it_is_stopped_and_can_be_started_again(core, offload):
    async def main():
        service = offload.Service(until_stopped, offload, [])
        for _ in range(2):
            assert not service.running()
            service.start()
            assert service.running()
            await core.sleep_ms(2)
            assert await service.stop(timeout=5) is True
        await service.restart()
        assert service.running()
        await service.restart(timeout=5)
        await service.stop(timeout=5)

    run(core, main)


@on_the_board
def test_a_second_start_names_what_runs(core, offload):
    async def main():
        service = offload.Service(until_stopped, offload, [], name="sampler")
        service.start()
        with pytest.raises(RuntimeError, match="sampler runs already, in .*: stop it first"):
            service.start()
        if RP2:
            with pytest.raises(RuntimeError, match="core 1 is in use.*sampler has it"):
                offload.Worker()
        await service.stop(timeout=5)
        worker = offload.Worker("log")
        if RP2:
            with pytest.raises(RuntimeError, match="core 1 is in use.*close log, which has it"):
                service.start()
            assert not service.running()
        await worker.close(timeout=5)
        service.start()
        await service.stop(timeout=5)

    run(core, main)


@on_the_board
def test_what_is_stuck_is_named_and_may_end_later(core, offload, threadsafe):
    async def main():
        free = threadsafe.ThreadSafeEvent()
        service = offload.Service(free.wait_sync, name="camera")
        service.start()
        with pytest.raises(core.TimeoutError, match="camera was told to stop and is still in .* after 0.02 s"):
            await service.stop(timeout=0.02)
        assert service.running()
        with pytest.raises(RuntimeError, match="camera runs already"):
            service.start()
        free.set()
        await service.wait(timeout=5)
        assert await core_1_works(offload)

    run(core, main)


@on_the_board
def test_what_the_function_waits_in_is_closed_by_on_stop(core, offload, threadsafe):
    def produce(queue):
        n = 0
        while True:
            queue.put_sync(n, block=True)
            n += 1

    async def main():
        queue = threadsafe.ThreadSafeQueue(4)
        service = offload.Service(produce, queue, on_stop=queue.close)
        service.start()
        for n in range(20):
            assert await queue.get() == n
        assert await service.stop(timeout=5) is None  # QueueClosed is a way to stop

    run(core, main)


@on_the_board
def test_a_program_stops_it_when_its_loop_has_ended(core, offload):
    service = offload.Service(until_stopped, offload, [])

    async def main():
        service.start()
        with pytest.raises(core.WrongContextError):
            service.stop_sync()

    run(core, main)
    assert service.stop_sync(timeout=5) is True
    assert not service.running()


@on_the_board
def test_checkpoint_ends_it(core, offload):
    def work():
        while True:
            offload.checkpoint()

    async def main():
        service = offload.Service(work)
        service.start()
        assert await service.stop(timeout=5) is None

    run(core, main)


def test_stopping_what_was_not_started_does_nothing(core, offload):
    async def main():
        service = offload.Service(max, 1, 2)
        service.tell()
        assert await service.stop() is None
        await service.restart()
        assert await service.wait() == 2
        assert await service.stop() == 2  # again

    run(core, main)


@pytest.mark.cpython
def test_what_is_stuck_is_shown_with_its_lines(core, offload, threadsafe):
    free = threadsafe.ThreadSafeEvent()

    def stuck_here():
        free.wait_sync()

    async def main():
        service = offload.Service(stuck_here)
        service.start()
        with pytest.raises(core.TimeoutError, match=r"in stuck_here \(in .*stuck_here, .*test_service.py:"):
            await service.stop(timeout=0.02)
        free.set()
        await service.wait()

    run(core, main)


@pytest.mark.cpython
def test_asyncio_starts_and_stops_it_too(core, offload):
    import asyncio

    async def main():
        service = offload.Service(until_stopped, offload, [])
        service.start()
        await asyncio.sleep(0.01)
        return await service.stop(timeout=5)

    assert asyncio.run(main()) is True


def test_what_is_no_function_is_refused(offload):
    with pytest.raises(TypeError, match="a service is a function, not a int"):
        offload.Service(3)
    with pytest.raises(TypeError, match="on_stop is a function, not a int"):
        offload.Service(max, on_stop=4)


# What it raises


@in_any_order
def test_what_it_raises_is_reported_at_once_and_raised_to_who_asks(core, offload):
    async def main():
        contexts = reported(core)
        service = offload.Service(failing, ValueError("why"), name="sampler")
        service.start()
        while not contexts:
            await core.sleep_ms(1)
        assert "sampler has ended" in contexts[0]["message"] and isinstance(contexts[0]["exception"], ValueError)
        with pytest.raises(ValueError, match="why"):
            await service.wait()
        await service.restart()
        with pytest.raises(ValueError, match="why"):
            await service.wait(timeout=5)  # who waits is told, the handler is not
        assert len(contexts) == 1
        assert await core_1_works(offload)

    run(core, main)


@on_the_board
def test_an_error_while_it_stops_is_raised_by_stop(core, offload):
    def work():
        while not offload.cancelled():
            sleep_ms(1)
        raise OSError(5)

    async def main():
        contexts = reported(core)
        service = offload.Service(work)
        service.start()
        await core.sleep_ms(2)
        with pytest.raises(OSError):
            await service.stop(timeout=5)
        assert not contexts and await core_1_works(offload)

    run(core, main)


@on_the_board
@board_only
def test_a_plain_thread_that_raises_leaves_core_1_usable(core, offload):
    import _thread

    if not RP2:
        return

    async def main():
        for _ in range(3):
            _thread.start_new_thread(failing, (ValueError("printed, and nobody is told"),))
            assert await core_1_works(offload)  # it waits until the thread has quite ended

    run(core, main)


# Stack and memory


@on_the_board
def test_a_function_that_calls_too_deep_fails_and_the_thread_goes_on(core, offload):
    async def main():
        async with offload.Worker() as worker:
            for _ in range(3):
                with pytest.raises(RuntimeError):  # maximum recursion depth exceeded
                    await worker.assign(recursive, 0)
            assert await worker.assign(max, 3, 4) == 4

    run(core, main)


@on_the_board
@board_only
def test_a_stack_too_small_to_wait_in_is_refused(core, offload):
    if not RP2:
        return

    async def main():
        for size in (1, 2048, 4095):
            with pytest.raises(ValueError, match="4096 bytes or more, not " + str(size)):
                offload.Worker(stack_size=size)
        worker = offload.Worker(stack_size=4096)
        assert await worker.assign(max, 3, 4) == 4
        await worker.close(timeout=5)
        service = offload.Service(max, 3, 4, stack_size=16384)
        service.start()
        assert await service.wait(timeout=5) == 4

    run(core, main)


@on_the_board
@board_only
def test_no_memory_for_a_stack_is_an_error_and_core_1_stays_free(core, offload):
    """The port would say that core 1 is in use, from then on for ever."""
    if not RP2:
        return

    async def main():
        hog = []
        try:
            while True:
                hog.append(bytearray(4000))
        except MemoryError:
            pass
        with pytest.raises(MemoryError):
            offload.Worker()
        hog.clear()
        gc.collect()
        assert await core_1_works(offload)

    run(core, main)


@on_the_board
@board_only
def test_a_job_that_uses_up_the_memory_fails_alone(core, offload):
    if not RP2:
        return

    def hog():
        held = []
        while True:
            held.append(bytearray(1000))

    async def main():
        async with offload.Worker() as worker:
            for _ in range(2):
                with pytest.raises(MemoryError):
                    await worker.assign(hog)
                assert await worker.assign(max, 3, 4) == 4

    run(core, main)


@on_the_board
@board_only
def test_a_worker_that_finds_no_memory_to_wait_with_waits_for_some(core, offload, threadsafe):
    if not RP2:
        return
    held = []

    def keep_all():
        size = 1000
        while size:
            try:
                held.append(bytearray(size))
            except MemoryError:
                size //= 2

    async def main():
        worker = offload.Worker()
        job = worker.assign(keep_all)
        job.start()
        while worker.statistics()["done"] == 0:
            try:
                await core.sleep_ms(5)
            except MemoryError:
                pass
            if held and worker.slots[0].job is None:
                break
        sleep_ms(30)  # it tries in vain
        held.clear()
        gc.collect()
        await job
        assert await worker.assign(max, 3, 4) == 4
        await worker.close(timeout=5)

    run(core, main)


@in_any_order
def test_both_sides_allocate_and_collect_at_once(core, offload, threadsafe):
    def produce(queue, count):
        for n in range(count):
            queue.put_sync((n, str(n) * 3), block=True)
            if n % 12 == 0:
                gc.collect()

    async def main():
        count = 36
        queue = threadsafe.ThreadSafeQueue(8)
        service = offload.Service(produce, queue, count)
        service.start()
        for n in range(count):
            assert await queue.get() == (n, str(n) * 3)
            if n % 9 == 0:
                gc.collect()
        await service.wait(timeout=5)

    run(core, main)


@on_the_board
@board_only
def test_a_locked_heap_concerns_the_other_core_not(core, offload):
    import micropython

    def allocate():
        return [str(n) for n in range(50)][49]

    async def main():
        async with offload.Worker() as worker:
            job = worker.assign(allocate)
            job.start()
            micropython.heap_lock()
            deadline = ticks_ms
            for _ in range(500):
                deadline()
            micropython.heap_unlock()
            assert await job == "49"

    run(core, main)


# Flash


@in_any_order
@board_only
def test_files_are_written_while_core_1_feeds_a_queue(core, offload, threadsafe):
    if not RP2:
        return

    def produce(queue):
        n = 0
        while not offload.cancelled():
            queue.put_sync(n, block=True)
            n += 1

    async def main():
        queue = threadsafe.ThreadSafeQueue(8)
        service = offload.Service(produce, queue, on_stop=queue.close)
        service.start()
        expected = 0
        for _ in range(2):
            with open("/data.txt", "w") as file:
                for n in range(20):
                    file.write(str(n) * 100)
            for _ in range(30):
                assert await queue.get() == expected
                expected += 1
        await service.stop(timeout=5)
        with open("/data.txt") as file:
            assert file.read() == "".join([str(n) * 100 for n in range(20)])
        os.remove("/data.txt")

    run(core, main)


@in_any_order
@board_only
def test_core_1_writes_files_while_core_0_runs_tasks(core, offload, threadsafe):
    if not RP2:
        return

    def log(lines):
        with open("/log.txt", "w") as file:
            while True:
                line = lines.get_sync(block=True)
                if line is None:
                    return
                file.write(line)

    async def main():
        lines = threadsafe.ThreadSafeQueue(8)
        logger = offload.Service(log, lines)
        logger.start()
        turns = 0

        async def others():
            nonlocal turns
            while True:
                turns += 1
                await core.sleep_ms(1)

        task = core.create_task(others())
        for n in range(30):
            await lines.put(f"{n} " * 20)
        await lines.put(None)
        await logger.wait(timeout=5)
        task.cancel()
        assert turns > 1
        with open("/log.txt") as file:
            assert file.read() == "".join([f"{n} " * 20 for n in range(30)])
        os.remove("/log.txt")

    run(core, main)


@in_any_order
@board_only
def test_core_1_ends_while_files_are_written(core, offload):
    if not RP2:
        return

    async def main():
        for turn in range(3):
            service = offload.Service(time.sleep_us, 2000 + 1700 * turn)
            service.start()
            with open("/data.txt", "w") as file:
                for n in range(4):
                    file.write(str(n) * 300)
                    file.flush()
            await service.wait(timeout=5)
        os.remove("/data.txt")
        assert await core_1_works(offload)

    run(core, main)


