"""What waits for several tasks, or not longer than so long, ended at every point: what must hold for each besides.

See `injection`, and `test_cancellation` for the rest of core.
"""

import pytest

from injection import HOWS, Program, children, inject

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


@case
def gather(core):
    """The children are cancelled and end; it does not wait for their cleanup."""
    begun, log, tasks = [], [], []

    async def victim():
        tasks.extend([core.create_task(each) for each in children(core, begun, log)])
        assert await core.gather(*tasks) == [2, 1, 3]

    async def check(ended):
        await core.gather(*tasks, return_exceptions=True)
        assert sorted(log) == sorted(begun)
        assert ended != "done" or len(log) == 3

    return Program(victim, [], check)


@case
def gather_shared(core):
    """Tasks that others gather or await, too: these see how they ended."""
    seen = []
    tasks = [core.create_task(each) for each in children(core, [], [])]

    async def victim():
        await core.gather(tasks[0], tasks[1], tasks[0], return_exceptions=True)

    async def gatherer():
        results = await core.gather(*tasks, return_exceptions=True)
        assert results[2] == 3
        seen.append(1)

    async def waiter():
        try:
            assert await tasks[0] == 2
        except core.CancelledError:
            pass
        seen.append(2)

    async def check(ended):
        assert sorted(seen) == [1, 2]

    return Program(victim, [gatherer, waiter], check)


@case
def gather_that_fails(core):
    """Those that have not failed run on; if the victim was cancelled before, they were cancelled, too."""
    log, tasks = [], []

    async def failing():
        await core.sleep_ms(2)
        raise ValueError("mine")

    async def victim():
        tasks.extend([core.create_task(each) for each in children(core, [], log)] + [core.create_task(failing())])
        try:
            await core.gather(*tasks)
        except ValueError:
            log.append("failed")
        await core.sleep(0)

    async def check(ended):
        for each in tasks:
            await core.wait([each])
        assert ended != "done" or sorted(map(str, log)) == ["1", "2", "3", "failed"]

    return Program(victim, [], check)


@case
def wait_for_that_ends_in_time(core):
    """What it waits for has ended, its cleanup too, when the victim ends."""
    return waiting_for(core, 9, lambda child: core.wait_for_ms(child, 9))


@case
def wait_for_a_task_that_ends_in_time(core):
    return waiting_for(core, 9, lambda child: core.wait_for_ms(core.create_task(child), 9))


@case
def wait_for_that_times_out(core):
    return waiting_for(core, 2, lambda child: core.wait_for_ms(child, 2))


@case
def wait_for_a_task_that_times_out(core):
    return waiting_for(core, 2, lambda child: core.wait_for_ms(core.create_task(child), 2))


@case
def timeout(core):
    async def block(child):
        async with core.timeout_ms(2):
            return await child

    return waiting_for(core, 2, block)


def waiting_for(core, limit, wait):
    log = []

    async def child():
        log.append("begins")
        try:
            await core.sleep_ms(4)
            return "result"
        finally:
            try:
                await core.sleep_ms(1)
                await core.sleep(0)
            finally:
                log.append("ends")

    async def victim():
        try:
            assert await wait(child()) == "result" and limit > 5
        except core.TimeoutError:
            assert limit < 5
        finally:
            log.append("left")

    async def check(ended):
        assert log in ([], ["left"], ["begins", "ends", "left"]), log

    return Program(victim, [], check)


@case
def timeouts_in_each_other(core):
    """The one that is up raises, or none."""

    async def victim():
        async with core.timeout_ms(9):
            try:
                async with core.timeout_ms(2):
                    async with core.timeout_ms(9):
                        await core.sleep_ms(5)
            except core.TimeoutError:
                await core.sleep_ms(1)
                return
        raise AssertionError("never")

    async def check(ended):
        pass

    return Program(victim, [], check)


@case
def wait_for_a_lock(core):
    """The lock is not left to one that has given up."""
    it, log = core.Lock(), []

    async def victim():
        for _ in range(2):
            try:
                await core.wait_for_ms(it.acquire(), 2)
            except core.TimeoutError:
                log.append("late")
                continue
            try:
                await core.sleep_ms(1)
            finally:
                it.release()

    async def other():
        async with it:
            await core.sleep_ms(2)

    async def check(ended):
        assert not it.locked() and not it.waiters

    return Program(victim, [other, other], check)


@case
def group(core):
    """All tasks of the group have ended, their cleanup too, when the victim ends."""
    begun, log, tasks = [], [], []

    async def victim():
        try:
            async with core.TaskGroup() as it:
                tasks.extend([it.create_task(each) for each in children(core, begun, log)])
                await core.sleep_ms(1)
        finally:
            assert all([each.done() for each in tasks]) and sorted(log) == sorted(begun)

    async def check(ended):
        assert ended != "done" or sorted(log) == [1, 2, 3]

    return Program(victim, [], check)


@case
def group_that_fails(core):
    """Its error is raised, and if it was cancelled, too, the cancel at the next wait; all tasks have ended."""
    begun, log, tasks = [], [], []

    async def failing():
        await core.sleep_ms(2)
        raise ValueError("mine")

    async def victim():
        try:
            async with core.TaskGroup() as it:
                tasks.extend([it.create_task(each) for each in children(core, begun, log)])
                tasks.append(it.create_task(failing()))
                await core.sleep_ms(1)
        except core.TaskGroupError as error:
            assert [str(each) for each in error.exceptions] == ["mine"]
        finally:
            assert all([each.done() for each in tasks]) and sorted(log) == sorted(begun)
        await core.sleep(0)

    async def check(ended):
        pass

    return Program(victim, [], check)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, name, how):
    inject(core, CASES[name], how)


def virtual(core, main):
    core.new_event_loop(core.VirtualClock())
    try:
        return core.run(main())
    finally:
        core.new_event_loop()


@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_wait_for_a_task_waits_for_its_cleanup_also_when_it_is_ended_itself_meanwhile(core, how):
    log = []

    async def child():
        try:
            await core.sleep(1000)
        finally:
            await core.sleep_ms(5)
            log.append("cleaned up")

    async def caller():
        try:
            await core.wait_for_ms(core.create_task(child()), 2)
        finally:
            log.append("left")

    async def main():
        task = core.create_task(core.wait_for_ms(caller(), 4) if how == "timeout" else caller())
        await core.sleep_ms(4)  # its time is up, and the child cleans up
        if how == "cancel":
            task.cancel()
        with pytest.raises(core.CancelledError if how == "cancel" else core.TimeoutError):
            await task
        await core.sleep_ms(9)

    virtual(core, main)
    assert log == ["cleaned up", "left"]


@pytest.mark.parametrize("how", ["cancel", "timeout"])
def test_what_ends_a_failing_group_from_outside_is_raised_at_the_next_wait(core, how):
    log = []

    async def failing():
        await core.sleep_ms(1)
        raise ValueError

    async def slow():
        try:
            await core.sleep(1000)
        finally:
            await core.sleep_ms(5)

    async def block():
        try:
            async with core.TaskGroup() as group:
                group.create_task(failing())
                group.create_task(slow())
        except core.TaskGroupError:
            log.append("failed")
        await core.sleep(1000)
        log.append("ran on")

    async def main():
        async def limited():
            async with core.timeout_ms(3 if how == "timeout" else None):
                await block()

        task = core.create_task(limited())
        await core.sleep_ms(3)  # the group waits for `slow`
        if how == "cancel":
            task.cancel()
        with pytest.raises(core.CancelledError if how == "cancel" else core.TimeoutError):
            await task

    virtual(core, main)
    assert log == ["failed"]
