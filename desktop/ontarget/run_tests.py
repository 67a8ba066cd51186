"""What `twincore test` does: find the tests, run them in every place, report. For pytest there is `pytest_front`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..process import INTERRUPTED
from .boots import Result
from .places import Place, places
from .programs import stage
from .selecting import command_for, roots_of, selected
from .session import LIMIT, Session, Unit

if TYPE_CHECKING:
    from .reporting import Reporter

ALL_PASSED, SOME_FAILED, NOTHING_FOUND = 0, 1, 5  # exit codes, as pytest's
OF_THE_LIBRARY = Path(__file__).parent / "selftest"


def run_tests(
    arguments: Sequence[str],
    names: Sequence[str],
    *,
    seeds: Sequence[int] = (),
    jitter: int | None = None,
    firmware: Path | None = None,
    limit: float = LIMIT,
    roots: Sequence[Path] = (),
    verbose: bool = False,
    jobs: int | None = None,
) -> int:
    """Run the tests that the arguments mean, without any the library's own, in these places; return the exit code.

    Args: seeds, jitter, firmware (a file), of the emulated board; limit, seconds for each test; roots, more folders for
    imports; jobs, how many programs at once.
    Raises BadUse, TargetMissing, and ValueError for a firmware that does not work.
    """
    from rich.console import Console

    from .reporting import Reporter

    where = places(names, seeds, jitter, firmware)
    files = selected(arguments or [str(OF_THE_LIBRARY)])
    staged = [stage(file, [*roots, *roots_of(file.path)]) for file in files]
    more = [*(["--timeout", f"{limit:g}"] if limit != LIMIT else []), *(f"--path={root}" for root in roots)]
    reporter = Reporter(Console(), verbose, lambda unit, ids: command_for(unit.staged.file, ids, unit.place, more))
    units = [Unit(each, place, each.file.cases) for each in staged for place in where]
    if not units:
        print("twincore: no tests: they are in files test_*.py")
        return NOTHING_FOUND
    session, waiting = Session(limit, jobs), units.copy()
    try:
        for unit in units:
            session.run(unit)
        for unit in units:
            results: list[Result] = [session.result(unit, case) for case in unit.cases]
            reporter.unit(unit, results)
            waiting.remove(unit)
    except KeyboardInterrupt:
        session.close()
        _interrupted(session, waiting, reporter, where)
        return INTERRUPTED
    finally:
        session.close()
    reporter.end(where)
    return SOME_FAILED if reporter.failed else ALL_PASSED


def _interrupted(session: Session, waiting: Sequence[Unit], reporter: Reporter, where: list[Place]) -> None:
    """Report what is known of the units that were not reported yet, and what is not."""
    without = 0
    for unit in waiting:
        known = session.so_far(unit)
        if known:
            reporter.unit(unit, known)
        without += len(unit.cases) - len(known)
    reporter.end(where)
    print(f"twincore: interrupted: {without} {'test has' if without == 1 else 'tests have'} no result")
