"""Stalls: what blocks the loop is named while it does, and what does not is left alone."""

import threading
import time

import pytest

from twincore import core
from twincore.core.power import LowPowerClock
from twincore.desktop.stalls import report_stalls
from twincore.threadsafe import call_soon_threadsafe


@pytest.fixture(autouse=True)
def fresh_loop():
    core.new_event_loop()
    yield
    core.new_event_loop()


def run(main, **options):
    found = []
    with report_stalls(report=found.append, **options):
        core.run(main())
    return found


def test_a_task_that_blocks_is_named_while_it_does_with_its_line_and_advice():
    reported_at = []

    async def main():
        time.sleep(0.3)  # the line in the report
        return time.monotonic()

    with report_stalls(0.05, lambda stall: reported_at.append((time.monotonic(), stall))):
        ended = core.run(main())
    ((at, stall),) = reported_at
    assert at < ended
    assert stall.function == "main"
    assert stall.file == __file__
    assert 0.05 <= stall.seconds < 0.3
    text = str(stall)
    assert "main" in stall.task
    assert "the line in the report" in text
    assert "unblock" in text


def test_a_stall_is_reported_once_and_the_next_one_again():
    async def main():
        for _ in range(2):
            time.sleep(0.2)
            await core.sleep_ms(20)

    assert len(run(main, limit=0.05)) == 2


def test_many_short_turns_and_idling_are_no_stall():
    async def busy(end):
        while time.monotonic() < end:
            await core.sleep(0)

    async def main():
        end = time.monotonic() + 0.7
        await core.gather(*[busy(end) for _ in range(3)])
        await core.sleep(0.7)

    assert run(main, limit=0.5) == []


def test_what_is_offloaded_is_no_stall():
    from twincore.offload import unblock

    async def main():
        await unblock(time.sleep, 0.7)

    assert run(main, limit=0.5) == []


def test_a_function_from_another_context_that_blocks_is_reported_with_its_line():
    def blocks():
        time.sleep(0.2)  # here

    async def main():
        call_soon_threadsafe(core.get_event_loop(), blocks)
        await core.sleep_ms(20)

    (stall,) = run(main, limit=0.05)
    assert stall.function == "blocks" and "# here" in str(stall)
    assert stall.task == "A function that the loop called outside its tasks" and "Start a task" in str(stall)


def test_an_exception_handler_that_blocks_is_reported_and_not_the_task_before_it():
    def handler(loop, context):
        time.sleep(0.2)

    async def failing():
        raise ValueError

    async def main():
        core.get_event_loop().set_exception_handler(handler)
        core.create_task(failing())
        for _ in range(5):
            await core.sleep(0)  # so that this task takes a step in the pass that reports, before that

    (stall,) = run(main, limit=0.05)
    assert stall.function == "handler" and "outside its tasks" in stall.task


def test_a_done_callback_that_blocks_is_reported():
    async def main():
        task = core.create_task(core.sleep(0))
        task.add_done_callback(lambda task: time.sleep(0.2))
        await core.sleep_ms(20)

    (stall,) = run(main, limit=0.05)
    assert stall.function == "<lambda>"


def test_a_loop_that_sleeps_or_does_not_run_is_no_stall():
    def idle():
        core.run(core.sleep(0.5))
        time.sleep(0.5)

    found = []
    with report_stalls(0.1, found.append):
        idle()
    core.new_event_loop(core.VirtualClock())

    async def main():
        clock = core.get_event_loop().clock
        clock.hold()  # a thread works for it
        flag = core.ThreadSafeFlag()
        threading.Timer(0.5, flag.set).start()
        await flag.wait()
        clock.release()

    with report_stalls(0.1, found.append):
        core.run(main())
    assert found == []


def test_a_clock_that_sleeps_by_itself_is_no_stall_but_what_blocks_beside_it_is():
    """As with low power."""
    loop = core.get_event_loop()
    loop.clock = LowPowerClock(loop.clock, lambda ms: time.sleep(ms / 1000))

    def blocks():
        time.sleep(0.3)

    async def main():
        await core.sleep(0.5)
        call_soon_threadsafe(loop, blocks)
        await core.sleep(0.5)

    (stall,) = run(main, limit=0.1)
    assert stall.function == "blocks"


def test_what_the_report_raises_is_told_and_the_watch_goes_on(monkeypatch):
    told, reports = [], []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def report(stall):
        reports.append(stall)
        raise KeyError("no such log")

    async def main():
        for _ in range(2):
            time.sleep(0.2)
            await core.sleep_ms(20)

    with report_stalls(0.05, report):
        core.run(main())
    assert len(reports) == 2
    assert [(type(args.exc_value), args.thread.name) for args in told] == [(KeyError, "report_stalls")] * 2


def test_a_report_may_end_the_watch():
    reports = []

    def report(stall):
        reports.append(stall)
        watch.stop()

    async def main():
        for _ in range(2):
            time.sleep(0.2)
            await core.sleep_ms(20)

    with report_stalls(0.05, report) as watch:
        core.run(main())
    assert len(reports) == 1


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(ValueError, match="above 0"):
        report_stalls(limit)


def test_by_default_it_goes_to_stderr(capsys):
    async def main():
        time.sleep(0.2)

    with report_stalls(0.05):
        core.run(main())
    assert "has blocked the loop" in capsys.readouterr().err
