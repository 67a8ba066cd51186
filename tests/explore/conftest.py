"""Makes the explorer importable for the tests beside it, and says at the end how far they came."""

import gc
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def library():
    """A copy of the library under the explorer's control."""
    from instrument import copy_of

    yield copy_of()
    gc.collect()  # coroutines of schedules that were given up: not in the middle of what comes after these tests


def pytest_terminal_summary(terminalreporter):
    told = [
        value
        for results in terminalreporter.stats.values()
        for result in results
        if getattr(result, "when", None) == "call"
        for name, value in result.user_properties
        if name == "explored"
    ]
    if told:
        complete = [bound for bound, _, complete in told if complete]
        text = f"explored: {len(complete)} scenarios to their end, with up to {min(complete, default=0)} preemptions; "
        text += f"{sum(total for _, total, _ in told)} schedules"
        terminalreporter.write_line(text + (f"; {len(told) - len(complete)} INCOMPLETE" * (len(told) > len(complete))))
