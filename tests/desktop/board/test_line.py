"""Lines: levels, wires, who is told of an edge and in what order."""

import threading

import pytest

from twincore.desktop.board import Board, ShortCircuit

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


@pytest.fixture
def board():
    with Board(check_interrupts=False) as board:  # handlers here keep what they saw in lists
        yield board


def test_who_drives_decides_then_who_pulls_then_what_it_was(board):
    line = board.line("GP2")
    assert line.level() == 0
    line.pull(1)
    assert line.level() == 1
    line.drive(0)
    assert line.level() == 0
    line.drive(None)
    assert line.level() == 1
    line.pull(None)
    assert line.level() == 1
    line.output(0)
    assert line.level() == 0 and line.outputs() == 0


def test_all_names_of_a_pin_are_one_line(board):
    assert board.line(25) is board.line("GP25") is board.line("LED") is board.line("25")
    with pytest.raises(ValueError, match="a pico has no pin 'GP30': did you mean GP3.*it has GP0, GP1"):
        board.line("GP30")


def test_a_wire_joins_lines_of_one_board_or_two(board):
    with Board(name="other", time=board.time) as other:
        a, b, c = board.line(1), board.line(2), other.line(3)
        a.link(b)
        c.link(b)
        a.output(1)
        assert b.level() == c.level() == 1
        a.output(None)
        c.output(0)
        assert a.level() == b.level() == 0
        a.link(c)  # joined already


def test_two_that_disagree_are_named_and_nothing_changes(board):
    a, b = board.line(1), board.line(2)
    a.output(1)
    b.output(0)
    with pytest.raises(ShortCircuit, match="the output GP2 drives low and the output GP1 drives high"):
        a.link(b)
    assert (a.level(), b.level()) == (1, 0)
    b.output(1)
    a.link(b)
    with pytest.raises(ShortCircuit, match="a test at GP1 drives low"):
        a.drive(0, by="a test")
    assert a.level() == b.level() == 1
    with pytest.raises(ShortCircuit):
        b.output(0)
    assert b.level() == 1
    a.output(None)
    b.output(0)
    assert a.level() == 0


def test_watchers_hear_each_edge_with_its_time_until_they_go(board):
    line, log = board.line(1), []
    line.watch(lambda level, when: log.append((level, when <= board.time.now())))
    other = []
    line.watch(fn := lambda level, when: other.append(level))
    for level in (1, 1, 0, 1):
        line.drive(level)
    line.unwatch(fn)
    line.drive(0)
    assert log == [(1, True), (0, True), (1, True), (0, True)]
    assert other == [1, 0, 1]
    assert line.edges == 4


def test_a_hard_handler_has_run_when_the_edge_has_been_made(board):
    line, log = board.line(1), []

    def handler(arg):
        log.append((arg, line.level(), threading.current_thread().name))

    line.irq(handler, falling=False, hard=True, arg="x")
    line.drive(1)
    assert log == [("x", 1, "board: hardware")]
    line.drive(0)
    line.irq(None)
    line.drive(1)
    assert len(log) == 1


def test_no_edge_is_lost_at_full_speed_from_two_threads(board):
    """Two lines that one handler counts; a hundred thousand edges in all."""
    counts = {1: 0, 2: 0}

    def toggle(number):
        line = board.line(number)

        def count(_):
            counts[number] += 1

        line.irq(count, hard=True)
        for n in range(1, 50_001):
            line.drive(n & 1)

    threads = [threading.Thread(target=toggle, args=(number,)) for number in counts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == {1: 50_000, 2: 50_000}


def test_edges_that_handlers_make_come_after_those_that_made_them(board):
    """A chain of wires and handlers: 1 makes 2, 2 makes 3."""
    log = []
    for number in (1, 2):
        following = board.line(number + 1)

        def relay(_, number=number, following=following):
            log.append((number, board.line(number).level()))
            following.output(board.line(number).level())

        board.line(number).irq(relay, hard=True)
    board.line(3).watch(lambda level, when: log.append((3, level)))
    board.line(1).drive(1)
    done = threading.Event()
    board.hardware.soon(done.set)
    assert done.wait(10)
    assert log == [(1, 1), (3, 1), (2, 1)] or log == [(1, 1), (2, 1), (3, 1)]


def test_a_handler_that_raises_is_reported_and_off():
    said = []
    with Board(output=said.append) as board:
        line = board.line(7)

        def bad(_):
            raise KeyError("oh")

        line.irq(bad, hard=True)
        line.drive(1)
        line.drive(0)
    (text,) = said
    assert "Uncaught exception in IRQ callback handler of GP7, which is off now" in text and "KeyError: 'oh'" in text
