"""Debug mode: what was forgotten is reported, with where it came from; and all is as before afterwards."""

import gc
import sys
import time
import warnings

import pytest

from twincore import core
from twincore.desktop import ps
from twincore.desktop.debug import debugging

HERE = __file__


@pytest.fixture(autouse=True)
def fresh_loop():
    core.new_event_loop()
    yield
    core.new_event_loop()


async def child():
    await core.Event().wait()


def line_of(function, text):
    """The number of the line of `function` that contains `text`."""
    import inspect

    lines, first = inspect.getsourcelines(function)
    return first + next(n for n, line in enumerate(lines) if text in line)


def test_a_coroutine_that_was_never_awaited_is_reported_with_where_it_was_created():
    async def main():
        child()  # forgotten
        gc.collect()

    with debugging(stall=None), pytest.warns(RuntimeWarning, match="never awaited") as warned:
        warnings.simplefilter("always")
        core.run(main())
    text = str(warned[0].message)
    assert "'child'" in text and "Coroutine created at" in text
    assert f'File "{HERE}", line {line_of(main, "forgotten")}' in text


@pytest.mark.parametrize("name", ["sleep", "sleep_ms"])
@pytest.mark.parametrize("delay", [0, 1])
def test_a_sleep_that_was_never_awaited_is_reported_too(name, delay):
    async def main():
        await getattr(core, name)(0)
        getattr(core, name)(delay)
        await core.gather(core.sleep(0), core.sleep_ms(1))

    with debugging(stall=None), pytest.warns(RuntimeWarning, match="never awaited") as warned:
        warnings.simplefilter("always")
        core.run(main())
    assert len(warned) == 1
    assert HERE in str(warned[0].message)


def test_an_error_that_nobody_saw_is_reported_with_where_the_task_was_created(capsys):
    async def failing():
        raise ValueError("unseen")

    async def main():
        core.create_task(failing())  # here
        await core.sleep_ms(1)

    with debugging(stall=None):
        core.run(main())
    err = capsys.readouterr().err
    assert "ValueError: unseen" in err
    assert f"created at {HERE}:{line_of(main, '# here')}" in err


def test_a_second_waiter_is_told_who_is_the_first_and_where_it_was_created():
    async def waits(flag):
        await flag.wait()

    async def main():
        flag = core.ThreadSafeFlag()
        first = core.create_task(waits(flag))  # the first
        first.set_name("first")
        await core.sleep(0)
        with pytest.raises(RuntimeError) as caught:
            await flag.wait()
        flag.set()
        await first
        return str(caught.value)

    with debugging(stall=None):
        text = core.run(main())
    assert "<Task first: waits created at " in text
    assert f"{HERE}:{line_of(main, '# the first')}" in text


def test_a_listing_says_where_tasks_were_created():
    async def main():
        task = core.create_task(child())
        await core.sleep(0)
        text = ps.listing()
        task.cancel()
        return text

    with debugging(stall=None):
        assert "child created at" in core.run(main())


def test_a_task_that_blocks_is_reported():
    stalls = []

    async def main():
        time.sleep(0.2)

    with debugging(stall=0.05, report=stalls.append):
        core.run(main())
    assert len(stalls) == 1 and "main created at" in stalls[0].task


def test_afterwards_all_is_as_it_was():
    before = sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)
    with debugging():
        assert sys.get_coroutine_origin_tracking_depth() > 0
    assert (sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)) == before

    async def main():
        core.sleep(1)
        await core.sleep(0)
        return repr(core.current_task())

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "created at" not in core.run(main())


def test_a_limit_that_is_refused_leaves_debug_mode_off():
    before = sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)
    with pytest.raises(ValueError, match="above 0"):
        debugging(stall=0)
    assert (sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)) == before


def test_it_may_be_stopped_before_its_block_ends():
    before = sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)
    with debugging() as mode:
        mode.stop()
        assert (sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)) == before
        with debugging():
            assert sys.get_coroutine_origin_tracking_depth() > 0
    assert (sys.get_coroutine_origin_tracking_depth(), list(warnings.filters)) == before
