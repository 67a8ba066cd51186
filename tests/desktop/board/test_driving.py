"""Whoever drives a board lets its time pass, waits for what happens on it, and is told when nothing will."""

import threading

import pytest

from twincore.desktop.board import Board, Deadlock, VirtualTime, Wakeable

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


@pytest.fixture(params=[True, False], ids=["virtual", "real"])
def board(request):
    with Board(virtual=request.param) as board, board.core("the test", patience=0.2):
        yield board


@pytest.fixture
def virtual():
    with Board(virtual=True) as board, board.core("the test", patience=0.2):
        yield board


def on_core(board, fn):
    """Run `fn()` in a thread of the board's, which the test outlives."""
    return board.time.start(fn, f"{board.name}: main")


def test_what_is_due_at_the_end_of_a_run_has_happened(virtual):
    log = []

    def main():
        for _ in range(3):
            virtual.time.sleep(virtual.time.now() + 1000)
            log.append(virtual.time.now())

    on_core(virtual, main)
    virtual.run(ms=2)
    assert log == [1000, 2000] and virtual.time.now() == 2000
    virtual.run(0.001)
    virtual.run(us=500)
    assert log == [1000, 2000, 3000] and virtual.time.now() == 3500


def test_a_run_takes_its_time(board):
    before = board.time.now()
    board.run(ms=3)
    assert board.time.now() >= before + 3000
    with pytest.raises(ValueError, match="forwards only"):
        board.run(ms=-1)


def test_settle_returns_when_what_was_caused_has_been_done_and_takes_no_time(board):
    bells, log = [Wakeable() for _ in range(4)], []

    def relay(n):
        def run():
            board.time.sleep(None, bells[n])
            log.append(n)
            if n < 3:
                bells[n + 1].notify()

        return run

    for n in range(4):
        on_core(board, relay(n))
    board.settle()
    assert log == []
    before = board.time.now()
    bells[0].notify()
    board.settle()
    assert log == [0, 1, 2, 3]
    if board.time.virtual:
        assert board.time.now() == before


def test_settle_waits_for_a_chain_of_threads_that_pass_a_message_on_whoever_is_looked_at_first(board):
    """Against a look at threads that each seem to sleep, one after another, while one message wanders among them."""
    count, bells, ended = 200, [Wakeable() for _ in range(5)], []
    log = []

    def relay(n):
        def run():
            while not ended:
                board.time.sleep(None, bells[n])
                bells[n].take()
                if ended:
                    return
                log.append(n)
                if len(log) % count:
                    bells[len(log) * 7 % 5].notify()

        return run

    threads = [on_core(board, relay(n)) for n in range(5)]
    board.settle()
    for _ in range(20):
        log.clear()
        bells[0].notify()
        board.settle(timeout=10)
        assert len(log) == count
    ended.append(True)
    for bell in bells:
        bell.notify()
    board.time.call_outside(lambda: [thread.join(10) for thread in threads])


def test_settle_waits_for_work_outside(board):
    time, going, done = board.time, threading.Event(), []
    time.hold()

    def work():
        going.wait(10)
        done.append(True)
        time.release()

    thread = threading.Thread(target=work)
    thread.start()
    threading.Timer(0.02, going.set).start()
    board.settle(timeout=10)
    assert done
    thread.join()


def test_settle_says_who_still_computes(board):
    stop = []

    def spins():
        while not stop:
            board.time.spend(5)

    thread = on_core(board, spins)
    with pytest.raises(TimeoutError, match=r"not come to rest within 0.01 s:(.|\n)*board: main: .*in spins"):
        board.settle(timeout=0.01)
    stop.append(True)
    board.time.call_outside(thread.join)


def test_a_condition_is_looked_at_whenever_something_has_happened(virtual):
    state = []

    def main():
        for n in range(5):
            virtual.time.sleep(virtual.time.now() + 3_600_000_000)
            state.append(n)

    on_core(virtual, main)
    looks = []

    def condition():
        looks.append(virtual.time.now())
        return len(state) >= 3 and "there"

    assert virtual.wait_until(condition, timeout=100_000) == "there"
    assert virtual.time.now() == 3 * 3_600_000_000
    assert len(looks) <= 10  # not at each microsecond


def test_a_condition_is_looked_at_while_somebody_computes_without_a_pause(board):
    count = [0]
    stop = []

    def spins():
        while not stop:
            board.time.spend(5)
            count[0] += 1

    thread = on_core(board, spins)
    board.wait_until(lambda: count[0] > 1000, timeout=10)
    stop.append(True)
    board.time.call_outside(thread.join)


def test_a_condition_that_stays_false_is_named(board):
    def the_lamp_is_on():
        return 0

    with pytest.raises(TimeoutError, match=r"the_lamp_is_on\(\) was not true within 0.02 s, but 0"):
        board.wait_until(the_lamp_is_on, timeout=0.02)


def test_an_edge_is_waited_for_even_one_that_is_over(board):
    line = board.line(3)
    start = board.time.now()
    board.at(start + 2000, line.drive, 1)
    board.at(start + 2000, line.drive, 0)
    when = board.wait_level(3, 1)
    assert start + 2000 <= when <= board.time.now()
    if board.time.virtual:
        assert when == start + 2000
    assert board.wait_level(line, 0) >= when  # it is so
    with pytest.raises(TimeoutError, match="GP3 was not 1 within 0.01 s: it is 0, and had 0 edges"):
        board.wait_level(3, 1, timeout=0.01)
    with pytest.raises(ValueError, match="a pico has no pin 99"):
        board.wait_level(99, 1)
    with pytest.raises(ValueError, match="a timeout is a number of seconds"):
        board.wait_level(3, 1, timeout=-1)


def test_a_handler_that_waits_for_its_board_is_refused(board):
    failed = []

    def handler():
        try:
            board.run(ms=1)
        except RuntimeError as error:
            failed.append(str(error))

    board.at(board.time.now(), handler)
    board.wait_until(lambda: failed, timeout=10)
    assert "can't wait for the board" in failed[0]


def test_the_main_program_may_wait_for_its_own_board(board):
    log = []

    def main():
        with board.core("main", main=True):
            board.interrupts.schedule(log.append, "soft")
            board.run(ms=2)
            log.append("ran")

    thread = on_core(board, main)
    board.wait_until(lambda: len(log) == 2, timeout=10)
    assert log == ["soft", "ran"]
    board.time.call_outside(thread.join)


def test_a_deadlock_is_told_to_who_has_patience_with_what_waits_where(virtual):
    bell = Wakeable()

    def waits_in_vain():
        virtual.time.sleep(None, bell)

    thread = on_core(virtual, waits_in_vain)
    with pytest.raises(Deadlock) as caught:
        virtual.time.sleep(None)
    text = str(caught.value)
    assert "everything waits for ever" in text
    assert "board: main: waits, without limit, at test_driving.py:" in text and "in waits_in_vain" in text
    assert "board: the test: waits" in text
    bell.notify()
    virtual.run(us=1)
    virtual.time.call_outside(lambda: thread.join(10))
    assert not thread.is_alive()


def test_what_waits_for_ever_but_for_a_thread_outside_is_no_deadlock():
    time, bell = VirtualTime(), Wakeable()
    with time.context("the test", patience=5):
        threading.Timer(0.05, bell.notify).start()
        time.sleep(None, bell)
    assert bell.take()


def test_who_has_no_patience_waits_on():
    time, bell, log = VirtualTime(), Wakeable(), []

    def waits():
        time.sleep(None, bell)
        log.append("went on")

    thread = time.start(waits, "patient")
    with time.context("the test", patience=0.05), pytest.raises(Deadlock):
        time.sleep(None)
    assert log == []
    bell.notify()
    thread.join(10)
    assert log == ["went on"]


def test_those_who_take_part_are_listed(board):
    bell = Wakeable()
    until = board.time.now() + 50_000_000
    thread = on_core(board, lambda: board.time.sleep(until, bell))
    board.settle()
    by_name = {part.name: part for part in board.time.contexts()}
    assert by_name["board: the test"].thread == threading.get_ident() and not by_name["board: the test"].waits
    main = by_name["board: main"]
    assert (main.thread, main.waits, main.until) == (thread.ident, True, until)
    bell.notify()
    board.settle()
    assert "board: main" not in {part.name for part in board.time.contexts()}
