"""What primitives written for MicroPython's asyncio use of its inside."""

import pytest

from support import run


@pytest.mark.rp2040(seeds=1)
def test_a_primitive_that_parks_and_wakes_tasks_by_hand_works(core):
    """As MicroPython's own Event does it."""

    class Gate:
        def __init__(self):
            self.open = False
            self.waiting = core.TaskQueue()

        def set(self):
            self.open = True
            while self.waiting.peek():
                core.core._task_queue.push(self.waiting.pop())

        def __iter__(self):
            if not self.open:
                self.waiting.push(core.core.cur_task)
                core.core.cur_task.data = self.waiting
                yield

        __await__ = __iter__

    log = []

    async def waiter(gate, name):
        try:
            await gate
            log.append(name)
        except core.CancelledError:
            log.append(name + " cancelled")
            raise

    async def main():
        gate = Gate()
        tasks = [core.create_task(waiter(gate, name)) for name in "abc"]
        await core.sleep(0)
        await core.sleep(0)
        assert log == []
        tasks[1].cancel()
        await core.sleep(0)
        assert gate.waiting.peek() is tasks[0]
        gate.set()
        await core.gather(*tasks, return_exceptions=True)
        await gate

    run(core, main)
    assert log == ["b cancelled", "a", "c"]


def test_a_task_pushed_with_a_time_runs_then(core):
    async def main():
        core.core.cur_task.data = None
        task = core.core.cur_task
        start = core.ticks()

        class Pause:
            def __iter__(self):
                core.core._task_queue.push(task, core.ticks_add(start, 20))
                yield

            __await__ = __iter__

        await Pause()
        return core.ticks_diff(core.ticks(), start)

    assert 19 <= run(core, main) < 1000


def test_a_task_queue_is_ordered_by_key_and_arrival(core):
    queue = core.TaskQueue()
    now = core.ticks()
    assert queue.peek() is None
    with pytest.raises(IndexError, match="empty heap"):
        queue.pop()
    for name, ms in (("b", 5), ("d", 9), ("a", 0), ("c", 5)):
        queue.push(name, core.ticks_add(now, ms))
    queue.remove("d")
    assert queue.peek() == "a"
    assert [queue.pop() for _ in range(3)] == ["a", "b", "c"]


def test_a_stream_can_be_waited_for_by_hand(core):
    class Ready:
        def ioctl(self, request, flags):
            return flags & 1 if request == 3 else -1

    try:
        import io

        class Ready(io.IOBase, Ready):
            pass
    except TypeError:  # CPython's has a metaclass of its own
        pass

    class Wait:
        def __init__(self, stream):
            self.stream = stream

        def __iter__(self):
            yield core.core._io_queue.queue_read(self.stream)
            return "read"

        __await__ = __iter__

    async def main():
        return await Wait(Ready())

    assert run(core, main) == "read"


def test_outside_a_task_there_is_no_current_one(core):
    core.new_event_loop()
    assert core.core.cur_task is None


def test_run_until_complete_runs_a_task(core):
    async def main():
        await core.sleep_ms(1)
        return 5

    core.new_event_loop()
    assert core.run_until_complete(core.create_task(main())) == 5
    core.get_event_loop().create_task(stopping(core))
    assert core.run_until_complete() is None


async def stopping(core):
    await core.sleep(0)
    core.get_event_loop().stop()


def test_the_names_are_there(core):
    for name in ("IOQueue", "SingletonGenerator", "Task", "TaskQueue", "ticks", "ticks_add", "ticks_diff"):
        assert getattr(core, name) is getattr(core.core, name)
    assert isinstance(core.sleep(0), core.SingletonGenerator)
