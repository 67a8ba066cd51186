"""Programs that hypothesis makes up leave the same trace on twincore as on CPython's asyncio, in virtual time.

Trees of tasks that sleep, wait for each other, gather, cancel, shield, time out, take locks and set events, which are
data: see `programs`. Left out is what nobody promises, or what differs by a rule of ours: `programs_on_asyncio` says
each. A task waits only for tasks named later than itself, so that none waits for itself in the end.

The programs are the same in each run. TWINCORE_PROGRAMS=20000 makes up that many, and new ones each time.
"""

import asyncio
import collections
import os
import sys

import pytest

if sys.implementation.name != "micropython":
    from hypothesis import HealthCheck, given, note, settings
    from hypothesis import strategies as st

    import programs as p
    from programs_on_asyncio import Excluded, reference

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(600)]

MANY = int(os.environ.get("TWINCORE_PROGRAMS", "0"))
COUNT = MANY or 800
NEW = hasattr(asyncio, "TaskGroup") and hasattr(asyncio, "timeout")  # 3.11
NAMES = "abcdefghijklmnopqrstuvwxyz"
DEPTH = 4  # of statements in each other
PLAIN = "sleep sleep sleep yield_ raise_ return_ cancel cancel look on_done set clear pulse".split()
WAITS = "event await_ await_ shield wait_for wait_for gather gather wait as_completed".split()
BLOCKS = "task task try_ finally_ finally_ locked locked".split() + ("timeout timeout group".split() if NEW else [])


class Author:
    """Writes one program. Each method named in the lists above writes one statement, of the task named `name`."""

    def __init__(self, draw):
        self.draw = draw
        self.used = 0  # names
        self.left = draw(st.integers(4, 24))  # statements

    def program(self):
        return p.Program(*[self.task_of(p.Task, 0) for _ in range(self.draw(st.integers(1, 4)))])

    def task_of(self, kind, depth):
        name = NAMES[self.used]
        self.used += 1
        return kind(name, *self.block(name, depth + 1))

    def block(self, name, depth, kinds=()):
        """Some statements; at least one."""
        statements = []
        for _ in range(self.draw(st.integers(1, 4))):
            self.left -= 1
            choice = PLAIN + WAITS
            if depth < DEPTH and self.used < len(NAMES) - 4 and self.left > 0:
                choice = choice + BLOCKS + list(kinds)
            statements.append(getattr(self, self.draw(st.sampled_from(choice)))(name, depth))
            if self.left <= 0:
                break
        return tuple(statements)

    def time(self, least=1):
        return self.draw(st.integers(least, 6))

    def number(self):
        return self.draw(st.integers(0, 1))

    def anyone(self):
        return self.draw(st.sampled_from(NAMES[: self.used + 1]))

    def later(self, name):
        """The name of a task that `name` may wait for: perhaps it never starts, then that is skipped."""
        first = NAMES.index(name) + 1
        return self.draw(st.sampled_from(NAMES[first : max(first, self.used) + 2]))

    def item(self, name, depth):
        """Something to wait for."""
        kinds = ["task", "task", "event", "shield"]
        if depth < DEPTH and self.used < len(NAMES) - 4:
            kinds += ["coroutine", "coroutine"]
        kind = self.draw(st.sampled_from(kinds))
        if kind == "coroutine":
            return self.task_of(p.Task, depth)
        return self.later(name) if kind == "task" else getattr(self, kind)(name, depth)

    # What a task may do at once.

    def sleep(self, name, depth):
        return p.Sleep(self.time())

    def yield_(self, name, depth):
        return p.Yield()

    def return_(self, name, depth):
        return p.Return()

    def raise_(self, name, depth):
        return p.Raise(self.draw(st.sampled_from(["Boom", "Boom", "CancelledError", "TimeoutError"])))

    def cancel(self, name, depth):
        return p.Cancel(self.time(0), self.anyone())

    def look(self, name, depth):
        return p.Look(self.time(0), self.anyone())

    def on_done(self, name, depth):
        return p.OnDone(self.anyone())

    def set(self, name, depth):
        return p.Set(self.time(0), self.number())

    def clear(self, name, depth):
        return p.Clear(self.time(0), self.number())

    def pulse(self, name, depth):
        return p.Pulse(self.time(0), self.number())

    # What it may wait for.

    def event(self, name, depth):
        return p.Event(self.number())

    def await_(self, name, depth):
        return p.Await(self.item(name, depth))

    def shield(self, name, depth):
        return p.Shield(self.later(name))

    def wait_for(self, name, depth):
        return p.WaitFor(self.draw(st.none() | st.integers(1, 6)), self.item(name, depth))

    def items(self, name, depth):
        return [self.item(name, depth) for _ in range(self.draw(st.integers(1, 3)))]

    def gather(self, name, depth):
        return p.Gather(self.draw(st.booleans()), *self.items(name, depth))

    def wait(self, name, depth):
        refs = tuple(self.later(name) for _ in range(self.draw(st.integers(1, 3))))
        when = self.draw(st.sampled_from(["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"]))
        return p.Wait(self.draw(st.none() | st.integers(1, 6)), when, refs)

    def as_completed(self, name, depth):
        return p.AsCompleted(self.draw(st.none() | st.integers(1, 6)), *self.items(name, depth))

    # What has statements of its own.

    def task(self, name, depth):
        return self.task_of(p.Task, depth)

    def child(self, name, depth):
        return self.task_of(p.Child, depth)

    def try_(self, name, depth):
        what = self.draw(st.sampled_from(["Boom", "Exception", "CancelledError", "TimeoutError"]))
        return p.Try(self.block(name, depth + 1), what, self.block(name, depth + 1))

    def finally_(self, name, depth):
        return p.Finally(self.block(name, depth + 1), self.block(name, depth + 1))

    def locked(self, name, depth):
        within = self.draw(st.none() | st.integers(1, 6))
        return p.Locked(self.time(0), self.number(), within, *self.block(name, depth + 1))

    def timeout(self, name, depth):
        return p.Timeout(self.time(), *self.block(name, depth + 1))

    def group(self, name, depth):
        return p.Group(*self.block(name, depth + 1, ["child", "child", "child"]))


def test_programs_leave_the_same_trace_as_on_asyncio(core):
    seen = collections.Counter()

    @settings(
        max_examples=COUNT,
        derandomize=not MANY,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(st.composite(lambda draw: Author(draw).program())())
    def compare(program):
        try:
            expected = reference(program)
        except Excluded as why:
            seen[str(why)] += 1
            return
        seen["compared"] += 1
        found = p.trace(core, program)
        if found != expected:
            for who in sorted(set(found) | set(expected)):
                if found.get(who) != expected.get(who):
                    note(f"{who} here:       {found.get(who)}\n{who} on asyncio: {expected.get(who)}")
            note(repr(program))
            raise AssertionError("it leaves another trace than on asyncio")

    compare()
    print(dict(seen))
    assert seen["compared"] > COUNT / 2, seen
