"""The listing: every task that has not ended, what it does and where."""

import os
import signal

import pytest

from twincore import core, threadsafe
from twincore.desktop import ps


@pytest.fixture(autouse=True)
def fresh_loop():
    core.new_event_loop()
    yield
    core.new_event_loop()


async def getter(queue):
    await queue.get()  # the line it is at


def observed(look):
    """What `look()` gives while a getter, a sleeper, one that awaits the sleeper, and the main task are there."""

    async def main():
        sleeper = core.create_task(core.sleep(50))
        sleeper.set_name("sleeper")
        created = [core.create_task(getter(threadsafe.ThreadSafeQueue(1))), core.create_task(core.gather(sleeper))]
        await core.sleep_ms(1)
        result = look()
        for task in (*created, sleeper):
            task.cancel()
        await core.sleep_ms(1)
        return result

    return core.run(main())


def test_tasks_are_listed_oldest_first_with_their_state():
    found = observed(ps.tasks)
    assert [info.state for info in found] == ["running", "waiting", "waiting", "waiting"]
    assert "sleeper" in found[1].name
    assert found[1].waits_on.startswith("sleep, ")
    assert found[2].waits_on == "ThreadSafeQueue"
    assert found[3].waits_on == "gather"
    assert all(0 <= info.since < 5 for info in found[1:])


def test_a_task_is_shown_at_the_line_of_its_innermost_await():
    line = getter.__code__.co_firstlineno + 1
    assert observed(ps.tasks)[2].where == f"test_ps.py:{line}"


def test_the_listing_is_a_table_with_a_row_for_each():
    lines = observed(ps.listing).splitlines()
    assert lines[0].split() == ["TASK", "STATE", "WAITS", "ON", "SINCE", "AT"]
    assert len(lines) == 5


def test_a_task_that_is_about_to_fail_says_with_what():
    async def main():
        task = core.create_task(core.Event().wait())
        await core.sleep_ms(1)
        task.cancel()
        return ps.tasks()[1]

    info = core.run(main())
    assert (info.state, "Cancelled" in info.waits_on) == ("failing", True)


def test_a_signal_prints_it(capfd):
    old = signal.getsignal(signal.SIGUSR1)
    ps.list_on_signal()
    try:
        observed(lambda: os.kill(os.getpid(), signal.SIGUSR1))
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert "sleeper" in capfd.readouterr().err
