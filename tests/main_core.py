"""A test's function as the program of a simulated board: on the thread that is its main core, with its own loop."""

import threading

from twincore import core


def on_main_core(board, fn, seconds=50):
    """The result of `fn()` on the board's main core, or what it raises; it has so many seconds of real time."""
    results, errors = [], []

    def main():
        with board.core("main", main=True):
            core.new_event_loop()
            try:
                results.append(fn())
            except BaseException as error:
                errors.append(error)
            finally:
                core.new_event_loop()

    thread = threading.Thread(target=main)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"the board's program still runs after {seconds} s"
    if errors:
        raise errors[0]
    return results[0]
