"""TaskGroup: tasks that end with the block which started them."""

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


async def forever(core, log, name, cleanup=0):
    try:
        await core.Event().wait()
    finally:
        for _ in range(cleanup):
            await core.sleep(0)
        log.append(name)


def kinds(error):
    return sorted([type(each).__name__ for each in error.exceptions])


@pytest.mark.rp2040(seeds=1)
def test_the_block_ends_when_all_tasks_have(core):
    async def main():
        async with core.TaskGroup() as group:
            tasks = [group.create_task(value(core, n, n)) for n in (3, 0, 5)]
        assert [task.done() for task in tasks] == [True, True, True]
        assert not core.get_event_loop().scopes
        return [task.result() for task in tasks]

    assert run(core, main) == [3, 0, 5]


def test_a_group_without_tasks_ends_at_once(core):
    async def main():
        async with core.TaskGroup():
            pass

    run(core, main)


def test_a_failure_cancels_the_others_and_the_block_and_all_are_awaited(core):
    log = []

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as group:
                group.create_task(forever(core, log, "a", 3))
                group.create_task(failing(core, ValueError("mine"), 2))
                group.create_task(forever(core, log, "b"))
                await forever(core, log, "block", 1)
        assert sorted(log) == ["a", "b", "block"]
        assert kinds(caught.value) == ["ValueError"]
        assert "1 sub-exception" in str(caught.value)
        await core.sleep(0)  # the cancel of the block is over
        return "goes on"

    assert run(core, main) == "goes on"


def test_a_failure_while_the_block_waits_for_its_tasks(core):
    log = []

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as group:
                group.create_task(failing(core, ValueError(), 3))
                group.create_task(forever(core, log, "a"))
        assert kinds(caught.value) == ["ValueError"] and log == ["a"]
        await core.sleep(0)

    run(core, main)


def test_all_errors_are_in_it_and_none_is_reported_again(core):
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))

    async def worse():
        try:
            await core.Event().wait()
        except core.CancelledError:
            raise KeyError from None

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as group:
                group.create_task(worse())
                group.create_task(failing(core, ValueError(), 1))
                group.create_task(failing(core, OSError(), 1))
                await core.sleep(0)
                await core.sleep(0)
                raise RuntimeError
        for _ in range(4):
            await core.sleep(0)
        assert kinds(caught.value) == ["KeyError", "OSError", "RuntimeError", "ValueError"]

    core.run(main())
    assert contexts == []


def test_an_error_in_the_block_cancels_the_tasks(core):
    log = []

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as group:
                group.create_task(forever(core, log, "a", 2))
                await core.sleep(0)
                raise ValueError
        assert kinds(caught.value) == ["ValueError"] and log == ["a"]

    run(core, main)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_is_to_end_the_program_comes_out_as_itself(core, error):
    log = []

    async def main():
        with pytest.raises(error):
            async with core.TaskGroup() as group:
                group.create_task(forever(core, log, "a"))
                await core.sleep(0)
                raise error
        assert log == ["a"]

    run(core, main)


def test_a_task_that_is_cancelled_just_ends(core):
    log = []

    async def main():
        async with core.TaskGroup() as group:
            task = group.create_task(forever(core, log, "cancelled"))
            other = group.create_task(value(core, 1, 6))
            await core.sleep(0)
            task.cancel()
        assert task.cancelled() and other.result() == 1

    run(core, main)
    assert log == ["cancelled"]


@pytest.mark.parametrize("rounds", range(6))
def test_cancelling_it_cancels_all_and_goes_on_wherever_it_waits(core, rounds):
    log = []

    async def user():
        async with core.TaskGroup() as group:
            group.create_task(forever(core, log, "a", 2))
            group.create_task(forever(core, log, "b"))
            await value(core, None, 3)

    async def main():
        task = core.create_task(user())
        await value(core, None, rounds)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert not core.get_event_loop().scopes

    run(core, main)
    assert sorted(log) == (["a", "b"] if rounds else [])


def test_cancelled_with_other_errors_these_are_raised_and_the_cancel_at_the_next_wait(core):
    log = []

    async def worse():
        try:
            await core.Event().wait()
        finally:
            raise ValueError

    async def user():
        try:
            async with core.TaskGroup() as group:
                group.create_task(worse())
        except core.TaskGroupError as error:
            log.append(kinds(error))
        await core.sleep(0)
        await core.sleep(0)
        log.append("not reached")

    async def main():
        task = core.create_task(user())
        await value(core, None, 2)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert log == [["ValueError"]]


def test_its_tasks_may_start_more_also_while_the_block_waits(core):
    log = []

    async def child(group, depth):
        await core.sleep(0)
        log.append(depth)
        if depth:
            group.create_task(child(group, depth - 1))

    async def main():
        async with core.TaskGroup() as group:
            group.create_task(child(group, 3), name="first")
        assert log == [3, 2, 1, 0]

    run(core, main)


def test_no_task_starts_before_it_after_it_or_once_it_fails(core):
    async def late(group):
        try:
            await core.Event().wait()
        finally:
            with pytest.raises(RuntimeError, match="shutting down"):
                group.create_task(value(core, 1))

    async def main():
        group = core.TaskGroup()
        with pytest.raises(RuntimeError, match="not been entered"):
            group.create_task(value(core, 1))
        async with group:
            pass
        with pytest.raises(RuntimeError, match="has ended"):
            group.create_task(value(core, 1))
        with pytest.raises(RuntimeError, match="one use"):
            async with group:
                pass
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as group:
                group.create_task(late(group))
                group.create_task(failing(core, ValueError()))
        assert kinds(caught.value) == ["ValueError"]

    run(core, main)


def test_a_task_has_the_name_given(core):
    async def main():
        async with core.TaskGroup() as group:
            assert group.create_task(value(core, 1), name="reader").get_name() == "reader"

    run(core, main)


def test_groups_nest_and_a_failure_goes_outwards(core):
    log = []

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as outer:
                outer.create_task(forever(core, log, "outer"))
                async with core.TaskGroup() as inner:
                    inner.create_task(forever(core, log, "inner"))
                    inner.create_task(failing(core, ValueError(), 1))
        assert sorted(log) == ["inner", "outer"]
        assert isinstance(caught.value.exceptions[0], core.TaskGroupError)
        assert kinds(caught.value.exceptions[0]) == ["ValueError"]

    run(core, main)


def test_an_outer_failure_cancels_the_inner_group_and_is_no_cancel_outside(core):
    log = []

    async def main():
        with pytest.raises(core.TaskGroupError) as caught:
            async with core.TaskGroup() as outer:
                outer.create_task(failing(core, ValueError(), 2))
                async with core.TaskGroup() as inner:
                    inner.create_task(forever(core, log, "inner"))
                log.append("not reached")
        assert log == ["inner"] and kinds(caught.value) == ["ValueError"]
        await core.sleep(0)

    run(core, main)


def test_a_task_that_awaits_the_one_that_fails_is_cancelled_too(core):
    log = []

    async def follower(task):
        try:
            await task
        except core.CancelledError:
            log.append("cancelled")
            raise
        except ValueError:
            log.append("error")
            await core.Event().wait()

    async def main():
        with pytest.raises(core.TaskGroupError):
            async with core.TaskGroup() as group:
                task = group.create_task(failing(core, ValueError(), 2))
                group.create_task(follower(task))
                await follower(task)

    run(core, main)
    assert len(log) == 2


@pytest.mark.parametrize("name", ["timeout_ms", "wait_for_ms"])
def test_a_timeout_ends_it_with_all_its_tasks(core, name):
    log = []

    async def work():
        async with core.TaskGroup() as group:
            group.create_task(forever(core, log, "a", 2))
            await forever(core, log, "block")

    async def main():
        with pytest.raises(core.TimeoutError):
            if name == "timeout_ms":
                async with core.timeout_ms(100):
                    await work()
            else:
                await core.wait_for_ms(work(), 100)
        assert sorted(log) == ["a", "block"]

    run(core, main)


def test_closing_the_loop_ends_it(core):
    log = []

    async def work():
        try:
            async with core.TaskGroup() as group:
                group.create_task(forever(core, log, "a"))
                await forever(core, log, "block")
        finally:
            log.append("left")

    async def main():
        core.create_task(work())
        await value(core, None, 4)

    run(core, main)
    assert log[-1] == "left" and sorted(log) == ["a", "block", "left"]


@pytest.mark.cpython
def test_the_trace_is_that_of_asyncio(core):
    import asyncio

    if not hasattr(asyncio, "TaskGroup"):
        pytest.skip("asyncio has TaskGroup from CPython 3.11 on")

    def traced(lib, unit, fail_at, cancel_at, block_fails, block_waits):
        log = []

        async def child(n):
            try:
                await lib.sleep(n * 2 * unit)
                if n == fail_at:
                    raise ValueError(n)
                log.append((n, "ends"))
            except lib.CancelledError:
                log.append((n, "cancelled"))
                await lib.sleep(0)
                raise

        async def user():
            async with lib.TaskGroup() as group:
                for n in (1, 2, 3):
                    group.create_task(child(n))
                try:
                    if block_waits:
                        await lib.sleep(5 * unit)
                    if block_fails:
                        raise KeyError
                except lib.CancelledError:
                    log.append("block cancelled")
                    raise
            log.append("left")

        async def main():
            task = lib.create_task(user())
            await lib.sleep(cancel_at * unit)
            if cancel_at < 9:
                task.cancel()
            try:
                await task
            except lib.CancelledError:
                log.append("cancelled")
            except Exception as error:
                log.append(kinds(error))

        lib.run(main())
        return sorted(map(str, log))  # asyncio cancels in the order of a set, so in none

    for fail_at in (0, 1, 2):
        for cancel_at in (0, 1, 3, 9):
            for block_fails in (False, True):
                for block_waits in (False, True):
                    same_trace(core, asyncio, traced, fail_at, cancel_at, block_fails, block_waits)
