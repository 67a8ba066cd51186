"""Interrupts.end: the main program is ended from outside, whatever it does."""

import threading

import pytest

from twincore.desktop.board import Board

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


class Over(SystemExit):
    pass


@pytest.mark.parametrize("virtual", [True, False])
@pytest.mark.parametrize("does", ["computes", "sleeps", "runs a soft handler"])
def test_the_main_program_is_ended(virtual, does):
    with Board(virtual=virtual) as board:
        interrupts = board.interrupts
        begun = threading.Event()

        def compute(_=None):
            begun.set()
            while True:
                board.time.spend(10)
                interrupts.checkpoint()

        def sleep():
            begun.set()
            interrupts.sleep(None)

        def handle():
            interrupts.schedule(compute, None)
            interrupts.checkpoint()

        ended = []

        def main():
            with board.core("main", main=True):
                try:
                    {"computes": compute, "sleeps": sleep, "runs a soft handler": handle}[does]()
                except Over as error:
                    ended.append(error)

        thread = threading.Thread(target=main)
        thread.start()
        assert begun.wait(20)
        error = Over("enough")
        interrupts.end(error)
        thread.join(20)
        assert ended == [error]
