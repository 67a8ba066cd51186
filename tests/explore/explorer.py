"""Every schedule of a few threads, up to a number of preemptions.

    report = explore(library, scenario, bound=2)
    report.raise_if_failed()

`scenario(library)` makes the shared objects and returns (threads, check): a list of (name, function), and a function
called when all of them have ended, or None. It fails if a thread raises, if `check` raises, if all threads wait and no
time-out is due (somebody waits for ever), or if a run takes too many steps. Threads of the same name are alike: it must
not matter which is which, and the first of them starts first.

One thread runs at a time. Before each step (see `controlled`) that touches something which several threads use, and
which one of them changes, another thread may go first: a preemption. Where a thread waits or ends, any other may go
on, and that is free. All schedules with at most `bound` preemptions are tried, in depth-first order; bound 0 first,
then 1 and so on, so that the first failure has as few as possible. Time stands still; when all wait it jumps to the
next time-out, and `pass_time` in a thread of the scenario lets it pass at any of its steps.

What is not tried: a schedule that comes, with no more preemptions left, to a state that another has come to: one in
which each thread has made the same steps, in the same order as to each thing that steps of two threads touch and one
changes (the happens-before graph; Musuvathi and Qadeer, "Partial-order reduction for context-bounded state
exploration", 2007). Which steps touch shared things is learned: when a run finds one more, all is tried again.
"""

import gc
import os
import sys

from schedule import Run

BOUND = int(os.environ.get("TWINCORE_EXPLORE_BOUND", "2"))
LINES = 200  # of a failure's story


class Failure(AssertionError):
    """What went wrong, and the schedule that shows it."""


class Report:
    """How far an exploration came. `bound`: the number of preemptions up to which all schedules were tried."""

    def __init__(self, name):
        self.name = name
        self.bound = -1
        self.runs = 0  # to the end, at the last bound
        self.cut = 0  # short, since the rest was seen before
        self.total = 0  # at all bounds
        self.sites = set()  # where in the source a preemption was tried
        self.complete = False
        self.spun = 0  # runs, at all bounds, in which a thread went on and on for nothing until another had its turn
        self.failure = None
        self.outcomes = set()  # what `check` returned

    def __str__(self):
        how = f"bound {self.bound} exhausted" if self.complete else f"incomplete: bound {self.bound} exhausted, no more"
        text = f"{self.name}: {how}; {self.runs} schedules and {self.cut} cut short, {self.total} in all"
        if self.spun:
            text += f"; in {self.spun} a thread went round and round until another had its turn"
        return text if self.failure is None else f"{text}\n{self.failure}"

    def raise_if_failed(self):
        """Raise Failure if a schedule failed, or if not all of them were tried."""
        if self.failure is not None:
            raise Failure(str(self.failure))
        if not self.complete:
            raise Failure(str(self))


class Search:
    """All schedules of one scenario, at one bound."""

    def __init__(self, library, scenario, bound, caching, shared):
        self.library = library
        self.scenario = scenario
        self.bound = bound
        self.seen = {} if caching else None
        self.shared = shared
        self.learned = set()
        self.todo = [()]

    def run(self, report, explain=False):
        """The next schedule. Returns what failed."""
        self.library.reset()
        threads, check = self.scenario(self.library)
        run = Run(self, threads, self.todo.pop(), explain)
        run.go()
        report.total += 1
        report.spun += run.spun
        if run.cut:
            report.cut += 1
        else:
            report.runs += 1
            if run.failure is None and check is not None:
                try:
                    report.outcomes.add(check())
                except Exception as error:
                    run.failure = f"at the end: {str(error) or repr(error)}"
        return run


def explore(library, scenario, bound=BOUND, cap=None, caching=True):
    """Try every schedule of `scenario` with up to `bound` preemptions; returns a Report. It stops at the first failure.

    `cap`: no more than so many runs; a report of fewer than all says that it is incomplete.
    """
    report = Report(scenario.__name__)
    shared = set()
    collecting = gc.isenabled()
    unraisable, sys.unraisablehook = sys.unraisablehook, ignore  # of runs cut short some coroutines can't be closed
    gc.freeze()
    gc.disable()  # a coroutine's `finally` would run in the middle of some later run
    try:
        level = 0
        while level <= bound:
            search = Search(library, scenario, level, caching, shared)
            report.runs = report.cut = 0
            report.outcomes = set()
            while search.todo:
                if report.total == cap:
                    return report
                run = search.run(report)
                if run.failure is not None:
                    report.failure = explained(library, scenario, level, shared, run)
                    return report
                run = None
                if report.total % 500 == 0:
                    gc.collect()
                if search.learned:
                    break
            if search.learned:
                shared |= search.learned
            else:
                report.bound = level
                level += 1
        report.complete = True
        report.sites = shared
        return report
    finally:
        run = search = None
        library.reset()  # it may keep what the last run made
        gc.collect()
        gc.collect()  # what the closing of some kept
        sys.unraisablehook = unraisable
        gc.unfreeze()
        if collecting:
            gc.enable()


def ignore(unraisable):
    pass


def explained(library, scenario, bound, shared, failed):
    """The failed run once more, as text: which thread did what, and where another went first."""
    search = Search(library, scenario, bound, False, shared)
    search.todo = [tuple(failed.choices)]
    run = search.run(Report(""), True)
    lines = [f"{failed.failure}  ({failed.used} preemptions, choices {failed.choices})"]
    if run.failure != failed.failure:
        lines.append(f"run again it was otherwise: {run.failure}")
    last = None
    for name, place, what in run.story:
        if place is None:
            lines.append(f"    -- {what} --")
        else:
            lines.append(f"{name if name != last else '':>12}  {place:<34} {what}")
            last = name
    if len(lines) > LINES:
        lines[LINES:] = [f"... and {len(lines) - LINES} more"]
    return "\n".join(lines)
