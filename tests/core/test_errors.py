"""The errors: names that users know, and what a bare `except` of theirs catches."""

import io

import pytest

from support import CPYTHON


def test_cancelled_error_passes_except_exception(core):
    assert issubclass(core.CancelledError, BaseException)
    assert not issubclass(core.CancelledError, Exception)


def test_timeout_error_is_an_exception(core):
    assert issubclass(core.TimeoutError, Exception)
    if CPYTHON:
        assert core.TimeoutError is TimeoutError


@pytest.mark.parametrize("name", ["QueueFull", "QueueEmpty"])
def test_the_queues_errors_are_index_errors_as_in_micropython_async(core, name):
    assert issubclass(getattr(core, name), IndexError)


def test_queue_closed_is_neither_full_nor_empty(core):
    assert issubclass(core.QueueClosed, Exception)
    assert not issubclass(core.QueueClosed, IndexError)


def test_print_exception_prints_the_traceback(core):
    text = io.StringIO()
    try:
        raise ValueError("mine")
    except ValueError as error:
        core.native.print_exception(error, text)
    lines = text.getvalue().strip().split("\n")
    assert lines[0].startswith("Traceback")
    assert lines[-1].strip() == "ValueError: mine"
