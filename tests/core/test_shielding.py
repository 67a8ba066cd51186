"""shield: who awaits can be cancelled without what is awaited. Upstream defect 23."""

import pytest

from support import run


async def value(core, result, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    return result


async def failing(core, error, rounds=0):
    for _ in range(rounds):
        await core.sleep(0)
    raise error


def test_it_gives_the_result_or_the_error(core):
    async def main():
        assert await core.shield(value(core, 1)) == 1
        task = core.create_task(value(core, 2, 3))
        assert await core.shield(task) == 2
        assert await core.shield(task) == 2  # of one that has ended, too
        with pytest.raises(ValueError, match="mine"):
            await core.shield(failing(core, ValueError("mine"), 2))

    run(core, main)


@pytest.mark.rp2040
def test_cancelling_who_awaits_leaves_the_task_running(core):
    async def user(task):
        return await core.shield(task)

    async def main():
        task = core.create_task(value(core, "whole", 6))
        users = [core.create_task(user(task)) for _ in range(3)]
        await core.sleep(0)
        await core.sleep(0)
        users[1].cancel()
        with pytest.raises(core.CancelledError):
            await users[1]
        assert not task.done()
        return await users[0], await users[2], await task

    assert run(core, main) == ("whole", "whole", "whole")


def test_without_it_all_who_await_are_cancelled(core):
    """Upstream's rule, which shield is the answer to."""

    async def user(task):
        return await task

    async def main():
        task = core.create_task(value(core, 1, 6))
        users = [core.create_task(user(task)) for _ in range(2)]
        await core.sleep(0)
        await core.sleep(0)
        users[0].cancel()
        users.append(task)
        for each in users:
            with pytest.raises(core.CancelledError):
                await each

    run(core, main)


def test_cancelling_the_task_itself_reaches_who_awaits(core):
    async def main():
        task = core.create_task(value(core, 1, 9))
        user = core.create_task(core.shield(task))
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await user

    run(core, main)


def test_a_coroutine_starts_at_once_and_needs_no_one_to_await_it(core):
    log = []

    async def work():
        log.append("runs")

    async def main():
        core.shield(work())
        await core.sleep(0)

    run(core, main)
    assert log == ["runs"]


def test_a_failure_after_who_awaited_was_cancelled_is_reported(core):
    core.new_event_loop()
    contexts = []
    core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))

    async def main():
        user = core.create_task(core.shield(failing(core, ValueError("alone"), 4)))
        await core.sleep(0)
        await core.sleep(0)
        user.cancel()
        for _ in range(8):
            await core.sleep(0)

    core.run(main())
    assert [str(context["exception"]) for context in contexts] == ["alone"]


def test_a_timeout_ends_the_wait_and_not_the_task(core):
    async def main():
        event = core.Event()
        task = core.create_task(event.wait())
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(core.shield(task), 2)
        with pytest.raises(core.TimeoutError):
            async with core.timeout_ms(2):
                await core.shield(task)
        assert not task.done()
        event.set()
        return await task

    assert run(core, main) is True


@pytest.mark.parametrize("thing", [None, 3])
def test_what_cannot_be_awaited_is_refused(core, thing):
    async def main():
        with pytest.raises(TypeError, match="coroutine expected"):
            core.shield(thing)

    run(core, main)


@pytest.mark.cpython
def test_the_trace_is_that_of_asyncio(core):
    import asyncio

    def traced(lib):
        log = []

        async def work():
            for n in range(4):
                log.append(n)
                await lib.sleep(0)
            return "done"

        async def user(task, name):
            try:
                log.append((name, await lib.shield(task)))
            except lib.CancelledError:
                log.append((name, "cancelled"))
                raise

        async def main():
            task = lib.create_task(work())
            users = [lib.create_task(user(task, name)) for name in "ab"]
            await lib.sleep(0)
            await lib.sleep(0)
            users[0].cancel()
            log.append(await lib.gather(*users, return_exceptions=True) == [None, None])
            log.append(await task)

        lib.run(main())
        return log

    core.new_event_loop()
    assert traced(core) == traced(asyncio)
