"""Who may call the scheduler: threads never, interrupts neither where that is checked."""

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread, submodule


def with_checks(core, on, fn):
    core.check_contexts(on)
    try:
        return fn()
    finally:
        submodule(core, "checking").check_as_it_comes()


CALLS = ("create_task", "cancel", "set", "release", "stop", "reschedule")


def call(loop, name, task, event, lock, limit):
    """A scheduler-only call."""
    if name == "create_task":
        loop.create_task(task.coro)
    elif name == "cancel":
        task.cancel()
    elif name == "set":
        event.set()
    elif name == "release":
        lock.release()
    elif name == "reschedule":
        limit.reschedule(None)
    else:
        loop.stop()


async def everything(core, attempt):
    """Calls `attempt(function)` for each of CALLS, which must raise WrongContextError; nothing may have changed."""
    loop, event, lock = core.get_event_loop(), core.Event(), core.Lock()
    await lock.acquire()
    task = core.create_task(event.wait())
    blocked = core.create_task(lock.acquire())
    await core.sleep(0)
    async with core.timeout(60) as limit:
        for name in CALLS:
            error = attempt(lambda name=name: call(loop, name, task, event, lock, limit))
            assert isinstance(error, core.WrongContextError), (name, error)
            await core.sleep(0)
            assert not task.done() and not event.is_set() and not blocked.done()
        assert limit.when() is not None
    event.set()
    lock.release()
    await core.gather(task, blocked)


def caught(fn):
    try:
        fn()
    except Exception as error:
        return error
    return None


@pytest.mark.rp2040(seeds=1)
def test_a_thread_is_refused_with_and_without_the_switch(core):
    def in_thread(fn):
        return start_thread(caught, fn).join()

    run(core, everything, core, in_thread)
    with_checks(core, True, lambda: run(core, everything, core, in_thread))


def scheduled(fn):
    import micropython

    out = []
    micropython.schedule(lambda _: out.append(caught(fn)), None)
    for _ in range(1000):
        if out:
            return out[0]
    raise AssertionError("what was scheduled did not run")


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_a_scheduled_function_is_refused_if_that_is_checked(core):
    with_checks(core, True, lambda: run(core, everything, core, scheduled))


def blocking_calls(threadsafe):
    """Calls that would block for ever in an interrupt, if they were not refused, and how each is called."""
    queue, full, lock = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeLock()
    full.put_sync(1)
    lock.acquire_nowait()
    return (
        lambda: queue.get_sync(True),
        lambda: full.put_sync(2, True),
        threadsafe.ThreadSafeEvent().wait_sync,
        threadsafe.Message().wait_sync,
        lock.acquire_sync,
    )


@pytest.mark.rp2040(seeds=1)
@pytest.mark.micropython
def test_a_scheduled_function_that_would_block_is_refused_if_that_is_checked(core, threadsafe):
    calls = blocking_calls(threadsafe)

    def each():
        for fn in calls:
            error = scheduled(fn)
            assert isinstance(error, core.WrongContextError) and "blocking" in str(error), error

    with_checks(core, True, each)


@pytest.mark.rp2040
@pytest.mark.micropython
def test_a_hard_interrupt_is_refused_if_that_is_checked(core, threadsafe):
    if not RP2:
        pytest.skip("the unix port has no pins")
    from machine import Pin

    out = Pin(2, Pin.OUT, value=0)

    class Handler:
        def __init__(self):
            self.fn = None
            self.error = None
            self.count = 0
            self.handler = self.on_edge

        def on_edge(self, _):
            self.count += 1
            try:
                self.fn()
            except Exception as error:
                self.error = error

    handler = Handler()
    pin = Pin(3, Pin.IN)
    pin.irq(handler.handler, Pin.IRQ_RISING, hard=True)

    def interrupt(fn):
        handler.fn, handler.error = fn, None
        before = handler.count
        out.value(1)
        out.value(0)
        sleep_ms(1)
        assert handler.count == before + 1
        return handler.error

    try:
        with_checks(core, True, lambda: run(core, everything, core, interrupt))

        def each():
            calls = blocking_calls(threadsafe)
            for fn in calls:
                error = interrupt(fn)
                assert isinstance(error, (core.WrongContextError, MemoryError)), (calls.index(fn), error)

        with_checks(core, True, each)
    finally:
        pin.irq(None)


@pytest.mark.rp2040(seeds=1)
def test_tasks_may_call_everything_where_it_is_checked(core, threadsafe):
    async def main():
        for _ in range(3):
            event, lock, flag = core.Event(), core.Lock(), core.ThreadSafeFlag()
            tasks = [core.create_task(waiting()) for waiting in (event.wait, flag.wait)]
            await core.sleep(0)
            event.set()
            flag.set()
            async with lock:
                await core.gather(*tasks)
            gone = core.create_task(core.Event().wait())
            await core.sleep(0)
            gone.cancel()
        return "done"

    assert with_checks(core, True, lambda: run(core, main)) == "done"


def test_a_loop_of_another_thread_is_its_own_to_call_where_it_is_checked(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        await core.sleep(0)
        event.set()
        return await task

    def elsewhere():
        return core.run(main())

    assert with_checks(core, True, lambda: start_thread(elsewhere).join()) is True


@pytest.mark.micropython
def test_nothing_is_checked_if_so_told(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        await core.sleep(0)
        start_thread(event.set).join()  # wrong, and nobody says so
        await core.sleep(0)
        return await task

    assert with_checks(core, False, lambda: run(core, main)) is True


@pytest.mark.cpython
def test_on_cpython_the_check_cannot_be_switched_off(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        await core.sleep(0)
        with pytest.raises(core.WrongContextError):
            start_thread(event.set).join()
        event.set()
        await task

    with_checks(core, False, lambda: run(core, main))


@pytest.mark.cpython
def test_a_lock_that_nobody_waits_for_is_refused_to_threads_too(core):
    async def main():
        lock = core.Lock()
        async with lock:
            error = start_thread(caught, lock.release).join()
            assert isinstance(error, core.WrongContextError) and lock.locked()

    run(core, main)


def test_a_server_is_closed_by_its_own_thread(core):
    try:
        import socket  # noqa: F401
    except ImportError:
        pytest.skip("no network here")

    async def main():
        server = await core.start_server(serve, "127.0.0.1", 0 if CPYTHON else 29481)
        error = start_thread(caught, server.close).join()
        assert isinstance(error, core.WrongContextError) and server.is_serving()
        server.close()
        await server.wait_closed()

    async def serve(reader, writer):
        pass

    run(core, main)


@pytest.mark.cpython
def test_a_stream_is_not_waited_for_through_another_threads_loop(core):
    import socket

    ours, theirs = socket.socketpair()
    theirs.send(b"x")

    async def elsewhere(loop):
        with pytest.raises(core.WrongContextError, match="queue_read"):
            await loop.queue_read(ours)

    async def main():
        loop = core.get_event_loop()
        await loop.queue_read(ours)
        start_thread(core.run, elsewhere(loop)).join()
        await loop.queue_read(ours)

    run(core, main)
    ours.close()
    theirs.close()
