"""`pytest --target rp2040 --seeds 10`: pytest collects, selects and reports; the tests run in other places.

Files are not imported here, as they may need what only a board has; `collecting` reads them. All programs start when
the first test's turn comes, in the order of the tests; an item takes its result when it is there. Imported only when
`--target` is given.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..options import BadUse
from ..targets import TargetMissing
from .boots import Result
from .collecting import Case, CaseFile, collect
from .places import Place, places, seeds_asked
from .programs import Staged, stage
from .selecting import command_for, roots_of
from .session import LIMIT, Session, Unit
from .tracebacks import headline


class Failure:
    """What pytest shows of a failure, and, of `reprcrash`, in its summary."""

    def __init__(self, path: Path, line: int, message: str, text: str) -> None:
        self.path, self.lineno, self.message = str(path), line, message
        self.text = text

    @property
    def reprcrash(self) -> Failure:
        return self

    def toterminal(self, writer: Any) -> None:
        writer.line(self.text)

    def __str__(self) -> str:
        return self.text


class NotPassed(Exception):
    """The test has failed in its place."""


class CaseItem(pytest.Item):
    """One test in one place."""

    def __init__(self, *, case: Case, place: Place, file: CaseNode, **options: Any) -> None:
        super().__init__(**options)
        self.case = case
        self.place = place
        self.file = file
        self.result: Result | None = None
        self.problem = ""
        for name in case.marks:
            self.add_marker(getattr(pytest.mark, name))

    def runtest(self) -> None:
        result = self.result
        if result is None:
            raise NotPassed
        print(result.printed, end="" if result.printed.endswith("\n") else "\n" if result.printed else "")
        if result.outcome == "skipped":
            raise pytest.skip.Exception(result.text, _use_item_location=True)
        if result.outcome == "xfailed":
            pytest.xfail(result.text)
        if result.outcome == "failed":
            raise NotPassed

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, NotPassed):
            return super().repr_failure(excinfo, style)
        result = self.result
        text = result.text if result else self.problem
        message = headline(text)
        if result and result.replay:
            more = self.config.stash[FRONT].more_options
            text = f"{text}\nagain: {command_for(self.file.cases_of.file, result.replay, self.place, more)}"
        return Failure(self.path, self.case.line, message, text)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.line - 1, self.name


class CaseClass(pytest.Collector):
    """The tests of one class."""

    def __init__(self, *, cases: list[Case], file: CaseNode, **options: Any) -> None:
        super().__init__(**options)
        self.cases = cases
        self.file = file

    def collect(self) -> Iterator[CaseItem]:
        for case in self.cases:
            yield from self.file.items(self, case)


class CaseNode(pytest.File):
    """One file, in place of pytest's Module."""

    @property
    def cases_of(self) -> Staged:
        """The file and what goes with it. Raises BadUse, OSError."""
        if not hasattr(self, "_staged"):
            front = self.config.stash[FRONT]
            self._staged = stage(self._file, [*roots_of(self.path), *front.roots])
        return self._staged

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        self._file: CaseFile = collect(self.path)
        classes: dict[str, list[Case]] = {}
        for case in self._file.cases:
            if "::" in case.name:
                classes.setdefault(case.name.partition("::")[0], []).append(case)
            else:
                yield from self.items(self, case)
        for name, cases in classes.items():
            yield CaseClass.from_parent(self, name=name, cases=cases, file=self)

    def items(self, parent: pytest.Collector, case: Case) -> Iterator[CaseItem]:
        """Yield the case once for each place."""
        function = case.name.rpartition("::")[2]
        for place in self.config.stash[FRONT].places:
            inside = "-".join(filter(None, [place.label, case.variant]))
            yield CaseItem.from_parent(parent, name=f"{function}[{inside}]", case=case, place=place, file=self)


class Front:
    """The plugin: what there is once per pytest session."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.getoption
        seeds = seeds_asked(option("twincore_seed"), option("twincore_seeds"))
        firmware = option("twincore_firmware")
        try:
            self.places = places(
                option("twincore_targets"), seeds, option("twincore_jitter"), Path(firmware) if firmware else None
            )
        except (BadUse, TargetMissing) as error:
            raise pytest.UsageError(f"--target: {error}") from None
        except ValueError as error:
            raise pytest.UsageError(f"--firmware: {error}") from None
        limit = option("twincore_limit") or LIMIT
        self.session = Session(limit)
        self.roots = [config.rootpath / folder for folder in config.getini("pythonpath")]
        self.more_options = [*(["--timeout", f"{limit:g}"] if limit != LIMIT else [])]
        self.more_options += [f"--path={root}" for root in self.roots]
        self._units: dict[CaseItem, Unit] = {}
        self._begun = hasattr(config, "workerinput")  # pytest-xdist hands out the items one by one

    def pytest_report_header(self) -> str:
        return f"twincore: on {', '.join(place.label for place in self.places)}; {self.session.limit:g} s for a test"

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> Any:
        return CaseNode.from_parent(parent, path=module_path)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Boot by boot in each file; what others have collected stays where it is."""
        files = {item.path: number for number, item in reversed(list(enumerate(items)))}
        numbers = {place.label: number for number, place in enumerate(self.places)}
        cases = [item for item in items if isinstance(item, CaseItem)]
        in_order = iter(sorted(cases, key=lambda item: (files[item.path], numbers[item.place.label], item.case.line)))
        items[:] = [next(in_order) if isinstance(item, CaseItem) else item for item in items]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait for the item's result before it begins: what limits the time of an item is not meant for a queue."""
        if isinstance(item, CaseItem):
            if not self._begun:
                self._begun = True
                self._begin([each for each in item.session.items if isinstance(each, CaseItem)])
            if item not in self._units and not item.problem:
                self._begin([item])
            if item in self._units:
                try:
                    item.result = self.session.result(self._units[item], item.case)
                except Exception as error:  # of this machine: a program cannot be started, a file is gone
                    item.problem = f"{type(error).__name__}: {error}"
        return (yield)

    def _begin(self, items: list[CaseItem]) -> None:
        boots: dict[tuple[CaseNode, str], list[CaseItem]] = {}
        for item in items:
            boots.setdefault((item.file, item.place.label), []).append(item)
        for (file, _), alike in boots.items():
            try:
                unit = Unit(file.cases_of, alike[0].place, [item.case for item in alike])
            except (BadUse, OSError) as error:
                for item in alike:
                    item.problem = str(error)
                continue
            self._units |= dict.fromkeys(alike, unit)
            self.session.run(unit)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A test's duration is that of its place's clock."""
        report = yield
        if isinstance(item, CaseItem) and item.result and call.when == "call" and item.result.ms is not None:
            report.duration = item.result.ms / 1000
        return report

    def pytest_unconfigure(self) -> None:
        self.session.close()


FRONT = pytest.StashKey[Front]()


def begin(config: pytest.Config) -> None:
    """Have tests run in the places that the options name. Raises UsageError."""
    front = Front(config)
    config.stash[FRONT] = front
    config.pluginmanager.register(front, "twincore targets")
