"""twincore.core: tasks take turns, time passes, and a ring from elsewhere wakes a loop that sleeps without limit."""

import _thread
import time

import pytest

from twincore import core


async def test_tasks_take_turns():
    turns = []

    async def take(name):
        for _ in range(3):
            turns.append(name)
            await core.sleep(0)

    await core.gather(take("a"), take("b"))
    assert turns == ["a", "b", "a", "b", "a", "b"]


async def test_a_sleep_takes_its_time():
    start = time.ticks_ms()
    await core.sleep_ms(30)
    assert 29 <= time.ticks_diff(time.ticks_ms(), start) < 2000


async def test_a_timeout_ends_a_wait():
    with pytest.raises(core.TimeoutError):
        await core.wait_for(core.Event().wait(), 0.02)


async def test_another_thread_wakes_a_loop_that_sleeps():
    flag = core.ThreadSafeFlag()

    def other():
        time.sleep_ms(20)
        flag.set()

    _thread.start_new_thread(other, ())
    await flag.wait()


async def test_an_error_of_a_task_is_raised_where_it_is_awaited():
    async def fails():
        raise ValueError("as it should")

    with pytest.raises(ValueError, match="as it should"):
        await core.create_task(fails())
