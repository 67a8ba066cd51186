"""The loop: running, stopping, what a run leaves behind, exception handlers, and sleeping when idle."""

import time

import pytest

from support import run, sleep_ms, start_thread, ticks_diff, ticks_ms


async def value(result):
    return result


async def failing(error):
    raise error


def fresh(core):
    return core.new_event_loop()


# run


@pytest.mark.rp2040
def test_run_returns_the_result(core):
    fresh(core)
    assert core.run(value(42)) == 42


@pytest.mark.parametrize("error", [ValueError, RuntimeError])
def test_run_raises_the_exception(core, error):
    fresh(core)
    with pytest.raises(error, match="mine"):
        core.run(failing(error("mine")))


def test_run_raises_cancelled_error_too(core):
    fresh(core)
    with pytest.raises(core.CancelledError):
        core.run(failing(core.CancelledError()))


@pytest.mark.rp2040(seeds=1)
def test_a_run_follows_a_run(core):
    fresh(core)
    for n in range(3):
        assert core.run(value(n)) == n


def test_run_refuses_what_is_not_a_coroutine(core):
    fresh(core)
    with pytest.raises(TypeError, match="call it"):
        core.run(value)
    with pytest.raises(TypeError, match="coroutine expected"):
        core.run(None)
    assert core.run(value(1)) == 1


def test_run_inside_a_task_is_refused_and_harms_nothing(core):
    async def main():
        with pytest.raises(RuntimeError, match="await"):
            core.run(value(1))
        core.current_task()
        await core.sleep(0)
        with pytest.raises(RuntimeError, match="running"):
            core.get_event_loop().run_forever()
        return 5

    assert run(core, main) == 5


def test_tasks_left_over_go_on_at_the_next_run(core):
    fresh(core)
    log = []

    async def ticker():
        for n in range(4):
            log.append(n)
            await core.sleep(0)

    async def first():
        core.create_task(ticker())
        await core.sleep(0)
        log.append("first ends")

    async def second():
        while len(log) < 6:
            await core.sleep(0)
        return "second"

    core.run(first())
    assert log == [0, "first ends"]
    log.append("between")
    assert core.run(second()) == "second"
    assert log == [0, "first ends", "between", 1, 2, 3]


def test_a_timer_left_over_still_falls_due(core):
    fresh(core)
    log = []

    async def child():
        await core.sleep_ms(5)
        log.append("woken")

    async def first():
        core.create_task(child())
        await core.sleep(0)

    async def second():
        await core.sleep_ms(10)

    core.run(first())
    core.run(second())
    assert log == ["woken"]


# KeyboardInterrupt, SystemExit


def test_ctrl_c_just_after_a_task_has_yielded_leaves_it_in_its_turn(core):
    """Between two steps there is nothing that it would end. Compiled, no signal is looked at there."""
    log = []
    reported = []

    async def steps():
        for n in range(4):
            log.append(n)
            await core.sleep(0)
        return "ended"

    loop = core.new_event_loop()
    loop.set_exception_handler(lambda loop, context: reported.append(context))
    task = loop.create_task(steps())
    push = loop.ready.push

    def push_and_interrupt(item):
        push(item)
        if len(log) == 2:
            loop.ready.push = push
            raise KeyboardInterrupt

    try:
        loop.ready.push = push_and_interrupt
    except AttributeError:
        return
    try:
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(task)
        assert log == [0, 1] and not task.done()
        assert loop.run_until_complete(task) == "ended"
        assert log == [0, 1, 2, 3] and not reported
    finally:
        core.new_event_loop()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_the_main_task_reaches_the_caller_of_run(core, error):
    fresh(core)
    with pytest.raises(error):
        core.run(failing(error()))
    assert core.run(value(1)) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_another_task_ends_the_run_and_the_others_go_on_at_the_next(core, error):
    fresh(core)
    log = []

    async def main():
        core.create_task(failing(error()))
        for n in range(3):
            await core.sleep(0)
            log.append(n)

    async def second():
        for _ in range(5):
            await core.sleep(0)
        return "second"

    with pytest.raises(error):
        core.run(main())
    assert log == []
    with pytest.raises(RuntimeError, match="no running event loop"):
        core.current_task()
    assert core.run(second()) == "second"  # though the first main task ended in it
    assert log == [0, 1, 2]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_who_awaited_the_interrupted_task_sees_it_cancelled_and_the_next_run_is_not_interrupted(core, error):
    fresh(core)
    log = []

    async def main():
        try:
            await core.create_task(failing(error()))
        except core.CancelledError:
            log.append("cancelled")

    async def second():
        await core.sleep(0)
        return "second"

    with pytest.raises(error):
        core.run(main())
    assert core.run(second()) == "second"
    assert log == ["cancelled"]


# run_forever, run_until_complete, stop


def test_run_until_complete_takes_a_task_or_a_coroutine(core):
    loop = fresh(core)
    task = loop.create_task(value(1))
    assert loop.run_until_complete(task) == 1
    assert loop.run_until_complete(task) == 1  # one that has ended, too
    assert loop.run_until_complete(value(2)) == 2


def test_stop_ends_run_forever_when_the_task_next_yields(core):
    loop = fresh(core)
    log = []

    async def stopper():
        loop.stop()
        loop.stop()
        log.append("goes on until it yields")
        await core.sleep(0)
        log.append("in the next run")
        loop.stop()

    loop.create_task(stopper())
    loop.run_forever()
    assert log == ["goes on until it yields"]
    loop.run_forever()
    assert log == ["goes on until it yields", "in the next run"]


def test_stopping_before_the_main_task_has_ended_is_an_error_of_the_run(core):
    loop = fresh(core)

    async def main():
        loop.stop()
        await core.sleep(0)

    with pytest.raises(RuntimeError, match="stopped"):
        loop.run_until_complete(main())
    assert loop.run_until_complete(value(1)) == 1


def test_run_forever_with_nothing_to_do_waits_for_another_context(core):
    """Defect 33: upstream's returns when idle, and spins while only an Event is pending."""
    loop = fresh(core)
    flag = core.ThreadSafeFlag()
    log = []

    async def waits():
        await core.Event().wait()

    async def stopper():
        await flag.wait()
        log.append("flag")
        loop.stop()

    loop.create_task(waits())
    loop.create_task(stopper())

    def later():
        sleep_ms(20)
        flag.set()

    thread = start_thread(later)
    loop.run_forever()
    thread.join()
    assert log == ["flag"]
    fresh(core)


@pytest.mark.parametrize("arguments", [(), (16, 16)])
def test_get_event_loop_gives_the_loop_and_takes_upstreams_arguments(core, arguments):
    loop = fresh(core)
    assert core.get_event_loop(*arguments) is loop

    async def main():
        return core.get_event_loop(*arguments)

    assert core.run(main()) is loop
    assert isinstance(loop, core.Loop)


# new_event_loop, close


@pytest.mark.rp2040(seeds=1)
def test_new_event_loop_runs_the_finally_blocks_of_what_it_drops(core):
    """Defect 32: upstream's drops the tasks without closing their coroutines."""
    fresh(core)
    log = []

    async def child(name, wait):
        try:
            await wait()
        finally:
            log.append(name)

    async def main():
        flag = core.ThreadSafeFlag()
        lock = core.Lock()
        await lock.acquire()
        sleeper = core.create_task(child("sleep", lambda: core.sleep(100)))
        core.create_task(child("event", core.Event().wait))
        core.create_task(child("flag", flag.wait))
        core.create_task(child("lock", lock.acquire))
        core.create_task(child("ready", lambda: core.sleep(0)))
        await core.sleep(0)
        core.create_task(child("task", lambda: sleeper))
        core.create_task(child("gather", lambda: core.gather(core.sleep(10), sleeper)))
        core.create_task(child("wait_for", lambda: core.wait_for(core.sleep(10), 10)))
        await core.sleep(0)
        await core.sleep(0)
        core.create_task(child("never ran", core.Event().wait))

    core.run(main())
    assert "sleep" not in log
    log.clear()
    core.new_event_loop()
    log.sort()
    assert log == ["event", "flag", "gather", "lock", "sleep", "task", "wait_for"]
    assert core.run(value(1)) == 1


def test_a_new_event_loop_knows_nothing_of_the_old_ones_tasks(core):
    fresh(core)
    log = []

    async def ticker():
        while True:
            log.append("tick")
            await core.sleep(0)

    async def main():
        core.create_task(ticker())
        await core.sleep(0)

    async def second():
        for _ in range(3):
            await core.sleep(0)

    core.run(main())
    old = core.get_event_loop()
    assert core.new_event_loop() is not old
    log.clear()
    core.run(second())
    assert log == []


def test_a_running_loop_cannot_be_closed_or_replaced(core):
    async def main():
        with pytest.raises(RuntimeError, match="running"):
            core.new_event_loop()
        with pytest.raises(RuntimeError, match="running"):
            core.get_event_loop().close()
        await core.sleep(0)
        return 1

    assert run(core, main) == 1


def test_a_finally_block_that_waits_while_the_loop_is_closed_runs_to_its_end(core):
    loop = fresh(core)
    log = []

    async def waits():
        try:
            await core.Event().wait()
        finally:
            await core.sleep_ms(5)
            log.append("waited")

    async def main():
        core.create_task(waits())
        await core.sleep(0)

    core.run(main())
    loop.close()
    assert log == ["waited"]


def test_a_finally_block_that_waits_too_long_while_the_loop_is_closed_is_reported_and_the_others_close(core):
    loop = fresh(core)
    log = []
    loop.set_exception_handler(lambda loop, context: log.append(context["message"]))

    async def waits():
        try:
            await core.Event().wait()
        finally:
            await core.sleep(10)

    async def child():
        try:
            await core.Event().wait()
        finally:
            log.append("closed")

    async def main():
        core.create_task(child())
        core.create_task(waits())
        core.create_task(child())
        await core.sleep(0)

    core.run(main())
    start = ticks_ms()
    loop.close(0.02)
    assert ticks_diff(ticks_ms(), start) < 1000
    assert log == ["closed", "closed", "Task cut off as its loop was closed"]


def test_an_exception_nobody_saw_is_reported_when_the_loop_is_closed(core):
    loop = fresh(core)
    log = []
    loop.set_exception_handler(lambda loop, context: log.append(str(context["exception"])))

    async def main():
        core.create_task(failing(ValueError("unseen")))
        core.create_task(failing(SystemExit()))
        await core.Event().wait()

    with pytest.raises(SystemExit):
        core.run(main())
    loop.close()
    assert log == ["unseen"]


def test_a_loop_that_was_closed_can_run_again(core):
    loop = fresh(core)
    loop.close()
    loop.close()

    async def main():
        flag = core.ThreadSafeFlag()
        thread = start_thread(flag.set)
        await flag.wait()
        await core.sleep_ms(1)
        thread.join()
        return "ran"

    assert core.run(main()) == "ran"


def test_two_thousand_loops_in_a_row_use_nothing_up(core):
    for _ in range(2000):
        core.new_event_loop()
    assert run(core, value, 1) == 1


def test_the_same_program_started_twice_finds_nothing_of_the_first(core):
    log = []

    async def main():
        flag = core.ThreadSafeFlag()
        core.create_task(flag.wait())
        core.create_task(core.sleep(100))
        await core.sleep_ms(1)
        log.append("ran")
        core.get_event_loop().set_exception_handler(log.append)

    for _ in range(2):
        run(core, main)
        assert core.get_event_loop().get_exception_handler() is None
    assert log == ["ran", "ran"]


# Exception handlers


def test_the_exception_handler_is_what_was_set(core):
    loop = fresh(core)
    assert loop.get_exception_handler() is None

    def handler(loop, context):
        pass

    loop.set_exception_handler(handler)
    assert loop.get_exception_handler() is handler
    loop.set_exception_handler(None)
    assert loop.get_exception_handler() is None


def test_call_exception_handler_calls_the_handler_with_loop_and_context(core):
    loop = fresh(core)
    calls = []
    loop.set_exception_handler(lambda *args: calls.append(args))
    context = {"message": "hello", "exception": ValueError(), "future": None}
    loop.call_exception_handler(context)
    assert len(calls) == 1
    assert calls[0][0] is loop and calls[0][1] is context


@pytest.mark.cpython
def test_the_default_handler_prints_message_task_and_traceback_to_stderr(core, capsys):
    async def main():
        core.create_task(failing(ValueError("nobody looks")))
        for _ in range(3):
            await core.sleep(0)

    run(core, main)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[0] == "Task exception wasn't retrieved"
    assert lines[1].startswith("future: <Task")
    assert lines[2].startswith("Traceback")
    assert lines[-1] == "ValueError: nobody looks"


# The passes


@pytest.mark.rp2040(seeds=1)
def test_a_task_woken_from_outside_runs_before_any_other_has_a_second_turn(core):
    """Defect 22: the sum of all ready tasks' steps is the most that it waits; see test_policy for less."""
    log = []

    async def busy(name):
        while len(log) < 20:
            log.append(name)
            await core.sleep(0)

    async def waiter(flag):
        await flag.wait()
        log.append("woken")

    async def main():
        flag = core.ThreadSafeFlag()
        task = core.create_task(waiter(flag))
        await core.sleep(0)
        others = [core.create_task(busy(name)) for name in "abc"]
        await core.sleep(0)
        del log[:]
        flag.set()
        await task
        at = log.index("woken")
        assert len(set(log[:at])) == at, log
        await core.gather(*others)

    run(core, main)


@pytest.mark.cpython
def test_an_idle_loop_uses_no_processor_time(core):
    """Defects 19, 20, 33: ten armed flags, pending events, nothing to do."""

    async def main():
        flags = [core.ThreadSafeFlag() for _ in range(10)]
        waiting = [core.create_task(flag.wait()) for flag in flags]
        waiting.append(core.create_task(core.Event().wait()))
        await core.sleep(0)
        start = time.process_time()
        await core.sleep(0.5)
        used = time.process_time() - start
        for task in waiting:
            task.cancel()
        return used

    assert run(core, main, limit=None) < 0.02


@pytest.mark.micropython
def test_an_idle_loop_uses_no_processor_time_on_the_unix_port(core):
    """Defects 19, 20, 33, as above, by the kernel's account."""

    def used():
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[0]) / 1e9

    async def main():
        flags = [core.ThreadSafeFlag() for _ in range(10)]
        waiting = [core.create_task(flag.wait()) for flag in flags]
        waiting.append(core.create_task(core.Event().wait()))
        await core.sleep(0)
        start = used()
        await core.sleep(0.5)
        spent = used() - start
        for task in waiting:
            task.cancel()
        return spent

    assert run(core, main, limit=None) < 0.02


@pytest.mark.parametrize("armed", [0, 10])
def test_pending_flags_do_not_slow_a_task_switch(core, armed):
    """Defects 19, 20: upstream polls every flag at every switch (unix: 1 ms each)."""

    async def main():
        waiting = [core.create_task(core.ThreadSafeFlag().wait()) for _ in range(armed)]
        await core.sleep(0)
        start = time.time()
        for _ in range(2000):
            await core.sleep(0)
        took = time.time() - start
        for task in waiting:
            task.cancel()
        return took

    assert run(core, main) < 0.5


@pytest.mark.micropython
def test_times_stay_small_and_in_order_when_the_clock_is_rebased(core):
    loop = fresh(core)
    loop.clock._now = (1 << 29) + 5  # as after 6.2 days
    log = []

    async def child(n, ms):
        await core.sleep_ms(ms)
        log.append(n)

    async def main():
        children = [child(0, 20), child(1, 4), child(2, 12), child(3, 12), child(4, 12), child(5, 4)]
        await core.gather(*children)

    core.run(main())
    assert log == [1, 5, 2, 3, 4, 0]
    assert loop.clock.now() < 1000


def test_an_exception_handler_may_act_on_the_loop(core):
    async def main():
        done = core.Event()
        loop = core.get_event_loop()
        loop.set_exception_handler(lambda loop, context: done.set())
        core.create_task(failing(ValueError()))
        return await core.wait_for(done.wait(), 1)

    assert run(core, main) is True
