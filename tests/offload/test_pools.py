"""unblock: the odd blocking call, awaited."""

import pytest

from support import RP2, run, sleep_ms, ticks_diff, ticks_ms


def double(n):
    return 2 * n


def failing(error):
    raise error


async def close_default(core, offload):
    """On the board the core that unblock borrowed must be free for the next test."""
    if RP2:
        async with offload.Worker():
            pass


@pytest.mark.rp2040(seeds=1)
def test_the_result_comes_back_with_arguments_of_both_kinds(core, offload):
    async def main():
        assert await offload.unblock(double, 4) == 8
        assert await offload.unblock(sorted, [1, 2], reverse=True) == [2, 1]
        await close_default(core, offload)

    run(core, main, limit=None)


@pytest.mark.rp2040(seeds=1)
def test_an_exception_is_raised_to_the_caller(core, offload):
    """Defect 8: upstream's caller hangs."""

    async def main():
        with pytest.raises(ValueError, match="why"):
            await offload.unblock(failing, ValueError("why"))
        assert await offload.unblock(double, 4) == 8
        await close_default(core, offload)

    run(core, main)


@pytest.mark.cpython
def test_its_traceback_shows_the_blocking_function(core, offload):
    import traceback

    async def main():
        await offload.unblock(failing, ValueError("why"))

    with pytest.raises(ValueError) as caught:
        run(core, main)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "failing" and "main" in names


def test_what_is_not_callable_is_refused(core, offload):
    with pytest.raises(TypeError, match="a function and its arguments are expected"):
        offload.unblock(3)


@pytest.mark.rp2040(seeds=1)
def test_many_calls_at_once_all_end(core, offload):
    """Defect 8: the second one at once fails with upstream on RP2."""
    count = 12 if RP2 else 100

    async def main():
        results = await core.gather(*[offload.unblock(double, n) for n in range(count)])
        await close_default(core, offload)
        return results

    assert run(core, main) == [2 * n for n in range(count)]


@pytest.mark.cpython
def test_calls_that_sleep_run_side_by_side(core, offload):
    async def main():
        start = ticks_ms()
        await core.gather(*[offload.unblock(sleep_ms, 50) for _ in range(20)])
        return ticks_diff(ticks_ms(), start)

    assert run(core, main) < 500


def test_a_call_may_be_cancelled_and_bounded(core, offload):
    """Defect 8: "not valid to cancel" upstream."""

    async def main():
        start = ticks_ms()
        with pytest.raises(core.TimeoutError):
            await core.wait_for(offload.unblock(sleep_ms, 60), 0.005)
        assert ticks_diff(ticks_ms(), start) < 50
        return await offload.unblock(double, 1)

    assert run(core, main) == 2


def test_a_job_may_not_block_the_loop_it_serves(core, offload):
    """The loop's own calls refuse a foreign context, and say what to use."""

    async def main():
        event = core.Event()
        waiter = core.create_task(event.wait())
        await core.sleep(0)
        with pytest.raises(core.WrongContextError, match="threadsafe"):
            await offload.unblock(core.get_event_loop)
        with pytest.raises(core.WrongContextError, match="threadsafe.ThreadSafeEvent"):
            await offload.unblock(event.set)
        event.set()
        await waiter

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_on_the_board_it_uses_the_program_s_worker(core, offload):
    import _thread

    async def main():
        async with offload.Worker() as worker:
            theirs = await worker.assign(_thread.get_ident)
            ours = await offload.unblock(_thread.get_ident)
            assert ours != _thread.get_ident()
            assert not RP2 or ours == theirs

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_what_it_borrowed_it_gives_to_the_worker_that_the_program_makes(core, offload):
    async def main():
        assert await offload.unblock(double, 1) == 2
        async with offload.Worker() as worker:
            assert await worker.assign(double, 2) == 4
            assert await offload.unblock(double, 3) == 6
        assert await offload.unblock(double, 4) == 8
        await close_default(core, offload)

    run(core, main)


def test_it_serves_one_loop_after_another(core, offload):
    async def main(n):
        return await offload.unblock(double, n)

    assert [run(core, main, n) for n in range(3)] == [0, 2, 4]


@pytest.mark.cpython
def test_a_name_is_what_it_should_be_whatever_was_imported_before(offload):
    """A module of the same name as what it holds would take its place."""
    import importlib
    import pkgutil

    for module in pkgutil.iter_modules(offload.__path__):
        if module.name not in ("_variant", "start_rp2"):  # the latter is of an RP2
            importlib.import_module(offload.__name__ + "." + module.name)
    for name in offload._MODULES:
        assert callable(getattr(offload, name)), name
    for name in offload.unblock, offload.pool, offload.cancelled, offload.checkpoint, offload.progress:
        assert callable(name)


@pytest.mark.cpython
def test_a_coroutine_function_is_refused(core, offload):
    class Sensor:
        async def read(self):
            pass

    async def main():
        for function in (Sensor().read, Sensor.read):
            with pytest.raises(TypeError, match=r"read is a coroutine function, .*await .*read\(...\); .*Worker"):
                await offload.unblock(function)
        assert await offload.unblock(double, 4) == 8

    run(core, main)
