"""launch, schedule, set_global_exception."""

import pytest

from support import run


async def double(n):
    return 2 * n


def test_launch_calls_a_function_and_starts_a_coroutine(core, primitives):
    async def main():
        assert primitives.launch(lambda a, b: a + b, (1, 2)) == 3
        assert await primitives.launch(double, (4,)) == 8
        event = core.Event()
        assert primitives.launch(lambda: event) is event

    run(core, main)


def test_schedule_waits_then_calls(core, primitives):
    async def main():
        log = []
        task = core.create_task(primitives.schedule(log.append, 0.01, "later"))
        assert log == []
        await task
        assert log == ["later"]
        assert await primitives.schedule(double, 0, 5) == 10

    run(core, main)


def test_a_global_exception_ends_the_program(core, primitives):
    async def fail():
        raise KeyError("nobody sees it")

    async def main():
        primitives.set_global_exception()
        core.create_task(fail())
        await core.sleep(1)

    with pytest.raises(SystemExit) as info:
        run(core, main)
    assert info.value.args[0] == 1
