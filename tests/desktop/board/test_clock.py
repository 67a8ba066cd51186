"""Loops and waiting threads of a board go by its time."""

import threading

import pytest

from twincore import core, offload, threadsafe
from twincore.desktop.board import Board

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


@pytest.fixture(params=[True, False], ids=["virtual", "real"])
def board(request):
    with Board(virtual=request.param) as board:
        yield board


def on_main(board, fn):
    """The result of `fn()` in a thread that is the board's main core, with a loop of its own."""
    outcome = []

    def run():
        with board.core("main", main=True):
            core.new_event_loop()
            try:
                outcome.append(fn())
            finally:
                core.new_event_loop()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(15)
    assert not thread.is_alive() and outcome
    return outcome[0]


def test_tasks_sleep_in_the_boards_time_and_hear_of_edges(board):
    log = []
    tolerance = 0 if board.time.virtual else 50_000

    async def main():
        flag = core.ThreadSafeFlag()
        line = board.line(2)
        line.irq(lambda _: flag.set(), hard=True)
        start = board.time.now()
        board.at(start + 20_000, line.drive, 1)
        await flag.wait()
        log.append(board.time.now() - start)
        await core.sleep_ms(30)
        log.append(board.time.now() - start)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(flag.wait(), 50)
        log.append(board.time.now() - start)

    on_main(board, lambda: core.run(main()))
    for got, wanted in zip(log, (20_000, 50_000, 100_000), strict=True):
        assert wanted <= got <= wanted + tolerance


def test_scheduled_calls_run_in_an_idle_loop_between_tasks(board):
    log = []

    async def main():
        def soft(arg):
            log.append((arg, threading.current_thread() is board.interrupts.main))

        line = board.line(3)
        line.irq(soft, hard=False, arg="edge")
        now = board.time.now()
        board.at(now + 10_000, line.drive, 1)
        board.at(now + 20_000, board.interrupts.schedule, soft, "call")
        await core.sleep_ms(60)

    on_main(board, lambda: core.run(main()))
    assert log == [("edge", True), ("call", True)]


def test_a_thread_of_the_board_waits_in_its_time_too(board):
    queue, log = threadsafe.ThreadSafeQueue(4), []

    def core_1():
        with board.core("core 1"):
            log.append(queue.get_sync(block=True))
            with pytest.raises(core.TimeoutError):
                queue.get_sync(timeout=0.05)
            log.append(board.time.now() >= 70_000)

    def main():
        thread = threading.Thread(target=core_1)

        async def put():
            thread.start()
            await core.sleep_ms(20)
            await queue.put("item")
            await core.sleep_ms(100)

        core.run(put())
        board.time.call_outside(thread.join)

    on_main(board, main)
    assert log == ["item", True]


def test_a_loop_made_elsewhere_keeps_the_systems_clock(board):
    on_main(board, lambda: None)
    loop = core.new_event_loop()
    assert not loop.clock.jumps


def test_jobs_of_a_pool_sleep_in_the_boards_time(board):
    """More of them than threads: those that wait behind others do not stop its time."""
    log = []

    def sleeps(n):
        board.time.sleep(board.time.now() + 20_000)
        log.append(n)

    async def main():
        pool = offload.Pool(2)
        start = board.time.now()
        assert await offload.unblock(board.time.now) >= start
        await core.gather(*[pool.assign(sleeps, n) for n in range(5)])
        passed = board.time.now() - start
        await pool.close()
        return passed

    passed = on_main(board, lambda: core.run(main()))
    assert sorted(log) == list(range(5))
    assert passed == 60_000 if board.time.virtual else passed >= 60_000


def test_no_time_passes_between_the_end_of_a_service_and_the_task_that_stops_it():
    """Two tasks are told, one after the other; a thread that computes keeps its thread from telling both in one go."""
    stop = threading.Event()

    def compute():
        while not stop.is_set():
            sum(range(100))

    def sample():
        while not offload.cancelled():
            board.time.sleep(board.time.now() + 500)

    async def tick():
        while True:
            await core.sleep_ms(50)

    async def main():
        core.create_task(tick())
        service = offload.Service(sample)
        waits = []
        for _ in range(300):
            service.start()
            await core.sleep_ms(3)
            began = board.time.now()
            await service.stop()
            waits.append(board.time.now() - began)
        return max(waits)

    other = threading.Thread(target=compute)
    other.start()
    try:
        with Board(virtual=True) as board:
            assert on_main(board, lambda: core.run(main())) <= 1000
    finally:
        stop.set()
        other.join()
