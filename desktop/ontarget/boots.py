"""One boot after another until each test of a file has its result: they run in order on one boot, and a fault ends it.

A test that fails, hangs or leaves core 1 busy is the last on its boot; the tests after it get a fresh one.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..emulation.image import CompileError
from .child import Child
from .collecting import Case
from .places import Place, Prepared
from .programs import Staged
from .tracebacks import readable

AFTER_CTRL_C = 10.0  # seconds in which an interrupted test can show where it was
AT_THE_END = 5.0  # seconds for the program to end after its last test
# What MicroPython says of a thread that ends with an exception, and Python of one of `_thread` and of `threading`.
UNCAUGHT = re.compile(r"^(Unhandled exception in thread started by |Exception (ignored )?in thread )", re.M)
EXITS = {70: "deadlock: nothing can happen any more", 71: "the board did not boot", 75: "it waits for input"}


@dataclass(frozen=True)
class Result:
    """How one test ended in one place.

    outcome: passed, failed, skipped, xfailed or xpassed; text: why; printed: what it printed; ms: how long it took by
    the target's clock, None if that is not known; replay: the ids of the tests to run for seeing it again: its own, or
    all of its boot, if it has failed only after others, or hung. Those after it belong to them on a board that repeats:
    the program names them, so without them it is another one, of another length, and its cores interleave differently.
    hung: the time limit ended it.
    """

    case: Case
    outcome: str
    text: str = ""
    printed: str = ""
    ms: float | None = None
    replay: tuple[str, ...] = ()
    hung: bool = False


class Stopped(Exception):
    """Nobody wants the results any more."""


class Runner:
    """Runs tests of one file in one place. `stop` may be called from any thread."""

    def __init__(self, staged: Staged, place: Place, limit: float) -> None:
        self.staged = staged
        self.place = place
        self.limit = limit  # seconds for a test that has no mark for it
        self._child: Child | None = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End what runs; `results` then raises Stopped."""
        self._stopped.set()
        child = self._child
        if child is not None:
            child.kill()

    def results(self, cases: Sequence[Case]) -> Iterator[Result]:
        """Yield the result of each case as soon as it is known, those that cannot run first. Raises Stopped."""
        yield from (Result(case, "failed", case.problem) for case in cases if case.problem)
        waiting = [case for case in cases if not case.problem]
        while waiting:
            boot = tuple(case.id for case in waiting)
            failed = None
            for result in self._boot(tuple(waiting)):
                waiting.remove(result.case)
                if result.outcome == "failed" and failed is None:
                    failed = result
                else:
                    yield result
            if failed is not None:
                yield replace(failed, replay=self._replay(failed, boot))

    def _replay(self, failed: Result, boot: tuple[str, ...]) -> tuple[str, ...]:
        """What to run to see it fail again: it alone, if that is enough. On a board that repeats this is tried."""
        alone = (failed.case.id,)
        if failed.replay or boot == alone or not self.place.repeats:
            return failed.replay or alone
        if failed.hung:  # it would hang again, for as long
            return boot
        return alone if next(iter(self._boot([failed.case]))).outcome == "failed" else boot

    def _boot(self, cases: Sequence[Case]) -> Iterator[Result]:
        """Yield results of the first cases, at least of one, on a boot of their own. A failed one is the last."""
        try:
            with self.place.prepare(self.staged.program(cases)) as prepared:
                self._child = Child(prepared)
                with self._child:
                    if self._stopped.is_set():
                        raise Stopped
                    if self.staged.file.is_script:
                        results = iter([self._of_script(cases[0], self._child, prepared)])
                    else:
                        results = self._of_functions(cases, self._child, prepared)
                    for result in results:
                        if self._stopped.is_set():
                            raise Stopped
                        yield result
        except ValueError as error:  # it does not fit on the board
            yield from _each(cases, str(error))
        except CompileError as error:
            text = readable(str(error).partition(": ")[2], self.staged.sources)
            yield from _each(cases, f"MicroPython cannot compile it:\n{text}")
        finally:
            self._child = None

    def _of_functions(self, cases: Sequence[Case], child: Child, prepared: Prepared) -> Iterator[Result]:
        word = self.staged.word
        line = child.line(word, self.place.boot_seconds)
        if line is None and child.ended:
            text = "\n".join(filter(None, [self._why_ended(child, prepared), child.take("stdout")]))
            yield from _each(cases, text)
            return
        loaded = line is not None and line[1] == "begins"
        for case in cases:
            limit = (case.timeout or self.limit) if loaded else self.place.boot_seconds
            late = ""
            if loaded:
                line = child.line(word, limit)
            if line is None and not child.ended:
                late = f"no result after {limit:g} s" if loaded else f"not loaded after {limit:g} s"
                child.interrupt()
                line = child.line(word, AFTER_CTRL_C)
            if line is None:
                text = self._why_ended(child, prepared, late)
                yield Result(case, "failed", text, child.take("stdout"), hung=bool(late))
                return
            told = json.loads(line[1])
            text = readable(told["text"], self.staged.sources, prepared.folder)
            result = Result(case, told["outcome"], text, line[0], told["ms"], hung=bool(late))
            if late:
                where = f"{late}; it was here:\n{text}" if told.get("interrupted") else late
                result = replace(result, outcome="failed", text=where)
            result = self._of_threads(result, line[0], prepared)
            if told.get("whole"):  # the file itself
                yield from (replace(result, case=each, replay=(each.id,)) for each in cases)
                return
            last = result.outcome == "failed" or told["busy"] or case is cases[-1]
            done = tuple(each.id for each in (cases if self.place.repeats else cases[: cases.index(case) + 1]))
            yield self._at_the_end(result, child, prepared, done) if last else result
            if last:
                return

    def _at_the_end(self, result: Result, child: Child, prepared: Prepared, done: tuple[str, ...]) -> Result:
        """The result of a boot's last test, after the program has ended: that can go wrong as well.

        What came on stderr goes to this one: it cannot be known to which of those `done` it belongs.
        """
        code = child.end(AT_THE_END)
        if code and result.outcome != "failed":
            why = self._why(code, child, prepared)
            return replace(result, outcome="failed", text=f"{result.outcome}, and then {why}")
        said = child.take("stderr")
        found = self._of_threads(replace(result, printed=result.printed + said), said, prepared)
        return replace(found, replay=done) if found.outcome != result.outcome else found

    def _of_threads(self, result: Result, said: str, prepared: Prepared) -> Result:
        """The result; failed if `said` tells that a thread, or core 1, ended with an exception meanwhile."""
        found = UNCAUGHT.search(said)
        if found is None or result.outcome != "passed":
            return result
        told = said[found.start() :]
        text = readable(told.strip(), self.staged.sources, prepared.folder)
        text = f"nobody has caught what was raised on another thread:\n{text}"
        return replace(result, outcome="failed", text=text, printed=result.printed.replace(told, ""))

    def _of_script(self, case: Case, child: Child, prepared: Prepared) -> Result:
        limit = case.timeout or self.limit
        code = child.end(self.place.boot_seconds + limit)
        late = f"no end after {limit:g} s" if code is None else ""
        if late:
            child.interrupt()
            text = self._why_ended(child, prepared, late)
            return Result(case, "failed", text, child.take("stdout"), hung=True)
        printed = child.take("stdout")
        ms = prepared.emulated_ms()
        if code:
            return Result(case, "failed", self._why(code, child, prepared), printed, ms)
        printed += child.take("stderr")
        skipped = printed.rstrip().endswith("SKIP")  # as MicroPython's own tests have it
        result = Result(case, "skipped" if skipped else "passed", "", printed, ms)
        return self._of_threads(result, printed, prepared)

    def _why_ended(self, child: Child, prepared: Prepared, late: str = "") -> str:
        """Why a program gave no result: it has ended; or it was interrupted, because of what `late` says."""
        code = child.end(AFTER_CTRL_C if late else AT_THE_END)
        if code is None:
            child.interrupt()  # an emulator then stops where the board is
            code = child.end(AFTER_CTRL_C)
        if not late:
            return self._why(code or 0, child, prepared)
        said = self._said(child, prepared)
        return f"{late}; it was here:\n{said}" if said else late

    def _why(self, code: int, child: Child, prepared: Prepared) -> str:
        """What a program said when it ended with this exit code, not as wanted."""
        return self._said(child, prepared) or EXITS.get(code, f"the program ended with exit code {code}")

    def _said(self, child: Child, prepared: Prepared) -> str:
        text = child.take("stderr") + prepared.autopsy()
        return readable(text.strip(), self.staged.sources, prepared.folder)


def _each(cases: Sequence[Case], text: str) -> Iterator[Result]:
    """That each of the tests has failed for the same reason, which is none of theirs."""
    return (Result(case, "failed", text, replay=(case.id,)) for case in cases)
