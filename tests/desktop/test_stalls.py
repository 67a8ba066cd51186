"""Stalls: a task that blocks the loop is named while it does, and one that does not is left alone."""

import time

import pytest

from twincore import core
from twincore.desktop.stalls import report_stalls


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
