"""wait and as_completed: tasks as they end."""

import pytest

from support import run, same_trace


async def value(core, result, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    return result


async def failing(core, error, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    raise error


def tasks_of(core, *rounds):
    return [core.create_task(value(core, n, n)) for n in rounds]


# wait


@pytest.mark.rp2040(seeds=1)
def test_wait_for_all_returns_when_the_last_has_ended(core):
    async def main():
        tasks = tasks_of(core, 3, 0, 5)
        done, pending = await core.wait(tasks)
        assert done == set(tasks) and pending == set()
        return sorted([task.result() for task in done])

    assert run(core, main) == [0, 3, 5]


def test_wait_for_the_first_returns_at_its_end_and_the_others_run_on(core):
    async def main():
        tasks = tasks_of(core, 9, 1, 5)
        done, pending = await core.wait(tasks, return_when=core.FIRST_COMPLETED)
        assert done == {tasks[1]} and pending == {tasks[0], tasks[2]}
        done, pending = await core.wait(tasks, return_when=core.FIRST_COMPLETED)
        assert done == {tasks[1]}
        done, pending = await core.wait(pending, return_when=core.ALL_COMPLETED)
        assert len(done) == 2 and not pending

    run(core, main)


def test_wait_for_the_first_exception(core):
    async def main():
        slow = core.create_task(value(core, 1, 9))
        quick = core.create_task(value(core, 1, 1))
        cancelled = core.create_task(value(core, 1, 9))
        cancelled.cancel()
        bad = core.create_task(failing(core, ValueError("mine"), 3))
        done, pending = await core.wait([slow, quick, bad, cancelled], return_when=core.FIRST_EXCEPTION)
        assert done == {quick, bad, cancelled} and pending == {slow}
        assert str(bad.exception()) == "mine"
        done, pending = await core.wait([slow], return_when=core.FIRST_EXCEPTION)
        assert done == {slow}

    run(core, main)


@pytest.mark.parametrize("timeout", [0.005, 0, -1])
def test_the_timeout_of_wait_raises_and_cancels_nothing(core, timeout):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        done, pending = await core.wait([task], timeout=timeout)
        assert done == set() and pending == {task}
        event.set()
        done, pending = await core.wait([task], timeout=5)
        assert done == {task} and len(core.get_event_loop().timers) == 0

    run(core, main, limit=None)


def test_cancelling_wait_does_not_cancel_the_tasks(core):
    async def main():
        tasks = tasks_of(core, 4, 6)
        waiter = core.create_task(core.wait(tasks, timeout=100))
        await core.sleep(0)
        await core.sleep(0)
        waiter.cancel()
        with pytest.raises(core.CancelledError):
            await waiter
        assert await core.gather(*tasks) == [4, 6]
        assert len(core.get_event_loop().timers) == 0

    run(core, main, limit=None)


def test_an_error_that_wait_handed_over_is_the_callers_and_not_reported(core):
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))

    async def main():
        await core.wait([core.create_task(failing(core, ValueError()))])
        for _ in range(4):
            await core.sleep(0)

    core.run(main())
    assert contexts == []


def test_what_wait_cannot_wait_for_is_refused(core):
    async def main():
        task = core.create_task(value(core, 1))
        with pytest.raises(ValueError, match="a task at least"):
            await core.wait([])
        with pytest.raises(TypeError, match="not a single one"):
            await core.wait(task)
        with pytest.raises(TypeError, match="takes tasks"):
            await core.wait([task, 3])
        with pytest.raises(ValueError, match="return_when"):
            await core.wait([task], return_when="SOME")
        with pytest.raises(ValueError, match="NaN"):
            await core.wait([task], timeout=float("nan"))
        await task

    run(core, main)


# as_completed


@pytest.mark.parametrize("way", ["for", "async for"])
def test_results_come_in_the_order_in_which_they_are_there(core, way):
    async def main():
        got = []
        aws = [value(core, n, n) for n in (4, 1, 6, 3)]
        if way == "for":
            for next_one in core.as_completed(aws):
                got.append(await next_one)
        else:
            async for task in core.as_completed(aws):
                assert task.done()
                got.append(await task)
        return got

    assert run(core, main) == [1, 3, 4, 6]


def test_async_for_gives_the_very_tasks(core):
    async def main():
        tasks = tasks_of(core, 5, 2)
        got = []
        async for task in core.as_completed([tasks[0], tasks[1], tasks[0]]):  # one given twice counts once
            got.append(task)
        assert len(got) == 2 and got[0] is tasks[1] and got[1] is tasks[0]
        async for task in core.as_completed(tasks):  # those that have ended come in the order given
            assert task is tasks[0]
            break

    run(core, main)


def test_of_nothing_there_is_nothing(core):
    async def main():
        async for _ in core.as_completed([]):
            raise AssertionError
        return list(core.as_completed([]))

    assert run(core, main) == []


def test_an_error_is_raised_where_its_turn_comes(core):
    async def main():
        got = []
        for next_one in core.as_completed([value(core, 1, 1), failing(core, ValueError(), 2), value(core, 3, 3)]):
            try:
                got.append(await next_one)
            except ValueError:
                got.append("error")
        return got

    assert run(core, main) == [1, "error", 3]


@pytest.mark.parametrize("way", ["for", "async for"])
def test_when_the_time_is_up_the_rest_raises_timeout_error_and_runs_on(core, way):
    async def main():
        event = core.Event()
        slow = core.create_task(event.wait())
        got = []
        with pytest.raises(core.TimeoutError):
            if way == "for":
                for next_one in core.as_completed([slow, value(core, 1, 1)], timeout=0.01):
                    got.append(await next_one)
            else:
                async for task in core.as_completed([slow, value(core, 1, 1)], timeout=0.01):
                    got.append(await task)
        assert got == [1] and not slow.done()
        event.set()
        await slow

    run(core, main)


def test_a_timeout_that_was_not_needed_leaves_no_timer(core):
    async def main():
        for next_one in core.as_completed([value(core, 1), value(core, 2, 2)], timeout=1000):
            await next_one
        return len(core.get_event_loop().timers)

    assert run(core, main, limit=None) == 0


def test_several_may_take_results_and_one_that_is_cancelled_takes_none(core):
    async def main():
        nexts = list(core.as_completed([value(core, n, n) for n in (8, 9, 10)]))
        takers = [core.create_task(each) for each in nexts]
        await core.sleep(0)
        await core.sleep(0)
        takers[0].cancel()
        results = await core.gather(*takers, return_exceptions=True)
        assert isinstance(results[0], core.CancelledError)
        return results[1:]

    assert run(core, main) == [8, 9]


@pytest.mark.parametrize("thing", [None, 3])
def test_what_cannot_be_awaited_is_refused_and_the_others_do_not_start(core, thing):
    log = []

    async def child():
        log.append("ran")

    async def main():
        with pytest.raises(TypeError, match="coroutine expected"):
            core.as_completed([child(), thing])
        with pytest.raises(TypeError, match="not a single one"):
            core.as_completed(core.current_task())
        await core.sleep(0)
        await core.sleep(0)

    run(core, main)
    assert log == []


@pytest.mark.cpython
def test_the_trace_is_that_of_asyncio(core):
    import asyncio

    def traced(lib, unit):
        log = []

        async def work(n):
            await lib.sleep(n * unit)
            log.append(n)
            if n == 3:
                raise ValueError
            return n

        async def main():
            for first in ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"):
                tasks = [lib.create_task(work(n)) for n in (5, 3, 1)]
                done, pending = await lib.wait(tasks, return_when=getattr(lib, first))
                log.append([task in done for task in tasks])
                done, pending = await lib.wait(tasks, timeout=unit)
                log.append([task in pending for task in tasks])
                await lib.gather(*tasks, return_exceptions=True)
                for next_one in lib.as_completed([lib.create_task(work(n)) for n in (5, 3, 1)]):
                    try:
                        log.append(("next", await next_one))
                    except ValueError:
                        log.append("error")

        lib.run(main())
        return [entry if not isinstance(entry, tuple) else "next" for entry in log]

    same_trace(core, asyncio, traced)
