"""Runner: several runs on one loop, and a clean end."""

import pytest

from support import CPYTHON, run


async def value(result):
    return result


@pytest.mark.rp2040(seeds=1)
def test_runs_share_a_loop_and_what_is_left_is_ended_at_the_end(core):
    log = []

    async def left(name, ms):
        try:
            await core.sleep(100)
        finally:
            await core.sleep_ms(ms)
            log.append(name)

    async def first():
        core.create_task(left("a", 1))
        core.create_task(left("b", 30))
        await core.sleep(0)
        return 1

    async def second():
        assert log == []
        return len(core.tasks())

    with core.Runner() as runner:
        loop = runner.get_loop()
        assert core.get_event_loop() is loop
        assert runner.run(first()) == 1
        assert runner.run(second()) == 3
        assert core.get_event_loop() is loop
    assert log == ["a", "b"]
    assert core.get_event_loop() is not loop


def test_the_end_waits_for_as_long_as_it_takes_unless_told_otherwise(core):
    """In virtual time: `run` alone gives new_event_loop() a second."""
    log = []

    async def left():
        try:
            await core.Event().wait()
        finally:
            await core.sleep(3600)
            log.append("an hour later")

    async def main():
        core.create_task(left())
        await core.sleep(0)

    with core.Runner(core.VirtualClock()) as runner:
        runner.run(main())
    assert log == ["an hour later"]

    reports = []
    with core.Runner(core.VirtualClock(), grace=5) as runner:
        runner.get_loop().set_exception_handler(lambda loop, context: reports.append(context["message"]))
        runner.run(main())
    assert log == ["an hour later"]
    assert reports == ["Task cut off as its loop was closed"]


def test_an_error_goes_to_the_caller_and_the_rest_is_ended(core):
    log = []

    async def left():
        try:
            await core.sleep(100)
        finally:
            log.append("ended")

    async def main():
        core.create_task(left())
        await core.sleep(0)
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        with core.Runner() as runner:
            runner.run(main())
    assert log == ["ended"]


def test_ctrl_c_ends_the_run_and_leaving_ends_the_rest(core):
    log = []

    async def left(name):
        try:
            await core.sleep(100)
        finally:
            await core.sleep(0)
            log.append(name)

    async def main():
        core.create_task(left("child"))
        await core.sleep(0)
        try:
            raise KeyboardInterrupt
        finally:
            log.append("main")

    with pytest.raises(KeyboardInterrupt):
        with core.Runner() as runner:
            runner.run(main())
    assert log == ["main", "child"]


def test_a_closed_runner_and_one_inside_itself_refuse(core):
    runner = core.Runner()
    runner.close()
    runner.close()
    with pytest.raises(RuntimeError, match="closed"):
        runner.run(value(1))

    with core.Runner() as runner:

        async def main():
            with pytest.raises(RuntimeError, match="inside"):
                runner.run(value(1))
            return "unharmed"

        assert runner.run(main()) == "unharmed"


def test_all_runs_see_one_set_of_context_variables(core):
    if not CPYTHON:
        pytest.skip("MicroPython has no context variables")
    from contextvars import ContextVar

    var = ContextVar("var", default="unset")

    async def set_it():
        var.set("set")

    async def get_it():
        return var.get()

    with core.Runner() as runner:
        runner.run(set_it())
        assert runner.run(get_it()) == "set"
    assert var.get() == "unset"


def test_to_thread_is_offloads(core, offload):
    async def main():
        return await core.to_thread(sum, [1, 2, 3])

    assert run(core, main) == 6
    assert core.to_thread is offload.unblock
