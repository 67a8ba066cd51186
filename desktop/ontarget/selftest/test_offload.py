"""twincore.offload: blocking work elsewhere (on an RP2040: core 1) while tasks go on."""

import time

import pytest

from twincore import core
from twincore.offload import Worker


def double(n):
    return 2 * n


def fail():
    raise ValueError("as it should")


async def test_a_worker_returns_what_its_function_does():
    async with Worker() as worker:
        for n in range(20):
            assert await worker.assign(double, n) == 2 * n


async def test_a_worker_survives_an_error_and_hands_it_over():
    async with Worker() as worker:
        with pytest.raises(ValueError, match="as it should"):
            await worker.assign(fail)
        assert await worker.assign(double, 2) == 4


async def test_tasks_go_on_while_the_worker_is_busy():
    ticks = []

    async def tick():
        while True:
            ticks.append(time.ticks_ms())
            await core.sleep_ms(5)

    ticker = core.create_task(tick())
    async with Worker() as worker:
        await worker.assign(time.sleep_ms, 60)
    ticker.cancel()
    assert len(ticks) >= 5


async def test_a_second_worker_can_follow_the_first():
    for _ in range(2):
        async with Worker() as worker:
            assert await worker.assign(double, 1) == 2
