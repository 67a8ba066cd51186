"""The tests of many files in many places at once: as many programs as this machine has processors, in threads that wait
for them. Results are asked for in any order, from one thread.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from .boots import Result, Runner, Stopped
from .collecting import Case
from .places import Place
from .programs import Staged

LIMIT = 60.0  # seconds for a test, if nothing else is said


@dataclass(frozen=True, eq=False)
class Unit:
    """Tests of one file in one place: those that share a boot as long as nothing goes wrong."""

    staged: Staged
    place: Place
    cases: Sequence[Case]


class Session:
    """Runs units, in the order in which they are given. limit: seconds for each test; see Runner."""

    def __init__(self, limit: float = LIMIT, workers: int | None = None) -> None:
        self.limit = limit
        self._workers = workers or os.cpu_count() or 1
        self._pools: dict[str, ThreadPoolExecutor] = {}  # one for all, and one for each place that has few slots
        self._results: dict[tuple[int, str], Future[Result]] = {}
        self._runners: list[Runner] = []

    def run(self, unit: Unit) -> None:
        """Have the unit run as soon as there is room for it."""
        runner = Runner(unit.staged, unit.place, self.limit)
        futures = {case.id: Future[Result]() for case in unit.cases}
        self._results |= {(id(unit), case): future for case, future in futures.items()}
        self._runners.append(runner)
        self._pool(unit.place).submit(_work, runner, unit, futures)

    def result(self, unit: Unit, case: Case) -> Result:
        """Wait for the result of one of the cases of a unit that runs. Raises what went wrong with this machine."""
        return self._results[id(unit), case.id].result()

    def so_far(self, unit: Unit) -> list[Result]:
        """The results of a unit that are known by now."""
        futures = [future for case in unit.cases if (future := self._results.get((id(unit), case.id))) is not None]
        return [future.result() for future in futures if future.done() and future.exception() is None]

    def close(self) -> None:
        """End all that runs or waits."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for runner in self._runners:
            runner.stop()
        for pool in self._pools.values():
            pool.shutdown()

    def _pool(self, place: Place) -> ThreadPoolExecutor:
        name = place.name if place.slots else ""
        if name not in self._pools:
            self._pools[name] = ThreadPoolExecutor(place.slots or self._workers, thread_name_prefix="twincore tests")
        return self._pools[name]


def _work(runner: Runner, unit: Unit, futures: dict[str, Future[Result]]) -> None:
    try:
        for result in runner.results(unit.cases):
            futures[result.case.id].set_result(result)
    except Stopped:
        pass
    except BaseException as error:
        for future in futures.values():
            if not future.done():
                future.set_exception(error)
