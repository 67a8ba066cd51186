"""Blocking calls that tasks await, ended at every point: each is made once or, withdrawn in time, never.

See `injection` for the points, and what holds after each. The threads are real, and so is the time: where the points
fall among what they do is not the same each time, what must hold is.
"""

import pytest

from injection import HOWS, Program, inject
from support import sleep_ms

CASES = {}


def case(make):
    CASES[make.__name__] = make
    return make


class Calls:
    """A blocking function: remembers its calls, takes `ms`."""

    def __init__(self, ms=0):
        self.ms = ms
        self.made = []

    def __call__(self, n):
        self.made.append(n)
        sleep_ms(self.ms)
        return -n


def assigning(core, offload, worker, ms):
    call, seen = Calls(ms), []
    clock = core.get_event_loop().clock
    clock.hold()

    async def victim():
        for n in (1, 2):
            assert await worker.assign(call, n) == -n

    def other(n):
        async def run():
            seen.append(await worker.assign(call, n))

        return run

    async def check(ended):
        assert sorted(seen) == [-20, -10]
        assert await worker.assign(call, 30) == -30
        await worker.close()
        clock.release()
        assert sorted(call.made)[-3:] == [10, 20, 30] and sorted(call.made)[:-3] in ([], [1], [1, 2])
        assert ended != "done" or len(call.made) == 5

    return Program(victim, [other(10), other(20)], check, worker.shut)


@case
def worker(core, offload):
    return assigning(core, offload, offload.Worker(), 1)


@case
def worker_that_takes_its_time(core, offload):
    """Cancelled while its call is made, the victim leaves that running, and the worker serves the others."""
    return assigning(core, offload, offload.Worker(), 2)


@case
def worker_with_a_full_queue(core, offload):
    """The others get the room that one in the line did not use."""
    return assigning(core, offload, offload.Worker(qsize=1), 1)


@case
def pool(core, offload):
    return assigning(core, offload, offload.Pool(2, qsize=1), 1)


@case
def unblock(core, offload):
    call = Calls(1)

    async def victim():
        for n in (1, 2):
            assert await offload.unblock(call, n) == -n

    async def other():
        assert await offload.unblock(call, 10) == -10

    async def check(ended):
        assert await offload.unblock(call, 20) == -20
        assert call.made.count(1) <= 1 and call.made.count(2) <= 1 and call.made.count(10) == 1

    return Program(victim, [other], check)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_wait_can_be_ended_at_every_point(core, offload, name, how):
    inject(core, lambda core: CASES[name](core, offload), how)


@pytest.mark.parametrize("what", ["its turn", "room in the queue", "the end of the worker"])
def test_virtual_time_stands_still_for_who_waits_behind_a_call_whose_caller_was_cancelled(core, offload, what):
    core.new_event_loop(core.VirtualClock())

    async def main():
        worker = offload.Worker(qsize=1)
        call = core.create_task(worker.assign(sleep_ms, 30))
        while not worker.statistics()["running"]:
            await core.sleep(0)
        call.cancel()
        if what == "room in the queue":
            call = core.create_task(worker.assign(sleep_ms, 0))
            await core.sleep(0)
            await core.sleep(0)
            call.cancel()  # it is never made, but fills the queue
        if what == "the end of the worker":
            await core.wait_for(worker.close(), 1)
        else:
            await core.wait_for(worker.assign(sleep_ms, 0), 1)

    try:
        core.run(main())
    finally:
        core.new_event_loop()
