"""The classes of `threadsafe` under every schedule of a few threads, up to two preemptions (TWINCORE_EXPLORE_BOUND).

The plain modules, each step of which the explorer sees. An exploration that does not come to its end is a failure.
"""

import pytest
from explorer import BOUND, explore
from parts import named_as
from scenarios import ALL

# A run that is cut short leaves coroutines that were not awaited, and some that can't be closed where they stand.
pytestmark = [
    pytest.mark.cpython,
    pytest.mark.filterwarnings("ignore:coroutine"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.timeout(600 if BOUND < 3 else 24 * 3600)
@pytest.mark.parametrize("scenario", ALL, ids=named_as)
def test_no_schedule_breaks_it(library, scenario, record_property):
    """Nothing is lost, doubled or out of order; nobody waits for ever, or spins; only documented errors are raised."""
    report = explore(library, scenario)
    print(report)
    record_property("explored", (report.bound, report.total, report.complete))
    report.raise_if_failed()
    assert report.bound == BOUND
    assert report.spun == 0, report  # who waits sleeps until another has done its half
