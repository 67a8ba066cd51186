"""Event: tasks of one loop wait until another task sets it."""

import pytest

from support import run, start_thread


def waiters(core, event, log, names):
    async def waiter(name):
        log.append((name, await event.wait()))

    return [core.create_task(waiter(name)) for name in names]


@pytest.mark.rp2040
def test_set_wakes_every_waiter_in_order_of_arrival(core):
    log = []

    async def main():
        event = core.Event()
        tasks = waiters(core, event, log, "cab")
        await core.sleep(0)
        event.set()
        assert log == []  # not before they run
        await core.gather(*tasks)

    run(core, main)
    assert log == [("c", True), ("a", True), ("b", True)]


def test_an_event_is_not_self_clearing(core):
    async def main():
        event = core.Event()
        assert event.is_set() is False
        event.set()
        event.set()
        assert await event.wait() is True
        assert event.is_set() is True
        event.clear()
        event.clear()
        assert event.is_set() is False

    run(core, main)


def test_waiting_for_a_set_event_does_not_yield(core):
    log = []

    async def other():
        log.append("other ran")

    async def main():
        event = core.Event()
        event.set()
        core.create_task(other())
        await event.wait()
        assert log == []

    run(core, main)


def test_set_then_clear_wakes_exactly_those_who_wait_then(core):
    log = []

    async def main():
        event = core.Event()
        waiters(core, event, log, "ab")
        await core.sleep(0)
        event.set()
        event.clear()
        late = waiters(core, event, log, "c")
        for _ in range(3):
            await core.sleep(0)
        assert log == [("a", True), ("b", True)]
        event.set()
        await late[0]

    run(core, main)
    assert len(log) == 3


def test_a_cancelled_waiter_leaves_the_others_waiting(core):
    log = []

    async def main():
        event = core.Event()
        tasks = waiters(core, event, log, "abc")
        await core.sleep(0)
        tasks[1].cancel()
        with pytest.raises(core.CancelledError):
            await tasks[1]
        event.set()
        await core.gather(tasks[0], tasks[2])

    run(core, main)
    assert log == [("a", True), ("c", True)]


def test_a_waiter_cancelled_just_after_it_was_woken_gets_the_cancel(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        await core.sleep(0)
        await core.sleep(0)
        event.set()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert event.is_set()

    run(core, main)


def test_an_event_outlives_its_loop(core):
    event = core.Event()

    async def main():
        task = core.create_task(event.wait())
        await core.sleep(0)
        event.set()
        await task
        event.clear()

    run(core, main)
    run(core, main)


@pytest.mark.parametrize("method", ["set", "clear"])
def test_a_thread_is_refused_and_told_of_thread_safe_event(core, method):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        await core.sleep(0)
        await core.sleep(0)
        with pytest.raises(core.WrongContextError, match="ThreadSafeEvent"):
            start_thread(getattr(event, method)).join()
        assert not event.is_set()
        await core.sleep(0)
        assert not task.done()

    run(core, main)


@pytest.mark.cpython
@pytest.mark.parametrize("method", ["set", "clear"])
def test_a_thread_is_refused_even_before_anybody_waits(core, method):
    """On MicroPython this costs too much to be looked at each time."""

    async def main():
        event = core.Event()
        with pytest.raises(core.WrongContextError, match="ThreadSafeEvent"):
            start_thread(getattr(event, method)).join()
        assert not event.is_set()

    run(core, main)


@pytest.mark.micropython
def test_a_waiter_that_a_ctrl_c_left_in_no_line_can_be_cancelled(core):
    """On a board it may come at any jump: here just after `set` took the line, and before it woke anybody."""
    log = []

    async def wait(event):
        try:
            await event.wait()
        finally:
            log.append("ended")

    async def main():
        event = core.Event()
        task = core.create_task(wait(event))
        left = core.create_task(wait(event))  # until the loop is closed
        await core.sleep(0)
        event.waiters = None
        task.cancel()
        try:
            await task
        except core.CancelledError:
            log.append("cancelled")
        assert not left.done()

    core.new_event_loop()
    core.run(main())
    core.new_event_loop()
    assert log == ["ended", "cancelled", "ended"]
