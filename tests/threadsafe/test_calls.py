"""Calls into a loop from outside: made on its thread, in order; who asked for a result gets one, or is told why not."""

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


class Lib:
    """What the tests use of `calls`, and a loop that takes calls."""

    def __init__(self, threadsafe):
        calls = submodule(threadsafe, "calls")
        self.open = calls.open_for_calls
        self.soon = calls.call_soon_threadsafe
        self.task = calls.create_task_threadsafe
        self.run = calls.run_coroutine_threadsafe
        self.LoopClosed = calls.LoopClosed
        self.LoopStopped = calls.LoopStopped

    def loop(self, core):
        loop = core.get_event_loop()
        self.open(loop)
        return loop


def reports(loop):
    """A list to which the loop's exception handler adds (message, exception)."""
    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append((context["message"], context["exception"])))
    return seen


async def double(core, n):
    await core.sleep(0)
    return 2 * n


async def fail():
    raise ValueError("on purpose")


async def for_ever(core, log, started=None):
    if started is not None:
        started.set()
    try:
        await core.Event().wait()
    finally:
        log.append("ended")


# Functions


@pytest.mark.rp2040(seeds=1)
def test_a_thread_s_call_is_made_on_the_loop_s_thread_and_wakes_it(core, threadsafe):
    import _thread

    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = lib.loop(core)
        for n in range(3):
            woken = core.Event()

            def called(*args, woken=woken):
                log.append((args, _thread.get_ident()))
                woken.set()

            thread = start_thread(lib.soon, loop, called, n, "a")
            await woken.wait()
            thread.join()

    run(core, main, limit=None)
    assert log == [((n, "a"), _thread.get_ident()) for n in range(3)]


@pytest.mark.rp2040(seeds=1)
def test_functions_and_tasks_are_called_and_started_in_the_order_of_asking(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    async def task(n):
        log.append("task " + str(n))

    async def main():
        loop = lib.loop(core)
        done = core.Event()

        def ask():
            for n in range(3):
                lib.task(loop, task(n))
                lib.soon(loop, log.append, n)
            lib.task(loop, task(3))
            lib.soon(loop, done.set)

        ask_thread = start_thread(ask)
        await done.wait()
        ask_thread.join()
        await core.sleep(0)
        await core.sleep(0)

    run(core, main)
    assert [entry for entry in log if isinstance(entry, int)] == [0, 1, 2]
    assert [entry for entry in log if not isinstance(entry, int)] == ["task " + str(n) for n in range(4)]
    for n in range(3):  # a task takes its first step after it was started, and that was before the call
        assert log.index("task " + str(n)) > log.index(n) - 2


def test_calls_of_a_blocked_loop_are_all_made_in_order(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = lib.loop(core)
        for n in range(50):
            lib.soon(loop, log.append, n)
        assert log == []
        await core.sleep(0)
        await core.sleep(0)

    run(core, main)
    assert log == list(range(50))


def test_each_thread_s_calls_stay_in_order_and_none_is_lost(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    threads = 3
    count = 300

    async def main():
        loop = lib.loop(core)
        done = core.Event()

        def called(who, n):
            log.append((who, n))
            if len(log) == threads * count:
                done.set()

        def ask(who):
            for n in range(count):
                lib.soon(loop, called, who, n)

        asking = [start_thread(ask, who) for who in range(threads)]
        await done.wait()
        for thread in asking:
            thread.join()

    run(core, main)
    for who in range(threads):
        assert [n for other, n in log if other == who] == list(range(count))


def test_an_error_goes_to_the_exception_handler_and_the_next_call_is_made(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    def bad():
        raise ValueError("on purpose")

    async def main():
        loop = lib.loop(core)
        seen = reports(loop)
        lib.soon(loop, bad)
        lib.soon(loop, log.append, 1)
        await core.sleep(0)
        await core.sleep(0)
        assert log == [1]
        assert len(seen) == 1 and "called from another context" in seen[0][0] and isinstance(seen[0][1], ValueError)

    run(core, main)


def test_a_call_that_asks_for_itself_again_lets_tasks_run(core, threadsafe):
    lib = Lib(threadsafe)
    count = [0]

    async def main():
        loop = lib.loop(core)

        def again():
            count[0] += 1
            lib.soon(loop, again)

        again()
        for _ in range(5):
            await core.sleep(0)

    run(core, main)
    assert 3 <= count[0] < 12


def test_calls_made_before_the_loop_runs_are_kept(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)
    start_thread(lib.soon, loop, log.append, 1).join()
    handle = start_thread(lib.run, double(core, 21), loop).join()
    assert log == [] and not handle.done()
    waiting = start_thread(handle.result, 5)

    async def main():
        return await handle

    assert core.run(main()) == 42
    assert waiting.join() == 42 and log == [1]
    core.new_event_loop()


def test_a_call_that_is_cancelled_in_time_is_not_made(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = lib.loop(core)
        calls = [lib.soon(loop, log.append, n) for n in range(3)]
        assert start_thread(calls[1].cancel).join() is True
        await core.sleep(0)
        await core.sleep(0)
        assert [call.cancelled() for call in calls] == [False, True, False]
        assert [call.cancel() for call in calls] == [False, True, False]

    run(core, main)
    assert log == [0, 2]


def test_what_ends_the_run_leaves_the_calls_behind_it_for_the_next(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)

    def interrupt():
        raise KeyboardInterrupt

    async def main():
        await core.sleep_ms(5)

    lib.soon(loop, interrupt)
    lib.soon(loop, log.append, 1)
    with pytest.raises(KeyboardInterrupt):
        core.run(main())
    assert log == []
    core.run(main())
    assert log == [1]
    core.new_event_loop()


class CtrlC:
    """A loop's bell, which is interrupted the first time that a cell is armed."""

    def __init__(self, bell):
        self.bell = bell
        self.pressed = False
        self.ring = bell.ring
        self.disarm = bell.disarm

    def arm(self, cell):
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        self.bell.arm(cell)


@pytest.mark.micropython
@pytest.mark.parametrize("late", [False, True])
def test_ctrl_c_while_the_inbox_is_armed_anew_leaves_it_open(core, threadsafe, late):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)
    inbox = loop.inbox
    lib.soon(loop, log.append, 1)
    inbox.bell = CtrlC(loop.bell)
    with pytest.raises(KeyboardInterrupt):
        core.run(core.sleep(5))
    inbox.bell = loop.bell
    if not late:
        core.run(core.sleep_ms(5))
        assert log == [1]
    lib.soon(loop, log.append, 2)
    core.run(core.sleep_ms(5))
    core.new_event_loop()
    assert log == [1, 2]


def test_a_call_can_stop_the_loop(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.open(loop)
    thread = start_thread(lib.soon, loop, loop.stop)
    loop.run_forever()
    thread.join()
    core.new_event_loop()


def test_what_cannot_be_called_is_refused_where_it_is_asked_for(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.open(loop)
    coro = fail()
    for wrong in (lambda: lib.soon(loop, 3), lambda: lib.run(fail, loop), lambda: lib.task(loop, 3)):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(TypeError, match="Loop"):
        lib.task(coro, loop)  # the order of run_coroutine_threadsafe
    with pytest.raises(TypeError, match="Loop"):
        lib.run(coro, None)
    coro.close()
    core.new_event_loop()


@pytest.mark.micropython
def test_a_loop_that_takes_no_calls_says_so(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    with pytest.raises(core.WrongContextError, match="open"):
        lib.soon(loop, print)
    with pytest.raises(core.WrongContextError, match="open"):
        start_thread(lib.open, loop).join()


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_scheduled_function_calls_in_while_tasks_do(core, threadsafe):
    """Soft interrupts (a Timer's on RP2, a pin's by default) cut into what the main thread does at any jump."""
    import micropython

    lib = Lib(threadsafe)
    count = 20 if RP2 else 200
    log = []

    async def main():
        loop = lib.loop(core)
        sent = [0]

        def callback(_):
            if sent[0] < count:
                lib.soon(loop, log.append, sent[0])
                sent[0] += 1

        def schedule():
            while sent[0] < count:
                try:
                    micropython.schedule(callback, None)
                except RuntimeError:  # its queue is full
                    sleep_ms(0)

        thread = start_thread(schedule)
        own = 0
        while len(log) < own + count:
            if own < 5000:  # the thread may be slow: a log of what is called meanwhile has to fit into the heap
                lib.soon(loop, log.append, -1 - own)
                own += 1
            await core.sleep(0)
        thread.join()
        await core.sleep(0)

    run(core, main, limit=30)
    assert [n for n in log if n >= 0] == list(range(count))
    assert [-1 - n for n in log if n < 0] == list(range(len(log) - count))


# Tasks


@pytest.mark.rp2040(seeds=1)
def test_a_thread_gets_a_coroutine_s_result_and_its_error(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        seen = reports(loop)
        finished = core.ThreadSafeFlag()

        def work():
            try:
                handle = lib.run(double(core, 21), loop)
                assert handle.result(5) == 42 == handle.result() and handle.exception() is None
                assert handle.done() and not handle.cancelled() and handle.cancel() is False
                handle = lib.run(fail(), loop)
                assert isinstance(handle.exception(5), ValueError)
                with pytest.raises(ValueError, match="on purpose"):
                    handle.result(5)
            finally:
                finished.set()

        thread = start_thread(work)
        await finished.wait()
        thread.join()
        await core.sleep(0)
        assert seen == []

    run(core, main)


def test_a_task_s_error_that_nobody_waits_for_is_reported(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        seen = reports(loop)
        handle = lib.task(loop, fail(), "failing")
        for _ in range(5):
            await core.sleep(0)
        assert [message for message, _ in seen] == ["Task exception wasn't retrieved"]
        assert handle.done() and seen[0][1] is handle.exception()

    run(core, main)


def test_the_task_has_the_name_given(core, threadsafe):
    lib = Lib(threadsafe)

    async def name():
        return core.current_task().get_name()

    async def main():
        return await lib.task(lib.loop(core), name(), "so called")

    assert run(core, main) == "so called"


@pytest.mark.rp2040(seeds=1)
def test_a_wait_that_times_out_leaves_the_task_alone(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        go_on = core.Event()
        timed_out = core.ThreadSafeFlag()

        async def wait():
            await go_on.wait()
            return "went on"

        def work():
            handle = lib.run(wait(), loop)
            start = ticks_ms()
            try:
                with pytest.raises(core.TimeoutError):
                    handle.result(0.02)
                assert 18 <= ticks_diff(ticks_ms(), start) < 1000 and not handle.done()
                with pytest.raises(core.TimeoutError):
                    handle.exception(timeout=0)
            finally:
                timed_out.set()
            return handle.result(5)

        thread = start_thread(work)
        await timed_out.wait()
        go_on.set()
        await core.sleep_ms(30)
        return thread.join()

    assert run(core, main) == "went on"


@pytest.mark.rp2040(seeds=1)
def test_a_thread_cancels_a_task_and_its_finally_block_has_run_when_it_is_done(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = lib.loop(core)
        started = threadsafe.ThreadSafeEvent()
        finished = core.ThreadSafeFlag()

        def work():
            try:
                handle = lib.run(for_ever(core, log, started), loop)
                started.wait_sync(5)
                assert handle.cancel() is True
                with pytest.raises(core.CancelledError):
                    handle.result(5)
                assert log == ["ended"] and handle.cancelled() and handle.done() and handle.cancel() is False
                assert isinstance(handle.exception(), core.CancelledError)
            finally:
                finished.set()

        thread = start_thread(work)
        await finished.wait()
        thread.join()

    run(core, main)


def test_a_task_cancelled_before_it_was_started_never_runs_and_is_done_at_once(core, threadsafe):
    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = lib.loop(core)
        handle = lib.run(for_ever(core, log), loop)
        waiting = start_thread(handle.exception, 5)
        assert start_thread(handle.cancel).join() is True
        assert isinstance(waiting.join(), core.CancelledError)  # while the loop stands still
        assert handle.done() and handle.cancelled()
        for _ in range(3):
            await core.sleep(0)

    run(core, main)
    assert log == []


def test_of_two_who_cancel_or_start_it_one_does(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        ended = 0
        for _ in range(100):
            log = []
            handle = lib.run(for_ever(core, log), loop)
            thread = start_thread(handle.cancel)
            await core.sleep(0)
            with pytest.raises(core.CancelledError):
                await handle
            assert log in ([], ["ended"])
            ended += len(log)
            thread.join()
        return ended

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_waiting_on_the_loop_s_own_thread_is_refused(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.open(loop)
    handle = lib.run(double(core, 4), loop)
    with pytest.raises(core.WrongContextError, match="await handle"):
        handle.result()  # it does not run, and never would

    async def main():
        with pytest.raises(core.WrongContextError, match="await handle"):
            handle.result()
        return await handle

    assert core.run(main()) == 8
    assert handle.result() == 8
    core.new_event_loop()


def test_a_task_of_another_loop_awaits_it(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        finished = core.ThreadSafeFlag()

        async def other():
            handles = [lib.run(double(core, n), loop) for n in range(10)]
            results = []
            for handle in handles:
                results.append(await handle)
            with pytest.raises(ValueError, match="on purpose"):
                await lib.run(fail(), loop)
            return results

        def work():
            try:
                return run(core, other)
            finally:
                finished.set()

        thread = start_thread(work)
        await finished.wait()
        return thread.join()

    assert run(core, main) == [2 * n for n in range(10)]


def test_an_end_between_the_first_look_and_the_parking_is_found(core, threadsafe):
    lib = Lib(threadsafe)
    loops = []
    up = threadsafe.ThreadSafeEvent()
    go_on = threadsafe.ThreadSafeEvent()
    leave = threadsafe.ThreadSafeEvent()

    async def other():
        loops.append(lib.loop(core))
        up.set()
        await leave.wait()

    class Late:
        def __init__(self, handle):
            self.handle = handle

        def __await__(self):
            wait = self.handle.__await__()
            wait.attempt()
            go_on.set()
            start = ticks_ms()
            while not self.handle.done():
                sleep_ms(1)
                assert ticks_diff(ticks_ms(), start) < 5000
            yield wait
            return wait.attempt()

        __iter__ = __await__

    async def main():
        return await Late(lib.run(go_on.wait(), loops[0]))

    thread = start_thread(run, core, other)
    up.wait_sync(10)
    try:
        assert run(core, main) is True
    finally:
        leave.set()
        thread.join()


def test_an_await_that_is_cancelled_leaves_the_task_alone(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        go_on = core.Event()
        handle = lib.run(go_on.wait(), loop)
        with pytest.raises(core.TimeoutError):
            await core.wait_for(handle, 0.005)
        assert not handle.done()
        waiters = [core.create_task(_await(handle)) for _ in range(2)]
        await core.sleep(0)
        waiters[0].cancel()
        go_on.set()
        assert await waiters[1] is True and await handle is True

    run(core, main)


async def _await(handle):
    return await handle


def test_a_task_that_awaits_its_own_handle_is_told(core, threadsafe):
    lib = Lib(threadsafe)
    handles = []

    async def own():
        await handles[0]

    async def main():
        handles.append(lib.run(own(), lib.loop(core)))
        with pytest.raises(RuntimeError, match="await itself"):
            await handles[0]

    run(core, main)


# Loops that end


@pytest.mark.rp2040(seeds=1)
def test_when_the_loop_is_closed_nobody_waits_for_ever(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)
    seen = reports(loop)
    started = lib.run(for_ever(core, log), loop)

    async def main():
        for _ in range(3):
            await core.sleep(0)

    core.run(main())
    late = lib.run(for_ever(core, log), loop)
    lib.soon(loop, log.append, "called")
    waiting = start_thread(late.exception, 5)
    core.new_event_loop()
    assert isinstance(waiting.join(), lib.LoopClosed)
    assert started.cancelled() and late.done() and not late.cancelled()
    assert log == ["ended"]
    assert [type(exc) for _, exc in seen] == [lib.LoopClosed]


def test_a_closed_loop_takes_no_calls_until_it_runs_again(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)
    loop.close()
    with pytest.raises(lib.LoopClosed):
        lib.soon(loop, print)
    assert isinstance(lib.run(for_ever(core, log), loop).exception(), lib.LoopClosed)

    async def main():
        return await lib.run(double(core, 3), loop)

    assert core.run(main()) == 6
    core.new_event_loop()
    assert log == []


def test_a_task_of_a_stopped_loop_is_not_waited_for_and_can_be_when_it_runs_again(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.open(loop)
    go_on = core.Event()
    handle = lib.run(go_on.wait(), loop)

    async def main():
        await core.sleep_ms(1)

    core.run(main())
    for wait in (handle.result, handle.exception):
        with pytest.raises(lib.LoopStopped):
            start_thread(wait).join()
    assert not handle.done()
    go_on.set()

    async def again():
        return await handle

    assert core.run(again()) is True
    core.new_event_loop()


@pytest.mark.rp2040(seeds=1)
def test_a_thread_that_waits_when_the_loop_stops_is_told(core, threadsafe):
    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.open(loop)
    go_on = core.Event()
    handle = lib.run(go_on.wait(), loop)
    waiting = []

    async def main():
        waiting.append(start_thread(handle.result, 10))
        while not handle.line.any():
            await core.sleep_ms(1)

    core.run(main())
    with pytest.raises(lib.LoopStopped):
        waiting[0].join(5)  # long before its timeout
    core.new_event_loop()


@pytest.mark.rp2040(seeds=1)
def test_a_loop_that_is_closed_before_it_ever_ran_fails_what_waits_for_it(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)
    seen = reports(loop)
    handle = lib.run(for_ever(core, log), loop)
    lib.soon(loop, log.append, "called")
    waiting = start_thread(handle.exception, 10)
    loop.close()
    assert isinstance(waiting.join(), lib.LoopClosed)
    assert log == [] and [type(exc) for _, exc in seen] == [lib.LoopClosed]
    core.new_event_loop()


def test_what_a_closing_loop_s_tasks_call_is_refused(core, threadsafe):
    lib = Lib(threadsafe)
    log = []
    loop = core.new_event_loop()
    lib.open(loop)

    async def task():
        try:
            await core.Event().wait()
        finally:
            try:
                lib.soon(loop, log.append, "called")
            except lib.LoopClosed:
                log.append("refused")

    async def main():
        core.create_task(task())
        await core.sleep(0)

    core.run(main())
    loop.close()
    core.new_event_loop()
    assert log == ["refused"]


# CPython


@pytest.mark.cpython
def test_a_signal_handler_calls_in(core, threadsafe):
    import signal

    lib = Lib(threadsafe)
    log = []

    async def main():
        loop = core.get_event_loop()
        woken = core.Event()

        def handler(number, frame):
            lib.soon(loop, log.append, 1)
            lib.soon(loop, woken.set)

        old = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            await woken.wait()
        finally:
            signal.signal(signal.SIGALRM, old)

    run(core, main)
    assert log == [1]


@pytest.mark.cpython
def test_calls_and_tasks_see_the_caller_s_context_variables(core, threadsafe):
    from contextvars import ContextVar

    lib = Lib(threadsafe)
    var = ContextVar("var", default="none")
    log = []

    async def get():
        return var.get()

    async def main():
        loop = core.get_event_loop()
        finished = core.ThreadSafeFlag()

        def work():
            try:
                var.set("the thread's")
                lib.soon(loop, lambda: log.append(var.get()))
                return lib.run(get(), loop).result(5)
            finally:
                finished.set()

        thread = start_thread(work)
        await finished.wait()
        assert thread.join() == "the thread's" and var.get() == "none"

    run(core, main)
    assert log == ["the thread's"]


@pytest.mark.cpython
def test_a_loop_that_has_gone_is_not_kept(core, threadsafe):
    import gc
    import weakref

    lib = Lib(threadsafe)
    loop = core.new_event_loop()
    lib.run(double(core, 1), loop)
    gone = weakref.ref(loop)

    async def main():
        await core.sleep(0)

    core.run(main())
    del loop
    core.new_event_loop()
    gc.collect()
    assert gone() is None


def test_waiting_with_a_negative_timeout_is_refused(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        handle = lib.run(double(core, 1), lib.loop(core))
        with pytest.raises(ValueError, match="timeout must be 0 or more seconds"):
            handle.result(-1)
        await handle

    run(core, main)


def test_a_thread_that_waits_is_woken_by_the_end_and_not_by_its_timeout(core, threadsafe):
    lib = Lib(threadsafe)

    async def main():
        loop = lib.loop(core)
        for n in range(20):
            finished = core.ThreadSafeFlag()

            def work(n=n, finished=finished):
                try:
                    return lib.run(double(core, n), loop).result()
                finally:
                    finished.set()

            threads = [start_thread(work) for _ in range(2 if CPYTHON else 1)]
            await finished.wait()
            for thread in threads:
                while not thread.finished:
                    await core.sleep_ms(1)
                assert thread.join() == 2 * n

    run(core, main, limit=None)
